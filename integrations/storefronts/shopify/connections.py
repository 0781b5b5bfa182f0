"""The shop behind a rate callback's address: in memory, checked against the database in one small query a second."""

import re
import time

from django.conf import settings
from django.db import connection as database

from shipsmart.merchants.models import Connection, Merchant

Stamp = tuple[object, ...]

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
# By hand: composing this through the ORM takes longer than the database takes to answer it, at every checkout.
_STAMP = (
    f"SELECT c.status, c.settings, c.merchant_id, m.settings_version FROM {Connection._meta.db_table} c "  # noqa: S608
    f"JOIN {Merchant._meta.db_table} m ON m.id = c.merchant_id WHERE c.token = %s AND c.storefront = 'shopify'"
)
_memory: dict[str, tuple[Stamp, Connection, float]] = {}


def by_token(token: str) -> Connection | None:
    """Return the connection with its merchant, as both were within the last second; None for nobody's address.

    The object is shared between threads and holds no credentials: read it, change nothing.
    """
    if not _TOKEN.fullmatch(token):
        return None
    known, now = _memory.get(token), time.monotonic()
    if known and now - known[2] < settings.SHOP_CHECKED_EVERY_S:
        return known[1]
    with database.cursor() as cursor:
        cursor.execute(_STAMP, [token])
        stamp = cursor.fetchone()
    if known and known[0] == stamp:
        _memory[token] = (stamp, known[1], now)
        return known[1]
    return _load(token, stamp, now)


def _load(token: str, stamp: Stamp | None, now: float) -> Connection | None:
    found = Connection.objects.select_related("merchant").defer("credentials").filter(token=token).first()
    if found is None or stamp is None:
        _memory.pop(token, None)
        return None
    _memory[token] = (stamp, found, now)
    return found
