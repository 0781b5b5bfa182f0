"""Our ports for a Shopify shop: orders, fulfilments, catalogue."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from checkout.links import tracking_link
from integrations.storefronts.shopify import fulfilment as parcels
from integrations.storefronts.shopify.client import all_nodes, following, graphql, mutate, pages
from integrations.storefronts.shopify.codes import RETURN_STATES
from integrations.storefronts.shopify.mapping import PAID_IN, SHOPS_OWN, amount_of, moment, store_order, store_variant
from integrations.storefronts.shopify.shop import gid, number_of
from shipsmart.merchants.models import Connection
from shipsmart.ports import CarrierEvent, IntegrationError, StoreFulfilment, StoreOrder, StoreVariant
from shipsmart.quotes.matching import VALID_FOR, explained
from shipsmart.quotes.models import Quote
from shipsmart.shipments.models import Shipment


def _quoted_money(connection: Connection, node: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> str:
    """Return which of the order's two amounts our quote explains; what the shopper paid in when none does."""
    if node["currencyCode"] == node["presentmentCurrencyCode"] or not node["shippingLine"]:
        return PAID_IN
    placed_at = moment(node["createdAt"])
    quoted = Quote.objects.filter(
        connection=connection,
        service_code=node["shippingLine"]["code"] or "",
        currency=node["currencyCode"],
        price=amount_of(node["shippingLine"]["originalPriceSet"], SHOPS_OWN),
        created_at__gte=placed_at - VALID_FOR,
        created_at__lte=placed_at + timedelta(minutes=5),
    )
    if quoted.exists() or explained(connection, store_order(node, lines, money=SHOPS_OWN)):
        return SHOPS_OWN
    return PAID_IN


def _page(connection: Connection, fulfilment: StoreFulfilment) -> str:
    """Return where the shopper follows a parcel: our own page, which joins all carriers of the journey.

    The carrier's page where we have none of the parcel, or are not reached by https: the store's mails would warn.
    """
    ours = Shipment.objects.filter(
        order__connection=connection, order__external_id=fulfilment.order_external_id, waybill=fulfilment.waybill
    )
    shipment = ours.first() if settings.PUBLIC_URL.startswith("https://") else None
    return tracking_link(shipment) if shipment else fulfilment.tracking_url


def _asked(connection: Connection, name: str, external_id: str) -> dict[str, Any]:
    node = graphql(connection, name, {"id": gid("Order", external_id)})["order"]
    if node is None:
        raise IntegrationError(f"{connection.account} has no order {external_id}", permanent=True, code="no_such_order")
    return dict(node)


FIRST_LOOK = 10  # fulfilments and refunds on the first look: enough for nearly every order; neither list has pages
# The lists of an order that have pages, and the documents of those after the first.
PAGED = {
    "fulfillmentOrders": "fulfilment_order_pages",
    "lineItems": "order_lines",
    "localizedFields": "order_field_pages",
    "returns": "order_return_pages",
    "shippingLines": "order_delivery_pages",
}


def _whole(connection: Connection, node: dict[str, Any]) -> dict[str, Any]:
    """Return an order with those of its lists whole that its first look may have cut short."""
    for field in PAGED.keys() & node.keys():
        rows = all_nodes(connection, node[field], PAGED[field], {"id": node["id"]}, ("order", field))
        # A row may stand on two pages when the order is changed while they are read.
        unlike = {row.get("id", number): row for number, row in enumerate(rows)}
        node[field] = {"nodes": list(unlike.values())}
    if max(len(node["fulfillments"]), len(node.get("refunds", ()))) >= FIRST_LOOK:
        node |= graphql(connection, "order_parcels", {"id": node["id"]})["order"] or {}
    return node


@dataclass(frozen=True)
class WholeOrder:
    """An order with what happened to it in the store; `parcels` are ours and others', `refunds` ids.

    `returns`: id → where the store says it stands, in our words.
    """

    order: StoreOrder
    parcels: Sequence[parcels.ToldParcel]
    refunds: frozenset[str]
    returns: Mapping[str, str]
    sold_ddp: bool = False  # the store itself promised that duties are paid


class Shopify:
    """Ids are the numbers in Shopify's global ids: webhooks and the rate callback use the same."""

    def fetch_order(self, connection: Connection, external_id: str) -> StoreOrder:
        """Return the order as it stands now, in the currency that its delivery was quoted in.

        That is what the shopper paid in, or the shop's own where the checkout asked us in that and converted our price.
        Raises IntegrationError(permanent=True) when there is no such order.
        """
        return self.fetch_whole(connection, external_id).order

    def fetch_whole(self, connection: Connection, external_id: str) -> WholeOrder:
        """Return the order with the parcels the store has been told of and its refunds. Raises as `fetch_order`."""
        node, lines = self.fetch_node(connection, external_id)
        order = store_order(node, lines, money=_quoted_money(connection, node, lines))
        return WholeOrder(
            order,
            parcels.told(node),
            refunds=frozenset(number_of(made["id"]) for made in node["refunds"]),
            returns={
                number_of(one["id"]): RETURN_STATES[one["status"]]
                for one in node["returns"]["nodes"]
                if one["status"] in RETURN_STATES
            },
            sold_ddp=parcels.sold_ddp(node),
        )

    def fetch_node(self, connection: Connection, external_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the order in Shopify's words with all its lines; what comes in later pages is included."""
        node = _whole(connection, _asked(connection, "order", external_id))
        return node, node["lineItems"]["nodes"]

    def orders_updated_since(self, connection: Connection, since: datetime) -> Sequence[str]:
        return [external_id for external_id, _ in self.changes_since(connection, since)]

    def changes_since(self, connection: Connection, since: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield id and moment of each order changed at or after `since`, oldest change first."""
        query = f"updated_at:>='{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
        for page in pages(connection, "orders_updated", {"query": query}, ("orders",)):
            for node in page["nodes"]:
                yield number_of(node["id"]), moment(node["updatedAt"])

    def order_of_fulfilment_order(self, connection: Connection, external_id: str) -> str:
        """Return the id of the order that a fulfilment order belongs to, "" when it is gone."""
        variables = {"id": gid("FulfillmentOrder", external_id)}
        node = graphql(connection, "fulfilment_order_owner", variables)["fulfillmentOrder"]
        return number_of(node["order"]["id"]) if node else ""

    def fulfil(self, connection: Connection, fulfilment: StoreFulfilment) -> str:
        """Return the id of the fulfilment with this waybill, made now or found; the first when there are several.

        Goods of one parcel that lie at several locations in the store's eyes make one fulfilment each.
        """
        order = _whole(connection, _asked(connection, "order_fulfilments", fulfilment.order_external_id))
        ids = parcels.with_waybill(order, fulfilment.waybill)
        self._correct(connection, order, fulfilment)
        told = self._told(connection, ids)
        if not ids or any(told[line] < quantity for line, quantity in fulfilment.lines.items()):
            shown = replace(fulfilment, tracking_url=_page(connection, fulfilment))
            for values in parcels.inputs(self._routed(connection, order), shown, told):
                made = mutate(connection, "fulfilment_create", "fulfillmentCreate", {"fulfillment": values})
                ids.append(made["fulfillment"]["id"])
        return number_of(ids[0])

    def _correct(self, connection: Connection, order: Mapping[str, Any], fulfilment: StoreFulfilment) -> None:
        """Have fulfilments that somebody made by hand with our waybill lead to our page, under the carrier's name."""
        wanted = parcels.tracking_info(replace(fulfilment, tracking_url=_page(connection, fulfilment)))
        for one in parcels.told_otherwise(order, wanted):
            variables = {"id": one, "tracking": wanted, "notify": False}
            mutate(connection, "fulfilment_tracking_update", "fulfillmentTrackingInfoUpdate", variables)

    def cancel_fulfilment(self, connection: Connection, fulfilment_id: str) -> None:
        """Take a parcel back in the store: its fulfilment and those of the same waybill; any number of times."""
        found = graphql(connection, "fulfilment_siblings", {"id": gid("Fulfillment", fulfilment_id)})["fulfillment"]
        if found is None:
            return  # gone with its order
        numbers = {info["number"] for info in found["trackingInfo"] if info["number"]}
        ours = [one for number in sorted(numbers) for one in parcels.with_waybill(found["order"], number)]
        for one in dict.fromkeys(ours):
            mutate(connection, "fulfilment_cancel", "fulfillmentCancel", {"id": one})

    def _told(self, connection: Connection, ids: Sequence[str]) -> Counter[str]:
        told: Counter[str] = Counter()
        for one in ids:
            path = ("fulfillment", "fulfillmentLineItems")
            for page in pages(connection, "fulfilment_lines", {"id": one}, path):
                for row in page["nodes"]:
                    told[number_of(row["lineItem"]["id"])] += row["quantity"] or 0
        return told

    def _routed(self, connection: Connection, order: Mapping[str, Any]) -> list[parcels.Routed]:
        found = []
        for node in parcels.fulfillable(order):
            path = ("fulfillmentOrder", "lineItems")
            rows = [
                row
                for page in pages(connection, "fulfilment_order_lines", {"id": node["id"]}, path)
                for row in page["nodes"]
            ]
            found.append(parcels.Routed(node["id"], parcels.location_of(node), rows))
        return found

    def add_event(self, connection: Connection, fulfilment_id: str, event: CarrierEvent) -> None:
        """Tell the store of a step of the parcel, once."""
        values = parcels.event_input(fulfilment_id, event)
        if values is None:
            return
        found = graphql(connection, "fulfilment_events", {"id": values["fulfillmentId"]})["fulfillment"]
        if found is None:
            raise IntegrationError(f"no fulfilment {fulfilment_id}", permanent=True, code="no_such_fulfilment")
        if parcels.event_key(values) in parcels.told_events(found["events"]["nodes"]):
            return
        mutate(connection, "fulfilment_event_create", "fulfillmentEventCreate", {"event": values})

    def products(self, connection: Connection) -> Sequence[StoreVariant]:
        """Return every variant of the shop."""
        variants: list[StoreVariant] = []
        after: str | None = ""
        while after is not None:
            page, after = self.products_page(connection, after)
            variants += page
        return variants

    def products_page(self, connection: Connection, after: str = "") -> tuple[list[StoreVariant], str | None]:
        """Return one page of variants and the cursor of the next, None after the last."""
        data = graphql(connection, "variants", {"after": after or None})
        found, currency = data["productVariants"], data["shop"]["currencyCode"]
        return [store_variant(node, currency) for node in found["nodes"]], following(found)

    def product_variants(self, connection: Connection, product_id: str) -> list[StoreVariant]:
        """Return the variants of one product; none when it is gone."""
        variants: list[StoreVariant] = []
        variables: dict[str, Any] = {"id": gid("Product", product_id), "after": None}
        while True:
            data = graphql(connection, "product_variants", variables)
            if data["product"] is None:
                return []
            found = data["product"]["variants"]
            variants += [store_variant(node, data["shop"]["currencyCode"]) for node in found["nodes"]]
            variables["after"] = following(found)
            if variables["after"] is None:
                return variants


adapter = Shopify()
