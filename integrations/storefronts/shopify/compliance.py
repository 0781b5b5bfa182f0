"""The three privacy requests that every app must carry out: hand out, forget a shopper, forget a shop.

They come signed to their own address, also long after an uninstallation, and must be done within 30 days; we do them at
once. Customs papers that were issued stay with a merchant who still has an account: tax and customs law makes the
seller keep them for years (Regulation (EU) 2016/679, Article 17(3)(b)).

Source: https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet

from integrations.storefronts.shopify import erasure
from integrations.storefronts.shopify.client import graphql
from shipsmart.documents.models import Document
from shipsmart.inbox.models import InboundEvent
from shipsmart.inbox.operations import Effects
from shipsmart.merchants import privacy
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.models import Order
from shipsmart.ports import IntegrationError

log = logging.getLogger(__name__)

Payload = Mapping[str, Any]


def _connection(account: str) -> Connection | None:
    return Connection.objects.select_related("merchant").filter(storefront="shopify", account=account).first()


def _listed(connection: Connection, payload: Payload, name: str) -> QuerySet[Order]:
    return Order.objects.filter(connection=connection, external_id__in=[str(one) for one in payload.get(name) or ()])


def _orders_of_shopper(connection: Connection, payload: Payload) -> QuerySet[Order]:
    """Return the orders that the request names, and any other of the shop with the same e-mail address."""
    wanted = Q(pk__in=_listed(connection, payload, "orders_requested"))
    email = str((payload.get("customer") or {}).get("email") or "")
    if email:
        wanted |= Q(connection=connection, ship_to__email__iexact=email)
    return Order.objects.filter(wanted)


def data_request(account: str, payload: Payload, event: InboundEvent) -> Effects | None:
    """Write all that is held of a shopper into a file and tell the merchant, who hands it to the shopper."""
    connection = _connection(account)
    if connection is None:
        return None
    orders = _orders_of_shopper(connection, payload)
    held = [_held(order) for order in orders]
    number = re.sub(r"\W", "", str((payload.get("data_request") or {}).get("id") or event.pk))
    path = f"compliance/{account}/data_request_{number}.json"
    text = json.dumps({"shop": account, "request": number, "orders": held}, cls=DjangoJSONEncoder, indent=1)
    path = privacy.keep(path, text)
    about = [order.external_id for order in orders]
    return lambda: _note(connection, privacy.EXPORTED, orders=len(held), file=path, request=number, order_ids=about)


def _held(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "placed_at": order.placed_at,
        "ship_to": order.ship_to,
        "receiver": order.receiver,
        "shopper": order.shopper,
        "total_paid": order.total_paid,
        "currency": order.currency,
        "lines": list(order.lines.values("title", "sku", "quantity", "unit_price", "discount")),
        "events": list(order.events.values("at", "kind", "message")),
        "returns": list(order.returns.values("number", "state", "requested_at", "lines__reason", "lines__note")),
        "refunds": list(order.refunds.values("refunded_at", "goods", "freight", "duty", "import_tax", "fees")),
        "shipments": list(order.shipments.values("carrier", "waybill", "bought_at", "milestone")),
        "papers": list(
            Document.objects.filter(
                merchant=order.merchant, subject__in=[f"shipment:{shipment.pk}" for shipment in order.shipments.all()]
            ).values("kind", "number", "created_at")
        ),
    }


def redact_customer(account: str, payload: Payload, _event: InboundEvent) -> Effects | None:
    """Forget a shopper: names, addresses and numbers go, the bare order stays for the books."""
    connection = _connection(account)
    if connection is None:
        return None

    def effects() -> None:
        orders = _listed(connection, payload, "orders_to_redact")
        privacy.erase_copies(connection, orders.values_list("external_id", flat=True))
        count = erasure.redact_orders(orders)
        _note(connection, "privacy.redacted", orders=count)

    return effects


def redact_shop(account: str, _payload: Payload, _event: InboundEvent) -> Effects | None:
    """Forget a shop that uninstalled us two days ago; one that has come back meanwhile is left alone.

    The news of its uninstallation may have been lost: then only whether our tokens still work tells the two apart.
    """
    connection = _connection(account)
    if connection is None:
        return None
    if connection.status == Connection.Status.ACTIVE and _answers(connection):
        return lambda: _note(connection, "privacy.shop_is_back")
    return lambda: erasure.erase_shop(connection)


def _answers(connection: Connection) -> bool:
    """Whether the shop still takes our token. Raises IntegrationError when it cannot be told now."""
    try:
        graphql(connection, "shop")
    except IntegrationError as error:
        if error.code == "reauthorise":
            return False
        raise
    return True


def _note(connection: Connection, action: str, **data: Any) -> None:
    AuditEntry.objects.note(connection.merchant, actor="Shopify", action=action, target=str(connection), **data)
    log.info("%s: %s %s", connection, action, data)


HANDLERS: Mapping[str, Callable[[str, Payload, InboundEvent], Effects | None]] = {
    "customers/data_request": data_request,
    "customers/redact": redact_customer,
    "shop/redact": redact_shop,
}
