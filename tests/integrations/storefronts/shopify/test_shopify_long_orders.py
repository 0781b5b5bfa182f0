"""Orders with more of everything than a first look shows: nothing of them is cut short."""

from decimal import Decimal
from typing import Any

import pytest

from integrations.storefronts.shopify import client
from integrations.storefronts.shopify.adapter import adapter
from integrations.storefronts.shopify.returns import adapter as returns
from shipsmart.catalog.models import Variant
from shipsmart.ports import IntegrationError, StoreFulfilment
from tests.integrations.storefronts.shopify.shopping import LONDON, patiently
from tests.integrations.storefronts.shopify.test_shopify_returns import refund

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def placed(settled, practice):
    practice.faults(webhook_lost=True)
    items = [{"variant_id": Variant.objects.get(sku="NL-TEE-M").external_id, "quantity": 12}]
    begun = practice.post("/api/checkout", {"items": items, "address": LONDON, "email": "jo@example.com"})
    return practice.post(f"/api/checkout/{begun['token']}/complete", {})["order_id"].rsplit("/", 1)[-1]


def test_order_of_twelve_fulfilment_orders_is_sent_whole(settled, practice, placed):
    patiently(lambda: adapter._routed(settled, client.graphql(
        settled, "order_fulfilments", {"id": f"gid://shopify/Order/{placed}"}
    )["order"]))  # fmt: skip
    split = practice.post("/_practice/split_fulfilment", {"order_id": placed})["fulfilment_orders"]
    node, [line] = adapter.fetch_node(settled, placed)
    assert sorted(one["id"] for one in node["fulfillmentOrders"]["nodes"]) == sorted(split)
    assert len(split) == 12
    number = line["id"].rsplit("/", 1)[-1]
    for count in range(12):  # each in a parcel of its own: more fulfilments than the first look shows
        waybill = f"1Z{count:03}"
        made = adapter.fulfil(settled, StoreFulfilment(placed, {number: 1}, "ups", waybill, "https://x.example/"))
        assert made == adapter.fulfil(settled, StoreFulfilment(placed, {number: 1}, "ups", waybill, ""))
    told = adapter.fetch_whole(settled, placed).parcels
    assert sorted(one.waybills for one in told) == [(f"1Z{count:03}",) for count in range(12)]


def test_order_of_forty_refunds_names_them_all(settled, practice, placed):
    class Bought:
        external_id = placed

    for _ in range(40):
        refund(settled, Bought, shipping={"amount": "0.10"})
    known = sorted(adapter.fetch_whole(settled, placed).refunds)
    assert len(known) == 40
    [new] = returns.fetch_refunds(settled, placed, known=known[1:], currency="EUR").refunds
    assert (new.external_id, new.shipping) == (known[0], Decimal("0.10"))


@pytest.mark.parametrize("cursors", [("a", "a"), None])
def test_list_without_an_end_is_an_error(shop, monkeypatch, cursors):
    """A store that names the same next page again, or ever another one, is not asked for ever."""
    asked: list[Any] = []

    def answer(_connection, _name, variables):
        asked.append(variables["after"])
        cursor = cursors[0] if cursors else f"c{len(asked)}"
        return {"orders": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": cursor}}}

    monkeypatch.setattr(client, "graphql", answer)
    with pytest.raises(IntegrationError, match="does not end"):
        list(client.pages(shop, "orders_updated", {}, ("orders",)))
    assert len(asked) == (2 if cursors else client.MOST_PAGES)
