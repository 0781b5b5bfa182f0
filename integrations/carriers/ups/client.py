"""HTTP to UPS: one function per endpoint. Source: https://developer.ups.com/api/reference"""

import time
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.conf import settings

from integrations.carriers.ups.mapping import (
    RATING_OPTION,
    check_pickup_cancelled,
    check_voided,
    is_cancelled_already,
    is_void_already,
    problem_from,
)
from integrations.kit.fields import required
from integrations.kit.http import Answer, call
from integrations.kit.oauth import Token, token_key, with_token
from integrations.kit.reading import checked, missing, problem_in, token_in
from shipsmart.ports import CarrierAccountRef

VERSION = "v2409"
PAPERLESS = "/api/paperlessdocuments/v2"
SOURCE = "shipsmart"
TRANSACTION_LENGTH = 32


def shop(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST Rating Shop with transit times: a question, so it may be asked twice."""
    path = f"/api/rating/{VERSION}/{RATING_OPTION}"
    return _checked(_ask(account, "POST", path, timeout_s=timeout_s, json=body, retry=True)).record()


def ship(account: CarrierAccountRef, body: Mapping[str, Any], *, reference: str, timeout_s: float) -> Any:
    """POST Shipping: buys. Sent once; a broken line leaves the outcome unknown."""
    path = f"/api/shipments/{VERSION}/ship"
    return _checked(_ask(account, "POST", path, timeout_s=timeout_s, transaction=reference, json=body)).record()


def recover_label(account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> Any:
    """POST Label Recovery: prints a bought label again, changes nothing."""
    body = {
        "LabelRecoveryRequest": {
            "Request": {"RequestOption": "Non_Validate", "SubVersion": "1903"},
            "LabelSpecification": {"LabelImageFormat": {"Code": "PDF"}},
            "TrackingNumber": waybill,
        }
    }
    path = f"/api/labels/{VERSION}/recovery"
    return _checked(_ask(account, "POST", path, timeout_s=timeout_s, json=body, retry=True)).record()


def void(account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> None:
    """DELETE a shipment that was not picked up. A second try of the same is answered "already voided": that is fine."""
    path = f"/api/shipments/{VERSION}/void/cancel/{quote(required(waybill, 'waybill'), safe='')}"
    answer = _ask(account, "DELETE", path, timeout_s=timeout_s, retry=True)
    if answer.ok or not is_void_already(_problem(answer)):
        check_voided(_checked(answer).record())


def book_pickup(account: CarrierAccountRef, body: Mapping[str, Any], *, reference: str, timeout_s: float) -> Any:
    """POST Pickup Creation: sends a courier. Sent once; a broken line leaves the outcome unknown."""
    path = f"/api/pickupcreation/{VERSION}/pickup"
    return _checked(_ask(account, "POST", path, timeout_s=timeout_s, transaction=reference, json=body)).record()


def cancel_pickup(account: CarrierAccountRef, number: str, *, timeout_s: float) -> None:
    """DELETE a pick-up by its number (02); one that is cancelled already is no error."""
    path = f"/api/shipments/{VERSION}/pickup/02"
    headers = {"Prn": required(number, "pick-up number")}
    answer = _ask(account, "DELETE", path, timeout_s=timeout_s, headers=headers, retry=True)
    if answer.ok or not is_cancelled_already(_problem(answer)):
        check_pickup_cancelled(_checked(answer).record())


def upload_form(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST Paperless upload: keeps a file in Forms History; one more copy there harms nobody."""
    return _form(account, "upload", body, timeout_s=timeout_s)


def push_form(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST Paperless image: lays an uploaded file to a shipment; the same file again changes nothing."""
    return _form(account, "image", body, timeout_s=timeout_s)


def _form(account: CarrierAccountRef, step: str, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    path, headers = f"{PAPERLESS}/{step}", {"ShipperNumber": account.number}
    answer = _ask(account, "POST", path, timeout_s=timeout_s, json=body, headers=headers, retry=True)
    return _checked(answer).record()


def landed_cost(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST Landed Cost: a question, so it may be asked twice."""
    path = "/api/landedcost/v1/quotes"
    return _checked(_ask(account, "POST", path, timeout_s=timeout_s, json=body, retry=True)).record()


def track(account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> Any:
    """GET tracking details; None when UPS does not know the number yet."""
    path = f"/api/track/v1/details/{quote(required(waybill, 'waybill'), safe='')}"
    return _found(_ask(account, "GET", path, timeout_s=timeout_s, params={"locale": "en_US"}, retry=True))


def subscribe(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST Track Alert: done twice it is the same subscription, so it may be asked twice."""
    path = "/api/track/v2/subscription/standard/package"
    return _checked(_ask(account, "POST", path, timeout_s=timeout_s, json=body, retry=True)).record()


def track_reference(account: CarrierAccountRef, *, reference: str, span: tuple[date, date], timeout_s: float) -> Any:
    """GET tracking by the shipper's reference within a span of days; None when UPS knows none."""
    params = {
        "locale": "en_US",
        "fromPickUpDate": f"{span[0]:%Y%m%d}",
        "toPickUpDate": f"{span[1]:%Y%m%d}",
        "shipperNum": account.number,
        "refNumType": "SmallPackage",
    }
    path = f"/api/track/v1/reference/details/{quote(reference, safe='')}"
    return _found(_ask(account, "GET", path, timeout_s=timeout_s, params=params, retry=True))


def _ask(account: CarrierAccountRef, method: str, path: str, *, timeout_s: float, **options: Any) -> Answer:
    transaction = str(options.pop("transaction", "") or uuid4().hex)[:TRANSACTION_LENGTH]
    more = options.pop("headers", {})
    client_id = required(account.credentials.get("client_id", ""), "UPS client id")
    secret = required(account.credentials.get("client_secret", ""), "UPS client secret")
    ends_at = time.monotonic() + timeout_s  # over token and question together

    def send(access: str) -> Answer:
        headers = {**more, "Authorization": f"Bearer {access}", "transId": transaction, "transactionSrc": SOURCE}
        address, left_s = settings.UPS_BASE_URL + path, ends_at - time.monotonic()
        return call(f"ups:{account.number}", method, address, timeout_s=left_s, headers=headers, **options)

    return with_token(
        token_key("ups", client_id, secret),
        lambda: _fetch_token(account, client_id, secret, ends_at - time.monotonic()),
        send,
    )


def _fetch_token(account: CarrierAccountRef, client_id: str, secret: str, timeout_s: float) -> Token:
    answer = call(
        f"ups:{account.number}",
        "POST",
        f"{settings.UPS_BASE_URL}/security/v1/oauth/token",
        timeout_s=timeout_s,
        headers={"x-merchant-id": account.number},
        data={"grant_type": "client_credentials"},
        auth=(client_id, secret),
        retry=True,
    )
    return token_in(_checked(answer).record(), "UPS")


def _found(answer: Answer) -> Any:
    return None if missing(answer) else _checked(answer).record()


_checked = partial(checked, who="UPS", problem_from=problem_from)
_problem = partial(problem_in, problem_from=problem_from)
