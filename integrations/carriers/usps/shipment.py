"""A label order in USPS's words: the body of POST /international-label. Pure.

Source: USPS International Labels v3.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from integrations.carriers.usps.codes import (
    CONTENTS,
    INSURED,
    INSURED_ABOVE,
    INSURED_UP_TO,
    LITHIUM_IN_EQUIPMENT,
    OTHER_CONTENTS,
    SERVICES,
)
from integrations.carriers.usps.limits import (
    CURRENCY,
    GRAMS_PER_POUND,
    INCH_STEP,
    LARGEST_QUANTITY,
    MM_PER_INCH,
    MOST_LINES,
    NO_DECLARATION_UP_TO,
    POUND_STEP,
    PRICE_DECIMALS,
    SHORTEST_HS_CODE,
    TEXTS,
)
from integrations.carriers.usps.parties import address_abroad, exporter_reference, home_address, importer_reference
from integrations.kit.dangerous import INSTRUCTIONS, section_two
from integrations.kit.descriptions import shortened
from integrations.kit.fields import (
    centimetres,
    exact,
    exact_items,
    fitting,
    goods_value,
    kilograms,
    refused,
    unit_price,
)
from integrations.kit.filings import us_filing
from shipsmart.ports import CarrierAccountRef, CustomsItem, Incoterm, LabelOrder, ParcelSpec

IMAGE_TYPES = {"pdf": "PDF", "zpl": "ZPL203DPI"}


def label_body(account: CarrierAccountRef, order: LabelOrder) -> dict[str, Any]:
    """Return the request for one label. Raises IntegrationError(permanent) naming what is missing or does not fit."""
    _check(order)
    order = replace(order, items=exact_items(order.items, order.currency))
    return {
        "imageInfo": {"imageType": IMAGE_TYPES[order.label_format], "labelType": "4X6LABEL", "suppressPostage": True},
        "fromAddress": home_address(order.shipper, "consignor"),
        "toAddress": address_abroad(order.consignee, "consignee"),
        "packageDescription": _package(account, order),
        "customsForm": _customs(account, order),
    }


def _check(order: LabelOrder) -> None:
    if (order.duty_payer == "sender") != (order.incoterm == Incoterm.DDP):
        raise refused(
            f"incoterm {order.incoterm} contradicts duty payer {order.duty_payer!r}: DDP is paid by the sender",
            code="duty_payer_contradiction",
            field="duty payer",
        )
    if order.service not in SERVICES:
        raise refused(f"USPS sells no service {order.service!r}", code="unknown_service", field="service")
    if len(order.parcels) != 1:
        raise refused(
            f"USPS makes one label a parcel, this shipment has {len(order.parcels)}: split it",
            code="too_many_parcels",
            field="parcels",
        )
    if order.currency != CURRENCY:
        raise refused(
            f"USPS declares values in USD, this order is in {order.currency}", code="wrong_currency", field="currency"
        )
    if not 1 <= len(order.items) <= MOST_LINES:
        raise refused(f"USPS declares 1 to {MOST_LINES} lines, not {len(order.items)}", code="too_many", field="items")


def _package(account: CarrierAccountRef, order: LabelOrder) -> dict[str, Any]:
    reference = fitting(order.reference, TEXTS["reference"], "reference")
    return {
        **measures(order.parcels[0]),
        "mailClass": SERVICES[order.service][0],
        "rateIndicator": "PA" if order.service == "PMEI" else "SP",
        "processingCategory": "MACHINABLE",
        "destinationEntryFacilityType": "NONE",
        "mailingDate": order.ship_on.isoformat(),
        "packageOptions": {
            "packageValue": exact(goods_value(order.items), PRICE_DECIMALS, "goods value"),
            "nonDeliveryOption": "RETURN",
        },
        "customerReference": [{"referenceNumber": reference}],
        "prepayDutiesTaxesFees": order.incoterm == Incoterm.DDP,
        **extra_services(account, order.items),
    }


def extra_services(account: CarrierAccountRef, items: Sequence[CustomsItem]) -> dict[str, list[int]]:
    """Return insurance for accounts that insure and the code of batteries inside equipment; {} for neither.

    Batteries beside their equipment do not go abroad by post. Source: USPS Publication 52, lithium batteries.
    """
    found = (
        [INSURED if goods_value(items) <= INSURED_UP_TO else INSURED_ABOVE] if account.settings.get("insure") else []
    )
    for instruction in section_two(items, "USPS"):
        if not INSTRUCTIONS[instruction].in_equipment:
            raise refused(
                "USPS takes lithium batteries abroad inside their equipment only, not packed with it",
                code="dangerous_goods_refused",
                field="dangerous goods",
            )
        if LITHIUM_IN_EQUIPMENT not in found:
            found.append(LITHIUM_IN_EQUIPMENT)
    return {"extraServices": found} if found else {}


def measures(parcel: ParcelSpec) -> dict[str, Any]:
    """Return weight in pounds and sides in inches, rounded up: too little would be an under-declaration."""
    kilograms(parcel.weight_g, "parcel weight")
    sides = {"length": parcel.length_mm, "width": parcel.width_mm, "height": parcel.height_mm}
    found: dict[str, Any] = {"weightUOM": "lb", "weight": pounds(parcel.weight_g, ROUND_CEILING), "dimensionsUOM": "in"}
    for name, side in sides.items():
        centimetres(side, f"parcel {name}")
        found[name] = (side / MM_PER_INCH).quantize(INCH_STEP, ROUND_CEILING)
    return found


def pounds(weight_g: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    return (weight_g / GRAMS_PER_POUND).quantize(POUND_STEP, rounding)


def _customs(account: CarrierAccountRef, order: LabelOrder) -> dict[str, Any]:
    found: dict[str, Any] = {
        "AESITN": export_filing(order),
        "invoiceNumber": fitting(order.invoice_number, TEXTS["invoice number"], "invoice number"),
        "customsContentType": CONTENTS[order.export_reason],
        "contents": [_content(item, number) for number, item in enumerate(order.items, 1)],
    }
    if words := OTHER_CONTENTS.get(order.export_reason):
        found["contentComments"] = words
    if reference := exporter_reference(order.shipper.tax_ids):
        found["exportersReference"] = reference
    if reference := importer_reference((order.importer or order.consignee).tax_ids):
        found["importersReference"] = reference
    return found


def _content(item: CustomsItem, number: int) -> dict[str, Any]:
    field = f"item {number}"
    if not 1 <= item.quantity <= LARGEST_QUANTITY:
        raise refused(f"{field} has quantity {item.quantity}", code="wrong_quantity", field=f"{field} quantity")
    kilograms(item.unit_weight_g, f"{field} weight")
    price = unit_price(item.unit_price, PRICE_DECIMALS, f"{field} price")
    return {
        "itemDescription": shortened(item.description, TEXTS["description"], f"{field} description"),
        "itemQuantity": item.quantity,
        "itemValue": price,
        "itemTotalValue": price * item.quantity,
        "weightUOM": "lb",
        "itemWeight": pounds(item.unit_weight_g),
        "itemTotalWeight": pounds(item.unit_weight_g * item.quantity),
        "HSTariffNumber": fitting(item.hs_code, TEXTS["hs code"], f"{field} hs code", at_least=SHORTEST_HS_CODE),
        "countryofOrigin": fitting(item.origin, 2, f"{field} origin", at_least=2),
    }


def export_filing(order: LabelOrder) -> str:
    """Return the number of the export declaration, or the exemption under which none is due.

    What the merchant gave for this order comes first. None is due to Canada (15 CFR 30.36) nor while every HS code of
    the shipment is worth at most USD 2,500 (15 CFR 30.37(a)); codes are compared by six digits, which never lets more
    pass than the full Schedule B number.
    """
    if filed := us_filing(order):
        return fitting(filed, TEXTS["AES ITN"], "AES ITN")
    if order.consignee.country == "CA":
        return "NOEEI 30.36"
    worth: dict[str, Decimal] = defaultdict(Decimal)
    for item in order.items:
        worth[item.hs_code[:6]] += item.unit_price * item.quantity
    if max(worth.values()) > NO_DECLARATION_UP_TO:
        raise refused(
            f"more than {NO_DECLARATION_UP_TO} USD under one HS code needs an export declaration: give its ITN",
            code="missing_data",
            field="AES ITN",
        )
    return "NOEEI 30.37(a)"
