"""A checkout is answered with landed cost from live carriers, or from the price list, and what was shown is kept."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import requests

from shipsmart.merchants.models import Connection, Market, TaxRegistration
from shipsmart.ports import Incoterm, StoreOrder
from shipsmart.quotes.matching import match
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import NothingToOffer, fallback_answer, quote_checkout, recompute
from shipsmart.quotes.signature import canonical, is_ours
from shipsmart.quotes.values import CheckoutCart
from shipsmart.rating.models import FeeRule, TableRate

pytestmark = pytest.mark.django_db


def fault(carriers: dict[str, str], **values: Any) -> None:
    requests.post(f"{carriers['url']}/_practice/faults", json=values, timeout=10).raise_for_status()


def test_ddp_price_is_freight_plus_duty_and_tax(connection: Connection, cart: CheckoutCart, carriers: Any) -> None:
    option = quote_checkout(connection, cart).options[0]
    assert option.source == "live"
    assert option.price == option.freight + option.charges
    # Under IOSS: EUR 3 for the one tariff class, 19 % VAT on goods and freight, none on the flat duty.
    vat = ((Decimal("58.00") + option.freight) * Decimal("0.19")).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    assert option.charges == Decimal("3.00") + vat
    assert option.breakdown["scheme"] == "EU_IOSS"


def test_a_registration_of_no_known_scheme_does_not_blank_the_checkout(
    connection: Connection, cart: CheckoutCart
) -> None:
    TaxRegistration.objects.create(merchant=connection.merchant, scheme="XX_OLD", kind="VAT", number="1", country="DE")
    assert fallback_answer(connection, cart).options[0].breakdown["scheme"] == "EU_IOSS"


def test_options_come_cheapest_first_with_stable_codes(
    connection: Connection, cart: CheckoutCart, carriers: Any
) -> None:
    prices = [option.price for option in quote_checkout(connection, cart).options]
    codes = {option.service_code for option in quote_checkout(connection, cart).options}
    assert prices == sorted(prices)
    assert "dhl_express:P:DDP" in codes


def test_a_second_look_is_answered_from_memory(connection: Connection, cart: CheckoutCart, carriers: Any) -> None:
    quote_checkout(connection, cart)
    fault(carriers, carrier="*", operation="rates", kind="http_500")
    assert quote_checkout(connection, cart).options[0].source == "cache"


def test_a_hung_carrier_is_replaced_by_the_price_list(
    connection: Connection, cart: CheckoutCart, carriers: Any
) -> None:
    fault(carriers, carrier="*", operation="rates", kind="hang", count=1)
    answer = quote_checkout(connection, cart, deadline_s=0.3)
    assert [(o.source, o.freight, o.service_code) for o in answer.options] == [
        ("fallback", Decimal("25.00"), "dhl_express:P:DDP")
    ]
    assert answer.elapsed_ms < 20_000
    assert "no answer" in answer.messages[0]


def test_without_any_price_the_error_names_the_country_and_the_remedy(
    connection: Connection, cart: CheckoutCart, carriers: Any
) -> None:
    TableRate.objects.all().delete()
    fault(carriers, carrier="*", operation="rates", kind="http_500")
    with pytest.raises(NothingToOffer, match=r"'DE'.*Price list"):
        quote_checkout(connection, cart)


def test_a_cart_of_a_million_pieces_is_answered_at_once(connection: Connection, cart: CheckoutCart) -> None:
    line = replace(cart.lines[0], quantity=1_000_000)
    with pytest.raises(NothingToOffer, match="freight order"):
        fallback_answer(connection, replace(cart, lines=(line,)))


def test_the_fallback_answer_asks_no_carrier(connection: Connection, cart: CheckoutCart) -> None:
    assert [o.source for o in fallback_answer(connection, cart).options] == ["fallback"]


def test_a_dap_market_charges_freight_alone_and_says_what_is_due(connection: Connection, cart: CheckoutCart) -> None:
    Market.objects.create(merchant=connection.merchant, country="DE", incoterm="DAP")
    connection.merchant.touch()
    connection.merchant.refresh_from_db()
    option = fallback_answer(connection, cart).options[0]
    assert (option.incoterm, option.price) == (Incoterm.DAP, Decimal("25.00"))
    assert "bei Zustellung fällig" in option.description


def test_a_market_that_is_switched_off_is_not_delivered_to(connection: Connection, cart: CheckoutCart) -> None:
    Market.objects.create(merchant=connection.merchant, country="DE", active=False)
    connection.merchant.touch()
    connection.merchant.refresh_from_db()
    with pytest.raises(NothingToOffer, match="switched off"):
        fallback_answer(connection, cart)


def test_an_embargoed_country_needs_a_row_of_its_own(connection: Connection, cart: CheckoutCart) -> None:
    moscow = replace(cart, ship_to=replace(cart.ship_to, country="RU", postcode="101000", city="Moscow"))
    Market.objects.create(merchant=connection.merchant, country="", incoterm="DAP")  # everywhere else
    connection.merchant.touch()
    connection.merchant.refresh_from_db()
    with pytest.raises(NothingToOffer, match="'RU' is under embargo .* row under Settings, Markets to sell there"):
        fallback_answer(connection, moscow)
    Market.objects.create(merchant=connection.merchant, country="RU", incoterm="DAP")
    connection.merchant.touch()
    connection.merchant.refresh_from_db()
    assert fallback_answer(connection, moscow).options[0].incoterm == Incoterm.DAP


def test_offering_both_keeps_the_cheaper_one_first(connection: Connection, cart: CheckoutCart) -> None:
    Market.objects.create(merchant=connection.merchant, country="DE", incoterm="DDP", offer_both=True)
    connection.merchant.touch()
    connection.merchant.refresh_from_db()
    assert [o.incoterm for o in fallback_answer(connection, cart).options] == ["DAP", "DDP"]


def test_a_missing_hs_code_is_an_estimate_not_a_blank(connection: Connection, cart: CheckoutCart) -> None:
    line = replace(cart.lines[0], variant_id="2", unit_price=Decimal("200.00"))
    option = fallback_answer(connection, replace(cart, lines=(line,))).options[0]
    assert option.status in ("estimate", "not_computable")
    assert option.breakdown["warnings"]


def test_discounts_lower_the_tax_base_and_add_up(connection: Connection, cart: CheckoutCart) -> None:
    full = fallback_answer(connection, cart).options[0].breakdown
    less = fallback_answer(connection, replace(cart, discount=Decimal("8.00"))).options[0].breakdown
    assert Decimal(full["goods"]) - Decimal(less["goods"]) == Decimal("8.00")
    assert Decimal(full["import_tax"]) - Decimal(less["import_tax"]) == Decimal("1.52")


def test_the_carriers_fee_is_part_of_ddp(connection: Connection, cart: CheckoutCart) -> None:
    before = fallback_answer(connection, cart).options[0].charges
    FeeRule.objects.create(
        merchant=connection.merchant, name="DTP", percent=Decimal("0.02"), minimum=Decimal("5.00"), currency="EUR"
    )
    connection.merchant.touch()
    connection.merchant.refresh_from_db()
    assert fallback_answer(connection, cart).options[0].charges - before == Decimal("5.00")


def test_parts_of_a_split_cart_pay_a_fixed_fee_once(connection: Connection, cart: CheckoutCart) -> None:
    before = fallback_answer(connection, cart).options[0].charges
    FeeRule.objects.create(merchant=connection.merchant, name="DTP", flat=Decimal("5.00"), currency="EUR")
    connection.merchant.touch()
    connection.merchant.refresh_from_db()
    shares = (Decimal("0.7"), Decimal("0.3"))
    paid = [fallback_answer(connection, replace(cart, share=share)).options[0].charges - before for share in shares]
    assert paid == [Decimal("3.50"), Decimal("1.50")]


def test_what_was_shown_is_stored_signed_and_can_be_computed_again(connection: Connection, cart: CheckoutCart) -> None:
    answer = fallback_answer(connection, cart)
    assert Quote.objects.count() == 0
    answer.keep()
    row = Quote.objects.get()
    assert row.quote_id == answer.options[0].quote_id
    assert is_ours(row.answer_text, row.signature)
    assert canonical(recompute(row)) == row.answer_text
    assert not is_ours(row.answer_text.replace("19", "20"), row.signature)


def test_totals_equal_the_sum_of_their_charges(connection: Connection, cart: CheckoutCart) -> None:
    answer = fallback_answer(connection, cart)
    answer.keep()
    found = json.loads(Quote.objects.get().answer_text)
    charged = sum(Decimal(c["quote_amount"]) for c in found["charges"])
    goods = sum(Decimal(found["totals"][key]) for key in ("goods", "freight", "insurance"))
    assert Decimal(found["totals"]["landed_cost"]) == goods + charged


def test_an_order_finds_its_quote(
    connection: Connection, cart: CheckoutCart, store_order: Callable[..., StoreOrder]
) -> None:
    answer = fallback_answer(connection, cart)
    answer.keep()
    option = answer.options[0]
    found = match(connection, store_order(shipping_code=option.service_code, shipping_paid=option.price))
    assert found.quote is not None
    assert found.quote.quote_id == option.quote_id
    assert found.collected is not None
    assert (found.collected["scheme"], found.collected["duty"]) == ("EU_IOSS", "3.00")


def test_a_quote_lost_in_a_crash_is_computed_again_from_the_order(
    connection: Connection, cart: CheckoutCart, store_order: Callable[..., StoreOrder], carriers: Any
) -> None:
    option = quote_checkout(connection, cart).options[0]  # shown, but the process dies before it is kept
    found = match(connection, store_order(shipping_code=option.service_code, shipping_paid=option.price))
    assert found.quote is not None
    assert found.quote.price == option.price


def test_money_that_no_quote_explains_is_a_problem_for_a_person(
    connection: Connection, store_order: Callable[..., StoreOrder]
) -> None:
    order = store_order(shipping_code="dhl_express:P:DDP", shipping_paid=Decimal("99.99"))
    found = match(connection, order, ask_carriers=False)
    assert (found.quote, found.collected) == (None, None)
    assert "99.99 EUR" in found.problem


def test_another_merchants_quote_is_never_matched(
    connection: Connection, cart: CheckoutCart, store_order: Callable[..., StoreOrder]
) -> None:
    answer = fallback_answer(connection, cart)
    answer.keep()
    option = answer.options[0]
    connection.merchant.pk, connection.merchant_id = 999, 999
    order = store_order(shipping_code=option.service_code, shipping_paid=option.price, quote_id=option.quote_id)
    assert match(connection, order, ask_carriers=False).quote is None


def test_duties_charged_by_the_store_and_by_us_are_noticed(
    connection: Connection, cart: CheckoutCart, store_order: Callable[..., StoreOrder]
) -> None:
    answer = fallback_answer(connection, cart)
    answer.keep()
    option = answer.options[0]
    order = store_order(shipping_code=option.service_code, shipping_paid=option.price, native_duties=Decimal("5.00"))
    assert "charged twice" in match(connection, order).problem
