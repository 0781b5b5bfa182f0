"""Forgetting: a shopper's orders, or a whole shop. Runs inside the transaction that finishes the request."""

import logging

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from shipsmart.catalog.models import Product
from shipsmart.compliance.operations import forget_parties
from shipsmart.documents.models import Document
from shipsmart.inbox.models import InboundEvent, State
from shipsmart.merchants import privacy
from shipsmart.merchants.models import AuditEntry, Connection, Merchant
from shipsmart.orders.models import Order
from shipsmart.quotes.models import Quote
from shipsmart.returns.models import RefundInstruction, ReturnLine
from shipsmart.shipments.models import ShipmentLine

log = logging.getLogger(__name__)

KEPT = ("country", "region")  # what statistics and the books still need; nobody can be found by them


def redact_orders(orders: QuerySet[Order]) -> int:
    """Take every personal field out of the orders and out of the stored messages about them; return how many."""
    count = 0
    for order in orders.select_related("connection", "merchant"):
        names = {order.shopper, str(order.ship_to.get("name") or "")}
        order.ship_to = {key: _blank(key, value) for key, value in order.ship_to.items()}
        order.shopper, order.receiver = "", {}
        order.save(update_fields=["ship_to", "shopper", "receiver"])
        # What a shopper wrote about a return may say anything; why and how much came back stays for the books.
        ReturnLine.objects.filter(returned__order=order).update(note="", condition="")
        RefundInstruction.objects.filter(order=order).update(note="")
        _forget_labels(order)
        _forget_names(order.merchant, names)
        if order.connection:
            _forget_messages(order.connection.account, order.external_id)
        count += 1
    return count


def _forget_labels(order: Order) -> None:
    """A label for the way back shows the shopper's address."""
    labelled = order.returns.exclude(label_file="")
    files = list(labelled.values_list("label_file", flat=True))
    labelled.update(label_file="")
    transaction.on_commit(lambda: [default_storage.delete(name) for name in files])


def _forget_names(merchant: Merchant, names: set[str]) -> None:
    """Stop screening names that no other order bears; a name that resembled a listed one stays with its decision."""
    others = Order.objects.filter(merchant=merchant)
    forget_parties(merchant, [name for name in names if name and not others.filter(shopper=name).exists()])


def _blank(key: str, value: object) -> object:
    if key in KEPT:
        return value
    return [] if isinstance(value, list | tuple) else ""


def _forget_messages(account: str, external_id: str) -> None:
    seen = InboundEvent.objects.filter(source="shopify", account=account, body__contains=external_id)
    # What is still to be worked on only names the order: it is fetched again, as the store then knows it.
    seen.exclude(state=State.NEW).update(body="{}")


def erase_shop(connection: Connection) -> None:
    """Erase what belongs to the shop; with it the merchant, when nobody has a log-in and no other store is left."""
    merchant = connection.merchant
    privacy.erase_copies(connection)
    redact_orders(Order.objects.filter(connection=connection))
    InboundEvent.objects.filter(source="shopify", account=connection.account).exclude(state=State.NEW).update(body="{}")
    Quote.objects.filter(connection=connection).delete()
    Product.objects.filter(connection=connection).delete()
    account = connection.account
    connection.delete()
    if merchant.members.exists() or merchant.connections.exists():
        AuditEntry.objects.note(merchant, actor="Shopify", action="privacy.shop_erased", target=account)
    else:
        _erase_merchant(merchant)
    log.info("%s: erased on the store's request", account)


def _erase_merchant(merchant: Merchant) -> None:
    files = list(Document.objects.filter(merchant=merchant).values_list("file", flat=True))
    ShipmentLine.objects.filter(shipment__merchant=merchant).delete()
    # Corrections point back at what they correct: the newest go first.
    for document in Document.objects.filter(merchant=merchant).order_by("-pk"):
        document.delete()
    merchant.delete()
    transaction.on_commit(lambda: [default_storage.delete(name) for name in files if name])
