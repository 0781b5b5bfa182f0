"""Wherever the schema allows a null, the store may answer one: we go on or say what is wrong, and never stumble.

Computed from the true schema: each nullable field of each document is null in turn while the code that asks runs.
"""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.kit.answers import Answer
from integrations.storefronts.shopify import (
    bulk,
    client,
    drafts,
    fulfilment_service,
    health,
    installing,
    mapping,
    order_marks,
    reconciliation,
    registration,
    topics,
    write_codes,
    zones,
)
from integrations.storefronts.shopify.adapter import FIRST_LOOK, adapter
from integrations.storefronts.shopify.extension_api import _confirmed
from integrations.storefronts.shopify.returns import adapter as returns
from shipsmart.core.errors import ShipSmartError
from shipsmart.inbox.models import OutboundMessage
from shipsmart.orders.models import Order
from shipsmart.ports import CarrierEvent, Milestone, ReturnLabel, StoreFulfilment
from shipsmart.rating.models import TableRate
from tests.integrations.storefronts.shopify import asks_for_returns
from tests.integrations.storefronts.shopify.true_schema import DOCUMENTS, Whole, put, true_schema

pytestmark = pytest.mark.django_db

PARCEL = StoreFulfilment("1", {"1": 2}, "ups", "1Z1", "https://carrier.example/1Z1")
ONE_FULFILMENT = ("order", "fulfillments", 0)
EVENT = CarrierEvent(datetime(2026, 11, 22, tzinfo=UTC), "OD", "On its way", "Berlin", "DE", Milestone.OUT_FOR_DELIVERY)
LABEL = ReturnLabel("1", "1ZR", "", {"1": 1})


class Store:
    """Answers our documents with what the schema allows; what a test puts in stands there."""

    def __init__(self, schema) -> None:
        self.schema = schema
        self.whole: dict[str, Whole] = {}
        self.said: dict[str, Any] = {}
        self.asked: list[str] = []
        self.names = {client.document(name): name for name in DOCUMENTS}

    def answer_of(self, name: str) -> Whole:
        if name not in self.whole:
            self.whole[name] = Whole(name, self.schema)
        return self.whole[name]

    def says(self, name: str, path, value) -> None:
        self.said[name] = copy.deepcopy(self.said.get(name) or self.answer_of(name).data)
        put(self.said[name], path, value)

    def post(self, _connection, _token, body, _changes) -> Answer:
        name = self.names[body["query"]]
        self.asked.append(name)
        assert self.asked.count(name) < 100, f"{name} is asked for without end"
        data = self.said.get(name) or self.answer_of(name).data
        return Answer(200, {}, json.dumps({"data": data}).encode())


@pytest.fixture
def store(shop, monkeypatch):
    made = Store(true_schema("2026-07"))
    monkeypatch.setattr(client, "_post", made.post)
    monkeypatch.setattr(client.tokens, "access_token", lambda connection, **_: "token")
    return made


def order_of_ours(connection) -> Order:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Order.objects.create(
        merchant=connection.merchant, connection=connection, channel="shopify", external_id="1", number="#1",
        placed_at=at, store_updated_at=at, currency="EUR", country="DE",
    )  # fmt: skip


def done(effects: Any) -> Any:
    return effects() if callable(effects) else effects


def an_order(connection, store):
    done(topics._order(connection, "1"))


def an_order_with_refunds(connection, store):
    order_of_ours(connection)
    done(topics._order(connection, "1"))


def a_refund_of_many_deliveries(connection, store):
    asks_for_returns.wants(store, "refund", ("refund", "refundShippingLines", "pageInfo"), asks_for_returns.MORE)
    an_order_with_refunds(connection, store)


def an_order_of_many_lines(connection, store):
    store.says("order", ("order", "lineItems", "pageInfo"), {"hasNextPage": True, "endCursor": "c"})
    an_order(connection, store)


def an_order_with_a_past(connection, store):
    store.says("order", ("order", "returns", "pageInfo"), {"hasNextPage": True, "endCursor": "c"})
    put(store.said["order"], ("order", "fulfillments"), store.said["order"]["order"]["fulfillments"] * FIRST_LOOK)
    an_order(connection, store)


def an_order_of_long_lists(connection, store):
    for field in ("localizedFields", "shippingLines", "fulfillmentOrders"):
        asks_for_returns.wants(store, "order", ("order", field, "pageInfo"), asks_for_returns.MORE)
    an_order(connection, store)


def a_parcel(connection, store):
    adapter.fulfil(connection, PARCEL)


def a_parcel_told_by_hand(connection, store):
    if "order_fulfilments" not in store.said:
        store.says("order_fulfilments", (*ONE_FULFILMENT, "trackingInfo", 0, "number"), PARCEL.waybill)
        put(store.said["order_fulfilments"], (*ONE_FULFILMENT, "status"), "SUCCESS")
    adapter.fulfil(connection, PARCEL)


def a_cancelled_fulfilment(connection, store):
    if "fulfilment_siblings" not in store.said:
        path = ("fulfillment", *ONE_FULFILMENT, "status")
        store.says("fulfilment_siblings", path, "SUCCESS")
    adapter.cancel_fulfilment(connection, "1")


def a_requested_return(act):
    def asked(connection, store):
        if "return" not in store.said:
            store.says("return", ("return", "status"), "REQUESTED")
        act(connection, "1")

    return asked


def a_return_closed(connection, store):
    if "return" not in store.said:
        store.says("return", ("return", "exchangeLineItems", "nodes"), [])
    returns.close_return(connection, "1")


def a_return_label(connection, store):
    returns.tell_return_label(connection, LABEL)


def a_bulk_import(connection, store):
    message = OutboundMessage(kind=bulk.KIND, payload={"connection": connection.pk})
    connection.settings = {"bulk_import": {"state": "running", "operation": "gid://shopify/BulkOperation/1", "done": 0}}
    connection.save()
    done(getattr(bulk.work(message), "effects", None))


def bulk_lines(connection, store):
    data = store.said.get("bulk_variants") or store.answer_of("bulk_variants").data
    for edge in data["productVariants"]["edges"]:
        mapping.store_variant(edge["node"], "EUR")


def codes(connection, store):
    values = {"harmonizedSystemCode": "610910", "countryCodeOfOrigin": "PT", "countryHarmonizedSystemCodes": []}
    payload = {"connection": connection.pk, "variant": "1", "values": values, "actor": "Ana"}
    done(write_codes.write(OutboundMessage(kind=write_codes.KIND, payload=payload)))


def set_up(connection, store):
    message = OutboundMessage.objects.create(
        kind=installing.SET_UP, key="set-up", payload={"connection": connection.pk}
    )
    done(installing.set_up(message))


def told_of_an_item(connection, store):
    done(topics._item_changed(connection, {"id": 1}, None))


def webhooks_moved(connection, store):
    if "webhook_subscriptions" not in store.said:
        path = ("webhookSubscriptions", "nodes", 0, "uri")
        store.says("webhook_subscriptions", path, "https://earlier.example/shopify/webhooks")
    registration.register_webhooks(connection)


def zones_shown(connection, store):
    store.says("carrier_services", ("carrierServices", "nodes", 0, "name"), registration.CARRIER_SERVICE)
    zones.zones(connection)


def zones_added(connection, store):
    store.says("carrier_services", ("carrierServices", "nodes", 0, "name"), registration.CARRIER_SERVICE)
    put(store.said["carrier_services"], ("carrierServices", "nodes", 0, "id"), "gid://shopify/X/2")
    zones.add(connection, {"gid://shopify/DeliveryZone/1"}, actor="Ana")


def marks_changed(connection, store):
    connection.settings = {order_marks.EXTRA: {"on": True}}
    connection.save()
    order = order_of_ours(connection)
    order.note(order_marks.EVENT, "", values={"incoterm": "DDP", "ioss": "IM1"})
    done(order_marks.tell(OutboundMessage(payload={"order": order.pk})))


def service(*, on, known):
    def asked(connection, store):
        connection.credentials = {"scope": "write_assigned_fulfillment_orders"}
        connection.save()
        if known and "fulfilment_services" not in store.said:
            path = ("shop", "fulfillmentServices", 0, "serviceName")
            store.says("fulfilment_services", path, fulfilment_service.NAME)
        fulfilment_service.switch(connection, on=on, actor="Ana")

    return asked


def requests_answered(state):
    def asked(connection, store):
        connection.settings = {fulfilment_service.EXTRA: {"id": "1"}}
        connection.save()
        order = order_of_ours(connection)
        order.state = state
        order.save()
        if state == "labelled":
            terms = {"incoterm": "DAP", "duties_collected": False, "duty_payer": "recipient", "state": "bought"}
            order.shipments.create(merchant=order.merchant, carrier="ups", service="11", waybill="1Z", **terms)
        if state == "ready":
            terms = {"incoterm": "DAP", "duties_collected": False, "duty_payer": "recipient", "state": "planned"}
            order.shipments.create(merchant=order.merchant, carrier="ups", service="11", **terms)
        done(fulfilment_service.answer(OutboundMessage(payload={"connection": connection.pk})))

    return asked


def with_draft_scope(connection, store):
    connection.credentials = {"scope": "write_draft_orders"}
    connection.save()
    if "draft_order" not in store.said:
        store.says("draft_order", ("draftOrder", "status"), "OPEN")


def drafts_shown(connection, store):
    with_draft_scope(connection, store)
    drafts.drafts(connection)


def draft_offers(connection, store):
    with_draft_scope(connection, store)
    TableRate.objects.create(
        merchant=connection.merchant, service="economy", max_weight_g=30_000, price=9, currency="EUR"
    )
    drafts.offers(connection, "1")


def draft_changed(connection, store):
    draft_offers(connection, store)
    [offer] = drafts.offers(connection, "1")
    drafts.put_in(connection, "1", service=offer.service_code, price=offer.price, actor="Ana")


# What asks with each document; every document of ours must stand here.
ASKS = {
    **asks_for_returns.ASKS,
    "accept_cancellation_request": requests_answered("ready"),
    "accept_fulfilment_request": requests_answered("ready"),
    "bulk_cancel": lambda c, _: bulk._cancelled(c, {"state": "running", "operation": "gid://shopify/BulkOperation/1"}),
    "bulk_operation": a_bulk_import,
    "bulk_run": lambda c, _: bulk._ask(c, {}),
    "bulk_variants": bulk_lines,
    "carrier_service_create": lambda c, _: registration.register_carrier_service(c),
    "carrier_service_update": lambda c, s: (
        s.says("carrier_services", ("carrierServices", "nodes", 0, "name"), registration.CARRIER_SERVICE),
        registration.register_carrier_service(c),
    ),
    "carrier_services": lambda c, _: registration.register_carrier_service(c),
    "delivery_profile_update": zones_added,
    "delivery_profiles": zones_shown,
    "delivery_zones": zones_shown,
    "draft_order": draft_offers,
    "draft_order_update": draft_changed,
    "draft_orders": drafts_shown,
    "fulfilment_cancel": a_cancelled_fulfilment,
    "fulfilment_create": a_parcel,
    "fulfilment_event_create": lambda c, _: adapter.add_event(c, "1", EVENT),
    "fulfilment_events": lambda c, _: adapter.add_event(c, "1", EVENT),
    "fulfilment_lines": a_parcel_told_by_hand,
    "fulfilment_order_lines": a_parcel,
    "fulfilment_order_pages": an_order_of_long_lists,
    "fulfilment_order_owner": lambda c, _: adapter.order_of_fulfilment_order(c, "1"),
    "fulfilment_siblings": a_cancelled_fulfilment,
    "fulfilment_tracking_update": a_parcel_told_by_hand,
    "fulfilment_requests": requests_answered("ready"),
    "fulfilment_service_create": service(on=True, known=False),
    "fulfilment_service_delete": service(on=False, known=True),
    "fulfilment_service_update": service(on=True, known=True),
    "fulfilment_services": service(on=True, known=False),
    "health": lambda c, _: health.check(c),
    "inventory_item_owner": told_of_an_item,
    "inventory_item_update": codes,
    "metafield_definition_create": lambda c, _: order_marks._define(c, "incoterm"),
    "metafields_delete": marks_changed,
    "metafields_set": marks_changed,
    "order": an_order,
    "order_confirmation": lambda c, _: _confirmed(c, order_of_ours(c), "ABC"),
    "order_delivery_pages": an_order_of_long_lists,
    "order_field_pages": an_order_of_long_lists,
    "order_fulfilments": a_parcel,
    "order_lines": an_order_of_many_lines,
    "order_parcels": an_order_with_a_past,
    "order_return_pages": an_order_with_a_past,
    "orders_updated": lambda c, _: reconciliation.reconcile(c),
    "product_variants": lambda c, _: adapter.product_variants(c, "1"),
    "refund": an_order_with_refunds,
    "refund_deliveries": a_refund_of_many_deliveries,
    "reject_cancellation_request": requests_answered("labelled"),
    "reject_fulfilment_request": requests_answered("cancelled"),
    "return": an_order,
    "return_close": a_return_closed,
    "return_approve_request": a_requested_return(returns.approve_return),
    "return_decline_request": a_requested_return(
        lambda c, one: returns.decline_return(c, one, reason="other", note="")
    ),
    "return_parcels": a_return_label,
    "reverse_delivery_create": a_return_label,
    "shop": set_up,
    "tags_add": marks_changed,
    "tags_remove": marks_changed,
    "variant_item": codes,
    "variants": lambda c, _: adapter.products(c),
    "webhook_subscription_create": webhooks_moved,
    "webhook_subscription_delete": webhooks_moved,
    "webhook_subscriptions": webhooks_moved,
}


def test_every_document_is_tried():
    assert sorted(ASKS) == DOCUMENTS


def outcome(act, connection, store) -> str:
    """Return "" when it went on, "refused: …" when it said clearly what is wrong, else what it stumbled over."""
    try:
        act(connection, store)
    except ShipSmartError as error:
        return f"refused: {error.message}" if error.message else "an error without words"
    except Exception as error:  # noqa: BLE001 - that is what is looked for here
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize("name", sorted(ASKS))
def test_null_is_borne(name, shop, store, django_db_blocker):
    from django.db import transaction  # noqa: PLC0415

    stumbled = {}
    for path in [(), *store.answer_of(name).nullable, *endless(store.answer_of(name).data)]:
        store.said, store.asked = {}, []
        if path:
            value = {"hasNextPage": True, "endCursor": None} if path[-1] == "pageInfo" else None
            store.says(name, path, value)
        with transaction.atomic():
            found = outcome(ASKS[name], shop, store)
            transaction.set_rollback(True)
        if found and (not path or not found.startswith("refused: ")):
            stumbled[".".join(map(str, path))] = found
        if not path and name != "bulk_variants":
            assert name in store.asked, f"{name} was not asked for"
    assert stumbled == {}


def endless(data: Any, path=()) -> list[Any]:
    """Return where pages are told of: there may be said to be a next page without a cursor."""
    if isinstance(data, list):
        return [found for index, one in enumerate(data) for found in endless(one, (*path, index))]
    if not isinstance(data, dict):
        return []
    here = [(*path, "pageInfo")] if "pageInfo" in data else []
    return here + [found for key, one in data.items() for found in endless(one, (*path, key))]
