"""The merchant's rules over carrier quotes: exact prices, and every step with its reason."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipsmart.core.errors import ExchangeRateMissing
from shipsmart.ports import CarrierEnquiry, CarrierQuote, CustomsItem, Incoterm, ParcelSpec, Party
from shipsmart.rating.rules import Action, RateRule, RuleInvalid, When, apply

EXPRESS = CarrierQuote("dhl_express", "P", "DHL Express", Decimal("31.45"), "EUR")
SAVER = CarrierQuote("ups", "65", "UPS Saver", Decimal("22.10"), "EUR")
CART = CarrierEnquiry(
    shipper=Party(country="NO"),
    consignee=Party(country="DE"),
    parcels=(ParcelSpec("1", 1250, 300, 200, 100), ParcelSpec("2", 750, 300, 200, 100)),
    items=(),
    currency="EUR",
    goods_value=Decimal("100.00"),
    incoterm=Incoterm.DDP,
    ship_on=date(2026, 11, 23),
)


def prices(rules, quotes=(EXPRESS, SAVER), cart=CART, **options):
    return [quote.price for quote in apply(rules, quotes, cart, **options).quotes]


def test_free_shipping_begins_at_its_threshold_and_not_a_cent_below():
    rule = RateRule("free over 100", Action.FREE, When(goods_from=Decimal(100), services=("ups",)), currency="EUR")
    assert prices([rule]) == [Decimal("31.45"), Decimal("0.00")]
    assert prices([rule], cart=replace(CART, goods_value=Decimal("99.99"))) == [Decimal("31.45"), Decimal("22.10")]


def test_an_upper_bound_is_not_included():
    rule = RateRule("light", Action.HIDE, When(weight_below_g=2000))
    assert len(prices([rule])) == 2  # 2,000 g
    assert prices([replace(rule, when=When(weight_below_g=2001))]) == []


def test_a_mark_up_is_rounded_half_up_once_at_its_rule():
    assert prices([RateRule("10 %", Action.PERCENT, value=Decimal("0.10"))]) == [Decimal("34.60"), Decimal("24.31")]
    yen = replace(SAVER, price=Decimal(1005), currency="JPY")
    assert prices([RateRule("10 %", Action.PERCENT, value=Decimal("0.10"))], [yen]) == [Decimal(1106)]


def test_what_is_taken_off_ends_at_zero():
    assert prices([RateRule("25 off", Action.ADD, value=Decimal(-25), currency="EUR")]) == [
        Decimal("6.45"),
        Decimal("0.00"),
    ]


def test_rules_run_in_order_and_a_last_one_ends_them():
    add = RateRule("packing", Action.ADD, value=Decimal("2.00"), currency="EUR")
    double = RateRule("double", Action.PERCENT, value=Decimal(1))
    assert prices([add, double], [SAVER]) == [Decimal("48.20")]
    assert prices([double, add], [SAVER]) == [Decimal("46.20")]
    assert prices([replace(add, last=True), double], [SAVER]) == [Decimal("24.10")]


def test_hiding_and_renaming_name_the_rule_that_did_it():
    rules = [
        RateRule("no express to DE", Action.HIDE, When(countries=("DE",), services=("dhl_express:P",))),
        RateRule("plain words", Action.RENAME, When(services=("ups:65",)), text="Fast delivery"),
    ]
    found = apply(rules, (EXPRESS, SAVER), CART)
    assert [quote.service_name for quote in found.quotes] == ["Fast delivery"]
    assert [(step.rule, step.carrier, step.why) for step in found.fired()] == [
        ("no express to DE", "dhl_express", "hidden"),
        ("plain words", "ups", "renamed from 'UPS Saver'"),
    ]


@pytest.mark.parametrize(
    ("when", "why"),
    [
        (When(countries=("GB", "FR")), "DE is not one of GB, FR"),
        (When(services=("fedex",)), "ups:65 is not one of fedex"),
        (When(incoterm="DAP"), "the cart is DDP, the rule is for DAP"),
        (When(weight_from_g=2001), "2000 is under 2001 g"),
        (When(goods_below=Decimal(100)), "100.00 is not under 100 EUR of goods"),
    ],
)
def test_a_rule_that_does_not_fire_says_why(when, why):
    (step,) = apply([RateRule("r", Action.FREE, when, currency="EUR")], [SAVER], CART).steps
    assert (step.fired, step.why, step.after) == (False, why, SAVER)


def test_another_currency_needs_a_rate_and_is_never_taken_for_the_same():
    rule = RateRule("free over 100", Action.FREE, When(goods_from=Decimal(100)), currency="USD")
    (step,) = apply([rule], [SAVER], CART).steps
    assert (step.fired, step.why) == (False, "no exchange rate from EUR to USD")
    assert prices([rule], [SAVER], exchange=lambda amount, _source, _target: amount * Decimal("1.10")) == [Decimal(0)]
    add = RateRule("packing", Action.ADD, value=Decimal(3), currency="USD")
    rate = lambda amount, source, target: amount / Decimal("1.10") if (source, target) == ("USD", "EUR") else None  # noqa: E731
    assert prices([add], [SAVER], exchange=rate) == [Decimal("24.83")]
    assert prices([add], [SAVER]) == [Decimal("22.10")]


@pytest.mark.parametrize(
    "values",
    [
        {"action": Action.ADD, "value": Decimal(1)},
        {"action": Action.FREE, "when": When(goods_from=Decimal(50))},
        {"action": Action.RENAME, "text": " "},
        {"action": Action.PRICE, "value": Decimal(-1), "currency": "EUR"},
        {"action": Action.PERCENT, "value": Decimal("-1.01")},
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(values):
    with pytest.raises(RuleInvalid):
        RateRule("wrong", **values)


def test_no_rules_change_nothing():
    assert apply([], (EXPRESS, SAVER), CART).quotes == (EXPRESS, SAVER)


RULES = st.builds(
    RateRule,
    name=st.just("r"),
    action=st.sampled_from([Action.FREE, Action.ADD, Action.PERCENT, Action.HIDE]),
    value=st.decimals(Decimal(-1), Decimal(5), places=3),
    currency=st.just("EUR"),
    last=st.booleans(),
)


@given(st.lists(RULES, max_size=6), st.decimals(Decimal(0), Decimal(500), places=2))
def test_prices_stay_in_whole_cents_and_never_negative_and_the_steps_lead_there(rules, price):
    quote = replace(SAVER, price=price)
    found = apply(rules, [quote], CART)
    for shown in found.quotes:
        assert shown.price >= 0
        assert shown.price == shown.price.quantize(Decimal("0.01"))
    now = quote
    for step in found.steps:
        assert step.before == now
        now = step.after
    assert found.quotes == ((now,) if now else ())


def test_a_rule_for_some_goods_asks_what_is_in_the_cart():
    tee = CustomsItem("TEE-BLUE", "T-shirt", "610910", "PT", 1, Decimal("29.00"), 180)
    with_tee = replace(CART, items=(tee,))
    rule = RateRule("bulky", Action.ADD, When(skus=("SOFA", "TEE-*")), value=Decimal("5.00"), currency="EUR")
    assert prices([rule], [SAVER], with_tee) == [Decimal("27.10")]
    found = apply([replace(rule, when=When(skus=("SOFA", "TEE")))], [SAVER], with_tee)
    assert found.steps[0].why == "nothing in the cart is one of SOFA, TEE"


def test_a_part_of_a_cart_is_judged_by_the_whole_and_pays_its_share():
    """A store asks once per hub: two thirds of a cart over 150 from here."""
    free = RateRule("free over 150", Action.FREE, When(goods_from=Decimal(150), services=("ups",)), currency="EUR")
    packing = RateRule("packing", Action.ADD, When(services=("dhl_express",)), value=Decimal("3.00"), currency="EUR")
    two_thirds = Decimal(2) / 3
    assert prices([free, packing], share=two_thirds) == [Decimal("33.45"), Decimal("0.00")]
    assert prices([free, packing]) == [Decimal("34.45"), Decimal("22.10")]


def test_a_part_that_costs_nothing_breaks_no_rule():
    free = RateRule("free over 150", Action.FREE, When(goods_from=Decimal(150)), currency="EUR")
    assert prices([free], share=Decimal(0)) == prices([])


def test_a_rule_without_an_exchange_rate_leaves_the_price_and_says_so():
    def nobody_knows(amount, source, target):
        raise ExchangeRateMissing("no rate", source=source)

    rule = RateRule("packing", Action.ADD, value=Decimal("3.00"), currency="XTS")
    found = apply([rule], [SAVER], CART, exchange=nobody_knows)
    assert (found.quotes, found.steps[0].why) == ((SAVER,), "no exchange rate from XTS to EUR")


def test_a_rule_on_tags_asks_for_one_of_them_on_anything_in_the_cart():
    rule = RateRule("fragile", Action.HIDE, When(tags=("Very fragile", "glass"), services=("ups",)))
    mug = CustomsItem("M", "Ceramic mug", "691110", "PT", 1, Decimal(12), 400, tags=("kitchen", "very Fragile"))
    assert prices([rule], cart=replace(CART, items=(mug,))) == [Decimal("31.45")]
    assert prices([rule], cart=replace(CART, items=(replace(mug, tags=("kitchen",)),))) == [
        Decimal("31.45"),
        Decimal("22.10"),
    ]
