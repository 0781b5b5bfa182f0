"""VTEX's APIs: one function per endpoint, with the key's headers and errors in our words.

A 401 marks the connection: the key was revoked or its token renewed. A 403 names the right that is missing.

Source: https://developers.vtex.com/docs/api-reference (Orders, Checkout, Catalog, Logistics, VTEX ID)
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import transaction

from integrations.kit import http
from integrations.kit.answers import Answer
from integrations.storefronts.vtex import codes
from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import IntegrationError

TIMEOUT_S = 20.0
RATE_LIMIT_PAUSE_S = 60.0  # what VTEX advises after 429
MAX_LOT = 10
PAGE = 100
_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


class NotAnAccount(ShipSmartError):
    """The text is no name of a VTEX account."""

    code = "not_an_account"


@dataclass(frozen=True)
class Key:
    """An API key of an account; `connection` is marked when VTEX refuses it (None while it is only tried)."""

    account: str
    app_key: str
    app_token: str
    connection: Connection | None = None

    def __repr__(self) -> str:
        return f"Key({self.account}, {self.app_key})"


def key_of(connection: Connection) -> Key:
    """Raises IntegrationError for a connection whose key is gone or was refused."""
    values = connection.credentials
    if connection.status != Connection.Status.ACTIVE or not values.get("app_token"):
        raise IntegrationError(
            f"{connection.account} has no working API key; give a new one under Settings, Store",
            permanent=True,
            code="reauthorise",
        )
    return Key(connection.account, values["app_key"], values["app_token"], connection)


def account_name(text: str) -> str:
    """Return the account in what a person typed or pasted (name or address). Raises NotAnAccount."""
    name = text.strip().lower().removeprefix("https://").split("/")[0].split(".")[0]
    if not _ACCOUNT.fullmatch(name):
        raise NotAnAccount(f"{text!r} is no VTEX account; give the name before .myvtex.com, for example mystore")
    return name


def base_url(account: str) -> str:
    return str(settings.VTEX_BASE_URL).replace("{account}", account)


def ask(key: Key, method: str, path: str, *, right: str, fine: Sequence[int] = (), **options: Any) -> Answer:
    """Return the answer. Raises IntegrationError for any status but 2xx and those in `fine`.

    `right` is the License Manager resource that the call needs; it is named when VTEX answers 403.
    """
    answer = http.call(
        f"vtex:{key.account}",
        method,
        base_url(key.account) + path,
        timeout_s=TIMEOUT_S,
        headers={
            "X-VTEX-API-AppKey": key.app_key,
            "X-VTEX-API-AppToken": key.app_token,
            "Content-Type": "application/json",
        },
        **options,
    )
    if answer.ok or answer.status in fine:
        return answer
    raise _refusal(key, answer, right)


def _refusal(key: Key, answer: Answer, right: str) -> IntegrationError:
    if answer.status == 401:
        _mark(key)
        return IntegrationError(
            f"{key.account}: VTEX takes the API key {key.app_key} no longer; give a new one under Settings, Store",
            permanent=True,
            code="reauthorise",
            status=401,
        )
    if answer.status == 403:
        _note_missing(key, right)
        return IntegrationError(
            f"{key.account}: the API key may not do this; give its role the resource “{right}”",
            permanent=True,
            code="missing_permission",
            right=right,
            status=403,
        )
    error = answer.failure("VTEX", _reason(answer))
    if answer.status == 429 and error.retry_after_s is None:
        error.retry_after_s = RATE_LIMIT_PAUSE_S
    return error


def _reason(answer: Answer) -> str:
    try:
        said = answer.json()
    except IntegrationError:
        return answer.text(200)
    error = said.get("error") if isinstance(said, dict) else None
    if isinstance(error, dict):
        return f"{error.get('code', '')} {error.get('message', '')}".strip()
    return str(said)[:200]


def _mark(key: Key) -> None:
    """Tell the merchant, once, that the key is refused; a key that was replaced meanwhile is not meant."""
    if key.connection is None:
        return
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=key.connection.pk)
        if row.status == Connection.Status.ACTIVE and row.credentials.get("app_token") == key.app_token:
            row.status = Connection.Status.REAUTHORISE
            row.save(update_fields=["status"])
            AuditEntry.objects.note(
                row.merchant, actor="VTEX", action="store.reauthorise", target=str(row), reason="key refused (401)"
            )


def _note_missing(key: Key, right: str) -> None:
    if key.connection is None:
        return
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=key.connection.pk)
        missing = row.settings.get("missing_rights", [])
        if right not in missing:
            row.settings = {**row.settings, "missing_rights": [*missing, right]}
            row.save(update_fields=["settings"])
            AuditEntry.objects.note(
                row.merchant, actor="VTEX", action="store.missing_right", target=str(row), right=right
            )


def order(key: Key, order_id: str) -> dict[str, Any] | None:
    """Return an order, None when there is none of this id."""
    answer = ask(key, "GET", _order_path(order_id), right=codes.VIEW_ORDER, fine=(404,), retry=True)
    return None if answer.status == 404 else dict(answer.json())


def orders_page(key: Key, *, created: str, page: int) -> dict[str, Any]:
    """Return one page of the list, newest first; it has no items and ends after thirty pages."""
    params = {"f_creationDate": created, "orderBy": "creationDate,desc", "per_page": str(PAGE), "page": str(page)}
    answer = ask(key, "GET", "/api/oms/pvt/orders", right=codes.LIST_ORDERS, params=params, retry=True)
    return dict(answer.json())


def start_handling(key: Key, order_id: str) -> bool:
    """Return whether the order is being handled from now on; False when it was not ready for it (409)."""
    answer = ask(
        key, "POST", f"{_order_path(order_id)}/start-handling", right=codes.CHANGE_ORDER, fine=(409,), retry=True
    )
    return answer.ok


def invoice(key: Key, order_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Register an invoice. The same number again yields a new receipt and nothing else, so it may be retried."""
    answer = ask(key, "POST", f"{_order_path(order_id)}/invoice", right=codes.INVOICE, json=body, retry=True)
    return dict(answer.json())


def tracking_number(key: Key, order_id: str, number: str, body: Mapping[str, Any]) -> None:
    path = f"{_order_path(order_id)}/invoice/{quote(number, safe='')}"
    ask(key, "PATCH", path, right=codes.INVOICE, json=body, retry=True)


def tracking_events(key: Key, order_id: str, number: str, body: Mapping[str, Any]) -> None:
    """Put the journey of an invoice's parcel as it stands: all events, not the new one alone."""
    path = f"{_order_path(order_id)}/invoice/{quote(number, safe='')}/tracking"
    ask(key, "PUT", path, right=codes.INVOICE, json=body, retry=True)


def cancel(key: Key, order_id: str, reason: str) -> None:
    ask(key, "POST", f"{_order_path(order_id)}/cancel", right=codes.CANCEL, json={"reason": reason})


def _order_path(order_id: str) -> str:
    return f"/api/oms/pvt/orders/{quote(order_id, safe='')}"


def feed_lot(key: Key) -> list[dict[str, Any]] | None:
    """Return up to ten events, hidden from others for the visibility time; None when there is no feed any more."""
    params = {"maxlot": str(MAX_LOT)}
    answer = ask(key, "GET", "/api/orders/feed", right=codes.FEED, params=params, fine=(404,))
    return None if answer.status == 404 else list(answer.json() or ())


def commit(key: Key, handles: Sequence[str]) -> None:
    ask(key, "POST", "/api/orders/feed", right=codes.FEED, json={"handles": list(handles)}, retry=True)


def push_configuration(key: Key, kind: str) -> dict[str, Any] | None:
    """Return the configuration of `kind` "feed" or "hook"; None when there is none."""
    answer = ask(key, "GET", f"/api/orders/{kind}/config", right=codes.FEED, fine=(404,), retry=True)
    return None if answer.status == 404 else dict(answer.json() or {}) or None


def configure_push(key: Key, kind: str, body: Mapping[str, Any]) -> None:
    ask(key, "POST", f"/api/orders/{kind}/config", right=codes.FEED, json=body, retry=True)


def drop_push(key: Key, kind: str) -> None:
    ask(key, "DELETE", f"/api/orders/{kind}/config", right=codes.FEED, fine=(404,), retry=True)


_ORDER_FORM = "/api/checkout/pvt/configuration/orderForm"


def order_form_configuration(key: Key) -> dict[str, Any]:
    return dict(ask(key, "GET", _ORDER_FORM, right=codes.CONFIGURATION, retry=True).json())


# What VTEX tells as null and takes back as null; anything else that is null is left out, which means the same there.
_NULLABLE = frozenset(
    {"taxConfiguration", "minimumValueAccumulated", "apps", "allowMultipleDeliveries", "allowManualPrice",
     "recaptchaValidation"}
)  # fmt: skip


def set_order_form_configuration(key: Key, body: Mapping[str, Any]) -> None:
    """Replace the whole configuration: what is left out is lost."""
    told = {name: value for name, value in body.items() if value is not None or name in _NULLABLE}
    payment = told.get("paymentConfiguration") or {}
    told["paymentConfiguration"] = {name: value for name, value in payment.items() if value is not None}
    ask(key, "POST", _ORDER_FORM, right=codes.CONFIGURATION, json=told, retry=True)


def sku_ids(key: Key, page: int, size: int) -> list[int]:
    params = {"page": str(page), "pagesize": str(size)}
    path = "/api/catalog_system/pvt/sku/stockkeepingunitids"
    return list(ask(key, "GET", path, right=codes.CATALOG, params=params, retry=True).json())


def sku(key: Key, sku_id: str) -> dict[str, Any] | None:
    path = f"/api/catalog_system/pvt/sku/stockkeepingunitbyid/{quote(sku_id, safe='')}"
    answer = ask(key, "GET", path, right=codes.CATALOG, fine=(404,), retry=True)
    return None if answer.status == 404 else dict(answer.json())


def simulated(key: Key, sku_ids: Sequence[str], *, channel: str) -> list[dict[str, Any]]:
    """Return items as the store would sell one of each today; what is not sold is left out."""
    body = {"items": [{"id": sku_id, "quantity": 1, "seller": "1"} for sku_id in sku_ids]}
    path = f"/api/checkout/pub/orderForms/simulation?sc={quote(channel)}"
    answer = ask(key, "POST", path, right=codes.CATALOG, json=body, retry=True)
    return list(answer.json().get("items") or ())


def sales_channels(key: Key) -> list[dict[str, Any]]:
    return list(ask(key, "GET", "/api/catalog_system/pvt/saleschannel/list", right=codes.CATALOG, retry=True).json())


def docks(key: Key) -> list[dict[str, Any]]:
    return list(ask(key, "GET", "/api/logistics/pvt/configuration/docks", right=codes.LOGISTICS, retry=True).json())


def freights(key: Key, carrier_id: str, postcode: str) -> list[dict[str, Any]]:
    """Return the rows of a shipping policy's rate table that cover a postcode, of whatever country."""
    path = f"{_FREIGHTS}/{quote(carrier_id, safe='')}/{quote(postcode, safe='')}/values"
    return list(ask(key, "GET", path, right=codes.LOGISTICS, retry=True).json() or ())


def update_freights(key: Key, carrier_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert (1), update (2) or delete (3) rows of a rate table; the same rows again change nothing."""
    path = f"{_FREIGHTS}/{quote(carrier_id, safe='')}/values/update"
    ask(key, "POST", path, right=codes.LOGISTICS, json=list(rows), retry=True)


_FREIGHTS = "/api/logistics/pvt/configuration/freights"


def roles(key: Key, user_id: str) -> tuple[str, ...]:
    """Return the names of a person's roles in the account; none for whom it does not know."""
    path = f"/api/license-manager/users/{quote(user_id, safe='')}/roles"
    answer = ask(key, "GET", path, right=codes.USERS, fine=(404,), retry=True)
    return () if answer.status == 404 else tuple(str(role["name"]) for role in answer.json())


def renew_token(key: Key) -> str:
    """Return a second token for the key; the present one stays good until `finish_renewal`."""
    path = f"/api/vtexid/apikey/{quote(key.app_key, safe='')}/apitoken/renew"
    return str(ask(key, "PATCH", path, right=codes.RENEW).json()["appToken"])


def finish_renewal(key: Key) -> None:
    ask(key, "PATCH", f"/api/vtexid/apikey/{quote(key.app_key, safe='')}/apitoken/finish-renewal", right=codes.RENEW)
