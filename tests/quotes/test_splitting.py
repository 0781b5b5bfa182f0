"""A cart whose goods lie at two places is priced from each, shown as one delivery, and travels in two parcels."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import requests

from shipsmart.merchants.models import Connection, Hub
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.ports import Incoterm, StoreOrder, StoreOrderLine
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import fallback_answer, quote_checkout
from shipsmart.quotes.senders import key_of, sender_of
from shipsmart.quotes.snapshot import snapshot_for
from shipsmart.quotes.splitting import parts_of, together
from shipsmart.quotes.values import CheckoutAnswer, CheckoutCart, CheckoutLine, CheckoutOption
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.models import Shipment

pytestmark = pytest.mark.django_db
BOUGHT = (
    StoreOrderLine("l1", "1", "TEE", "Cotton T-shirt", 2, Decimal("29.00"), Decimal("5.80")),
    StoreOrderLine("l2", "2", "TEA", "Herbal tea", 1, Decimal("14.00"), Decimal("1.40")),
)
TEA = CheckoutLine(variant_id="2", quantity=1, unit_price=Decimal("14.00"), sku="TEA")


@pytest.fixture
def both(cart: CheckoutCart) -> CheckoutCart:
    return replace(cart, lines=(*cart.lines, TEA), discount=Decimal("7.20"))


def test_parts_add_up_to_the_cart(connection: Connection, hub: Hub, both: CheckoutCart) -> None:
    here, home = sorted(parts_of(snapshot_for(connection.merchant), both), key=lambda part: part.origin is None)
    assert [line.variant_id for line in here.lines] == ["1"]
    assert here.origin is not None
    assert (here.origin.city, here.origin.company, home.origin) == ("Amsterdam", "Fjord AS", None)
    assert (here.discount, home.discount) == (Decimal("5.80"), Decimal("1.40"))
    assert here.share + home.share == 1
    assert here.share == Decimal(58) / 72


def test_without_a_tag_or_where_the_store_says_it_nothing_is_split(
    connection: Connection, hub: Hub, both: CheckoutCart
) -> None:
    snapshot = snapshot_for(connection.merchant)
    told = replace(both, origin=both.ship_to)
    assert parts_of(snapshot, told) == (told,)
    only_tea = replace(both, lines=(TEA,))
    assert parts_of(snapshot, only_tea) == (only_tea,)


def test_goods_of_one_hub_are_priced_from_there(
    connection: Connection, hub: Hub, cart: CheckoutCart, carriers: Any
) -> None:
    """From Amsterdam to Berlin: no border, no charges."""
    answer = quote_checkout(connection, cart)
    answer.keep()
    assert {option.charges for option in answer.options} == {Decimal(0)}
    rows = Quote.objects.all()
    assert {row.sender for row in rows} == {"NL:1012LG"}
    assert {json.loads(row.request_text)["request"]["ship_from"]["country"] for row in rows} == {"NL"}


def test_two_places_become_one_delivery_and_two_parcels(
    connection: Connection,
    hub: Hub,
    both: CheckoutCart,
    carriers: Any,
    store_order: Callable[..., StoreOrder],
    drained: Callable[[], None],
) -> None:
    answer = quote_checkout(connection, both)
    answer.keep()
    option = answer.options[0]
    assert Decimal(option.breakdown["goods"]) == Decimal("64.80")
    assert option.price == option.freight + option.charges
    assert {row.sender for row in Quote.objects.all()} == {"NL:1012LG", ""}
    paid = {"shipping_code": option.service_code, "shipping_paid": option.price, "quote_id": option.quote_id}
    order = take_in(connection=connection, order=store_order(lines=BOUGHT, **paid))
    parts = [one.quote for one in order.consignments.all() if one.quote]
    assert {part.sender for part in parts} == {"NL:1012LG", ""}
    assert sum(part.price for part in parts) == option.price
    assert sum(part.charges for part in parts) == option.charges
    drained()
    planned = {(row.leaves_from or {}).get("city", "home") for row in Shipment.objects.filter(order=order)}
    assert planned == {"Amsterdam", "home"}, Order.objects.get().reason


def test_each_place_has_carrier_accounts_of_its_own(
    connection: Connection,
    hub: Hub,
    both: CheckoutCart,
    carriers: Any,
    store_order: Callable[..., StoreOrder],
    drained: Callable[[], None],
) -> None:
    """Two accounts with one carrier: that of the place is asked, and the label is billed to it."""
    first = CarrierAccount.objects.get()
    there = CarrierAccount.objects.create(
        merchant=connection.merchant, carrier=first.carrier, number="969999999", label="Dutch",
        credentials=first.credentials, settings=first.settings, sender_countries=["NL"],
    )  # fmt: skip
    CarrierAccount.objects.filter(pk=first.pk).update(sender_countries=["NO"])
    connection.merchant.touch()
    answer = quote_checkout(connection, both)
    answer.keep()
    assert {row.price_source for row in Quote.objects.all()} <= {"live", "cache"}
    option = answer.options[0]
    paid = {"shipping_code": option.service_code, "shipping_paid": option.price, "quote_id": option.quote_id}
    order = take_in(connection=connection, order=store_order(lines=BOUGHT, **paid))
    drained()
    bought = {(row.leaves_from or {}).get("city", ""): row.account_id for row in Shipment.objects.filter(order=order)}
    assert bought == {"Amsterdam": there.pk, "": first.pk}


def test_every_part_has_its_price_when_all_carriers_hang(
    connection: Connection, hub: Hub, both: CheckoutCart, carriers: Any
) -> None:
    hang = {"carrier": "*", "operation": "rates", "kind": "hang"}
    requests.post(f"{carriers['url']}/_practice/faults", json=hang, timeout=10).raise_for_status()
    answer = quote_checkout(connection, both, deadline_s=0.3)
    assert answer.options
    assert {option.source for option in answer.options} == {"fallback"}
    assert fallback_answer(connection, both).options[0].price == answer.options[0].price


def option(code: str, price: str, *, incoterm: Incoterm = Incoterm.DDP, **more: Any) -> CheckoutOption:
    amount, told = Decimal(price), more.pop("breakdown", {})
    keys = ("goods", "freight", "insurance", "duty", "additional_duty", "excise", "import_tax", "fees", "landed_cost")
    short = {**dict.fromkeys(keys, "0"), "currency": "EUR", "scheme": None, "status": "complete", "lines": []}
    return CheckoutOption(
        quote_id=f"q_{code}", service_code=f"{code}:{incoterm}", service_name=code, description="", price=amount,
        currency="EUR", incoterm=incoterm, freight=amount, charges=Decimal(0), status="complete", source="live",
        breakdown={**short, "warnings": [], "quote_id": f"q_{code}", **told}, **more,
    )  # fmt: skip


def answer(*options: CheckoutOption) -> CheckoutAnswer:
    return CheckoutAnswer("c", options, keep=lambda: None, keep_behind=lambda: None)


def test_where_no_service_serves_both_the_cheapest_are_joined(both: CheckoutCart) -> None:
    found = together(both, [answer(option("dhl:N", "5"), option("ups:1", "4")), answer(option("dhl:P", "20"))])
    assert [(one.service_code, one.service_name, one.price) for one in found.options] == [
        ("split:2:DDP", "ups:1 + dhl:P", Decimal(24))
    ]


def test_terms_that_one_part_lacks_take_its_cheapest(both: CheckoutCart) -> None:
    """A part that can only go DAP goes so beside one whose duties are paid ahead."""
    ahead = option("a", "5", breakdown={"duty": "2"})
    ahead = replace(ahead, charges=Decimal(2))
    later = option("b", "3", incoterm=Incoterm.DAP)
    found = together(both, [answer(ahead, option("a", "4", incoterm=Incoterm.DAP)), answer(later)])
    assert [(one.incoterm, one.price, one.charges) for one in found.options] == [
        (Incoterm.DAP, Decimal(7), Decimal(0)),
        (Incoterm.DDP, Decimal(8), Decimal(2)),
    ]


def test_a_sum_that_one_part_does_not_know_is_not_known(both: CheckoutCart) -> None:
    unknown = option("a", "1", breakdown={"duty": None, "landed_cost": None})
    (found,) = together(both, [answer(unknown), answer(option("a", "2"))]).options
    assert (found.breakdown["duty"], found.breakdown["goods"]) == (None, "0")


def test_bands_are_added_with_the_firm_charges_of_the_other_part(both: CheckoutCart) -> None:
    band = {"low": "1", "high": "4", "currency": "EUR", "codes": ["610910"]}
    open_one = option("a", "1", breakdown={"duty": "2", "band": band})
    (found,) = together(both, [answer(open_one), answer(option("a", "2", breakdown={"duty": "3"}))]).options
    assert found.breakdown["band"] == {"low": "4", "high": "7", "currency": "EUR", "codes": ["610910"]}


def test_a_place_is_known_however_it_is_written(connection: Connection, hub: Hub) -> None:
    home = connection.merchant.party()
    hubs = {key_of(hub.country, hub.postcode): hub.party(home)}
    there = replace(home, country="NL", postcode="1012lg", city="Amsterdam")
    assert sender_of(home, hubs, there).key == "NL:1012LG"
    assert sender_of(home, hubs, replace(home, postcode="0001")).key == ""
    elsewhere = sender_of(home, hubs, replace(there, postcode="3011 AA"))
    assert (elsewhere.key, elsewhere.party.country, elsewhere.party.company) == ("NL:3011AA", "NL", "Fjord AS")
