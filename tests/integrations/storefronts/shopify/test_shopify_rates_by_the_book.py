"""The rate callback against what the platform's contract allows and what hostile carts contain."""

import json
from decimal import Decimal

import pytest
from django.utils import timezone

from integrations.storefronts.shopify.cart import asked, rates_json
from shipsmart.catalog.models import Classification, Product, Variant
from shipsmart.core.money import minor_unit
from shipsmart.merchants.models import Market
from shipsmart.ports import Party, StoreOrder, StoreOrderLine
from shipsmart.quotes.matching import match
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import quote_checkout
from shipsmart.rating.models import TableRate
from tests.integrations.storefronts.shopify.test_shopify_rates_view import ask, cart

pytestmark = pytest.mark.django_db
REQUIRED = ("service_name", "service_code", "description", "currency", "total_price")


@pytest.fixture
def world(merchant, shop):
    """Two services everywhere, DDP and DAP, and mugs that customs know; one variant whose code nobody knows."""
    product = Product.objects.create(merchant=merchant, connection=shop, external_id="3", title="Mug")
    for number, code in ((70, "691110"), (71, "691110"), (72, "")):
        variant = Variant.objects.create(
            merchant=merchant, product=product, external_id=str(number), weight_g=420, origin="CN"
        )
        if code:
            Classification.objects.create(variant=variant, country="", code=code, source="person")
    for service, price in (("express", "24.90"), ("economy", "9.90")):
        TableRate.objects.create(
            merchant=merchant, service=service, service_name=service.title(), price=Decimal(price), currency="EUR",
            max_weight_g=900_000,
        )  # fmt: skip
    Market.objects.create(merchant=merchant, country="", incoterm="DDP", offer_both=True)
    merchant.touch()
    return shop


def body(*prices, variants=(70, 71), currency="EUR", country="DE", totals=None, **changes):
    items = [
        {"name": "Mug", "quantity": 1, "grams": 420, "price": price, "variant_id": variant}
        for price, variant in zip(prices, variants, strict=False)
    ]
    destination = {"country": country, "postal_code": "10115", "city": "Berlin", "address1": "A 1"}
    values = {"destination": destination, "items": items, "currency": currency, **changes}
    return cart(**values, **({"order_totals": totals} if totals else {}))


def rates(client, shop, *args, **changes):
    answer = ask(client, shop, body(*args, **changes))
    assert answer.status_code == 200, answer.content
    return answer.json()["rates"]


def totals(subtotal, total=None, discount=0):
    values = {"subtotal_price": subtotal, "total_price": subtotal if total is None else total}
    return {key: str(value) for key, value in {**values, "discount_amount": discount}.items()}


@pytest.mark.parametrize("currency", ["JPY", "CLP", "KWD", "BHD", "HUF"])
def test_every_currency_is_answered_in_itself_in_hundredths_and_found_again(client, world, currency):
    found = rates(client, world, 900_000, 450_000, currency=currency)
    assert found
    for rate in found:
        assert all(isinstance(rate[name], str) and rate[name] for name in REQUIRED)
        assert rate["currency"] == currency
        assert int(rate["total_price"]) % (minor_unit(currency) * 100 if minor_unit(currency) == 1 else 1) == 0
    shown = found[-1]
    paid = Decimal(shown["total_price"]) / 100
    lines = tuple(
        StoreOrderLine(str(v), str(v), "", "Mug", 1, Decimal(price), Decimal(0))
        for v, price in ((70, 9000), (71, 4500))
    )
    order = StoreOrder(
        external_id="1", number="#1", placed_at=timezone.now(), updated_at=timezone.now(), currency=currency,
        ship_to=Party(country="DE", postcode="10115"), lines=lines, shipping_code=shown["service_code"],
        shipping_title=shown["service_name"], shipping_paid=paid, total_paid=paid, paid=True,
    )  # fmt: skip
    matched = match(world, order, ask_carriers=False)
    assert matched.quote is not None
    assert matched.quote.quote_id == next(f["value"] for f in shown["metafields"] if f["key"] == "quote_id")


def test_cheapest_comes_first_and_codes_are_unique_and_without_a_moment_in_them(client, world):
    first = rates(client, world, 4000)
    prices = [int(rate["total_price"]) for rate in first]
    assert prices == sorted(prices)
    codes = [rate["service_code"] for rate in first]
    assert len(set(codes)) == len(codes) == 4
    assert first[0]["service_code"] == "table:economy:DAP"
    assert codes == [rate["service_code"] for rate in rates(client, world, 4000)]
    assert set(codes) == {rate["service_code"] for rate in rates(client, world, 9000, 100, locale="pt-BR")}


def test_same_service_of_two_accounts_is_shown_once_and_the_cheaper(world):
    question = asked(body(4000), at=timezone.now())
    answer = quote_checkout(world, question.cart)
    doubled = type(answer)(answer.checkout, answer.options * 2, answer.keep, answer.keep_behind)
    shown = json.loads(rates_json(doubled))["rates"]
    assert len(shown) == len(answer.options)


def test_names_are_the_same_across_the_parts_of_a_cart(client, world):
    whole = totals(5000)
    parts = [rates(client, world, 4000, totals=whole), rates(client, world, 1000, variants=(71,), totals=whole)]
    names = [{rate["service_name"] for rate in part} for part in parts]
    assert names[0] == names[1]


@pytest.mark.parametrize("order_totals", [totals(4000, 3000, 1000), totals(3000, 3000, 1000)])
def test_discount_counts_however_the_store_states_its_subtotal(client, world, order_totals):
    """4,000 less 1,000: the same whether the subtotal is before or after the discount; never taken for a part."""
    question = asked(body(4000, totals=order_totals), at=timezone.now())
    assert (question.part, question.cart.discount, question.cart.share) == (False, Decimal(10), 1)


def test_part_bears_its_share_of_a_discount_stated_after(world):
    question = asked(body(3500, totals=totals(3000, 3000, 1000)), at=timezone.now())
    assert (question.part, question.cart.discount, question.cart.share) == (True, Decimal("8.75"), Decimal("0.875"))


def test_discount_over_the_goods_leaves_nothing_negative(client, world):
    for rate in rates(client, world, 4000, totals=totals(4000, 0, 99_999)):
        assert int(rate["total_price"]) >= 0


@pytest.mark.parametrize(
    "item",
    [
        {"quantity": 1, "price": 0, "grams": 0},
        {"quantity": 1, "price": 100, "grams": None, "sku": None, "name": None, "variant_id": None},
        {"quantity": 1, "price": 100, "requires_shipping": None, "properties": {"engraving": "🎁"}, "new_field": {}},
        {"quantity": 999, "price": 100, "grams": 1, "variant_id": 70},
        {"quantity": 1, "price": 100, "variant_id": 72},
    ],
)
def test_odd_goods_get_an_answer(client, world, item):
    answer = ask(client, world, body(items=[item]))
    assert answer.status_code == 200
    assert answer.json()["rates"]


def test_unknown_fields_and_nulls_anywhere_are_borne(client, world):
    address = dict.fromkeys(("postal_code", "province", "city", "name", "address1", "phone", "email", "fax"))
    changes = {"destination": {"country": "DE", **address}, "customer": None, "locale": None, "order_totals": None}
    assert rates(client, world, 4000, **changes)


def test_goods_without_a_code_never_stop_the_answer_and_it_says_how_sure_it_is(client, world):
    for rate in rates(client, world, 40_000, variants=(72,)):
        breakdown = json.loads(rate["metafields"][0]["value"])
        assert breakdown["status"] == "estimate"
        assert "hs_code is missing" in " ".join(breakdown["warnings"])


def test_breakdown_of_a_huge_cart_fits_into_a_metafield(client, world):
    items = [{"quantity": 1, "price": 100 + n, "grams": 10, "variant_id": 70} for n in range(400)]
    for rate in rates(client, world, items=items):
        for field in rate["metafields"]:
            assert len(field["value"].encode()) < 65_536
            assert field["type"] != "json" or json.loads(field["value"])["landed_cost"]


def test_one_variant_on_two_lines_is_found_again(client, world):
    items = [{"quantity": n, "price": 4000, "grams": 420, "variant_id": 70} for n in (1, 2)]
    rates(client, world, items=items)
    assert Quote.objects.first().goods == [("70", 1), ("70", 2)]


def test_parts_offered_under_different_terms_are_joined_under_the_stores_own_name(client, world):
    """One part is quoted DDP, the other DAP: the store adds both up as "Shipping"; nothing paid is lost."""
    whole = totals(44_000)
    one = rates(client, world, 4000, totals=whole)[-1]
    Market.objects.update(incoterm="DAP", offer_both=False)
    world.merchant.touch()
    two = rates(client, world, 40_000, variants=(72,), totals=whole)[0]
    paid = Decimal(int(one["total_price"]) + int(two["total_price"])) / 100
    lines = tuple(
        StoreOrderLine(str(v), str(v), "", "Mug", 1, Decimal(price), Decimal(0)) for v, price in ((70, 40), (72, 400))
    )
    order = StoreOrder(
        external_id="1", number="#1", placed_at=timezone.now(), updated_at=timezone.now(), currency="EUR",
        ship_to=Party(country="DE", postcode="10115"), lines=lines, shipping_code="Shipping", shipping_title="Shipping",
        shipping_paid=paid, total_paid=paid, paid=True,
    )  # fmt: skip
    matched = match(world, order, ask_carriers=False)
    assert sorted(str(part.incoterm) for part in matched.parts) == ["DAP", "DDP"]
    assert matched.collected is not None
