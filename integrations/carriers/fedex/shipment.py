"""A label order in FedEx's words: the body of POST /ship/v1/shipments. Pure. Source: the Ship description."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import Any

from integrations.carriers.fedex.codes import PURPOSES
from integrations.carriers.fedex.limits import (
    ACCOUNT_LENGTH,
    MOST_COMMODITIES,
    MOST_PARCELS,
    PRICE_DECIMALS,
    TEXTS,
)
from integrations.carriers.fedex.parties import package, party_details
from integrations.kit.dangerous import INSTRUCTIONS, items_in, section_two
from integrations.kit.descriptions import shortened
from integrations.kit.fields import (
    crosses_customs,
    exact,
    exact_items,
    fitting,
    goods_value,
    kilograms,
    refused,
    unit_price,
)
from integrations.kit.filings import us_filing
from integrations.kit.tax_ids import in_words
from shipsmart.ports import CarrierAccountRef, CustomsItem, Incoterm, LabelOrder, ParcelSpec

# FedEx makes the invoice from what it is told and sends it to customs itself (electronic trade documents).
INVOICE_PAPER = {
    "shippingDocumentTypes": ["COMMERCIAL_INVOICE"],
    "commercialInvoiceDetail": {"documentFormat": {"docType": "PDF", "stockType": "PAPER_LETTER"}},
}
POUND_KG = Decimal("0.45359237")


def shipment_body(account: CarrierAccountRef, order: LabelOrder) -> dict[str, Any]:
    """Return the request for one shipment. Raises IntegrationError naming what is missing or does not fit."""
    check_order(order)
    order = replace(order, items=exact_items(order.items, order.currency))
    number = account_number(account)
    zpl = order.label_format == "zpl"
    asked: dict[str, Any] = {
        "shipDatestamp": order.ship_on.isoformat(),
        "shipper": party_details(order.shipper, "consignor"),
        "recipients": [party_details(order.consignee, "consignee")],
        "pickupType": str(account.settings.get("pickup_type", "USE_SCHEDULED_PICKUP")),
        "serviceType": fitting(order.service, 60, "service"),
        "packagingType": "YOUR_PACKAGING",
        "totalWeight": total_weight_lb(order),
        "shippingChargesPayment": payment("SENDER", number),
        "labelSpecification": {
            "labelFormatType": "COMMON2D",
            "imageType": "ZPLII" if zpl else "PDF",
            "labelStockType": "STOCK_4X6" if zpl else "PAPER_4X6",
        },
        "totalPackageCount": len(order.parcels),
        "requestedPackageLineItems": [
            {"sequenceNumber": position, **package(parcel, position), "customerReferences": _references(order)}
            | _package_options(account, order, parcel)
            for position, parcel in enumerate(order.parcels, 1)
        ],
    }
    if crosses_customs(order.shipper, order.consignee):
        asked["customsClearanceDetail"] = _customs(account, order)
        if account.settings.get("paperless"):
            detail = {"requestedDocumentTypes": ["COMMERCIAL_INVOICE"]}
            special_services(asked, "ELECTRONIC_TRADE_DOCUMENTS")["etdDetail"] = detail
            asked["shippingDocumentSpecification"] = INVOICE_PAPER
    return {
        "labelResponseOptions": "LABEL",
        "accountNumber": {"value": number},
        "requestedShipment": asked,
    }


def _package_options(account: CarrierAccountRef, order: LabelOrder, parcel: ParcelSpec) -> dict[str, Any]:
    """Return the declared value of an insured parcel and the lithium batteries in it; {} for neither."""
    found: dict[str, Any] = {}
    if account.settings.get("insure"):
        value = exact(goods_value(items_in(parcel, order, "the insured value")), PRICE_DECIMALS, "goods value")
        found["declaredValue"] = _money(value, order.currency)
    if any(item.dangerous for item in order.items):
        batteries = section_two(items_in(parcel, order, "a battery"), "FedEx")
        if batteries:
            details = [_battery(instruction) for instruction in batteries]
            found["packageSpecialServices"] = {"specialServiceTypes": ["BATTERY"], "batteryDetails": details}
    return found


def _battery(instruction: str) -> dict[str, str]:
    packing = INSTRUCTIONS[instruction]
    return {
        "batteryPackingType": "CONTAINED_IN_EQUIPMENT" if packing.in_equipment else "PACKED_WITH_EQUIPMENT",
        "batteryRegulatoryType": "IATA_SECTION_II",
        "batteryMaterialType": "LITHIUM_METAL" if packing.metal else "LITHIUM_ION",
    }


def check_order(order: LabelOrder) -> None:
    """Raise IntegrationError when who pays the duty contradicts the terms of sale, or the counts do not fit."""
    if (order.duty_payer == "sender") != (order.incoterm == Incoterm.DDP):
        raise refused(
            f"incoterm {order.incoterm} contradicts duty payer {order.duty_payer!r}: DDP is paid by the sender",
            code="duty_payer_contradiction",
            field="duty payer",
        )
    for name, found, most in (("parcels", order.parcels, MOST_PARCELS), ("items", order.items, MOST_COMMODITIES)):
        if not 1 <= len(found) <= most:
            raise refused(f"{len(found)} {name}: FedEx takes 1 to {most}", code="wrong_count", field=name)


def account_number(account: CarrierAccountRef) -> str:
    return fitting(account.number, ACCOUNT_LENGTH, "account number", at_least=ACCOUNT_LENGTH)


def total_weight_lb(order: LabelOrder) -> Decimal:
    """Return the weight of all parcels in pounds, rounded up to two decimals: this one field is not in kilograms."""
    total_kg = kilograms(sum(parcel.weight_g for parcel in order.parcels), "total weight")
    return (total_kg / POUND_KG).quantize(Decimal("0.01"), ROUND_CEILING)


def commodities(items: Sequence[CustomsItem], currency: str) -> list[dict[str, Any]]:
    """Return the goods for Ship: price per unit, value and weight of the whole line."""
    return [_commodity(item, number, currency) for number, item in enumerate(items, 1)]


def _commodity(item: CustomsItem, number: int, currency: str) -> dict[str, Any]:
    field = f"line {number} ({item.sku or item.description[:20]})"
    if item.quantity < 1:
        raise refused(f"{field} has quantity {item.quantity}", code="wrong_count", field=f"{field} quantity")
    commodity: dict[str, Any] = {
        "description": shortened(item.description, TEXTS["description"], f"{field} description"),
        "quantity": item.quantity,
        "quantityUnits": "PCS",
        "numberOfPieces": item.quantity,
        "unitPrice": _money(unit_price(item.unit_price, PRICE_DECIMALS, f"{field} price"), currency),
        "customsValue": _money(item.unit_price * item.quantity, currency),
        "countryOfManufacture": fitting(item.origin, 2, f"{field} country of origin", at_least=2),
        "harmonizedCode": fitting(item.hs_code, TEXTS["hs code"], f"{field} HS code", at_least=6),
        "weight": {"units": "KG", "value": kilograms(item.unit_weight_g * item.quantity, f"{field} weight")},
    }
    if item.sku:
        commodity["partNumber"] = item.sku
    return commodity


def _customs(account: CarrierAccountRef, order: LabelOrder) -> dict[str, Any]:
    customs: dict[str, Any] = {
        "dutiesPayment": duties_payment(account, order.incoterm),
        "isDocumentOnly": False,
        "totalCustomsValue": _money(exact(goods_value(order.items), PRICE_DECIMALS, "goods value"), order.currency),
        "commercialInvoice": _invoice(order),
        "commodities": commodities(order.items, order.currency),
    }
    if order.importer is not None:
        customs["importerOfRecord"] = party_details(order.importer, "importer")
    if order.shipper.country == "US" and (filing := us_filing(order)):
        customs["exportDetail"] = {"exportComplianceStatement": _compliance(filing)}
    if order.insurance:
        customs["insuranceCharge"] = _money(exact(order.insurance, PRICE_DECIMALS, "insurance"), order.currency)
    return customs


def _compliance(filing: str) -> str:
    """Return the filing as FedEx writes it: AESX20261122000001, NO_EEI_30_37_A."""
    if filing.startswith("AES "):
        return filing.replace(" ", "")
    return "_".join(["NO_EEI", *re.findall(r"[0-9]+|[a-z]+", filing.removeprefix("NOEEI "))]).upper()


def duties_payment(account: CarrierAccountRef, incoterm: Incoterm) -> dict[str, Any]:
    """Return who pays duties and taxes: under DDP the account named for them, else the recipient."""
    if incoterm != Incoterm.DDP:
        return {"paymentType": "RECIPIENT"}
    shipper = account_number(account)
    duties = fitting(
        account.settings.get("duties_account") or shipper, ACCOUNT_LENGTH, "duties account", at_least=ACCOUNT_LENGTH
    )
    return payment("SENDER" if duties == shipper else "THIRD_PARTY", duties)


def special_services(asked: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the shipment's special services with one more of them asked for."""
    found: dict[str, Any] = asked.setdefault("shipmentSpecialServices", {"specialServiceTypes": []})
    found["specialServiceTypes"].append(kind)
    return found


def payment(kind: str, number: str) -> dict[str, Any]:
    return {"paymentType": kind, "payor": {"responsibleParty": {"accountNumber": {"value": number}}}}


def _invoice(order: LabelOrder) -> dict[str, Any]:
    if order.export_reason not in PURPOSES:
        raise refused(
            f"export reason {order.export_reason!r} is none of {', '.join(PURPOSES)}",
            code="unknown_export_reason",
            field="export reason",
        )
    number = fitting(order.invoice_number, TEXTS["reference"], "invoice number")
    invoice: dict[str, Any] = {
        "termsOfSale": str(order.incoterm),
        "shipmentPurpose": PURPOSES[order.export_reason],
        "customerReferences": [{"customerReferenceType": "INVOICE_NUMBER", "value": number}],
    }
    if order.freight:
        invoice["freightCharge"] = _money(exact(order.freight, PRICE_DECIMALS, "freight"), order.currency)
    if comments := _comments(order):
        invoice["comments"] = comments
    return invoice


def _comments(order: LabelOrder) -> list[str]:
    """Return registrations without a field of their own and what the shopper paid ahead; two comments are printed."""
    said = "; ".join(in_words(order.shipper))
    figures = (("Duty", order.collected_duty), ("import tax", order.collected_import_tax))
    paid = [f"{name} {amount:f} {order.currency}" for name, amount in figures if amount is not None]
    collected = f"{' and '.join(paid)} collected at checkout" if paid and order.incoterm == Incoterm.DDP else ""
    return [text for text in (said, collected) if text]


def _references(order: LabelOrder) -> list[dict[str, str]]:
    rows = [("CUSTOMER_REFERENCE", "reference", order.reference), ("P_O_NUMBER", "order number", order.order_number)]
    return [
        {"customerReferenceType": kind, "value": fitting(value, TEXTS["reference"], field)}
        for kind, field, value in rows
        if value or kind == "CUSTOMER_REFERENCE"
    ]


def _money(amount: Decimal, currency: str) -> dict[str, Any]:
    return {"amount": amount, "currency": currency}
