"""Lithium batteries, insurance and labels for the way back: each body against the carrier's own description."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from integrations.carriers.dhl_express import mapping as dhl_mapping
from integrations.carriers.dhl_express import returns as dhl_returns
from integrations.carriers.dhl_express import shipment as dhl
from integrations.carriers.fedex import mapping as fedex_mapping
from integrations.carriers.fedex import returns as fedex_returns
from integrations.carriers.fedex import shipment as fedex
from integrations.carriers.royal_mail import mapping as royal_mail
from integrations.carriers.table.mapping import paper_shipment
from integrations.carriers.ups import mapping as ups_mapping
from integrations.carriers.ups import returns as ups_returns
from integrations.carriers.ups import shipment as ups
from integrations.carriers.usps import mapping as usps_mapping
from integrations.carriers.usps import shipment as usps
from shipsmart.ports import CarrierAccountRef, DangerousGoods, Incoterm, IntegrationError, LabelOrder, ParcelSpec
from tests.integrations.carriers.carrier_cases import (
    GERMAN,
    PARCEL,
    POWER_BANK,
    SHIRT,
    US_SHOP,
    enquiry,
    label_order,
    violations,
)

INSURED = {"insure": True}
DHL = CarrierAccountRef("dhl_express", "123456789", {"username": "u", "password": "p"}, INSURED)
UPS = CarrierAccountRef("ups", "A1B2C3", {"client_id": "c", "client_secret": "s"}, INSURED)
FEDEX = CarrierAccountRef("fedex", "740561073", {"client_id": "c", "client_secret": "s"}, INSURED | {"paperless": True})
USPS = CarrierAccountRef("usps", "1000012345", {"client_id": "c", "client_secret": "s"}, INSURED)
ROYAL_MAIL = CarrierAccountRef("royal_mail", "", {"api_key": "k"}, {"ddp_services": ["DDP1"]})
IN_PHONE = DangerousGoods("UN3481", "967", "II", Decimal("15.4"), 1)
WITH_CAMERA = DangerousGoods("UN3481", "966", "II", Decimal("15.4"), 1)
METAL = DangerousGoods("UN3091", "970", "II", None, 2)
BRITISH = replace(US_SHOP, city="London", region="", postcode="N1 9GU", country="GB", tax_ids=())

DHL_API, UPS_API, FEDEX_API = (
    "dhl_express/dpdhl-express-api-3.1.1_swagger.yaml",
    "ups/Shipping.yaml",
    "fedex/ship-api.json",
)


def with_goods(*dangerous: DangerousGoods, **changes: Any) -> LabelOrder:
    items = (SHIRT, *(replace(POWER_BANK, sku=f"B{n}", dangerous=goods) for n, goods in enumerate(dangerous)))
    return label_order(items=items, **changes)


def dhl_body(order: LabelOrder) -> Any:
    return dhl.shipment_body(DHL, order)


def ups_body(order: LabelOrder) -> Any:
    return ups.shipment_body(UPS, replace(order, service="65"))


def fedex_body(order: LabelOrder) -> Any:
    return fedex.shipment_body(FEDEX, replace(order, service="FEDEX_INTERNATIONAL_PRIORITY"))


def usps_body(order: LabelOrder) -> Any:
    return usps.label_body(USPS, replace(order, service="PMI"))


def royal_mail_body(order: LabelOrder) -> Any:
    return royal_mail.orders_body(
        ROYAL_MAIL, replace(order, shipper=BRITISH, service="DDP1", currency="GBP", insurance=Decimal(0))
    )


def plain(found: list[str]) -> list[str]:
    # UPS writes "maximum: 1" for a field that may come once, and asks for amounts of 19 characters in Rating only.
    return [text for text in found if "maximum of 1" not in text and "DeclaredValue/MonetaryValue" not in text]


ALL: list[Callable[[LabelOrder], Any]] = [dhl_body, ups_body, fedex_body, usps_body, royal_mail_body]


@pytest.mark.parametrize("order", [with_goods(IN_PHONE), with_goods(IN_PHONE, METAL), with_goods()])
def test_batteries_and_insurance_keep_to_the_descriptions(order: LabelOrder) -> None:
    assert violations(dhl_body(order), DHL_API, "supermodelIoLogisticsExpressCreateShipmentRequest") == []
    assert plain(violations(ups_body(order), UPS_API, "SHIPRequestWrapper")) == []
    assert violations(fedex_body(order), FEDEX_API, "Full_Schema_Ship") == []
    assert (
        violations(usps_body(order), "usps/international-labels.yaml", "InternationalLabelRequest", merged=True) == []
    )


def test_dhl_is_told_the_special_service_and_its_content_id() -> None:
    services = {row["serviceCode"]: row for row in dhl_body(with_goods(IN_PHONE, WITH_CAMERA))["valueAddedServices"]}
    assert (services["HV"]["dangerousGoods"], services["HD"]["dangerousGoods"]) == (
        [{"contentId": "967", "unCodes": ["3481"]}],
        [{"contentId": "966", "unCodes": ["3481"]}],
    )
    assert services["II"]["value"] == Decimal("60.97")


def test_ups_is_told_a_lightly_regulated_commodity_of_the_right_parcel() -> None:
    items = (replace(SHIRT, parcel_reference="1"), replace(POWER_BANK, dangerous=METAL, parcel_reference="2"))
    order = label_order(items=items, parcels=(PARCEL, ParcelSpec("2", 500, 100, 100, 100)))
    shirts, battery = ups_body(order)["ShipmentRequest"]["Shipment"]["Package"]
    assert shirts["PackageServiceOptions"] == {"DeclaredValue": {"CurrencyCode": "USD", "MonetaryValue": "59.97"}}
    (row,) = battery["PackageServiceOptions"]["HazMat"]
    assert (row["IDNumber"], row["ProperShippingName"], row["CommodityRegulatedLevelCode"]) == (
        "UN3091",
        "Lithium metal batteries contained in equipment",
        "LR",
    )
    assert battery["PackageServiceOptions"]["DeclaredValue"]["MonetaryValue"] == "0.50"


def test_fedex_is_told_the_battery_and_sends_its_own_invoice_ahead() -> None:
    asked = fedex_body(with_goods(WITH_CAMERA))["requestedShipment"]
    (parcel,) = asked["requestedPackageLineItems"]
    assert parcel["packageSpecialServices"]["batteryDetails"] == [
        {
            "batteryPackingType": "PACKED_WITH_EQUIPMENT",
            "batteryRegulatoryType": "IATA_SECTION_II",
            "batteryMaterialType": "LITHIUM_ION",
        }
    ]
    assert parcel["declaredValue"] == {"amount": Decimal("60.47"), "currency": "USD"}
    assert asked["shipmentSpecialServices"]["specialServiceTypes"] == ["ELECTRONIC_TRADE_DOCUMENTS"]


def test_usps_takes_batteries_inside_their_equipment_only() -> None:
    assert usps_body(with_goods(IN_PHONE))["packageDescription"]["extraServices"] == [930, 820]
    with pytest.raises(IntegrationError) as caught:
        usps_body(with_goods(WITH_CAMERA))
    assert (caught.value.code, caught.value.permanent) == ("dangerous_goods_refused", True)


def test_royal_mail_has_a_field_for_one_un_number() -> None:
    (found,) = royal_mail_body(with_goods(IN_PHONE, WITH_CAMERA))["items"]
    assert (found["containsDangerousGoods"], found["dangerousGoodsUnCode"], found["dangerousGoodsQuantity"]) == (
        True,
        "3481",
        2,
    )
    with pytest.raises(IntegrationError) as caught:
        royal_mail_body(with_goods(IN_PHONE, METAL))
    assert caught.value.code == "dangerous_goods_refused"


def test_the_merchants_own_waybill_knows_the_battery_too() -> None:
    line = paper_shipment(with_goods(IN_PHONE), "SW1").lines[1]
    assert line.dangerous_goods is not None
    assert (line.dangerous_goods.un, line.dangerous_goods.count) == ("UN3481", 1)


@pytest.mark.parametrize("build", ALL)
@pytest.mark.parametrize(
    ("goods", "code"),
    [
        (DangerousGoods("UN3480", "965", "IB"), "dangerous_goods_refused"),
        (DangerousGoods("UN3481", "967", "I"), "dangerous_goods_refused"),
        (DangerousGoods("UN3481", "967"), "dangerous_goods_refused"),
        (DangerousGoods("UN3481", "967", "II", Decimal(160)), "dangerous_goods_refused"),
        (DangerousGoods("UN1266", "", ""), "dangerous_goods_refused"),
        (DangerousGoods("UN3091", "967", "II"), "dangerous_goods_contradiction"),
    ],
)
def test_what_needs_more_than_a_mark_on_the_box_is_refused_by_line(
    build: Callable[[LabelOrder], Any], goods: DangerousGoods, code: str
) -> None:
    with pytest.raises(IntegrationError) as caught:
        build(with_goods(goods))
    assert (caught.value.code, caught.value.permanent) == (code, True)
    assert caught.value.details["field"] == "line 2 dangerous goods"


@pytest.mark.parametrize("build", [ups_body, fedex_body])
def test_a_battery_without_its_parcel_is_refused(build: Callable[[LabelOrder], Any]) -> None:
    order = with_goods(IN_PHONE, parcels=(PARCEL, ParcelSpec("2", 500, 100, 100, 100)))
    with pytest.raises(IntegrationError) as caught:
        build(order)
    assert (caught.value.code, caught.value.details["field"]) == ("missing_data", "parcel")


def test_prices_are_asked_with_what_the_label_will_be_bought_with() -> None:
    asked = enquiry(items=with_goods(IN_PHONE).items)
    extras = [row["serviceCode"] for row in dhl_mapping.rates_body(DHL, asked)["valueAddedServices"]]
    assert extras == ["DD", "II", "HV"]
    two = replace(asked, parcels=(PARCEL, PARCEL))
    boxes = ups_mapping.rate_body(UPS, two)["RateRequest"]["Shipment"]["Package"]
    assert [box["PackageServiceOptions"]["DeclaredValue"]["MonetaryValue"] for box in boxes] == ["30.24", "30.23"]
    fedex_boxes = fedex_mapping.rates_body(FEDEX, two)["requestedShipment"]["requestedPackageLineItems"]
    assert [box["declaredValue"]["amount"] for box in fedex_boxes] == [Decimal("30.24"), Decimal("30.23")]
    assert usps_mapping.prices_body(USPS, asked)["extraServices"] == [930, 820]


def test_the_questions_about_prices_keep_to_the_descriptions() -> None:
    asked = enquiry(items=with_goods(IN_PHONE).items)
    rates = dhl_mapping.rates_body(DHL, asked)
    assert violations(rates, DHL_API, "supermodelIoLogisticsExpressRateRequest") == []
    assert plain(violations(ups_mapping.rate_body(UPS, asked), "ups/Rating.yaml", "RATERequestWrapper")) == []
    assert violations(fedex_mapping.rates_body(FEDEX, asked), "fedex/rate-api.json", "Full_Schema_Quote_Rate") == []
    body = usps_mapping.prices_body(USPS, asked)
    assert violations(body, "usps/international-prices.yaml", "TotalRatesQuery", merged=True) == []


WAY_BACK = label_order(
    shipper=GERMAN,
    consignee=replace(US_SHOP, tax_ids=()),
    incoterm=Incoterm.DAP,
    duty_payer="recipient",
    export_reason="return",
    collected_duty=None,
    collected_import_tax=None,
)


def test_labels_for_the_way_back_keep_to_the_descriptions() -> None:
    body = dhl_returns.return_body(replace(DHL, settings={"return_services": ["PT"]}), WAY_BACK)
    assert violations(body, DHL_API, "supermodelIoLogisticsExpressCreateShipmentRequest") == []
    ups_order = replace(WAY_BACK, service="65")
    assert plain(violations(ups_returns.return_body(UPS, ups_order), UPS_API, "SHIPRequestWrapper")) == []
    fedex_order = replace(WAY_BACK, service="FEDEX_INTERNATIONAL_PRIORITY")
    assert violations(fedex_returns.return_body(FEDEX, fedex_order), FEDEX_API, "Full_Schema_Ship") == []


def test_the_merchant_pays_for_the_way_back() -> None:
    body = dhl_returns.return_body(replace(DHL, settings={"return_services": ["PT"]}), WAY_BACK)
    assert body["accounts"] == [{"typeCode": "payer", "number": "123456789"}]
    assert body["valueAddedServices"] == [{"serviceCode": "PT"}]
    shipment = ups_returns.return_body(UPS, replace(WAY_BACK, service="65"))["ShipmentRequest"]["Shipment"]
    assert (shipment["ReturnService"], shipment["Shipper"]["ShipperNumber"]) == ({"Code": "9"}, "A1B2C3")
    assert (shipment["Shipper"]["Address"]["City"], shipment["ShipFrom"]["Address"]["City"]) == ("Nashville", "Köln")
    asked = fedex_returns.return_body(FEDEX, replace(WAY_BACK, service="FEDEX_INTERNATIONAL_PRIORITY"))
    asked = asked["requestedShipment"]
    assert asked["shippingChargesPayment"]["paymentType"] == "RECIPIENT"
    assert asked["shipmentSpecialServices"]["specialServiceTypes"] == ["ELECTRONIC_TRADE_DOCUMENTS", "RETURN_SHIPMENT"]
