"""Copies of what is held of a shopper: made when a store asks, handed out by the merchant, erased with the shopper.

A store gives the merchant thirty days for both: https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import AuditEntry, Connection, Merchant

EXPORTED, HANDED_OUT = "privacy.exported", "privacy.handed_out"
TIME_TO_ANSWER = timedelta(days=30)


class Erased(ShipSmartError):
    """The shopper asked to be forgotten, so the copy is gone too."""

    code = "erased"


@dataclass(frozen=True)
class Copy:
    """What was held of a shopper when the store asked for it; `there` is False once it was erased."""

    entry: AuditEntry
    due: date
    handed_out: bool
    there: bool


def copies(merchant: Merchant) -> list[Copy]:
    """Return the copies that were made for a merchant's shoppers, the latest first."""
    handed = set(AuditEntry.objects.filter(merchant=merchant, action=HANDED_OUT).values_list("data__file", flat=True))
    return [
        Copy(
            entry=entry,
            due=(entry.at + TIME_TO_ANSWER).date(),
            handed_out=entry.data["file"] in handed,
            there=default_storage.exists(entry.data["file"]),
        )
        for entry in AuditEntry.objects.filter(merchant=merchant, action=EXPORTED)
    ]


def keep(path: str, text: str) -> str:
    """Store a copy unless it is there already; return where."""
    if default_storage.exists(path):
        return path
    kept: str = default_storage.save(path, ContentFile(text.encode()))
    return kept


def hand_out(entry: AuditEntry, *, actor: str) -> Any:
    """Return the open file of a copy, and note who took it. Raises Erased."""
    path = entry.data["file"]
    if not default_storage.exists(path):
        raise Erased("the shopper asked to be forgotten since: what was held is erased, this copy with it")
    AuditEntry.objects.note(entry.merchant, actor=actor, action=HANDED_OUT, target=entry.target, file=path)
    return default_storage.open(path)


def erase_copies(connection: Connection, order_ids: Iterable[str] | None = None) -> None:
    """Delete the copies that tell of these orders (None: all of the store) as soon as the transaction is through."""
    wanted = None if order_ids is None else set(order_ids)
    rows = AuditEntry.objects.filter(merchant=connection.merchant, action=EXPORTED, target=str(connection))
    files = [
        entry.data["file"]
        for entry in rows
        if wanted is None or "order_ids" not in entry.data or wanted & set(entry.data["order_ids"])
    ]
    transaction.on_commit(lambda: [default_storage.delete(name) for name in files])
