"""A page that knows only the country still gets carriers' prices, and says that delivery is an estimate."""

from typing import Any

import pytest

from checkout.estimates import make_estimate
from checkout.places import PLACES, somewhere_in
from checkout.reading import EstimateRequest, Item
from shipsmart.ports import Party
from shipsmart.rating.models import CarrierAccount
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


def test_a_postcode_that_is_known_stays_and_so_does_a_country_we_know_no_place_in() -> None:
    known, unheard_of = Party(country="DE", postcode="80331"), Party(country="TD")
    assert (somewhere_in(known), somewhere_in(unheard_of)) == (known, unheard_of)


@pytest.mark.parametrize(("country", "city", "postcode"), [("HK", "Hong Kong", ""), ("MX", "Mexico City", "06000")])
def test_no_region_is_made_up_for_taxes_rest_on_it(country: str, city: str, postcode: str) -> None:
    assert somewhere_in(Party(country=country)) == Party(country=country, city=city, postcode=postcode)


def test_every_country_of_the_rulebook_has_a_place() -> None:
    folders = {folder.name.upper() for folder in DATA.iterdir() if (folder / "jurisdiction.toml").is_file()}
    assert folders - set(PLACES) <= {"XI", "IM"}
