"""What the integrators promise beyond the contract of all carriers (kit.py), over real HTTP."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pypdf import PdfReader

from integrations.carriers.dhl_express.adapter import adapter as dhl
from integrations.carriers.fedex.adapter import adapter as fedex
from integrations.carriers.ups.adapter import adapter as ups
from shipsmart.ports import CarrierAccountRef, Incoterm, IntegrationError, ParcelSpec
from tests.integrations.carriers.carrier_cases import (
    BRAZILIAN,
    BRITON,
    GERMAN,
    PARCEL,
    US_SHOP,
    enquiry,
    label_order,
)

DHL = CarrierAccountRef("dhl_express", "123456789", {"username": "u", "password": "p"}, {"duties_account": "987654321"})
UPS = CarrierAccountRef("ups", "A1B2C3", {"client_id": "c", "client_secret": "s"})
FEDEX = CarrierAccountRef("fedex", "740561073", {"client_id": "c", "client_secret": "s"})
EACH = pytest.mark.parametrize(
    ("adapter", "account", "service"),
    [
        pytest.param(dhl, DHL, "P", id="dhl"),
        pytest.param(ups, UPS, "65", id="ups"),
        pytest.param(fedex, FEDEX, "FEDEX_INTERNATIONAL_PRIORITY", id="fedex"),
    ],
)


def today():
    return datetime.now(UTC).date()


def order(service, reference, **changes):
    return label_order(service=service, reference=reference, ship_on=today() + timedelta(days=1), **changes)


@EACH
@pytest.mark.parametrize("consignee", [GERMAN, BRITON, BRAZILIAN])
def test_prices_come_with_currency_and_day(practice, adapter, account, service, consignee):
    asked = enquiry(consignee=consignee, ship_on=today() + timedelta(days=1))
    quotes = {quote.service: quote for quote in adapter.carrier_quotes(account, asked, timeout_s=5)}
    found = quotes[service]
    assert found.price > 0
    assert found.currency == "USD"
    assert found.deliver_by > today()
    assert found.account_number == account.number


def test_the_freight_is_the_same_whoever_pays_the_duty(practice):
    asked = enquiry(ship_on=today() + timedelta(days=1))
    for adapter, account in ((dhl, DHL), (ups, UPS), (fedex, FEDEX)):
        ddp, dap = (
            {q.service: q.price for q in adapter.carrier_quotes(account, replace(asked, incoterm=term), timeout_s=5)}
            for term in (Incoterm.DDP, Incoterm.DAP)
        )
        assert ddp == dap


@EACH
@pytest.mark.parametrize("term", list(Incoterm))
def test_a_label_costs_what_was_quoted_and_the_named_fee_for_duties_at_most(practice, adapter, account, service, term):
    asked = enquiry(ship_on=today() + timedelta(days=1), incoterm=term)
    quote = {q.service: q for q in adapter.carrier_quotes(account, asked, timeout_s=5)}[service]
    payer = "sender" if term == Incoterm.DDP else "recipient"
    wanted = order(service, f"{account.carrier}-cost-{term}", incoterm=term, duty_payer=payer)
    label = adapter.buy_label(account, wanted, timeout_s=10)
    assert (quote.duty_fee, label.currency) == (Decimal("18.15") if term == Incoterm.DDP else None, quote.currency)
    assert label.cost == quote.price + (quote.duty_fee or 0)


@EACH
@pytest.mark.parametrize("consignee", [GERMAN, BRITON, BRAZILIAN])
def test_a_ddp_label_is_bought_with_the_customs_data_we_have(practice, adapter, account, service, consignee):
    reference = f"{account.carrier}-{consignee.country}"
    label = adapter.buy_label(account, order(service, reference, consignee=consignee), timeout_s=10)
    assert label.waybill
    assert len(PdfReader(io.BytesIO(label.label)).pages) == 1
    booked = next(s for s in practice.shipments() if s["number"] == label.waybill)
    assert (booked["incoterm"], booked["line_items"]) == ("DDP", 2)
    assert Decimal(str(booked["declared_value"])) == Decimal("60.47")
    assert booked["duties_payer"] in ("shipper", "third_party")
    assert booked["duties_account"] == (account.settings.get("duties_account") or account.number)


@EACH
def test_several_parcels_have_a_number_and_a_label_each(practice, adapter, account, service):
    parcels = (PARCEL, ParcelSpec("2", 149, 100, 80, 50))
    label = adapter.buy_label(account, order(service, f"{account.carrier}-two", parcels=parcels), timeout_s=10)
    assert len(set(label.parcel_numbers)) == 2


@EACH
def test_zpl_is_passed_on_as_the_carrier_made_it(practice, adapter, account, service):
    label = adapter.buy_label(account, order(service, f"{account.carrier}-zpl", label_format="zpl"), timeout_s=10)
    assert label.label.startswith(b"^XA")


@EACH
def test_a_refusal_is_permanent_and_says_why(practice, adapter, account, service):
    with pytest.raises(IntegrationError) as caught:
        adapter.buy_label(account, order("99", f"{account.carrier}-no"), timeout_s=5)
    assert caught.value.permanent
    assert not caught.value.outcome_unknown
    assert "service" in str(caught.value).lower() or "product" in str(caught.value).lower()


def test_a_token_refused_before_its_time_is_replaced_once(practice):
    from integrations.kit.http import call

    asked = enquiry(ship_on=today() + timedelta(days=1))
    assert ups.carrier_quotes(UPS, asked, timeout_s=5)
    call("practice", "DELETE", f"{practice.url}/_practice/tokens", timeout_s=5)
    assert ups.carrier_quotes(UPS, asked, timeout_s=5)


def test_domestic_goods_travel_without_customs(practice):
    neighbour = replace(US_SHOP, name="Bo Reed", company="", tax_ids=())
    for adapter, account, service in ((dhl, DHL, "N"), (ups, UPS, "03"), (fedex, FEDEX, "FEDEX_GROUND")):
        asked = order(service, f"{account.carrier}-home", consignee=neighbour)
        assert adapter.buy_label(account, asked, timeout_s=10).waybill
