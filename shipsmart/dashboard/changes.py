"""Settings change in one way only: with a trace of who did it, and with every process told to read them again."""

from typing import Any

from django.db import models, transaction
from django.http import HttpRequest

from shipsmart.dashboard.access import actor_of
from shipsmart.merchants.models import AuditEntry, Merchant

# Never written into the trace, whoever asks.
SECRET = ("credentials", "password", "token", "secret", "digest")


def record(request: Any, *, action: str, target: str, **data: Any) -> None:
    """Write the audit entry and move the settings' version. Call inside the transaction of the change."""
    merchant: Merchant = request.merchant
    shown = {name: _plain(value) for name, value in data.items() if not any(word in name for word in SECRET)}
    AuditEntry.objects.note(merchant, actor=actor_of(request), action=action, target=target[:200], **shown)
    merchant.touch()


def save_form(request: HttpRequest, form: Any, *, action: str) -> models.Model:
    """Save a valid form with its trace: before and after of every field that changed."""
    changed = {name: [form.initial.get(name), form.cleaned_data.get(name)] for name in form.changed_data}
    with transaction.atomic():
        saved = form.save()
        record(request, action=action, target=str(saved), **changed)
    return saved


def remove(request: HttpRequest, row: models.Model, *, action: str) -> None:
    with transaction.atomic():
        target = str(row)
        row.delete()
        record(request, action=action, target=target)


def _plain(value: Any) -> Any:
    """Return what JSON can hold: numbers, lists and texts as they are, all else as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)
