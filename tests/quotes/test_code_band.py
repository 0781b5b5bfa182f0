"""Goods whose code nobody decided: the checkout is answered all the same, with how far its charges may be off."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from shipsmart.catalog.models import Classification, Suggestion, Variant
from shipsmart.merchants.models import Connection, Market
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import quote_checkout, recompute
from shipsmart.quotes.snapshot import snapshot_for
from shipsmart.quotes.values import CheckoutCart
from shipsmart.quotes.wording import money

pytestmark = pytest.mark.django_db
CODES = ("610910", "420221", "490199")  # a T-shirt, a leather bag, a book


@pytest.fixture
def dear(cart: CheckoutCart) -> CheckoutCart:
    """A cart to Britain above the relief for small parcels, so that duties differ by code."""
    london = replace(cart.ship_to, country="GB", region="", postcode="EC1A 1BB", city="London")
    return replace(cart, ship_to=london, lines=tuple(replace(line, unit_price=Decimal(400)) for line in cart.lines))


def undecided(cart: CheckoutCart, codes: tuple[str, ...] = CODES) -> None:
    for line in cart.lines:
        variant = Variant.objects.get(external_id=line.variant_id)
        variant.classifications.all().delete()
        found = [{"hs_code": code, "confidence": 0.3, "why": []} for code in codes]
        Suggestion.objects.update_or_create(variant=variant, defaults={"decision": "review", "candidates": found})
    merchant = variant.merchant
    merchant.settings_version += 1
    merchant.save()


def test_the_charges_of_an_undecided_code_come_with_a_band(
    connection: Connection, dear: CheckoutCart, carriers: Any
) -> None:
    undecided(dear)
    connection.refresh_from_db()
    option = quote_checkout(connection, dear).options[0]
    band = option.breakdown["band"]
    assert option.status == "estimate"
    assert any("hs_code is missing" in warning for warning in option.breakdown["warnings"])
    assert Decimal(band["low"]) < Decimal(band["high"])
    assert Decimal(band["low"]) <= option.charges <= Decimal(band["high"])
    assert band["currency"] == dear.currency
    assert set(band["codes"]) <= set(CODES)


def test_the_shopper_reads_the_band_at_the_door_and_that_a_price_paid_ahead_is_final(
    connection: Connection, dear: CheckoutCart, carriers: Any
) -> None:
    terms = {"incoterm": "DDP", "offer_both": True}
    Market.objects.update_or_create(merchant=connection.merchant, country="GB", defaults=terms)
    undecided(dear)
    connection.refresh_from_db()
    for locale, firm, open_words in (("en-GB", "final price", "estimated"), ("pt-BR", "preço final", "estimativa")):
        options = quote_checkout(connection, replace(dear, locale=locale)).options
        assert {str(option.incoterm) for option in options} == {"DDP", "DAP"}
        for option in options:
            band = option.breakdown["band"]
            if option.incoterm == "DDP":
                assert option.description.endswith(firm)
                assert str(money(Decimal(band["high"]), dear.currency, locale)) not in option.description
            else:
                assert open_words in option.description
                assert money(Decimal(band["low"]), dear.currency, locale) in option.description
                assert money(Decimal(band["high"]), dear.currency, locale) in option.description


def test_codes_that_cost_the_same_make_no_band(connection: Connection, dear: CheckoutCart, carriers: Any) -> None:
    undecided(dear, ("610910",))
    connection.refresh_from_db()
    same = quote_checkout(connection, dear).options[0]
    assert "band" not in same.breakdown or same.breakdown["band"]["low"] != same.breakdown["band"]["high"]


def test_a_decided_code_needs_no_band(connection: Connection, dear: CheckoutCart, carriers: Any) -> None:
    assert "band" not in quote_checkout(connection, dear).options[0].breakdown


def test_without_any_suggestion_there_is_a_warning_and_no_invented_band(
    connection: Connection, dear: CheckoutCart, carriers: Any
) -> None:
    undecided(dear, ())
    connection.refresh_from_db()
    option = quote_checkout(connection, dear).options[0]
    assert option.status == "estimate"
    assert "band" not in option.breakdown


def test_the_band_does_not_change_what_is_kept_and_computed_again(
    connection: Connection, dear: CheckoutCart, carriers: Any
) -> None:
    undecided(dear)
    connection.refresh_from_db()
    quote_checkout(connection, dear).keep()

    row = Quote.objects.first()
    assert row is not None
    assert recompute(row)["totals"] == row.answer["totals"]


def test_a_code_of_the_union_serves_its_members(connection: Connection, cart: CheckoutCart) -> None:
    variant = Variant.objects.get(external_id=cart.lines[0].variant_id)
    Classification.objects.create(variant=variant, country="EU", code="6109100010")
    connection.merchant.refresh_from_db()
    facts = snapshot_for(connection.merchant).variants[variant.external_id]
    assert [facts.code_for("DE"), facts.code_for("GB")] == ["6109100010", variant.hs_code]
    assert variant.code_for("FR") == "6109100010"
