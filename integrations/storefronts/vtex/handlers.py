"""What a worker does for VTEX, by kind of message: dotted paths, imported when the first such message is worked."""

from shipsmart.inbox import operations as inbox
from shipsmart.inbox.lanes import BULK, ORDERS

HERE = "integrations.storefronts.vtex"
# Kind, what handles it, what is told when it is given up ("" nothing), lane. Behind a colon: a method of an object.
ROWS = (
    ("vtex", "feed.handle", "", ORDERS),
    ("vtex.start_handling", "feed.start_handling", "", ORDERS),
    ("vtex.set_up", "installing.set_up", "installing.set_up_failed", ORDERS),
    ("vtex.remove", "installing.remove", "installing.remove_failed", BULK),
    ("vtex.catalogue", "catalogue.work", "catalogue.failed", BULK),
    ("vtex.abroad_sent", "abroad_parcels.tell_sent", "abroad_parcels.not_told", ORDERS),
    ("vtex.abroad_delivered", "abroad_parcels.tell_delivered", "abroad_parcels.not_told", ORDERS),
    ("vtex.abroad_refused", "abroad_parcels.tell_refused", "abroad_parcels.not_told", ORDERS),
    ("vtex.return_invoice", "returning.send_invoice", "returning.not_sent", ORDERS),
    ("vtex.feed", "feed:FEED.handle", "feed:FEED.go_on", BULK),
    ("vtex.reconcile", "reconciliation:RECONCILE.handle", "reconciliation:RECONCILE.go_on", BULK),
    ("vtex.check", "installing:CHECK.handle", "installing:CHECK.go_on", BULK),
)


def register() -> None:
    """Let the worker handle what comes from VTEX and what we owe it (called when the app is ready)."""
    for kind, handler, dead, lane in ROWS:
        inbox.register(kind, f"{HERE}.{handler}", on_dead=f"{HERE}.{dead}" if dead else None, lane=lane)
