"""HTTP to USPS: one function per endpoint. Source: https://developers.usps.com/apis"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from django.conf import settings

from integrations.carriers.usps.mapping import idempotency_key, is_void_already, problem_from
from integrations.kit.fields import required
from integrations.kit.http import Answer, call
from integrations.kit.oauth import Token, token_key, with_token
from integrations.kit.reading import checked, missing, number, problem_in, reading, said_so, token_in
from shipsmart.ports import CarrierAccountRef

LABELS = "/international-labels/v3"
AS_JSON = {"Accept": "application/vnd.usps.labels+json"}  # the default is multipart
PICKUPS = "/pickup/v3/carrier-pickup"
PAYMENT_TOKEN_S = 8 * 3600.0
VOIDED = ("CANCELED", "DISPUTED")  # disputed: its postage is asked back


def prices(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST total rates: a question, so it may be asked twice."""
    path = "/international-prices/v3/total-rates/search"
    return _checked(_ask(account, "POST", path, timeout_s=timeout_s, json=body, retry=True)).record()


def create_label(account: CarrierAccountRef, body: Mapping[str, Any], *, reference: str, timeout_s: float) -> Any:
    """POST international label: buys, once per reference; a broken line leaves the outcome unknown."""
    headers = AS_JSON | {"X-Idempotency-Key": idempotency_key(account, reference)}
    path = f"{LABELS}/international-label"
    return _checked(_pay(account, "POST", path, timeout_s=timeout_s, json=body, headers=headers)).record()


def reprint(account: CarrierAccountRef, image: Mapping[str, Any], *, reference: str, timeout_s: float) -> Any:
    """POST reprint by our reference; None when USPS made no label under it. USPS prints one three times at most."""
    headers = AS_JSON | {"X-Idempotency-Key": idempotency_key(account, reference)}
    body = {"imageInfo": image}
    answer = _pay(account, "POST", f"{LABELS}/international-label-reprint", timeout_s=timeout_s, json=body,
                  headers=headers)  # fmt: skip
    return None if missing(answer) else _checked(answer).record()


def cancel(account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> None:
    """DELETE a label, or ask for its postage back where it was manifested; done twice is no error."""
    path = f"{LABELS}/international-label/{quote(required(waybill, 'waybill'), safe='')}"
    answer = _pay(account, "DELETE", path, timeout_s=timeout_s, retry=True)
    if answer.ok or not is_void_already(_problem(answer)):
        said_so(_checked(answer).record().get("status") in VOIDED, f"cancelling {waybill} with USPS")


def scan_form(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST SCAN form: puts labels onto one form. Sent once; a broken line leaves the outcome unknown."""
    answer = _ask(account, "POST", "/scan-forms/v3/scan-form", timeout_s=timeout_s, json=body, headers=AS_JSON)
    return _checked(answer).record()


def book_pickup(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST carrier pick-up. Sent once; a broken line leaves the outcome unknown."""
    return _checked(_ask(account, "POST", PICKUPS, timeout_s=timeout_s, json=body)).record()


def cancel_pickup(account: CarrierAccountRef, confirmation: str, *, timeout_s: float) -> None:
    """DELETE a pick-up with the entity tag that GET shows; one that is cancelled already is no error.

    The tag is good for one deletion, so a second of the same does nothing: it may be asked for twice.
    """
    path = f"{PICKUPS}/{quote(required(confirmation, 'pick-up number'), safe='')}"
    shown = _ask(account, "GET", path, timeout_s=timeout_s / 2, retry=True)
    if missing(shown) or (not shown.ok and is_void_already(_problem(shown))):
        return
    tag = _checked(shown).headers.get("ETag", "")
    said_so(tag, "showing the pick-up of USPS with its entity tag")
    gone = _ask(account, "DELETE", path, timeout_s=timeout_s / 2, headers={"If-Match": tag}, retry=True)
    if not missing(gone) and (gone.ok or not is_void_already(_problem(gone))):
        _checked(gone)


def track(account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> Any:
    """GET the scans; None when USPS does not know the number yet."""
    path = f"/tracking/v3/tracking/{quote(required(waybill, 'waybill'), safe='')}"
    answer = _ask(account, "GET", path, timeout_s=timeout_s, params={"expand": "DETAIL"}, retry=True)
    return None if missing(answer) else _checked(answer).record()


def _ask(account: CarrierAccountRef, method: str, path: str, *, timeout_s: float, **options: Any) -> Answer:
    ends_at = time.monotonic() + timeout_s  # over tokens and question together
    return _signed(account, ends_at, lambda access: _send(account, method, path, access, ends_at, options))


def _pay(account: CarrierAccountRef, method: str, path: str, *, timeout_s: float, **options: Any) -> Answer:
    """Send what needs the payer's token beside the caller's."""
    ends_at = time.monotonic() + timeout_s
    key = token_key("usps payment", account.number, account.credentials.get("client_secret", ""))

    def send(payment: str) -> Answer:
        headers = {**options.get("headers", {}), "X-Payment-Authorization-Token": payment}
        paid = {**options, "headers": headers}
        return _signed(account, ends_at, lambda access: _send(account, method, path, access, ends_at, paid))

    return with_token(key, lambda: _payment_token(account, ends_at), send)


def _send(
    account: CarrierAccountRef, method: str, path: str, access: str, ends_at: float, options: Mapping[str, Any]
) -> Answer:
    headers = {**options.get("headers", {}), "Authorization": f"Bearer {access}"}
    sent: Any = {**options, "headers": headers}
    left_s = ends_at - time.monotonic()
    return call(f"usps:{account.number}", method, settings.USPS_BASE_URL + path, timeout_s=left_s, **sent)


def _signed(account: CarrierAccountRef, ends_at: float, send: Callable[[str], Answer]) -> Answer:
    client_id = required(account.credentials.get("client_id", ""), "USPS client id")
    secret = required(account.credentials.get("client_secret", ""), "USPS client secret")
    key = token_key("usps", client_id, secret)
    return with_token(key, lambda: _access_token(account, client_id, secret, ends_at - time.monotonic()), send)


def _access_token(account: CarrierAccountRef, client_id: str, secret: str, timeout_s: float) -> Token:
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    address = f"{settings.USPS_BASE_URL}/oauth2/v3/token"
    answer = call(f"usps:{account.number}", "POST", address, timeout_s=timeout_s, json=body, retry=True)
    return token_in(_checked(answer).record(), "USPS")


def _payment_token(account: CarrierAccountRef, ends_at: float) -> Token:
    """POST payment authorization for the one company that owns the label and pays for it."""
    role = {
        "CRID": required(str(account.settings.get("crid", "")), "USPS CRID"),
        "MID": required(str(account.settings.get("mid", "")), "USPS MID"),
        "accountType": str(account.settings.get("account_type", "EPS")),
        "accountNumber": required(account.number, "account number"),
    }
    owner = {"manifestMID": str(account.settings.get("manifest_mid") or role["MID"])}
    body = {"roles": [{"roleName": "PAYER", **role}, {"roleName": "LABEL_OWNER", **role, **owner}]}
    path, left_s = "/payments/v3/payment-authorization", ends_at - time.monotonic()
    answer = _checked(_ask(account, "POST", path, timeout_s=left_s, json=body, retry=True))
    with reading("the payment token of USPS"):
        return Token(number(answer.record()["paymentAuthorizationToken"]), PAYMENT_TOKEN_S)


_checked = partial(checked, who="USPS", problem_from=problem_from)
_problem = partial(problem_in, problem_from=problem_from)
