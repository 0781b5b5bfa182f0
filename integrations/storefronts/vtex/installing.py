"""From an API key to a working connection, and out again: tried, stored, set up by the worker, checked every night."""

import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.storefronts.vtex import (
    abroad_parcels,
    catalogue,
    client,
    codes,
    configuration,
    feed,
    reconciliation,
    rounds,
)
from integrations.storefronts.vtex.callers import digest
from integrations.storefronts.vtex.manifest import KEY
from shipsmart.core.errors import ShipSmartError
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection, Merchant
from shipsmart.ports import IntegrationError

SET_UP, REMOVE = "vtex.set_up", "vtex.remove"
CHECK_EVERY_S = 86_400.0
CLEARED = ("missing_rights", "set_up_error", "left_behind")  # told of the key before
NO_ORDER = "shipsmart-probe"  # no order has this id: the call is refused as forbidden, or as about nothing

NO_TRACKING = {"trackingNumber": "0", "trackingUrl": None, "courier": None, "dispatchedDate": None}


class BelongsToAnother(ShipSmartError):
    """The account is connected to another merchant."""

    code = "belongs_to_another"


def probe(key: client.Key) -> list[str]:
    """Return the rights that the key lacks, each as License Manager calls it; changes nothing in the account.

    Raises IntegrationError when VTEX does not know the key at all, or does not answer.
    """
    tries: tuple[tuple[str, str, str, dict[str, Any] | None], ...] = (
        (codes.LIST_ORDERS, "GET", "/api/oms/pvt/orders?per_page=1", None),
        (codes.VIEW_ORDER, "GET", f"/api/oms/pvt/orders/{NO_ORDER}", None),
        (codes.CHANGE_ORDER, "POST", f"/api/oms/pvt/orders/{NO_ORDER}/start-handling", None),
        (codes.INVOICE, "PATCH", f"/api/oms/pvt/orders/{NO_ORDER}/invoice/0", NO_TRACKING),
        (codes.FEED, "GET", "/api/orders/feed/config", None),
        (codes.CONFIGURATION, "GET", "/api/checkout/pvt/configuration/orderForm", None),
        (codes.CATALOG, "GET", "/api/catalog_system/pvt/sku/stockkeepingunitids?page=1&pagesize=1", None),
        (codes.LOGISTICS, "GET", "/api/logistics/pvt/configuration/docks", None),
    )
    missing = []
    for right, method, path, body in tries:
        # There is no such order and perhaps no feed yet: that answer shows that the right is there.
        fine = (400, 404, 409) if NO_ORDER in path or right == codes.FEED else ()
        options = {} if body is None else {"json": body}
        try:
            client.ask(key, method, path, right=right, fine=fine, retry=True, **options)
        except IntegrationError as error:
            if error.code != "missing_permission":
                raise
            missing.append(right)
    return missing


def connect(key: client.Key, *, merchant: Merchant, actor: str) -> Connection:
    """Store a key that was tried and have the account set up; return its connection, made or renewed.

    Raises BelongsToAnother when the account is in use by another merchant.
    """
    with transaction.atomic():
        known = Connection.objects.select_for_update(of=("self",)).select_related("merchant")
        row = known.filter(storefront=KEY, account=key.account).first()
        if row is None:
            row = Connection(merchant=merchant, storefront=KEY, account=key.account)
        elif row.merchant != merchant and row.status != Connection.Status.UNINSTALLED:
            raise BelongsToAnother(
                f"{key.account} is connected to another ShipSmart account; disconnect it there first"
            )
        row.merchant, row.status = merchant, Connection.Status.ACTIVE
        row.installed_at, row.uninstalled_at = timezone.now(), None
        _words(row, key)
        row.save()
        AuditEntry.objects.note(merchant, actor=actor, action="store.installed", target=str(row), key=key.app_key)
        name = f"{SET_UP}:{row.pk}:{row.installed_at.isoformat()}"
        inbox.send(kind=SET_UP, key=name, payload={"connection": row.pk})
    return row


def _words(row: Connection, key: client.Key) -> None:
    """Keep the key, and the two words by which VTEX proves itself to us; both stay when only the key is replaced."""
    kept = row.credentials
    authorization = kept.get("authorization") or secrets.token_urlsafe(32)
    hook_word = kept.get("hook_word") or secrets.token_urlsafe(32)
    row.credentials = {
        **kept,
        "app_key": key.app_key,
        "app_token": key.app_token,
        "authorization": authorization,
        "hook_word": hook_word,
    }
    cleared = {name: value for name, value in row.settings.items() if name not in CLEARED}
    row.settings = {**cleared, "authorization_sha256": digest(authorization), "hook_sha256": digest(hook_word)}


def set_up(message: OutboundMessage) -> inbox.Effects | None:
    """Learn the sales channels, put our parts into the account, begin to follow its orders."""
    connection = Connection.objects.select_related("merchant").filter(pk=message.payload["connection"]).first()
    if connection is None or connection.status != Connection.Status.ACTIVE:
        return None
    key = client.key_of(connection)
    channels = _channels(client.sales_channels(key))
    # The hook's ping is answered by what the database knows of its word already.
    configuration.put_push(key, connection)
    configuration.put_order_form(key, connection)

    def effects() -> None:
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        row.settings = {**row.settings, "sales_channels": channels, "set_up_at": timezone.now().isoformat()}
        row.save(update_fields=["settings"])
        AuditEntry.objects.note(row.merchant, actor="VTEX", action="store.set_up", target=str(row))
        catalogue.start(connection, actor="VTEX")
        feed.FEED.start(connection)
        reconciliation.RECONCILE.start(connection, delay_s=reconciliation.EVERY_S)
        CHECK.start(connection, delay_s=CHECK_EVERY_S)

    return effects


def _channels(rows: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Return currency and language by number: the tax request names neither."""
    return {
        str(row["Id"]): {"currency": str(row["CurrencyCode"]), "locale": str(row.get("CultureInfo") or "en")}
        for row in rows
        if row.get("CurrencyCode")
    }


def set_up_failed(message: OutboundMessage, error: str) -> None:
    row = Connection.objects.select_for_update().filter(pk=message.payload["connection"]).first()
    if row:
        row.settings = {**row.settings, "set_up_error": error[:500]}
        row.save(update_fields=["settings"])
        AuditEntry.objects.note(
            row.merchant, actor="VTEX", action="store.set_up_failed", target=str(row), error=error[:500]
        )


def disconnect(connection: Connection, *, actor: str) -> None:
    """Have all of ours taken out of the account, then forget its key."""
    with transaction.atomic():
        AuditEntry.objects.note(connection.merchant, actor=actor, action="store.leaving", target=str(connection))
        name = f"{REMOVE}:{connection.pk}:{connection.installed_at.isoformat()}"
        inbox.send(kind=REMOVE, key=name, payload={"connection": connection.pk}, again=True)


def remove(message: OutboundMessage) -> inbox.Effects | None:
    connection = Connection.objects.select_related("merchant").get(pk=message.payload["connection"])
    if connection.status == Connection.Status.UNINSTALLED:
        return None
    configuration.take_out(connection)
    return lambda: _forget(connection.pk, note="store.uninstalled")


def remove_failed(message: OutboundMessage, error: str) -> None:
    """A key that VTEX refuses cannot clean up: the connection ends all the same, and says what is left there."""
    _forget(message.payload["connection"], note="store.uninstalled_by_force", error=error[:500])


def _forget(pk: int, *, note: str, **data: Any) -> None:
    row = Connection.objects.select_for_update().get(pk=pk)
    row.status, row.uninstalled_at, row.credentials = Connection.Status.UNINSTALLED, timezone.now(), {}
    kept = {name: value for name, value in row.settings.items() if name in ("sales_channels", "answer")}
    row.settings = {**kept, "left_behind": data.get("error", "")}
    row.save(update_fields=["status", "uninstalled_at", "credentials", "settings"])
    AuditEntry.objects.note(row.merchant, actor="ShipSmart", action=note, target=str(row), **data)


def rotate(connection: Connection, *, actor: str) -> None:
    """Renew the key's token: ask for a second one, keep it, use it, then end the first. Raises IntegrationError.

    A crash between the steps leaves a token that works: both do until the renewal is finished.
    """
    key = client.key_of(connection)
    fresh = client.Key(key.account, key.app_key, client.renew_token(key), connection)
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        row.credentials = {**row.credentials, "app_token": fresh.app_token}
        row.save(update_fields=["credentials"])
        AuditEntry.objects.note(row.merchant, actor=actor, action="store.key_renewed", target=str(row))
    client.finish_renewal(fresh)


def look_again(connection: Connection) -> configuration.Found:
    """Try the key's rights anew and put back what vanished; return what was found. Raises IntegrationError."""
    missing = probe(client.key_of(connection))
    found = configuration.mend(connection)
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        row.settings = {**row.settings, "missing_rights": missing}
        row.save(update_fields=["settings"])
        configuration.note(connection, found)
    return found


def _check(connection: Connection) -> inbox.Effects:
    """Nightly: is our configuration still in place, and is every unit abroad kept for an order that there is?"""
    found, forgotten = configuration.mend(connection), abroad_parcels.forgotten(connection)

    def effects() -> None:
        configuration.note(connection, found)
        abroad_parcels.let_go(forgotten)

    return effects


CHECK = rounds.Round("vtex.check", CHECK_EVERY_S, _check)
