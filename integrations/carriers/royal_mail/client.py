"""HTTP to Click & Drop: one function per endpoint. Source: https://api.parcel.royalmail.com/"""

import time
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote

from django.conf import settings

from integrations.carriers.royal_mail.mapping import problem_from
from integrations.kit.fields import required
from integrations.kit.http import Answer, call
from integrations.kit.reading import checked, missing, reading
from shipsmart.ports import CarrierAccountRef

MOST_PAGES = 100


def create_orders(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST /orders with the label in the answer: buys. Sent once."""
    return _checked(_ask(account, "POST", "/orders", timeout_s=timeout_s, json=body)).record()


def order_by_reference(account: CarrierAccountRef, reference: str, *, timeout_s: float) -> Any:
    """GET /orders/"reference"; None when there is none. A list of something else is no such word."""
    answer = _ask(account, "GET", f"/orders/{_named(reference)}", timeout_s=timeout_s, retry=True)
    found = [] if missing(answer) else _checked(answer).rows()
    with reading("the orders of Royal Mail"):
        return {**found[0]} if found else None


def label(account: CarrierAccountRef, reference: str, *, timeout_s: float) -> bytes:
    """GET /orders/"reference"/label: the PDF printed again, customs form included."""
    params = {"documentType": "postageLabel", "includeReturnsLabel": "false", "includeCN": "true"}
    path = f"/orders/{_named(reference)}/label"
    headers = {"Accept": "application/pdf, application/json"}
    answer = _ask(account, "GET", path, timeout_s=timeout_s, params=params, headers=headers, retry=True)
    return _checked(answer).content


def orders_since(account: CarrierAccountRef, since: date, *, timeout_s: float) -> Iterator[list[Any]]:
    """GET /orders page by page, from a day on."""
    ends_at, token = time.monotonic() + timeout_s, ""
    for _ in range(MOST_PAGES):
        params = {"pageSize": "100", "startDateTime": f"{since.isoformat()}T00:00:00Z"}
        params |= {"continuationToken": token} if token else {}
        left_s = ends_at - time.monotonic()
        document = _checked(_ask(account, "GET", "/orders", timeout_s=left_s, params=params, retry=True)).record()
        with reading("the orders of Royal Mail"):
            found = [*document["orders"]]
        yield found
        token = document.get("continuationToken") or ""
        if not token:
            return


def delete_order(account: CarrierAccountRef, identifier: int, *, timeout_s: float) -> Any:
    """DELETE an order and its label; None when there is none (any more)."""
    answer = _ask(account, "DELETE", f"/orders/{identifier}", timeout_s=timeout_s, retry=True)
    return None if missing(answer) else _checked(answer).record()


def create_manifest(account: CarrierAccountRef, *, timeout_s: float) -> Any:
    """POST /manifests: all orders with a label. Sent once; 202 means that the paper comes later."""
    carrier = account.settings.get("manifest_carrier")  # as Click & Drop names it, where it holds several
    body = {"carrierName": str(carrier)} if carrier else {}
    return _checked(_ask(account, "POST", "/manifests", timeout_s=timeout_s, json=body)).record()


def manifest(account: CarrierAccountRef, number: str, *, timeout_s: float) -> Any:
    """GET a manifest made before; None when there is none."""
    path = f"/manifests/{quote(required(number, 'manifest number'), safe='')}"
    answer = _ask(account, "GET", path, timeout_s=timeout_s, retry=True)
    return None if missing(answer) else _checked(answer).record()


def create_return(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST /returns: buys a return label. Sent once."""
    return _checked(_ask(account, "POST", "/returns", timeout_s=timeout_s, json=body)).record()


def _named(reference: str) -> str:
    """Return a reference as the path wants it: in quotes, which tell it from an order number, and encoded."""
    return quote(f'"{reference}"', safe="")


def _ask(account: CarrierAccountRef, method: str, path: str, *, timeout_s: float, **options: Any) -> Answer:
    key = required(account.credentials.get("api_key", ""), "Royal Mail API key")
    headers = {"Authorization": f"Bearer {key}", **options.pop("headers", {})}
    address = settings.ROYAL_MAIL_BASE_URL + path
    return call(f"royal_mail:{account.number}", method, address, timeout_s=timeout_s, headers=headers, **options)


_checked = partial(checked, who="Royal Mail", problem_from=problem_from)
