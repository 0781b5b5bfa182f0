"""HTTP to FedEx: one function per endpoint. Source: https://developer.fedex.com/api/en-us/catalog.html"""

import time
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import msgspec
from django.conf import settings
from urllib3 import encode_multipart_formdata

from integrations.carriers.fedex.mapping import is_cancelled_already, problem_from
from integrations.kit.fields import required
from integrations.kit.http import Answer, Options, call
from integrations.kit.oauth import Token, token_key, with_token
from integrations.kit.reading import checked, missing, problem_in, said_so, token_in
from shipsmart.ports import CarrierAccountRef

TRANSACTION_LENGTH = 40


def rates(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST Rate: a question, so it may be asked twice."""
    return _checked(_ask(account, "/rate/v1/rates/quotes", body, timeout_s=timeout_s, retry=True)).record()


def create_shipment(account: CarrierAccountRef, body: Mapping[str, Any], *, reference: str, timeout_s: float) -> Any:
    """POST Ship: buys. Sent once; a broken line leaves the outcome unknown."""
    answer = _ask(account, "/ship/v1/shipments", body, timeout_s=timeout_s, transaction=reference)
    return _checked(answer).record()


def track(account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> Any:
    """POST Track by number: a question, although it is a POST; None when FedEx does not know the number yet."""
    number = required(waybill, "waybill")
    body = {"includeDetailedScans": True, "trackingInfo": [{"trackingNumberInfo": {"trackingNumber": number}}]}
    return _found(_ask(account, "/track/v1/trackingnumbers", body, timeout_s=timeout_s, retry=True))


def track_reference(account: CarrierAccountRef, *, reference: str, span: tuple[date, date], timeout_s: float) -> Any:
    """POST Track by the shipper's reference within a span of days; None when FedEx knows none."""
    asked = {
        "type": "CUSTOMER_REFERENCE",
        "value": reference,
        "accountNumber": account.number,
        "shipDateBegin": span[0].isoformat(),
        "shipDateEndDate": span[1].isoformat(),
    }
    body = {"referencesInformation": asked, "includeDetailedScans": False}
    return _found(_ask(account, "/track/v1/referencenumbers", body, timeout_s=timeout_s, retry=True))


def cancel(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """PUT Cancel: done twice it is refused the second time, so it may be asked twice."""
    return _checked(
        _ask(account, "/ship/v1/shipments/cancel", body, timeout_s=timeout_s, method="PUT", retry=True)
    ).record()


def book_pickup(account: CarrierAccountRef, body: Mapping[str, Any], *, reference: str, timeout_s: float) -> Any:
    """POST Pickup: sends a courier. Sent once; a broken line leaves the outcome unknown."""
    return _checked(_ask(account, "/pickup/v1/pickups", body, timeout_s=timeout_s, transaction=reference)).record()


def cancel_pickup(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> None:
    """PUT Cancel Pickup; one that is cancelled already is no error."""
    answer = _ask(account, "/pickup/v1/pickups/cancel", body, timeout_s=timeout_s, method="PUT", retry=True)
    if not answer.ok and is_cancelled_already(_problem(answer)):
        return
    output = _checked(answer).record().get("output")
    said = output if isinstance(output, Mapping) else {}
    named = said.get("pickupConfirmationCode") or said.get("cancelConfirmationMessage")
    said_so(named, "cancelling the pick-up with FedEx")


def upload_document(
    account: CarrierAccountRef, document: Mapping[str, Any], content: bytes, *, timeout_s: float
) -> Any:
    """POST Upload Documents, two parts: what the file is, and the file. One more copy at FedEx harms nobody."""
    parts: dict[str, tuple[str | None, str | bytes, str]] = {
        "document": (None, msgspec.json.encode(document), "application/json"),
        "attachment": (str(document["name"]), content, str(document["contentType"])),
    }
    body, media_type = encode_multipart_formdata(parts)
    path = "/documents/v1/etds/upload"
    return _checked(_ask(account, path, body, timeout_s=timeout_s, media_type=media_type, retry=True)).record()


def _ask(
    account: CarrierAccountRef, path: str, body: Mapping[str, Any] | bytes, *, timeout_s: float, **options: Any
) -> Answer:
    transaction, method = options.get("transaction", ""), options.get("method", "POST")
    retry = options.get("retry", False)
    client_id = required(account.credentials.get("client_id", ""), "FedEx client id")
    secret = required(account.credentials.get("client_secret", ""), "FedEx client secret")
    ends_at = time.monotonic() + timeout_s  # over token and question together

    def send(access: str) -> Answer:
        headers = {"Authorization": f"Bearer {access}", "x-locale": "en_US"}
        if transaction:
            headers["x-customer-transaction-id"] = transaction[:TRANSACTION_LENGTH]
        sent = Options(headers=headers, retry=retry)
        if isinstance(body, bytes):
            sent["data"] = body
            headers["Content-Type"] = options["media_type"]
        else:
            sent["json"] = body
        address, left_s = settings.FEDEX_BASE_URL + path, ends_at - time.monotonic()
        return call(f"fedex:{account.number}", method, address, timeout_s=left_s, **sent)

    return with_token(
        token_key("fedex", client_id, secret),
        lambda: _fetch_token(account, client_id, secret, ends_at - time.monotonic()),
        send,
    )


def _fetch_token(account: CarrierAccountRef, client_id: str, secret: str, timeout_s: float) -> Token:
    answer = call(
        f"fedex:{account.number}",
        "POST",
        f"{settings.FEDEX_BASE_URL}/oauth/token",
        timeout_s=timeout_s,
        data={"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret},
        retry=True,
    )
    return token_in(_checked(answer).record(), "FedEx")


def _found(answer: Answer) -> Any:
    return None if missing(answer) else _checked(answer).record()


_checked = partial(checked, who="FedEx", problem_from=problem_from)
_problem = partial(problem_in, problem_from=problem_from)
