"""A page that knows only the country still gets carriers' prices, and says that delivery is an estimate."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from checkout.estimates import make_estimate
from checkout.reading import EstimateRequest, Item
from integrations.feeds.operations import Wishes, import_local_rates
from shipsmart.merchants.models import TaxRegistration
from shipsmart.ports import Party
from shipsmart.quotes import rulebook
from shipsmart.quotes.places import PLACES, somewhere_in
from shipsmart.rating.models import CarrierAccount, TableRate
from shipsmart.rules.book import DATA


def _estimate(connection: Any, **place: str) -> dict[str, Any]:
    asked = EstimateRequest(shop=connection.account, items=(Item("1", 1),), country="DE", locale="de", **place)
    return make_estimate(connection, asked)


def test_carriers_price_a_country_by_its_largest_city_and_the_page_says_so(connection: Any, carriers: Any) -> None:
    estimate = _estimate(connection)
    assert {option["service_code"].split(":")[0] for option in estimate["options"]} == {"dhl_express"}
    assert {option["source"] for option in estimate["options"]} == {"live"}
    assert [message["code"] for message in estimate["messages"]] == ["postcode_unknown"]


def test_the_merchants_own_price_list_needs_no_postcode(connection: Any) -> None:
    CarrierAccount.objects.all().delete()
    connection.merchant.touch()
    assert _estimate(connection)["messages"] == []


def test_a_postcode_alone_is_enough_for_carriers(connection: Any, carriers: Any) -> None:
    estimate = _estimate(connection, postcode="80331")
    assert {option["source"] for option in estimate["options"]} == {"live"}
    assert estimate["messages"] == []


def test_what_is_known_of_a_place_stays_and_so_does_a_country_we_know_no_place_in() -> None:
    known, unheard_of = Party(country="DE", city="Munich", postcode="80331"), Party(country="TD")
    assert (somewhere_in(known), somewhere_in(unheard_of)) == (known, unheard_of)
    assert somewhere_in(Party(country="DE", postcode="80331")) == Party(country="DE", city="Berlin", postcode="80331")


@pytest.mark.parametrize(("country", "city", "postcode"), [("HK", "Hong Kong", ""), ("MX", "Mexico City", "06000")])
def test_no_region_is_made_up_for_taxes_rest_on_it(country: str, city: str, postcode: str) -> None:
    assert somewhere_in(Party(country=country)) == Party(country=country, city=city, postcode=postcode)


def test_every_country_of_the_rulebook_has_a_place() -> None:
    folders = {folder.name.upper() for folder in DATA.iterdir() if (folder / "jurisdiction.toml").is_file()}
    assert folders - set(PLACES) <= {"XI", "IM"}


def test_no_local_tax_rests_on_the_postcode_of_the_largest_city(connection: Any, settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    file = tmp_path / "own.csv"
    file.write_text("state,zip,rate,valid_from\nNY,10001,0.04875,2025-01-01\n")
    import_local_rates("manual", file, wishes=Wishes())
    CarrierAccount.objects.all().delete()
    TableRate.objects.update(countries=["US"])
    TaxRegistration.objects.create(merchant=connection.merchant, scheme="US_SALES_TAX:NY", kind="EIN", number="1")
    connection.merchant.touch()
    taxes = {place: _import_tax(connection, postcode=place) for place in ("10001", "")}
    rulebook.forget()
    # A shirt is free of the state's tax; the city's is charged where the shopper named its postcode.
    assert taxes[""] == {Decimal(0)}
    assert Decimal(0) not in taxes["10001"]


def _import_tax(connection: Any, *, postcode: str) -> set[Decimal]:
    asked = EstimateRequest(connection.account, (Item("1", 1),), "US", region="NY", postcode=postcode, locale="en")
    return {Decimal(option["breakdown"]["import_tax"]) for option in make_estimate(connection, asked)["options"]}
