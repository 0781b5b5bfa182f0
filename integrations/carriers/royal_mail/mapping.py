"""A label order in Click & Drop's words, and its answers in ours. Pure.

Source: the Orders and Labels descriptions of https://api.parcel.royalmail.com/
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from integrations.carriers.royal_mail.codes import CATEGORIES, KEPT_BY_ACCOUNT
from integrations.carriers.royal_mail.limits import (
    ABROAD_FORMAT,
    ADDRESS_LINE_WIDTH,
    ADDRESS_LINES,
    DOMESTIC_FORMATS,
    HEAVIEST_G,
    PRICE_DECIMALS,
    TEXTS,
)
from integrations.kit.dangerous import INSTRUCTIONS, section_two
from integrations.kit.descriptions import shortened
from integrations.kit.fields import (
    address_lines,
    crosses_customs,
    exact,
    exact_items,
    fitting,
    goods_value,
    kilograms,
    refused,
    unit_price,
)
from integrations.kit.reading import number, paper, reading
from shipsmart.ports import (
    CarrierAccountRef,
    CustomsItem,
    Incoterm,
    IntegrationError,
    Label,
    LabelOrder,
    ParcelSpec,
    Party,
)

TRACKING_PAGE = "https://www.royalmail.com/track-your-item#/tracking-results/{waybill}"


def orders_body(account: CarrierAccountRef, order: LabelOrder) -> dict[str, Any]:
    """Return the request for one order with its label. Raises IntegrationError naming what is missing or wrong."""
    abroad = crosses_customs(order.shipper, order.consignee)
    _check(account, order, abroad=abroad)
    order = replace(order, items=exact_items(order.items, order.currency))
    body: dict[str, Any] = {
        "orderReference": fitting(order.reference, TEXTS["reference"], "reference"),
        "isRecipientABusiness": bool(order.consignee.company),
        "recipient": _recipient(order.consignee),
        "sender": {"tradingName": order.shipper.company or order.shipper.name},
        "packages": [_package(parcel, order, abroad=abroad) for parcel in order.parcels],
        "orderDate": f"{order.invoice_date.isoformat()}T00:00:00Z",
        "plannedDespatchDate": f"{order.ship_on.isoformat()}T00:00:00Z",
        "currencyCode": order.currency,
        "postageDetails": _postage(order, abroad=abroad),
        "label": {"includeLabelInResponse": True, "includeCN": abroad, "includeReturnsLabel": False},
        **_amounts(order),
    }
    if abroad and (importer := _importer_of(order)):
        body["importer"] = _importer(importer)
    return {"items": [body | _dangerous(order)]}


def _dangerous(order: LabelOrder) -> dict[str, Any]:
    """Return the one kind of dangerous goods that an order has a field for. Raises IntegrationError for two."""
    numbers = {INSTRUCTIONS[instruction].un for instruction in section_two(order.items, "Royal Mail")}
    if not numbers:
        return {}
    if len(numbers) > 1:
        raise refused(
            "Royal Mail has a field for one UN number, this order has UN3091 and UN3481: split it",
            code="dangerous_goods_refused",
            field="dangerous goods",
        )
    count = sum(item.quantity for item in order.items if item.dangerous)
    named = {"containsDangerousGoods": True, "dangerousGoodsUnCode": numbers.pop().removeprefix("UN")}
    return named | {"dangerousGoodsQuantity": count}


def _check(account: CarrierAccountRef, order: LabelOrder, *, abroad: bool) -> None:
    if (order.duty_payer == "sender") != (order.incoterm == Incoterm.DDP):
        raise refused(
            f"incoterm {order.incoterm} contradicts duty payer {order.duty_payer!r}: DDP is paid by the sender",
            code="duty_payer_contradiction",
            field="duty payer",
        )
    if order.shipper.country != "GB":
        raise refused(
            f"consignor is in {order.shipper.country or 'no country'}: Royal Mail takes parcels in the United Kingdom "
            "only",
            code="wrong_origin",
            field="consignor country",
        )
    if not order.parcels or not order.items:
        raise refused("an order needs parcels and items", code="wrong_count", field="parcels")
    # Royal Mail has no field for the duty payer: the service decides it.
    if abroad and (order.incoterm == Incoterm.DDP) != (order.service in account.settings.get("ddp_services", ())):
        raise refused(
            f"service {order.service!r} does not deliver {order.incoterm}; "
            'list the duty-paid services under "ddp_services" in the account\'s settings',
            code="service_contradicts_incoterm",
            field="service",
        )


def _recipient(party: Party) -> dict[str, Any]:
    lines = address_lines(party, width=ADDRESS_LINE_WIDTH, count=ADDRESS_LINES, field="consignee")
    address = {
        "fullName": fitting(party.name or party.company, TEXTS["name"], "consignee name"),
        "city": fitting(party.city, TEXTS["city"], "consignee city"),
        "countryCode": fitting(party.country, 2, "consignee country", at_least=2),
        **{f"addressLine{number}": line for number, line in enumerate(lines, 1)},
    }
    optional = (("companyName", "company", party.company), ("county", "region", party.region),
                ("postcode", "postcode", party.postcode))  # fmt: skip
    address |= {name: fitting(value, TEXTS[key], f"consignee {key}") for name, key, value in optional if value}
    found: dict[str, Any] = {"address": address}
    if party.phone:
        found["phoneNumber"] = fitting(party.phone, TEXTS["phone"], "consignee phone")
    if party.email:
        found["emailAddress"] = fitting(party.email, TEXTS["email"], "consignee email")
    return found


def _package(parcel: ParcelSpec, order: LabelOrder, *, abroad: bool) -> dict[str, Any]:
    if not 1 <= parcel.weight_g <= HEAVIEST_G:
        raise refused(
            f"parcel {parcel.reference} weighs {parcel.weight_g} g: Royal Mail takes 1 to {HEAVIEST_G}",
            code="too_heavy",
            field="parcel weight",
        )
    sides = sorted((parcel.length_mm, parcel.width_mm, parcel.height_mm), reverse=True)
    return {
        "weightInGrams": parcel.weight_g,
        "packageFormatIdentifier": ABROAD_FORMAT if abroad else _format(parcel.weight_g, sides),
        "dimensions": {"depthInMms": sides[0], "widthInMms": sides[1], "heightInMms": sides[2]},
        "contents": [_content(item, order, abroad=abroad) for item in _inside(parcel, order)],
    }


def _format(weight_g: int, sides: list[int]) -> str:
    for name, heaviest, longest in DOMESTIC_FORMATS:
        if weight_g <= heaviest and all(side <= most for side, most in zip(sides, longest, strict=True)):
            return name
    raise refused(f"{sides} mm is too large for Royal Mail", code="too_large", field="parcel length")


def _inside(parcel: ParcelSpec, order: LabelOrder) -> list[CustomsItem]:
    if len(order.parcels) == 1:
        return list(order.items)
    if any(not item.parcel_reference for item in order.items):
        raise refused("with several parcels each line must say its parcel", code="missing_data", field="parcel")
    return [item for item in order.items if item.parcel_reference == parcel.reference]


def _content(item: CustomsItem, order: LabelOrder, *, abroad: bool) -> dict[str, Any]:
    field = f"{item.sku or item.description[:20]}"
    if item.quantity < 1:
        raise refused(f"{field} has quantity {item.quantity}", code="wrong_count", field=f"{field} quantity")
    if abroad:
        kilograms(item.unit_weight_g, f"{field} weight")
    content: dict[str, Any] = {
        "name": shortened(item.description, TEXTS["extended description"], f"{field} description"),
        "quantity": item.quantity,
        "unitValue": (unit_price if abroad else exact)(item.unit_price, PRICE_DECIMALS, f"{field} price"),
        "unitWeightInGrams": item.unit_weight_g,
    }
    if item.sku:
        content["SKU"] = fitting(item.sku, TEXTS["sku"], f"{field} SKU")
    if abroad:
        content |= {
            "customsDescription": shortened(item.description, TEXTS["description"], f"{field} description"),
            "extendedCustomsDescription": content["name"],
            "customsCode": fitting(item.hs_code, TEXTS["hs code"], f"{field} HS code", at_least=6),
            "originCountryCode": fitting(item.origin, 2, f"{field} country of origin", at_least=2),
            "customsDeclarationCategory": _category(order),
        }
    return content


def _category(order: LabelOrder) -> str:
    if order.export_reason not in CATEGORIES:
        raise refused(
            f"export reason {order.export_reason!r} is none of {', '.join(CATEGORIES)}",
            code="unknown_export_reason",
            field="export reason",
        )
    return CATEGORIES[order.export_reason]


def _postage(order: LabelOrder, *, abroad: bool) -> dict[str, Any]:
    postage: dict[str, Any] = {"serviceCode": fitting(order.service, TEXTS["service"], "service")}
    if not abroad:
        return postage
    postage["commercialInvoiceNumber"] = fitting(order.invoice_number, TEXTS["invoice number"], "invoice number")
    postage["commercialInvoiceDate"] = f"{order.invoice_date.isoformat()}T00:00:00Z"
    for tax_id in order.shipper.tax_ids:
        if tax_id.type == "IOSS":
            postage["IOSSNumber"] = fitting(tax_id.number, TEXTS["IOSS"], "consignor tax id")
        elif tax_id.type not in KEPT_BY_ACCOUNT:
            raise _no_field(tax_id.type, "consignor")
    for tax_id in order.consignee.tax_ids:
        if tax_id.type == "EORI":
            postage["recipientEoriNumber"] = fitting(tax_id.number, TEXTS["EORI"], "consignee tax id")
        elif order.importer is not None:
            raise _no_field(tax_id.type, "consignee")
    return postage


def _importer_of(order: LabelOrder) -> Party | None:
    """Return the importer: a consignee with numbers that only an importer has a field for imports for himself."""
    if order.importer is not None:
        return order.importer
    other = tuple(tax_id for tax_id in order.consignee.tax_ids if tax_id.type != "EORI")
    return replace(order.consignee, tax_ids=other) if other else None


def _no_field(kind: str, field: str) -> IntegrationError:
    return refused(
        f"Royal Mail has no field for the {field}'s tax id of type {kind!r}",
        code="unknown_tax_id",
        field=f"{field} tax id",
        type=kind,
    )


def _importer(party: Party) -> dict[str, Any]:
    lines = address_lines(party, width=ADDRESS_LINE_WIDTH, count=ADDRESS_LINES, field="importer")
    found: dict[str, Any] = {
        "contactName": fitting(party.name or party.company, TEXTS["company"], "importer name"),
        "city": fitting(party.city, TEXTS["city"], "importer city"),
        "country": fitting(party.country, 2, "importer country", at_least=2),
        "isABusiness": bool(party.company),
        **{f"addressLine{number}": line for number, line in enumerate(lines, 1)},
    }
    optional = (("companyName", "company", party.company), ("postcode", "postcode", party.postcode),
                ("phoneNumber", "phone", party.phone), ("emailAddress", "email", party.email))  # fmt: skip
    found |= {name: fitting(value, TEXTS[key], f"importer {key}") for name, key, value in optional if value}
    for tax_id in party.tax_ids:
        name, key = {"EORI": ("eoriNumber", "EORI"), "VAT": ("vatNumber", "VAT")}.get(
            tax_id.type, ("taxCode", "tax code")
        )
        if name in found:
            raise refused(
                f"importer has two tax ids for Royal Mail's one field {name}: {tax_id.type} is the second",
                code="too_many_tax_ids",
                field="importer tax id",
            )
        found[name] = fitting(tax_id.number, TEXTS[key], "importer tax id")
    return found


def _amounts(order: LabelOrder) -> dict[str, Decimal]:
    paid_ahead = order.incoterm == Incoterm.DDP
    named = {
        "subtotal": goods_value(order.items),
        "shippingCostCharged": order.freight,
        "otherCosts": order.insurance,
        "customsDutyCosts": order.collected_duty if paid_ahead else None,
        "orderTax": order.collected_import_tax if paid_ahead else None,
    }
    found = {name: exact(amount, PRICE_DECIMALS, name) for name, amount in named.items() if amount is not None}
    return found | {"total": sum(found.values(), Decimal(0))}


@reading("the booking of Royal Mail", booked=True)
def label_from(document: Mapping[str, Any], order: LabelOrder) -> Label:
    """Return the bought label. A refused order is permanent; one made without a label has an unknown outcome."""
    failed = document.get("failedOrders") or []
    if failed:
        said = "; ".join(str(error.get("errorMessage")) for error in failed[0].get("errors", []))
        raise IntegrationError(f"Royal Mail refused the order: {said}", permanent=True, code="partner_refused")
    made = document["createdOrders"][0]
    if made.get("labelErrors"):
        said = "; ".join(str(error.get("message")) for error in made["labelErrors"])
        raise IntegrationError(
            f"Royal Mail took order {made['orderIdentifier']} but made no label: {said}",
            permanent=True,
            code="no_label",
        )
    return _label(made, paper(made["label"]))


def found_label(made: Mapping[str, Any], content: bytes) -> Label:
    return _label(made, content)


@reading("an order of Royal Mail")
def waybill_of(made: Mapping[str, Any]) -> str:
    """Return the tracking number, or the order's own where the service has none."""
    return number(made.get("trackingNumber") or made["orderIdentifier"])


def _label(made: Mapping[str, Any], content: bytes) -> Label:
    waybill = waybill_of(made)
    packages = [package.get("trackingNumber") for package in made.get("packages") or []]
    return Label(
        waybill=waybill,
        parcel_numbers=tuple(found for found in packages if found) or (waybill,),
        label=content,
        label_format="pdf",
        tracking_url=TRACKING_PAGE.format(waybill=waybill) if made.get("trackingNumber") else "",
    )


def problem_from(document: Any) -> str:
    rows = document if isinstance(document, list) else [document]
    return "; ".join(str(row["message"]) for row in rows if isinstance(row, Mapping) and row.get("message"))
