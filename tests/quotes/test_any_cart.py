"""Carts by chance over hubs, posts, terms and destinations: what is shown adds up, is kept, and the order finds it."""

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from shipsmart.catalog.models import Product
from shipsmart.catalog.operations import import_variants
from shipsmart.core.money import minor_unit
from shipsmart.merchants.models import Connection, Hub, Market
from shipsmart.orders.operations import take_in
from shipsmart.ports import Incoterm, Party, StoreOrder, StoreOrderLine, StoreVariant
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import NothingToOffer, fallback_answer
from shipsmart.quotes.values import CheckoutAnswer, CheckoutCart, CheckoutLine
from shipsmart.rating.models import FeeRule, TableRate

pytestmark = pytest.mark.django_db
HUBS = (
    ("NL", "1012 LG", "Amsterdam"),
    ("US", "38118", "Memphis"),
    ("GB", "LS1 4AP", "Leeds"),
    ("BR", "01304-001", "SP"),
)
GOODS = ("610910", "640399", "", "950300", "711311", "330499", "490199", "420221", "851830", "")
PLACES = ("DE", "US", "GB", "BR", "CA", "JP", "NL", "NO", "CH", "AU", "IN", "CL", "KR", "MX", "FR")
MORE = (
    {"stands_for": "usps:PMI", "sender_countries": ["US"]},
    {"stands_for": "royal_mail:DDP1", "sender_countries": ["GB"]},
    {"stands_for": "", "by_post": True, "fallback_only": False},
    {"stands_for": "", "by_post": True, "fallback_only": False, "service": "s2", "max_weight_g": 9_000},
)


@pytest.fixture
def store(connection: Connection) -> Connection:
    merchant = connection.merchant
    for country, postcode, city in HUBS:
        Hub.objects.create(
            merchant=merchant, name=city, address1="1", city=city, postcode=postcode, country=country, tags=[country]
        )
    for n, row in enumerate(MORE):
        price = {"service": f"s{n}", "service_name": f"S{n}", "max_weight_g": 20_000, "price": 9 + n, "currency": "EUR"}
        TableRate.objects.create(merchant=merchant, **(price | row))
    Market.objects.create(merchant=merchant, country="", incoterm="DDP", offer_both=True)
    Market.objects.create(merchant=merchant, country="CH", incoterm="DAP")
    FeeRule.objects.create(merchant=merchant, name="Handling", percent="0.02", minimum=3, flat=1, currency="EUR")
    import_variants(connection, [variant(n, code) for n, code in enumerate(GOODS, 10)])
    for n, product in enumerate(Product.objects.order_by("pk")):
        Product.objects.filter(pk=product.pk).update(tags=[HUBS[n % 5][0]] if n % 5 < 4 else [])
    merchant.touch()
    merchant.refresh_from_db()
    return connection


def variant(number: int, code: str) -> StoreVariant:
    return StoreVariant(
        external_id=str(number), product_id=f"p{number}", product_title=f"Thing {number}", title="", sku=f"T{number}",
        price=Decimal("10.00"), currency="EUR", weight_g=100 + number, hs_code=code, origin="CN",
    )  # fmt: skip


def some_cart(chance: random.Random, cart: CheckoutCart, currency: str) -> CheckoutCart:
    country = chance.choice(PLACES)
    to = Party(name="A B", address1="1 Road", city="Town", postcode=f"{chance.randint(10000, 99999)}", country=country)
    price = minor_unit(currency)
    lines = tuple(
        CheckoutLine(
            str(n), chance.randint(1, 4), Decimal(chance.randint(0, 20_000)) * price, sku=f"T{n}", title=f"Thing {n}"
        )
        for n in chance.sample(range(10, 10 + len(GOODS)), chance.randint(1, 5))
    )
    worth = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
    discount = (worth * chance.choice((0, 0, 1, 3)) / 7).quantize(price)
    return replace(cart, ship_to=to, lines=lines, currency=currency, discount=discount)


def ordered(
    cart: CheckoutCart, answer: CheckoutAnswer, chosen: Any, number: int, build: Callable[..., StoreOrder]
) -> Any:
    worth = [line.unit_price * line.quantity for line in cart.lines]
    left, lines = cart.discount, []
    for n, (line, value) in enumerate(zip(cart.lines, worth, strict=True)):
        cut = min(left, value)
        left -= cut
        lines.append(
            StoreOrderLine(f"l{n}", line.variant_id, line.sku, line.title, line.quantity, line.unit_price, cut)
        )
    total = sum(worth) - cart.discount + chosen.price
    return build(
        external_id=f"gid://shopify/Order/{number}", number=f"#{number}", currency=cart.currency, ship_to=cart.ship_to,
        lines=tuple(lines), shipping_code=chosen.service_code, shipping_paid=chosen.price, total_paid=total,
        quote_id=chosen.quote_id,
    )  # fmt: skip


@pytest.mark.parametrize(("seed", "currency"), [(1, "EUR"), (2, "JPY"), (3, "USD")])
def test_what_a_shopper_is_shown_adds_up_and_the_order_finds_it(
    seed: int, currency: str, store: Connection, cart: CheckoutCart, store_order: Callable[..., StoreOrder]
) -> None:
    chance = random.Random(seed)
    for number in range(12):
        asked = some_cart(chance, cart, currency)
        try:
            answer = fallback_answer(store, asked)
        except NothingToOffer:
            continue
        answer.keep()
        codes = [option.service_code for option in answer.options]
        assert len(codes) == len(set(codes)), (asked, codes)
        names = [option.service_name for option in answer.options if "band" not in option.breakdown]
        assert len(names) == len(set(names)), (asked, names)
        assert [option.price for option in answer.options] == sorted(option.price for option in answer.options)
        for option in answer.options:
            ahead = option.charges if option.incoterm == Incoterm.DDP else Decimal(0)
            assert option.price == option.freight + ahead, (asked, option)
            shown = option.breakdown
            known = [
                shown[k]
                for k in ("goods", "freight", "insurance", "duty", "additional_duty", "excise", "import_tax", "fees")
            ]
            if shown["landed_cost"] is not None:
                assert Decimal(shown["landed_cost"]) == sum(map(Decimal, known)), (asked, shown)
        chosen = chance.choice(answer.options)
        order = take_in(connection=store, order=ordered(asked, answer, chosen, number, store_order))
        quotes = [part.quote for part in order.consignments.all()] or [order.quote]
        assert all(quotes), (asked, chosen, list(order.events.values_list("message", flat=True)))
        assert sum(quote.price for quote in quotes) == chosen.price
        Quote.objects.update(created_at=asked.at)
