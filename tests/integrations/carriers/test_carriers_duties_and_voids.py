"""The carriers' own landed cost and their voids: bodies against their descriptions, answers over real HTTP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from integrations.carriers.dhl_express import duties as dhl_duties
from integrations.carriers.dhl_express.adapter import adapter as dhl
from integrations.carriers.fedex import mapping as fedex_mapping
from integrations.carriers.fedex.adapter import adapter as fedex
from integrations.carriers.ups import duties as ups_duties
from integrations.carriers.ups.adapter import adapter as ups
from integrations.carriers.usps import duties as usps_duties
from integrations.carriers.usps.adapter import adapter as usps
from shipsmart.ports import CarrierAccountRef, Incoterm, IntegrationError, Unsupported
from tests.integrations.carriers.carrier_cases import (
    BRITON,
    SHIRT,
    enquiry,
    label_order,
    violations,
)

DHL = CarrierAccountRef("dhl_express", "123456789", {"username": "u", "password": "p"})
UPS = CarrierAccountRef("ups", "A1B2C3", {"client_id": "c", "client_secret": "s"})
FEDEX = CarrierAccountRef("fedex", "740561073", {"client_id": "c", "client_secret": "s"})
USPS = CarrierAccountRef("usps", "1000012345", {"client_id": "c", "client_secret": "s"}, {"crid": "1", "mid": "901234"})
DHL_API = "dhl_express/dpdhl-express-api-3.1.1_swagger.yaml"
UNEVEN = replace(SHIRT, unit_price=Decimal("19.9933"))


@pytest.mark.parametrize("incoterm", list(Incoterm))
def test_the_questions_about_duties_keep_to_the_descriptions(incoterm):
    asked = enquiry(incoterm=incoterm, items=(UNEVEN, SHIRT))
    body = dhl_duties.duties_body(DHL, asked)
    assert violations(body, DHL_API, "supermodelIoLogisticsExpressLandedCostRequest") == []
    found = violations(ups_duties.duties_body(asked), "ups/LandedCost.yaml", "LandedCostRequest")
    # UPS writes "maximum: 1" to say that a field may come once; read as JSON Schema it would limit the price to 1.
    assert [text for text in found if "maximum of 1" not in text] == []


def test_a_cancellation_keeps_to_fedexs_description():
    body = fedex_mapping.cancel_body(FEDEX, "794953555571")
    assert violations(body, "fedex/ship-api.json", "Full_Schema_Cancel_Shipment") == []


def test_goods_are_told_to_the_cent_and_to_the_gram():
    (line,) = dhl_duties.duties_body(DHL, enquiry(items=(UNEVEN,)))["items"]
    assert (line["unitPrice"], line["quantity"], line["weight"]) == (Decimal("19.9933"), 3, Decimal("0.54"))
    rows = ups_duties.duties_body(enquiry(items=(UNEVEN,)))["shipment"]["shipmentItems"]
    assert sum(row["priceEach"] * row["quantity"] for row in rows) == Decimal("59.98")


EACH = pytest.mark.parametrize(
    ("adapter", "account"),
    [pytest.param(dhl, DHL, id="dhl"), pytest.param(ups, UPS, id="ups"), pytest.param(usps, USPS, id="usps")],
)


@EACH
def test_the_carriers_own_duties_come_apart_by_kind(practice, adapter, account):
    found = adapter.landed_cost(account, enquiry(consignee=BRITON), timeout_s=5)
    assert found.currency == "USD"
    assert found.import_tax > 0
    assert found.fees > 0
    assert found.duty >= 0


@EACH
def test_an_origin_is_never_made_up(adapter, account):
    with pytest.raises(IntegrationError) as caught:
        adapter.landed_cost(account, enquiry(items=(replace(SHIRT, origin=""),)), timeout_s=5)
    assert caught.value.code == "missing_data"


def test_usps_sums_its_items_and_names_those_it_left_out():
    rows = [
        {"itemId": "1", "dutyPrice": Decimal("4.10"), "taxPrice": Decimal("9.52")},
        {"itemId": "2", "dutyPrice": None, "taxPrice": Decimal("0.10")},
    ]
    quoted = {"dutiesTaxesFeesQuote": {"packageFee": Decimal("4.50"), "itemQuotes": rows}}
    found = usps_duties.duties_from({"rateOptions": [{}, quoted]})
    assert (found.duty, found.import_tax, found.fees) == (Decimal("4.10"), Decimal("9.62"), Decimal("4.50"))
    assert (found.complete, found.messages) == (False, ("USPS could not calculate item 2",))


def test_a_destination_that_usps_quotes_nothing_for_is_not_free_of_duty():
    found = usps_duties.duties_from({"rateOptions": [{}, {}]})
    assert (found.complete, found.messages) == (False, (usps_duties.NAMED_NOTHING,))


def test_usps_reckons_no_duties_that_it_would_not_collect():
    with pytest.raises(IntegrationError) as caught:
        usps.landed_cost(USPS, enquiry(incoterm=Incoterm.DAP), timeout_s=5)
    assert (caught.value.code, caught.value.permanent) == ("wrong_incoterm", True)


def test_dhls_example_answer_is_read_to_the_cent():
    """Figures of the example in MyDHL's reference: USD to Melbourne, quoted in AUD."""
    rows = [
        {"name": "SCUSV", "price": Decimal(5000), "priceCurrency": "AUD"},
        {"name": "Duty Tax Paid", "serviceCode": "DD", "price": Decimal(15), "priceCurrency": "EUR"},
        {"name": "TOTAL DUTIES", "typeCode": "DUTY", "price": 0, "priceCurrency": "AUD"},
        {"name": "TOTAL TAXES", "typeCode": "TAX", "price": Decimal("534.92"), "priceCurrency": "AUD"},
        {"name": "TOTAL FEES", "typeCode": "FEE", "price": Decimal(88), "priceCurrency": "AUD"},
    ]
    document = {"products": [{"detailedPriceBreakdown": [{"breakdown": rows}]}], "warnings": ["200203: ballpark"]}
    found = dhl_duties.duties_from(document)
    assert (found.currency, found.duty, found.import_tax, found.fees) == (
        "AUD",
        Decimal(0),
        Decimal("534.92"),
        Decimal(88),
    )
    assert (found.complete, found.messages) == (False, ("200203: ballpark",))


def test_an_answer_without_totals_is_no_zero():
    for read in (dhl_duties.duties_from, ups_duties.duties_from):
        with pytest.raises(IntegrationError) as caught:
            read({"products": [{"detailedPriceBreakdown": [{"breakdown": []}]}], "shipment": {"shipmentItems": []}})
        assert caught.value.code == "unreadable_answer"


@pytest.mark.parametrize(
    ("adapter", "account", "service"),
    [
        pytest.param(ups, UPS, "65", id="ups"),
        pytest.param(fedex, FEDEX, "FEDEX_INTERNATIONAL_PRIORITY", id="fedex"),
    ],
)
def test_a_waybill_is_void_once_and_again_without_complaint(practice, adapter, account, service):
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    order = label_order(service=service, reference=f"void-{account.carrier}", ship_on=tomorrow)
    label = adapter.buy_label(account, order, timeout_s=10)
    adapter.void(account, label.waybill, timeout_s=5)
    adapter.void(account, label.waybill, timeout_s=5)
    assert [s["voided"] for s in practice.shipments() if s["number"] == label.waybill] == [True]
    with pytest.raises(IntegrationError) as caught:
        adapter.void(account, label.waybill[:-1] + "0" + label.waybill[-1], timeout_s=5)
    assert caught.value.permanent


def test_fedexs_200_alone_voids_nothing():
    with pytest.raises(IntegrationError) as caught:
        fedex_mapping.check_cancelled({"output": {"cancelledShipment": False, "message": "too late"}}, "7949")
    assert (caught.value.code, caught.value.permanent) == ("not_voided", True)
    assert "too late" in str(caught.value)


def test_dhl_says_that_it_voids_nothing():
    with pytest.raises(Unsupported, match="set it aside"):
        dhl.void(DHL, "1234567890", timeout_s=5)
