from datetime import date
from decimal import Decimal

import pytest

from shipsmart.documents.agreements import claims, number_needed
from shipsmart.documents.needs import postal_form
from shipsmart.documents.render import render_paper
from shipsmart.documents.snapshots import parse_shipment
from shipsmart.documents.special_drawing_rights import days_old, surely_within
from tests.documents.builders import line_data, party_data, shipment_data, shipper_data
from tests.documents.reading_back import text_of

EORI = {"type": "EORI", "number": "DE1234567", "country": "DE"}
REX = {"type": "REX", "number": "DEREX1234567", "country": "DE"}
GERMAN = {"country": "DE", "city": "Berlin", "postcode": "10115"}
BRITISH = {"country": "GB", "city": "London", "postcode": "SW1A 1AA"}


def needed(price: str, *tax_ids, sender=GERMAN, **changes) -> str:
    line = line_data(preference="EU_UK", origin=sender["country"], quantity=1, unit_price=price)
    data = {
        "lines": [line],
        "shipper": shipper_data(**sender, tax_ids=list(tax_ids)),
        "consignee": party_data(**(BRITISH if sender is GERMAN else GERMAN)),
    }
    shipment = parse_shipment(shipment_data(**(data | changes)))
    [(agreement, _)] = claims(shipment)
    return number_needed(agreement, shipment)


def test_above_6000_euros_an_eu_exporter_needs_a_rex_number():
    assert needed("6000.00", EORI) == ""
    assert needed("6000.01", EORI) == "REX"
    assert needed("6000.01", EORI, REX) == ""


def test_above_6000_euros_a_british_exporter_gives_his_eori():
    assert needed("6000.01", sender=BRITISH) == "EORI"
    assert needed("6000.01", EORI | {"number": "GB123456789000", "country": "GB"}, sender=BRITISH) == ""


def test_near_the_limit_in_another_currency_the_number_is_asked_for():
    # 6,000 EUR are about 5,214 GBP by the rates of sdr.toml; five percent are kept off.
    assert needed("4900.00", EORI, currency="GBP") == ""
    assert needed("5000.00", EORI, currency="GBP") == "REX"
    assert needed("10.00", EORI, currency="PEN") == "REX"


def test_values_near_300_sdr_take_the_fuller_postal_form():
    def form(price: str, currency: str) -> str:
        line = line_data(quantity=1, unit_price=price, net_weight_g=100)
        return postal_form(parse_shipment(shipment_data(lines=[line], carrier="royal_mail", currency=currency)))

    assert form("335.00", "EUR") == "cn22"  # 300 x 1.1767 less five percent is 335.36
    assert form("336.00", "EUR") == "cn23"
    assert form("1.00", "PEN") == "cn23"
    assert surely_within(Decimal(300), "XDR", limit=Decimal(300))


@pytest.mark.parametrize(
    ("currency", "small", "near"),
    [
        ("KRW", "390000", "391000"),
        ("THB", "10200", "10400"),
        ("KWD", "92", "93"),
        ("ILS", "1137", "1138"),
        ("INR", "37400", "37500"),
    ],
)
def test_rates_that_are_years_old_keep_more_off_the_limit(currency, small, near):
    # 300 SDR less a quarter; for Israel and India, whose rates are of the year, less five percent.
    assert surely_within(Decimal(small), currency, limit=Decimal(300))
    assert not surely_within(Decimal(near), currency, limit=Decimal(300))


def test_the_age_of_a_rate_is_known():
    assert days_old("EUR", date(2026, 11, 22)) == 191
    assert days_old("KRW", date(2026, 11, 22)) == 1054
    assert days_old("PEN", date(2026, 11, 22)) is None


@pytest.mark.parametrize(
    ("carrier", "service", "printed"),
    [
        ("dhl_express", "P", "DHL Express, Express Worldwide"),
        ("ups", "65", "UPS, Worldwide Saver"),
        ("fedex", "INTERNATIONAL_PRIORITY", "FedEx, International Priority"),
        ("table", "Tracked Parcel", "Tracked Parcel"),
        ("acme_post", "", "Acme Post"),
    ],
)
def test_carriers_and_services_are_printed_by_their_names(carrier, service, printed):
    made = render_paper("packing_list", parse_shipment(shipment_data(carrier=carrier, service=service)))
    assert printed in text_of(made.pdf)
    assert carrier not in text_of(made.pdf)


@pytest.mark.parametrize(("price", "form"), [("1400", "cn22"), ("1600", "cn23")])
def test_currencies_tied_to_the_dollar_take_the_small_form_too(price, form):
    line = line_data(quantity=1, unit_price=price)
    shipment = parse_shipment(shipment_data(lines=[line], currency="SAR", carrier="royal_mail"))
    assert postal_form(shipment) == form
