"""A label order in UPS's words: the body of POST /api/shipments/v2409/ship. Pure.

Source: the Shipping description, ShipmentRequest and InternationalForms.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from integrations.carriers.ups.codes import EXPORT_REASONS
from integrations.carriers.ups.letters import character_set
from integrations.carriers.ups.limits import (
    ACCOUNT_LENGTH,
    DESCRIPTION_PIECES,
    DESCRIPTION_WIDTH,
    LARGEST_INVOICE_TOTAL,
    MOST_PARCELS,
    MOST_PRODUCTS,
    PRICE_DECIMALS,
    TEXTS,
    TOTAL_DECIMALS,
    UNIT_PRICE_DECIMALS,
)
from integrations.carriers.ups.parties import parcel, party_details
from integrations.carriers.ups.taxes import global_tax_information, vendor_info
from integrations.kit import filings
from integrations.kit.dangerous import INSTRUCTIONS, items_in, section_two
from integrations.kit.descriptions import shortened, spread
from integrations.kit.fields import crosses_customs, exact, exact_items, fitting, goods_value, refused, unit_price
from integrations.kit.tax_ids import in_words
from shipsmart.core.codes import EU
from shipsmart.ports import CarrierAccountRef, CustomsItem, Incoterm, LabelOrder, ParcelSpec, Party

SUB_VERSION = "2409"
LIGHTLY_REGULATED = "LR"
NO_PRODUCT_ID = "01"
EU_DE_MINIMIS_EUR = Decimal(150)


def shipment_body(account: CarrierAccountRef, order: LabelOrder) -> dict[str, Any]:
    """Return the request for one shipment. Raises IntegrationError naming what is missing or does not fit."""
    check_order(order)
    order = replace(order, items=exact_items(order.items, order.currency))
    declarable = crosses_customs(order.shipper, order.consignee)
    shipment: dict[str, Any] = {
        "Description": _summary(order.items),
        "Shipper": {"ShipperNumber": account_number(account), **party_details(order.shipper, "consignor")},
        "ShipTo": party_details(order.consignee, "consignee"),
        "ShipFrom": party_details(order.shipper, "consignor"),
        "PaymentInformation": {
            "ShipmentCharge": charges(account, order.shipper, prepaid=declarable and order.incoterm == Incoterm.DDP)
        },
        "ShipmentRatingOptions": {"NegotiatedRatesIndicator": "Y"},
        "Service": {"Code": fitting(order.service, 2, "service", at_least=2)},
        "ShipmentDate": f"{order.ship_on:%Y%m%d}",
        "Package": [
            parcel(spec, number, packaging="Packaging", described=False) | package_options(account, order, spec, number)
            for number, spec in enumerate(order.parcels, 1)
        ],
    }
    _add_references(shipment, order)
    if declarable:
        _add_customs(shipment, order)
    return {
        "ShipmentRequest": {
            "Request": {
                "RequestOption": "nonvalidate",
                "SubVersion": SUB_VERSION,
                "TransactionReference": {"CustomerContext": fitting(order.reference, TEXTS["reference"], "reference")},
            },
            "Shipment": shipment,
            "LabelSpecification": _label(order),
        }
    }


def _label(order: LabelOrder) -> dict[str, Any]:
    """Return how the label is drawn: UPS makes pictures or printer code, a PDF is made of the picture (labels.py)."""
    found: dict[str, Any] = {
        "LabelImageFormat": {"Code": "ZPL" if order.label_format == "zpl" else "GIF"},
        "LabelStockSize": {"Height": "6", "Width": "4"},
    }
    letters = character_set((("consignee", order.consignee), ("consignor", order.shipper)))
    return found | ({"CharacterSet": letters} if letters else {})


def check_order(order: LabelOrder) -> None:
    """Raise IntegrationError when who pays the duty contradicts the terms of sale, or the counts do not fit."""
    if (order.duty_payer == "sender") != (order.incoterm == Incoterm.DDP):
        raise refused(
            f"incoterm {order.incoterm} contradicts duty payer {order.duty_payer!r}: DDP is paid by the sender",
            code="duty_payer_contradiction",
            field="duty payer",
        )
    for name, found, most in (("parcels", order.parcels, MOST_PARCELS), ("items", order.items, MOST_PRODUCTS)):
        if not 1 <= len(found) <= most:
            raise refused(f"{len(found)} {name}: UPS takes 1 to {most}", code="wrong_count", field=name)


def account_number(account: CarrierAccountRef) -> str:
    return fitting(account.number, ACCOUNT_LENGTH, "account number", at_least=ACCOUNT_LENGTH)


def charges(account: CarrierAccountRef, shipper_party: Party, *, prepaid: bool) -> list[dict[str, Any]]:
    """Return who pays transport (01) and, `prepaid`, duties and taxes (02): without 02 the consignee pays them."""
    shipper = account_number(account)
    found = [{"Type": "01", "BillShipper": {"AccountNumber": shipper}}]
    if not prepaid:
        return found
    duties = account.settings.get("duties_account") or shipper
    if duties == shipper:
        return [*found, {"Type": "02", "BillShipper": {"AccountNumber": shipper}}]
    number = fitting(duties, ACCOUNT_LENGTH, "duties account", at_least=ACCOUNT_LENGTH)
    country = account.settings.get("duties_account_country") or shipper_party.country
    payer = {"AccountNumber": number, "Address": {"CountryCode": country}}
    if postcode := account.settings.get("duties_account_postcode"):
        payer["Address"]["PostalCode"] = postcode
    return [*found, {"Type": "02", "BillThirdParty": payer}]


def _summary(items: tuple[CustomsItem, ...]) -> str:
    ranked = sorted(items, key=lambda item: -item.unit_price * item.quantity)
    names = dict.fromkeys(item.description.strip() for item in ranked)
    return shortened(", ".join(names), TEXTS["content description"], "description")


def package_options(account: CarrierAccountRef, order: LabelOrder, spec: ParcelSpec, number: int) -> dict[str, Any]:
    """Return the declared value of an insured parcel and the lithium batteries in it; {} for neither."""
    options: dict[str, Any] = {}
    if account.settings.get("insure"):
        options |= declared_value(goods_value(items_in(spec, order, "the insured value")), order.currency)
    if any(item.dangerous for item in order.items):
        batteries = section_two(items_in(spec, order, "a battery"), "UPS")
        if batteries:
            options |= {"HazMat": [_battery(code, n) for n, code in enumerate(batteries, 1)]}
            options["PackageIdentifier"] = str(number)
    return {"PackageServiceOptions": options} if options else {}


def declared_value(value: Decimal, currency: str) -> dict[str, Any]:
    value = exact(value, PRICE_DECIMALS, "goods value")
    return {"DeclaredValue": {"CurrencyCode": currency, "MonetaryValue": _money(value)}}


def _battery(instruction: str, number: int) -> dict[str, str]:
    """Return a lightly regulated commodity: what UPS calls lithium batteries of Section II."""
    packing = INSTRUCTIONS[instruction]
    return {
        "IDNumber": packing.un,
        "ProperShippingName": packing.shipping_name,
        "PackagingInstructionCode": instruction,
        "RegulationSet": "IATA",
        "TransportationMode": "PAX",
        "CommodityRegulatedLevelCode": LIGHTLY_REGULATED,
        "ChemicalRecordIdentifier": str(number),
    }


def _add_references(shipment: dict[str, Any], order: LabelOrder) -> None:
    """Put our reference and the order number on the shipment; UPS wants them on the parcel inside the US."""
    references = [{"Code": "TN", "Value": fitting(order.reference, TEXTS["reference"], "reference")}]
    if order.order_number:
        references.append({"Code": "PO", "Value": fitting(order.order_number, TEXTS["reference"], "order number")})
    if order.shipper.country == order.consignee.country and order.shipper.country in ("US", "PR"):
        for package in shipment["Package"]:
            package["ReferenceNumber"] = references
    else:
        shipment["ReferenceNumber"] = references


def _add_customs(shipment: dict[str, Any], order: LabelOrder) -> None:
    value = exact(goods_value(order.items), TOTAL_DECIMALS, "goods value")
    if 1 <= value <= LARGEST_INVOICE_TOTAL:
        shipment["InvoiceLineTotal"] = {"CurrencyCode": order.currency, "MonetaryValue": _money(value)}
    shipment["ShipmentServiceOptions"] = {"InternationalForms": _forms(order)}
    vendor = vendor_info(order)
    if vendor:
        shipment["ShipFrom"]["VendorInfo"] = vendor
    if taxes := global_tax_information(order):
        shipment["GlobalTaxInformation"] = taxes
    if order.consignee.country in EU:
        shipment["ShipperType"] = "01"
        shipment["ConsigneeType"] = "01" if order.consignee.company else "02"
        low = _low_value(order, value, ioss=bool(vendor))
        if low is not None:
            shipment["ShipmentServiceOptions"]["EUDeMinimisIndicator"] = "Y" if low else "N"


def _low_value(order: LabelOrder, value: Decimal, *, ioss: bool) -> bool | None:
    """Return whether the goods are worth EUR 150 at most; IOSS exists below that only. None: we cannot tell here."""
    if ioss:
        return True
    return value <= EU_DE_MINIMIS_EUR if order.currency == "EUR" else None


def _forms(order: LabelOrder) -> dict[str, Any]:
    """Return UPS's own commercial invoice, filled from ours."""
    forms: dict[str, Any] = {
        "FormType": ["01"],
        "InvoiceNumber": fitting(order.invoice_number, TEXTS["invoice number"], "invoice number"),
        "InvoiceDate": f"{order.invoice_date:%Y%m%d}",
        "TermsOfShipment": str(order.incoterm),
        "ReasonForExport": _reason(order),
        "CurrencyCode": order.currency,
        "Contacts": {"SoldTo": _sold_to(order)},
        "Product": [_product(item, n, into_eu=order.consignee.country in EU) for n, item in enumerate(order.items, 1)],
    }
    for name, amount in (("FreightCharges", order.freight), ("InsuranceCharges", order.insurance)):
        if amount:
            forms[name] = {"MonetaryValue": _money(exact(amount, PRICE_DECIMALS, name))}
    if comments := _comments(order):
        forms["Comments"] = comments
    return forms


def _sold_to(order: LabelOrder) -> dict[str, Any]:
    """Return the importer, else the consignee. Raises IntegrationError for an importer in another country."""
    importer = order.importer
    if importer is None:
        return party_details(order.consignee, "consignee")
    if importer.country != order.consignee.country:
        raise refused(
            f"UPS names the importer as buyer in the country the parcel goes to, {order.consignee.country}; "
            f"{importer.company or importer.name} is in {importer.country}",
            code="importer_elsewhere",
            field="importer country",
        )
    return party_details(importer, "importer")


def _product(item: CustomsItem, number: int, *, into_eu: bool) -> dict[str, Any]:
    """Return one line of goods; `Value` is the price of one unit. The EU wants a product's number or word of none."""
    field = f"line {number} ({item.sku or item.description[:20]})"
    if item.quantity < 1:
        raise refused(f"{field} has quantity {item.quantity}", code="wrong_count", field=f"{field} quantity")
    description = spread(
        item.description, width=DESCRIPTION_WIDTH, count=DESCRIPTION_PIECES, field=f"{field} description"
    )
    product: dict[str, Any] = {
        "Description": description,
        "Unit": {
            "Number": str(item.quantity),
            "UnitOfMeasurement": {"Code": "PCS"},
            "Value": _money(unit_price(item.unit_price, UNIT_PRICE_DECIMALS, f"{field} price")),
        },
        "CommodityCode": fitting(item.hs_code, TEXTS["hs code"], f"{field} HS code", at_least=6),
        "OriginCountryCode": fitting(item.origin, 2, f"{field} country of origin", at_least=2),
    }
    if item.sku:
        product["PartNumber"] = fitting(item.sku, TEXTS["part number"], f"{field} SKU")
        product["ProductIdentifier"] = [{"ProductID": item.sku, "ProductIDTypeCode": "0100"}]
    elif into_eu:
        product["CommodityFieldSpecialConditionCode"] = NO_PRODUCT_ID
    return product


def _reason(order: LabelOrder) -> str:
    if order.export_reason not in EXPORT_REASONS:
        raise refused(
            f"export reason {order.export_reason!r} is none of {', '.join(EXPORT_REASONS)}",
            code="unknown_export_reason",
            field="export reason",
        )
    return EXPORT_REASONS[order.export_reason]


def _comments(order: LabelOrder) -> str:
    """Return what has no field of its own, for the broker to read: registrations, filings, what was paid ahead."""
    said = [*in_words(order.shipper), *filings.in_words(order)]
    if order.incoterm == Incoterm.DDP:
        for name, amount in (("Duty", order.collected_duty), ("Import tax", order.collected_import_tax)):
            if amount is not None:
                said.append(f"{name} collected at checkout: {_money(amount)} {order.currency}")
    return fitting("; ".join(said), TEXTS["comments"], "invoice comments") if said else ""


def _money(amount: Decimal) -> str:
    return format(amount, "f")
