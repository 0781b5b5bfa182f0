"""Landed cost in draft orders: the way for plans without carrier services, and for sales by invoice.

The merchant looks at our prices for a draft order and puts one in as its delivery; the quote's id goes with it, so the
order that it becomes is matched to what the shopper paid for. The price is asked for anew when it is put in: a draft
that was changed meanwhile gets no stale one.

Source: https://shopify.dev/docs/api/admin-graphql/2026-07/mutations/draftOrderUpdate
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from integrations.storefronts.shopify import extras
from integrations.storefronts.shopify.client import graphql, mutate
from integrations.storefronts.shopify.mapping import QUOTE_ATTRIBUTE, amount_of, consignee
from integrations.storefronts.shopify.shop import gid, number_of
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import IntegrationError
from shipsmart.quotes.operations import quote_checkout
from shipsmart.quotes.values import CheckoutAnswer, CheckoutCart, CheckoutLine, CheckoutOption

EXTRA = "draft_orders"


@dataclass(frozen=True)
class Draft:
    """A draft order in a list: `id` is its number, `delivery` what stands in it for delivery by now."""

    id: str
    name: str
    country: str
    delivery: str


def drafts(connection: Connection) -> list[Draft]:
    """Return the newest open draft orders. Raises IntegrationError, permanent without the scope."""
    extras.demand(connection, EXTRA)
    nodes = graphql(connection, "draft_orders")["draftOrders"]["nodes"]
    return [
        Draft(
            number_of(node["id"]),
            node["name"],
            (node["shippingAddress"] or {}).get("countryCodeV2") or "",
            (node["shippingLine"] or {}).get("title") or "",
        )
        for node in nodes
    ]


def offers(connection: Connection, draft: str) -> tuple[CheckoutOption, ...]:
    """Return the ways of delivery for a draft order as it stands now, cheapest first. Nothing is kept or changed."""
    return _answer(connection, _open(connection, draft)).options


def put_in(connection: Connection, draft: str, *, service: str, price: Decimal, actor: str) -> CheckoutOption:
    """Put one way of delivery into a draft order. `price`: what the merchant has seen.

    Raises IntegrationError(permanent=True), code `other_price`, when that is not its price any more.
    """
    node = _open(connection, draft)
    answer = _answer(connection, node)
    chosen = next((one for one in answer.options if one.service_code == service), None)
    if chosen is None or chosen.price != price:
        now = f"{chosen.price} {chosen.currency}" if chosen else "not offered"
        raise IntegrationError(
            f"{node['name']}: the price seen was {price}, now it is {now}; look at the prices again",
            permanent=True,
            code="other_price",
        )
    answer.keep()
    mutate(connection, "draft_order_update", "draftOrderUpdate", {"id": node["id"], "input": changes(node, chosen)})
    AuditEntry.objects.note(
        connection.merchant, actor=actor, action="store.draft_priced", target=node["name"], quote=chosen.quote_id
    )
    return chosen


def changes(node: Mapping[str, Any], chosen: CheckoutOption) -> dict[str, Any]:
    """Return the DraftOrderInput: delivery, and our quote's id beside the attributes that are there (they are
    replaced as a whole)."""
    others = [
        {"key": one["key"], "value": one["value"] or ""}
        for one in node["customAttributes"]
        if one["key"] != QUOTE_ATTRIBUTE
    ]
    return {
        "shippingLine": {
            "title": chosen.service_name,
            "priceWithCurrency": {"amount": str(chosen.price), "currencyCode": chosen.currency},
        },
        "customAttributes": [*others, {"key": QUOTE_ATTRIBUTE, "value": chosen.quote_id}],
    }


def _open(connection: Connection, draft: str) -> dict[str, Any]:
    """Return an open draft order. Raises IntegrationError(permanent=True) for one that cannot be priced."""
    extras.demand(connection, EXTRA)
    node = graphql(connection, "draft_order", {"id": gid("DraftOrder", draft)})["draftOrder"]
    if node is None or node["status"] == "COMPLETED":
        raise _refused(f"there is no open draft order {draft}")
    if not (node["shippingAddress"] or {}).get("countryCodeV2"):
        raise _refused(f"{node['name']} has no shipping address; give it one in the shop's admin")
    if node["lineItems"]["pageInfo"]["hasNextPage"]:
        raise _refused(f"{node['name']} has more than 100 lines; split it")
    return dict(node)


def _refused(text: str) -> IntegrationError:
    return IntegrationError(text, permanent=True, code="draft_refused")


def _answer(connection: Connection, node: Mapping[str, Any]) -> CheckoutAnswer:
    return quote_checkout(connection, cart(node))


def cart(node: Mapping[str, Any]) -> CheckoutCart:
    """Return a draft order as a cart, in the currency its shopper sees."""
    return CheckoutCart(
        ship_to=consignee(node),
        lines=tuple(_line(row) for row in node["lineItems"]["nodes"]),
        currency=node["presentmentCurrencyCode"],
        at=timezone.now(),
        discount=amount_of(node["totalDiscountsSet"]),
    )


def _line(row: Mapping[str, Any]) -> CheckoutLine:
    return CheckoutLine(
        variant_id=number_of(row["variant"]["id"]) if row["variant"] else "",
        quantity=row["quantity"],
        unit_price=amount_of(row["originalUnitPriceSet"]),
        sku=row["sku"] or "",
        title=row["title"],
        requires_shipping=row["requiresShipping"],
    )
