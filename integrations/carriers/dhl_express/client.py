"""HTTP to MyDHL API 3.1: one function per endpoint. Source: https://developer.dhl.com/api-reference/dhl-express-mydhl-api"""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote

from django.conf import settings

from integrations.carriers.dhl_express.mapping import problem_from
from integrations.kit.fields import required
from integrations.kit.http import Answer, Options, call
from integrations.kit.reading import checked, missing, said_so
from shipsmart.ports import CarrierAccountRef

SHORTEST_REFERENCE = 28
INTERFACE = "3.1.0"  # the description demands the header and forbids another value


def rates(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST /rates: a question, so it may be asked twice."""
    return _checked(_ask(account, "POST", "/rates", timeout_s=timeout_s, json=body, retry=True)).record()


def create_shipment(account: CarrierAccountRef, body: Mapping[str, Any], *, reference: str, timeout_s: float) -> Any:
    """POST /shipments: buys. Sent once; a broken line leaves the outcome unknown."""
    headers = {"Message-Reference": f"shipsmart-{reference}".ljust(SHORTEST_REFERENCE, "-")[:36]}
    return _checked(_ask(account, "POST", "/shipments", timeout_s=timeout_s, json=body, headers=headers)).record()


def landed_cost(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST /landed-cost: a question, so it may be asked twice."""
    return _checked(_ask(account, "POST", "/landed-cost", timeout_s=timeout_s, json=body, retry=True)).record()


def book_pickup(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST /pickups: sends a courier. Sent once; a broken line leaves the outcome unknown."""
    return _checked(_ask(account, "POST", "/pickups", timeout_s=timeout_s, json=body)).record()


def cancel_pickup(account: CarrierAccountRef, number: str, *, requestor: str, timeout_s: float) -> None:
    """DELETE /pickups/{number}; one that is gone already (404) is no error."""
    path = f"/pickups/{quote(required(number, 'pick-up number'), safe='')}"
    params = {"requestorName": required(requestor, "pick-up address name"), "reason": "cancelled by the shipper"}
    answer = _ask(account, "DELETE", path, timeout_s=timeout_s, params=params, retry=True)
    if not missing(answer) and _checked(answer).content.strip():
        # DHL says nothing when it is done; a page says that somebody else answered.
        problem = problem_from(answer.record())
        said_so(not problem, f"cancelling the pick-up with DHL Express ({problem})")


def upload_image(account: CarrierAccountRef, waybill: str, body: Mapping[str, Any], *, timeout_s: float) -> None:
    """PATCH /shipments/{waybill}/upload-image: the same file again replaces it, so it may be sent twice."""
    path = f"/shipments/{quote(required(waybill, 'waybill'), safe='')}/upload-image"
    answer = _checked(_ask(account, "PATCH", path, timeout_s=timeout_s, json=body, retry=True))
    if answer.content.strip():
        # DHL says nothing when it is done; a page says that somebody else answered.
        problem = problem_from(answer.record())
        said_so(not problem, f"sending the invoice to DHL Express ({problem})")


def tracking(account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> Any:
    """GET /shipments/{waybill}/tracking with each event's time zone; None when DHL does not know the number yet."""
    answer = _ask(
        account,
        "GET",
        f"/shipments/{required(waybill, 'waybill')}/tracking",
        timeout_s=timeout_s,
        params={"trackingView": "all-checkpoints", "levelOfDetail": "shipment", "requestGMTOffsetPerEvent": "true"},
        retry=True,
    )
    return None if missing(answer) else _checked(answer).record()


def tracking_by_reference(
    account: CarrierAccountRef, *, reference: str, span: tuple[date, date], view: str, timeout_s: float
) -> Any:
    """GET /tracking by the shipper's reference within a span of days; None when DHL knows none."""
    params = {
        "shipmentReference": reference,
        "shipmentReferenceType": "CU",
        "shipperAccountNumber": account.number,
        "dateRangeFrom": span[0].isoformat(),
        "dateRangeTo": span[1].isoformat(),
        "trackingView": view,
        "levelOfDetail": "shipment",
    }
    answer = _ask(account, "GET", "/tracking", timeout_s=timeout_s, params=params, retry=True)
    return None if missing(answer) else _checked(answer).record()


def _ask(account: CarrierAccountRef, method: str, path: str, *, timeout_s: float, **options: Any) -> Answer:
    credentials = (
        required(account.credentials.get("username", ""), "DHL Express username"),
        required(account.credentials.get("password", ""), "DHL Express password"),
    )
    headers = {"x-version": INTERFACE, **options.pop("headers", {})}
    sent = Options(auth=credentials, headers=headers, **options)
    return call(
        f"dhl_express:{account.number}", method, settings.DHL_EXPRESS_BASE_URL + path, timeout_s=timeout_s, **sent
    )


_checked = partial(checked, who="DHL Express", problem_from=problem_from)
