"""A shipment's goods as papers and carriers must state them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from shipsmart.core.codes import EU
from shipsmart.core.money import minor_unit
from shipsmart.orders.models import Order, OrderLine
from shipsmart.ports import Incoterm, Party, TaxId
from shipsmart.rating.models import TableRate
from shipsmart.rating.table import CARRIER as TABLE
from shipsmart.shipments.models import Shipment, ShipmentLine

_FOUR_PLACES = Decimal("0.0001")


def declared_prices(lines: Sequence[OrderLine], currency: str) -> list[Decimal]:
    """Return the price of one unit after discounts, to four decimals, so that price x quantity rounds to the line.

    Of goods that cost the shopper nothing it is what they would cost, where somebody said so: customs take no zero.
    """
    return [_unit(line.total / line.quantity if line.total else line.customs_price or Decimal(0)) for line in lines]


def _unit(price: Decimal) -> Decimal:
    exact = price.quantize(_FOUR_PLACES)
    short = exact.quantize(Decimal("0.01"))
    return short if short == exact else exact


def shipper(order: Order, shipment: Shipment | None = None) -> Party:
    """Return the merchant as consignor, at the place the goods leave from, with only the tax ids that this shipment
    may show.

    An IOSS number goes with a shipment under IOSS and with no other; ids of another destination stay at home.
    """
    party = order.merchant.party()
    if shipment and shipment.leaves_from:
        party = replace(party, **shipment.leaves_from)
    collected = shipment.collected if shipment else order.collected
    return replace(party, tax_ids=tuple(i for i in party.tax_ids if _belongs(i, order, party.country, collected)))


def _belongs(tax_id: TaxId, order: Order, home: str, collected: Mapping[str, Any] | None) -> bool:
    if tax_id.type == "IOSS":
        return bool(collected and collected.get("scheme") == "EU_IOSS")
    if tax_id.type == "EORI" and tax_id.country not in ("", home):
        return tax_id.country == order.country or (tax_id.country == "EU" and order.country in EU)
    return tax_id.country in ("", home, order.country)


def freight_of(order: Order, shipment: Shipment | None = None) -> Decimal:
    """Return what the shopper paid for transport alone: under DDP the delivery price holds duties too.

    `shipment`: of its goods, where the store had the order priced in parts.
    """
    quote = shipment.quote if shipment else order.quote
    in_parts = bool(shipment and shipment.consignment)
    incoterm = shipment.incoterm if shipment else order.incoterm
    paid = quote.freight if quote and (in_parts or incoterm == Incoterm.DDP) else order.shipping_paid
    if in_parts and not quote:
        paid = _unexplained(order)
    return paid.quantize(minor_unit(order.currency))


def _unexplained(order: Order) -> Decimal:
    """Return what was paid for delivery beyond the quotes of the other parts; a person let these goods go on."""
    known = sum((quote.price for quote in order.quotes), Decimal(0))
    return max(order.shipping_paid - known, Decimal(0))


def paper_data(shipment: Shipment) -> dict[str, Any]:
    """Return the shipment in the shape of the papers' contract; amounts as text, nothing invented."""
    order = shipment.order
    collected = shipment.collected
    return {
        "reference": shipment.reference,
        "invoice_number": shipment.invoice_number,
        "invoice_date": shipment.invoice_date.isoformat() if shipment.invoice_date else None,
        "incoterm": shipment.incoterm,
        "currency": order.currency,
        "export_reason": shipment.export_reason,
        "carrier": _operator(shipment),
        "service": shipment.service,
        "waybill": shipment.waybill,
        "shipper": _party(shipper(order, shipment)),
        "consignee": _party(order.consignee),
        "importer": _party(importer) if (importer := shipment.importer) else None,
        "seller": None,
        "parcels": [
            {
                "id": str(parcel.number),
                "weight_g": parcel.weight_g,
                "length_mm": parcel.length_mm,
                "width_mm": parcel.width_mm,
                "height_mm": parcel.height_mm,
            }
            for parcel in shipment.parcels.all()
        ],
        "lines": [_line(line, order.currency) for line in goods_of(shipment)],
        "freight": str(freight_of(order, shipment)),
        "insurance": str(shipment.insurance.quantize(minor_unit(order.currency))),
        "discount": "0",
        "other_charges": "0",
        "references": {"order": order.number, **order.references},
        "collected": collected,
    }


def _operator(shipment: Shipment) -> str:
    """Return who carries the parcel, for papers: "post" where a row of the merchant's own price list says so."""
    if shipment.carrier != TABLE:
        return shipment.carrier
    rows = TableRate.objects.filter(merchant=shipment.order.merchant_id, service=shipment.service, by_post=True)
    return "post" if rows.exists() else shipment.carrier


def goods_of(shipment: Shipment) -> list[ShipmentLine]:
    """Return what travels, by parcel and line of the order; `with_goods` has read it already."""
    return sorted(shipment.lines.all(), key=lambda line: (line.parcel.number, line.order_line_id))


def _party(party: Party) -> dict[str, Any]:
    """Return a party as papers name it: its address lines hold the district already."""
    told = asdict(party) | {"tax_ids": [asdict(tax_id) for tax_id in party.tax_ids]}
    del told["district"]
    return told


def _line(line: ShipmentLine, currency: str) -> dict[str, Any]:
    goods = line.order_line
    return {
        "sku": goods.sku,
        "description": goods.description or goods.title,
        "hs_code": goods.hs_code,
        "origin": goods.origin,
        "quantity": line.quantity,
        "unit_price": str(declared_prices([goods], currency)[0]),
        "net_weight_g": goods.weight_g,
        "parcel": str(line.parcel.number),
        "preference": goods.preference,
        "dangerous_goods": _declared(goods),
    }


def _declared(goods: OrderLine) -> dict[str, Any] | None:
    """Return what papers say of dangerous goods; carriers alone are told the section."""
    if not goods.dangerous:
        return None
    return {name: goods.dangerous.get(name) for name in ("un", "packing_instruction", "watt_hours", "count")}
