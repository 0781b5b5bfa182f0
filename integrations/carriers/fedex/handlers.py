"""What a worker does with messages of FedEx: a dotted path, imported when the first one is worked."""

from shipsmart.inbox import operations as inbox
from shipsmart.inbox.lanes import TRACKING


def register() -> None:
    """Let the worker handle what FedEx tells (called when the app is ready)."""
    inbox.register("fedex", "integrations.carriers.fedex.webhooks.handle", lane=TRACKING)
