"""What neither feed nor hook brought: once a day the list of orders is gone through."""

from datetime import timedelta

from django.utils import timezone

from integrations.storefronts.vtex import rounds
from integrations.storefronts.vtex.adapter import adapter
from integrations.storefronts.vtex.feed import told
from shipsmart.inbox.operations import Effects
from shipsmart.merchants.models import Connection

EVERY_S = 86_400.0
LOOK_BACK = timedelta(days=7)  # an order may wait for its payment for days; the list's index lags too


def reconcile(connection: Connection) -> int:
    """Put orders of the last days into the inbox; return how many states had not been seen so."""
    since = max(connection.installed_at, timezone.now() - LOOK_BACK)
    rows = adapter.listed_since(connection, since)
    return sum(
        told(connection, order_id=row["orderId"], state=row["status"] or "unknown", change="list") for row in rows
    )


def _work(connection: Connection) -> Effects:
    reconcile(connection)
    return rounds.synced(connection)


RECONCILE = rounds.Round("vtex.reconcile", EVERY_S, _work)
