"""What a worker does for Shopify, by kind of message: dotted paths, imported when the first such message is worked."""

from shipsmart.inbox import operations as inbox
from shipsmart.inbox.lanes import BULK, ORDERS

HERE = "integrations.storefronts.shopify"
# Kind, what handles it, what is told when it is given up ("" nothing), lane.
ROWS = (
    ("shopify", "topics.handle", "topics.given_up", ORDERS),
    ("shopify.set_up", "installing.set_up", "installing.set_up_failed", ORDERS),
    ("shopify.import_products", "installing.import_products", "", BULK),
    ("shopify.bulk_import", "bulk.work", "bulk.failed", BULK),
    ("shopify.reconcile", "reconciliation.handle", "reconciliation.go_on", BULK),
    ("shopify.write_codes", "write_codes.write", "write_codes.write_failed", BULK),
    ("shopify.order_marks", "order_marks.tell", "order_marks.given_up", BULK),
    ("shopify.fulfilment_requests", "fulfilment_service.answer", "", ORDERS),
)


def register() -> None:
    """Let the worker handle what comes from Shopify and what we owe it (called when the app is ready)."""
    for kind, handler, dead, lane in ROWS:
        inbox.register(kind, f"{HERE}.{handler}", on_dead=f"{HERE}.{dead}" if dead else None, lane=lane)
