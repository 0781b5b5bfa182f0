"""What a worker does with messages of UPS: a dotted path, imported when the first one is worked."""

from shipsmart.inbox import operations as inbox
from shipsmart.inbox.lanes import TRACKING


def register() -> None:
    """Let the worker handle what UPS tells (called when the app is ready)."""
    inbox.register("ups", "integrations.carriers.ups.webhooks.handle", lane=TRACKING)
