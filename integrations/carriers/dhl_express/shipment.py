"""A label order in DHL's words: the body of POST /shipments. Pure.

Source: MyDHL API 3.1 reference, createShipmentRequest.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from integrations.carriers.dhl_express.codes import (
    DUTY_TAX_PAID,
    EXPORT_REASONS,
    LITHIUM_SERVICES,
    PAPERLESS,
    PERSONAL_REASONS,
    SHIPMENT_VALUE_PROTECTION,
)
from integrations.carriers.dhl_express.limits import MOST_LINES, MOST_PARCELS, MOST_REMARKS, PRICE_DECIMALS, TEXTS
from integrations.carriers.dhl_express.parties import party_details
from integrations.kit.dangerous import INSTRUCTIONS, section_two
from integrations.kit.descriptions import shortened
from integrations.kit.fields import (
    centimetres,
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


def shipment_body(account: CarrierAccountRef, order: LabelOrder) -> dict[str, Any]:
    """Return the request for one waybill. Raises IntegrationError(permanent) naming what is missing or does not fit."""
    check_order(order)
    order = replace(order, items=exact_items(order.items, order.currency))
    reference = fitting(order.reference, TEXTS["reference"], "reference")
    declarable = crosses_customs(order.shipper, order.consignee)
    return {
        "plannedShippingDateAndTime": planned_at(account, order),
        "pickup": {"isRequested": False},
        "productCode": fitting(order.service, TEXTS["service"], "service"),
        "getRateEstimates": True,
        "accounts": accounts(account, order, declarable=declarable),
        "valueAddedServices": value_added_services(account, order, declarable=declarable),
        "outputImageProperties": output_images(account, order, declarable=declarable),
        "customerReferences": [{"value": reference, "typeCode": "CU"}, *_order_number(order)],
        "customerDetails": _parties(order),
        "content": _content(order, declarable=declarable),
    }


def check_order(order: LabelOrder) -> None:
    """Raise IntegrationError when who pays the duty contradicts the terms of sale, or there is nothing to send."""
    if (order.duty_payer == "sender") != (order.incoterm == Incoterm.DDP):
        raise refused(
            f"incoterm {order.incoterm} contradicts duty payer {order.duty_payer!r}: DDP is paid by the sender",
            code="duty_payer_contradiction",
            field="duty payer",
        )
    for name, found, most in (("parcels", order.parcels, MOST_PARCELS), ("items", order.items, MOST_LINES)):
        if not 1 <= len(found) <= most:
            raise refused(f"{len(found)} {name}: DHL takes 1 to {most}", code="wrong_count", field=name)


def planned_at(account: CarrierAccountRef, order: LabelOrder) -> str:
    """Return when the parcel is handed over, late on the day: DHL refuses a moment that has passed."""
    return f"{order.ship_on.isoformat()}T23:59:00 GMT{account.settings.get('gmt_offset', '+00:00')}"


def accounts(account: CarrierAccountRef, order: LabelOrder, *, declarable: bool) -> list[dict[str, str]]:
    """Return who pays what: freight the shipper; duties and taxes, under DDP, the account named for them."""
    number = fitting(account.number, TEXTS["account number"], "account number")
    found = [{"typeCode": "shipper", "number": number}]
    if declarable and order.incoterm == Incoterm.DDP:
        duties = fitting(account.settings.get("duties_account") or number, TEXTS["account number"], "duties account")
        found.append({"typeCode": "duties-taxes", "number": duties})
    return found


def value_added_services(account: CarrierAccountRef, order: LabelOrder, *, declarable: bool) -> list[dict[str, Any]]:
    """Return DD for DDP, WY for paperless accounts, II for those that insure, and the lithium batteries there are."""
    found: list[dict[str, Any]] = []
    if declarable and order.incoterm == Incoterm.DDP:
        found.append({"serviceCode": DUTY_TAX_PAID})
    if declarable and account.settings.get("paperless"):
        found.append({"serviceCode": PAPERLESS})
    if account.settings.get("insure"):
        found.append(insurance(goods_value(order.items), order.currency))
    for instruction in section_two(order.items, "DHL Express"):
        goods = {"contentId": instruction, "unCodes": [INSTRUCTIONS[instruction].un.removeprefix("UN")]}
        found.append({"serviceCode": LITHIUM_SERVICES[instruction], "dangerousGoods": [goods]})
    return found


def insurance(value: Decimal, currency: str) -> dict[str, Any]:
    value = exact(value, PRICE_DECIMALS, "goods value")
    return {"serviceCode": SHIPMENT_VALUE_PROTECTION, "value": value, "currency": currency}


def output_images(account: CarrierAccountRef, order: LabelOrder, *, declarable: bool) -> dict[str, Any]:
    """Return the wanted documents, each in a file of its own; paperless needs DHL's own invoice."""
    images: list[dict[str, Any]] = [
        {"typeCode": "label", "templateName": "ECOM26_84_001"},
        {"typeCode": "waybillDoc", "templateName": "ARCH_8X4", "isRequested": True, "hideAccountNumber": True},
    ]
    if declarable and account.settings.get("paperless"):
        images.append(
            {
                "typeCode": "invoice",
                "templateName": "COMMERCIAL_INVOICE_P_10",
                "isRequested": True,
                "invoiceType": "returns" if order.export_reason == "return" else "commercial",
                "languageCode": "eng",
            }
        )
    return {
        "printerDPI": 200 if order.label_format == "zpl" else 300,
        "encodingFormat": order.label_format,
        "imageOptions": images,
        "splitTransportAndWaybillDocLabels": True,
        "splitInvoiceAndReceipt": True,
        "allDocumentsInOneImage": False,
    }


def package(parcel: ParcelSpec, number: int) -> dict[str, Any]:
    """Return a box in kilograms and centimetres, exact to the gram and the millimetre."""
    return {
        "weight": kilograms(parcel.weight_g, f"parcel {number} weight"),
        "dimensions": {
            "length": centimetres(parcel.length_mm, f"parcel {number} length"),
            "width": centimetres(parcel.width_mm, f"parcel {number} width"),
            "height": centimetres(parcel.height_mm, f"parcel {number} height"),
        },
    }


def _order_number(order: LabelOrder) -> list[dict[str, str]]:
    if not order.order_number:
        return []
    return [{"value": fitting(order.order_number, TEXTS["reference"], "order number"), "typeCode": "CO"}]


def _parties(order: LabelOrder) -> dict[str, Any]:
    parties = {
        "shipperDetails": party_details(order.shipper, "consignor"),
        "receiverDetails": party_details(order.consignee, "consignee"),
    }
    if order.importer is not None:
        parties["importerDetails"] = party_details(order.importer, "importer")
    return parties


def _content(order: LabelOrder, *, declarable: bool) -> dict[str, Any]:
    content: dict[str, Any] = {
        "packages": [
            package(parcel, number) | {"referenceNumber": number} for number, parcel in enumerate(order.parcels, 1)
        ],
        "isCustomsDeclarable": declarable,
        "description": _summary(order.items),
        "incoterm": str(order.incoterm),
        "unitOfMeasurement": "metric",
    }
    if declarable:
        content["declaredValue"] = exact(goods_value(order.items), PRICE_DECIMALS, "goods value")
        content["declaredValueCurrency"] = order.currency
        content["exportDeclaration"] = _declaration(order)
        if order.shipper.country == "US" and (filing := us_filing(order)):
            content["USFilingTypeValue"] = fitting(filing, TEXTS["US filing"], "export filing")
    return content


def _summary(items: tuple[CustomsItem, ...]) -> str:
    """Return what is in the shipment, the costliest goods first."""
    ranked = sorted(items, key=lambda item: -item.unit_price * item.quantity)
    names = dict.fromkeys(item.description.strip() for item in ranked)
    return shortened(", ".join(names), TEXTS["content description"], "description")


def _declaration(order: LabelOrder) -> dict[str, Any]:
    goods = goods_value(order.items)
    charges = _charges(order)
    lines = [_line(item, number, order) for number, item in enumerate(order.items, 1)]
    net = sum((item.unit_weight_g * item.quantity for item in order.items), 0)
    gross = sum(parcel.weight_g for parcel in order.parcels)
    invoice: dict[str, Any] = {
        "number": fitting(order.invoice_number, TEXTS["invoice number"], "invoice number"),
        "date": order.invoice_date.isoformat(),
        "totalNetWeight": kilograms(net, "net weight"),
        "totalGrossWeight": kilograms(gross, "gross weight"),
        "preCalculatedTotalValues": {
            "preCalculatedTotalGoodsValue": goods,
            "preCalculatedTotalInvoiceValue": goods + sum((charge["value"] for charge in charges), Decimal(0)),
        },
    }
    if filed := _filed(order):
        invoice["customerReferences"] = filed
    if collected := _collected(order):
        invoice["indicativeCustomsValues"] = collected
    declaration: dict[str, Any] = {
        "lineItems": lines,
        "invoice": invoice,
        "placeOfIncoterm": order.consignee.city,
        "exportReasonType": _reason(order),
        "shipmentType": "personal" if order.export_reason in PERSONAL_REASONS else "commercial",
    }
    if permit := order.references.get("permit"):
        number = fitting(permit, TEXTS["customs document"], "licence or certificate")
        declaration["customsDocuments"] = [{"typeCode": "LIC", "value": number}]
    if charges:
        declaration["additionalCharges"] = charges
    if remarks := in_words(order.shipper):
        if len(remarks) > MOST_REMARKS:
            raise refused(
                f"{len(remarks)} registrations without a type of DHL's: its invoice has {MOST_REMARKS} remarks",
                code="too_many_tax_ids",
                field="consignor tax id",
            )
        declaration["remarks"] = [{"value": remark} for remark in remarks]
    return declaration


def _filed(order: LabelOrder) -> list[dict[str, str]]:
    """Return the numbers of export filings by DHL's types: ITN, FTR (exemption from filing), MRN."""
    types = (("itn", "ITN"), ("noeei", "FTR"), ("mrn", "MRN"))
    return [{"typeCode": kind, "value": order.references[key]} for key, kind in types if order.references.get(key)]


def _line(item: CustomsItem, number: int, order: LabelOrder) -> dict[str, Any]:
    """Return one line of goods: price per unit, weight and value of the whole line, as DHL wants them."""
    field = f"line {number} ({item.sku or item.description[:20]})"
    code = fitting(item.hs_code, TEXTS["hs code"], f"{field} HS code", at_least=6)
    if item.quantity < 1:
        raise refused(f"{field} has quantity {item.quantity}", code="wrong_count", field=f"{field} quantity")
    return {
        "number": number,
        "description": shortened(item.description, TEXTS["description"], f"{field} description"),
        "price": unit_price(item.unit_price, PRICE_DECIMALS, f"{field} price"),
        "quantity": {"value": item.quantity, "unitOfMeasurement": "PCS"},
        # Beyond the six common digits a code is the destination's own, so only they stand for the export side.
        "commodityCodes": [{"typeCode": "outbound", "value": code[:6]}, {"typeCode": "inbound", "value": code}],
        "exportReasonType": _reason(order),
        "manufacturerCountry": fitting(item.origin, 2, f"{field} country of origin", at_least=2),
        "weight": {"netValue": kilograms(item.unit_weight_g * item.quantity, f"{field} weight")},
        "preCalculatedLineItemTotalValue": item.unit_price * item.quantity,
    }


def _reason(order: LabelOrder) -> str:
    if order.export_reason not in EXPORT_REASONS:
        raise refused(
            f"export reason {order.export_reason!r} is none of {', '.join(EXPORT_REASONS)}",
            code="unknown_export_reason",
            field="export reason",
        )
    return EXPORT_REASONS[order.export_reason]


def _charges(order: LabelOrder) -> list[dict[str, Any]]:
    named = (("freight", order.freight), ("insurance", order.insurance))
    return [
        {"value": exact(amount, PRICE_DECIMALS, name), "caption": name.capitalize(), "typeCode": name}
        for name, amount in named
        if amount
    ]


def _collected(order: LabelOrder) -> dict[str, Decimal]:
    """Return what the shopper already paid for duty and import tax; a figure nobody collected is left out."""
    named = (
        ("importCustomsDutyValue", "collected duty", order.collected_duty),
        ("importTaxesValue", "collected import tax", order.collected_import_tax),
    )
    return {
        name: exact(amount, PRICE_DECIMALS, field)
        for name, field, amount in named
        if amount is not None and order.incoterm == Incoterm.DDP
    }
