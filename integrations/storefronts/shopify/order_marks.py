"""What the merchant's staff sees of us on an order in the admin: who pays the duties, under which quote, where the
papers are. Tags and metafields of our own (`$app:customs`), only where the merchant switched it on.

What was told last stands in the order's timeline ("marked"); the difference is told after each message about the order,
so the marks keep in step and our own change, which Shopify tells us of too, does not begin the round again.

Source: https://shopify.dev/docs/apps/build/metafields
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from integrations.storefronts.shopify import extras
from integrations.storefronts.shopify.client import mutate
from integrations.storefronts.shopify.shop import gid
from shipsmart.documents.models import Document
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.models import Order
from shipsmart.ports import Incoterm, IntegrationError
from shipsmart.shipments.goods import shipper

EXTRA = "order_marks"
KIND = "shopify.order_marks"
EVENT = "marked"
NAMESPACE = "$app:customs"
# key → name in the admin, and its type
FIELDS = {
    "incoterm": ("Duties paid by", "single_line_text_field"),
    "quotes": ("Landed-cost quote", "single_line_text_field"),
    "ioss": ("IOSS number used", "single_line_text_field"),
    "papers": ("Customs papers", "url"),
}
TAGS = {incoterm: f"ShipSmart {incoterm}" for incoterm in Incoterm}


def switch(connection: Connection, *, on: bool, actor: str) -> None:
    """Switch the marks on or off. What stands on orders already stays. Raises IntegrationError, permanent without
    the scope."""
    if on:
        extras.demand(connection, EXTRA)
        for key in FIELDS:
            _define(connection, key)
    extras.keep(connection, EXTRA, {"on": True} if on else {}, actor=actor)


def _define(connection: Connection, key: str) -> None:
    name, kind = FIELDS[key]
    definition = {
        "ownerType": "ORDER",
        "namespace": NAMESPACE,
        "key": key,
        "name": name,
        "type": kind,
        "pin": True,
        "access": {"admin": "MERCHANT_READ"},
    }
    try:
        mutate(connection, "metafield_definition_create", "metafieldDefinitionCreate", {"definition": definition})
    except IntegrationError as error:
        if error.code != "taken":  # defined when it was switched on before
            raise


def values(order: Order) -> dict[str, str]:
    """Return what the store should show of an order, by key of FIELDS; what there is nothing to say of is left out."""
    ioss = next((one.number for one in shipper(order).tax_ids if one.type == "IOSS"), "")
    subjects = [f"shipment:{pk}" for pk in order.shipments.values_list("pk", flat=True)]
    papers = Document.objects.filter(merchant_id=order.merchant_id, subject__in=subjects).exists()
    page = f"{settings.PUBLIC_URL}{reverse('dashboard:order', args=[order.pk])}"
    told = {
        "incoterm": str(order.incoterm),
        "quotes": ", ".join(quote.quote_id for quote in order.quotes)[:255],
        "ioss": ioss,
        "papers": page if papers else "",
    }
    return {key: value for key, value in told.items() if value}


def told(order: Order) -> dict[str, str]:
    """Return what the store was told last; empty when it was told nothing yet."""
    last = order.events.filter(kind=EVENT).order_by("-pk").first()
    return dict(last.data["values"]) if last else {}


def keep_in_step(connection: Connection, external_id: str) -> None:
    """Owe the store an order's marks where they are not as we know the order; call it inside a transaction."""
    if not extras.kept(connection, EXTRA):
        return
    order = Order.objects.filter(connection=connection, external_id=external_id).first()
    if order and values(order) != told(order):
        inbox.send(kind=KIND, key=f"{KIND}:{order.pk}", payload={"order": order.pk}, again=True)


def tell(message: OutboundMessage) -> inbox.Effects | None:
    """Write an order's marks. Doing it twice changes nothing."""
    order = Order.objects.select_related("connection", "merchant").filter(pk=message.payload["order"]).first()
    connection = order.connection if order else None
    if order is None or connection is None or connection.status != Connection.Status.ACTIVE:
        return None
    if not extras.kept(connection, EXTRA):
        return None
    now, before = values(order), told(order)
    owner = gid("Order", order.external_id)
    _write(connection, owner, now, gone=sorted(before.keys() - now.keys()))
    _tag(connection, owner, now["incoterm"], before.get("incoterm", ""))
    return lambda: _note(order, now)


def _write(connection: Connection, owner: str, now: Mapping[str, str], *, gone: list[str]) -> None:
    rows = [{**_named(owner, key), "type": FIELDS[key][1], "value": value} for key, value in now.items()]
    mutate(connection, "metafields_set", "metafieldsSet", {"metafields": rows})
    if gone:
        rows = [_named(owner, key) for key in gone]
        mutate(connection, "metafields_delete", "metafieldsDelete", {"metafields": rows})


def _named(owner: str, key: str) -> dict[str, str]:
    return {"ownerId": owner, "namespace": NAMESPACE, "key": key}


def _tag(connection: Connection, owner: str, incoterm: str, before: str) -> None:
    if incoterm == before:
        return
    if before:
        mutate(connection, "tags_remove", "tagsRemove", {"id": owner, "tags": [TAGS[Incoterm(before)]]})
    mutate(connection, "tags_add", "tagsAdd", {"id": owner, "tags": [TAGS[Incoterm(incoterm)]]})


def _note(order: Order, now: Mapping[str, str]) -> None:
    order.note(EVENT, f"Marked in the store: {', '.join(sorted(now))}", values=dict(now))


def given_up(message: OutboundMessage, error: str) -> None:
    order = Order.objects.select_related("merchant").filter(pk=message.payload["order"]).first()
    if order:
        AuditEntry.objects.note(
            order.merchant, actor="Shopify", action="store.order_marks_refused", target=str(order), error=error
        )


def details(connection: Connection) -> dict[str, Any]:
    """Return what the page of extras shows."""
    return {"on": bool(extras.kept(connection, EXTRA)), "missing": extras.missing_scopes(connection, EXTRA)}
