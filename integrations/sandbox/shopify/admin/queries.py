"""The fields of `QueryRoot`. Each method is called with the shop's lock held."""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLError

from integrations.sandbox.shopify.admin import search
from integrations.sandbox.shopify.admin.shop_view import shop_view
from integrations.sandbox.shopify.config import API_VERSION
from integrations.sandbox.shopify.oauth.tokens import Token
from integrations.sandbox.shopify.store.node import APP_ID
from integrations.sandbox.shopify.store.processing import returnable
from integrations.sandbox.shopify.store.return_rows import REASONS, definition
from integrations.sandbox.shopify.store.service import ASSIGNMENTS
from integrations.sandbox.shopify.world import Room, World

_VERSIONS = {"2026-04": "2026-04", "2026-07": "2026-07 (Latest)", "2026-10": "2026-10 (Release candidate)"}


def api_version() -> dict[str, Any]:
    return {"handle": API_VERSION, "display_name": _VERSIONS[API_VERSION], "supported": True}


def _count(items: list[Any]) -> dict[str, Any]:
    return {"count": len(items), "precision": "EXACT"}


class Reader:
    """Finding things by id and in lists, for queries and mutations alike.

    `null_field`: a field ("ShippingLine.code") that has no value in this answer.
    """

    null_field: str | None = None

    def __init__(self, world: World, room: Room, token: Token) -> None:
        self.world, self.room, self.token = world, room, token
        self.held = room.shop

    def _everything(self) -> Iterator[Any]:
        shop = self.held
        yield from (shop, shop.location, *shop.hubs, *shop.products, *shop.variants())
        yield from (variant.inventory_item for variant in shop.variants())
        yield from (shop.delivery_profile, *shop.services.values(), *shop.drafts.values(), *shop.bulk_operations)
        yield from (*shop.carrier_services.values(), *shop.subscriptions.values())
        for order in reversed(shop.orders.values()):  # What an app asks for is mostly new.
            yield from (order, order.customer, *order.lines, *order.fulfilment_orders, *order.fulfilments_made)
            yield from (*order.refunds, *order.transactions_made)
            for made in order.returns:
                yield from (made, *made.return_line_items, *made.reverse_fulfillment_orders)
                yield from made.exchange_line_items
                yield from (one for order_ in made.reverse_fulfillment_orders for one in order_.reverse_deliveries)
            yield from returnable(order)
            yield from (event for fulfilment in order.fulfilments_made for event in fulfilment.events)

    def find(self, gid: str, *kinds: str) -> Any | None:
        """Return the object of this global id, or None. Raises GraphQLError when it is an id of another kind."""
        parts = gid.split("/")
        if not gid.startswith("gid://shopify/") or len(parts) != 5 or not parts[4]:
            raise GraphQLError(f"Invalid global id '{gid}'", extensions={"code": "argumentLiteralsIncompatible"})
        if kinds and parts[3] not in kinds:
            raise GraphQLError(f"Invalid id: {gid}", extensions={"code": "RESOURCE_NOT_FOUND"})
        if parts[3] == "Order":
            return self.held.orders.get(int(parts[4])) if parts[4].isdecimal() else None
        return next((thing for thing in self._everything() if thing.id == gid), None)


class Queries(Reader):
    def shop(self) -> Any:
        return shop_view(self.world, self.held)

    def current_app_installation(self) -> dict[str, Any]:
        scopes = [{"handle": s, "description": s.replace("_", " ").capitalize()} for s in self.token.scopes]
        app = {
            "id": f"gid://shopify/App/{APP_ID}",
            "title": "ShipSmart",
            "handle": "shipsmart",
            "api_key": self.world.config.client_id,
            "embedded": True,
        }
        launch = f"{self.world.shop_url(self.held)}/admin/apps/{self.world.config.client_id}"
        ids = {"id": f"gid://shopify/AppInstallation/{self.held.serial}", "uninstall_url": None}
        return {**ids, "access_scopes": scopes, "app": app, "launch_url": launch}

    def app_installation(self, id: str | None = None) -> dict[str, Any] | None:  # noqa: A002 - the API's own name
        own = self.current_app_installation()
        return own if id in {None, own["id"]} else None

    def public_api_versions(self) -> list[dict[str, Any]]:
        return [{"handle": h, "display_name": n, "supported": h != "2026-10"} for h, n in _VERSIONS.items()]

    def node(self, id: str) -> Any:  # noqa: A002
        found = self.find(id)
        return self.shop() if found is self.held else found

    def nodes(self, ids: list[str]) -> list[Any]:
        return [self.node(gid) for gid in ids]

    def product(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "Product")

    def products(self, query: str | None = None, sort_key: str | None = None) -> list[Any]:
        return search.sort(search.search(self.held.products, query, search.PRODUCTS), sort_key)

    def products_count(self, query: str | None = None, limit: int | None = None) -> dict[str, Any]:
        return _count(self.products(query)[:limit])

    def product_variant(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "ProductVariant")

    def product_variants(self, query: str | None = None, sort_key: str | None = None) -> list[Any]:
        return search.sort(search.search(list(self.held.variants()), query, search.VARIANTS), sort_key)

    def product_variants_count(self, query: str | None = None, limit: int | None = None) -> dict[str, Any]:
        return _count(self.product_variants(query)[:limit])

    def inventory_item(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "InventoryItem")

    def order(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "Order")

    def orders(self, query: str | None = None, sort_key: str | None = None) -> list[Any]:
        return search.sort(search.search(list(self.held.orders.values()), query, search.ORDERS), sort_key)

    def orders_count(self, query: str | None = None, limit: int | None = None) -> dict[str, Any]:
        return _count(self.orders(query)[:limit])

    def fulfillment(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "Fulfillment")

    def fulfillment_order(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "FulfillmentOrder")

    def assigned_fulfillment_orders(self, assignment_status: str | None = None, **_: Any) -> list[Any]:
        ours = {one.location.serial for one in self.held.services.values()}
        wanted = ASSIGNMENTS.get(assignment_status or "")
        return [
            one
            for order in self.held.orders.values()
            for one in order.fulfilment_orders
            if one.location.serial in ours and (wanted is None or one.request_status in wanted)
        ]

    def bulk_operation(self, id: str) -> Any:  # noqa: A002
        found = self.find(id, "BulkOperation")
        return found.look() if found else None

    def refund(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "Refund")

    def returned(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "Return")

    def reverse_fulfillment_order(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "ReverseFulfillmentOrder")

    def reverse_delivery(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "ReverseDelivery")

    def returnable_fulfillments(self, order_id: str) -> list[Any]:
        order = self.find(order_id, "Order")
        return returnable(order) if order else []

    def returnable_fulfillment(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "ReturnableFulfillment")

    def return_reason_definitions(self, handles: list[str] | None = None, ids: list[str] | None = None) -> list[Any]:
        found = [definition(handle) for handle in REASONS if handles is None or handle in handles]
        return [one for one in found if ids is None or one["id"] in ids]

    def customer(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "Customer")

    def location(self, id: str | None = None) -> Any:  # noqa: A002
        return next((place for place in self.locations() if id in {None, place.id}), None)

    def locations(self, **_: Any) -> list[Any]:
        return [self.held.location, *self.held.hubs]

    def webhook_subscription(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "WebhookSubscription")

    def webhook_subscriptions(
        self,
        query: str | None = None,
        sort_key: str | None = None,
        topics: list[str] | None = None,
        uri: str | None = None,
        callback_url: str | None = None,
        **_: Any,
    ) -> list[Any]:
        found = search.search(list(self.held.subscriptions.values()), query, search.SUBSCRIPTIONS)
        address = uri or callback_url
        fitting = [s for s in found if (not topics or s.topic in topics) and address in {None, s.uri}]
        return search.sort(fitting, sort_key)

    def webhook_subscriptions_count(self, query: str | None = None, limit: int | None = None) -> dict[str, Any]:
        return _count(self.webhook_subscriptions(query)[:limit])

    def delivery_profile(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "DeliveryProfile")

    def delivery_profiles(self, **_: Any) -> list[Any]:
        return [self.held.delivery_profile]

    def draft_order(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "DraftOrder")

    def draft_orders(self, query: str | None = None, sort_key: str | None = None) -> list[Any]:
        return search.sort(search.search(list(self.held.drafts.values()), query, search.DRAFTS), sort_key)

    def carrier_service(self, id: str) -> Any:  # noqa: A002
        return self.find(id, "DeliveryCarrierService")

    def carrier_services(self, query: str | None = None, sort_key: str | None = None) -> list[Any]:
        found = search.search(list(self.held.carrier_services.values()), query, search.CARRIER_SERVICES)
        return search.sort(found, sort_key)


# The API's own name of the field is a word of the language.
setattr(Queries, "return", Queries.returned)
