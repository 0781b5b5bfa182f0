"""What the customs of one destination want on the invoice beyond what every invoice has.

Canada: the data of a Canada Customs Invoice (CBSA Memorandum D1-4-1, appendix A), asked of commercial goods above the
low value of CAD 3,300 (Memorandum D17-4-0); checked 2026-11-22. Australia: the GST collected by the vendor and his
registration, which the carrier reports for goods up to AUD 1,000 (A New Tax System (Goods and Services Tax) Act 1999,
division 84-C). References: `shipped_on`, `transhipment`, `terms_of_payment`.
"""

from decimal import Decimal

from shipsmart.documents import figures
from shipsmart.documents.snapshots import PaperShipment
from shipsmart.documents.special_drawing_rights import surely_within

CANADA_LOW_VALUE = Decimal(3300)
GST_NUMBERS = ("ARN", "ABN", "GST")


def particulars(shipment: PaperShipment) -> list[str]:
    """Return the further lines of the invoice for its destination; a dash stands for what was not said."""
    destination = {"CA": _canada, "AU": _australia}.get(shipment.consignee.country)
    return destination(shipment) if destination else []


def missing(shipment: PaperShipment) -> list[str]:
    """Return the reference keys that the destination asks for and that the shipment does not give."""
    sold = shipment.export_reason == "sale" and shipment.consignee.country == "CA"
    low = surely_within(shipment.goods_total, shipment.currency, limit=CANADA_LOW_VALUE, limit_currency="CAD")
    wanted = ("shipped_on", "terms_of_payment") if sold and not low else ()
    return [key for key in wanted if not shipment.reference_of(key)]


def _canada(shipment: PaperShipment) -> list[str]:
    start = shipment.shipper
    buyer = shipment.importer_of_record
    payment = shipment.reference_of("terms_of_payment") or "-"
    return [
        f"Place of direct shipment to Canada: {start.city}, {figures.country_name(start.country)}",
        f"Date of direct shipment: {shipment.reference_of('shipped_on') or '-'}",
        f"Country of transhipment: {shipment.reference_of('transhipment') or '-'}",
        f"Purchaser: {buyer.company or buyer.name}",
        f"Conditions of sale and terms of payment: {shipment.incoterm}, {payment}",
        f"Currency of settlement: {shipment.currency}",
    ]


def _australia(shipment: PaperShipment) -> list[str]:
    collected = shipment.collected
    if collected is None or "AU_GST" not in collected.scheme.upper():
        return []
    vendor = shipment.sold_by.tax_id(*GST_NUMBERS) or shipment.shipper.tax_id(*GST_NUMBERS)
    amount = f"{figures.money(collected.import_tax, collected.currency)} {collected.currency}"
    return [f"GST collected by the vendor: {amount}, {f'{vendor.type} {vendor.number}' if vendor else '-'}"]
