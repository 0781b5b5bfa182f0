"""The practice FedEx: OAuth, Rate, Ship and Track, under /fedex."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, g, request

from . import fedex_booking, fedex_tracking, pickups, uploads
from .calls import View, partner_call
from .fedex_errors import Refused, problem, refusal
from .fedex_shapes import CANCEL, CANCEL_PICKUP, PICKUP_ORDER, RATES, SHIP, TRACK, TRACK_REFERENCE, UPLOAD
from .journeys import Step
from .shapes import Record, problems_of
from .wire import NotJson, answer, read_json
from .world import Shipment, World

CARRIER = "fedex"
REFUSED_CLIENT = "refused"
TOKEN_LIFE_S = 3_599


def fedex(world: World) -> Blueprint:
    """Return the blueprint with all endpoints."""
    blueprint = Blueprint(CARRIER, __name__, url_prefix="/fedex")
    blueprint.register_error_handler(Refused, refusal)

    def endpoint(rule: str, operation: str, method: str, view: View) -> None:
        call = partner_call(world, CARRIER, operation, problem)(view)
        blueprint.add_url_rule(rule, endpoint=f"{method} {rule}".replace(".", "_"), view_func=call, methods=[method])

    endpoint("/oauth/token", "token", "POST", lambda: _token(world))
    endpoint("/rate/v1/rates/quotes", "rates", "POST", lambda: _rates(world))
    endpoint("/ship/v1/shipments", "ship", "POST", lambda: _ship(world))
    endpoint("/ship/v1/shipments/cancel", "void", "PUT", lambda: _cancel(world))
    endpoint("/pickup/v1/pickups", "pickup", "POST", lambda: _pickup(world))
    endpoint("/pickup/v1/pickups/cancel", "pickup", "PUT", lambda: _cancel_pickup(world))
    endpoint("/documents/v1/etds/upload", "upload", "POST", lambda: _upload(world))
    endpoint("/track/v1/trackingnumbers", "track", "POST", lambda: _track(world))
    endpoint("/track/v1/referencenumbers", "track", "POST", lambda: _track_reference(world))
    return blueprint


def _token(world: World) -> Response:
    form = request.form
    if form.get("grant_type") != "client_credentials" or not form.get("client_id") or not form.get("client_secret"):
        return problem(400, [("BAD.REQUEST.ERROR", "Missing or duplicate parameters.")])
    if form["client_id"] == REFUSED_CLIENT:
        return problem(401, [("NOT.AUTHORIZED.ERROR", "The given client credentials were not valid.")])
    token = secrets.token_urlsafe(32)
    world.grant(f"fedex {token}", datetime.now(UTC) + timedelta(seconds=TOKEN_LIFE_S))
    return answer({"access_token": token, "token_type": "bearer", "expires_in": TOKEN_LIFE_S, "scope": "CXS"})


def _check_token(world: World) -> None:
    """Raise Refused with 401 without a token in force."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    until = world.token_expiry(f"fedex {token}") if scheme.lower() == "bearer" else None
    if until is None or until <= datetime.now(UTC):
        raise Refused(
            [("NOT.AUTHORIZED.ERROR", "Access token expired. Please modify your request and try again.")], 401
        )


def _checked(world: World, shape: Record, body: bytes | None = None) -> dict[str, Any]:
    """Return the request's document. Raises Refused: 401 without a token in force, 400 and 422 for a bad body."""
    _check_token(world)
    try:
        document = read_json(request.get_data() if body is None else body)
    except NotJson as error:
        raise Refused([("BAD.REQUEST.ERROR", "The request body is not well-formed JSON.")]) from error
    found = problems_of(document, shape)
    if found:
        raise Refused([("INVALID.INPUT.EXCEPTION", text) for text in found[:10]])
    return document


def _output(output: dict[str, Any]) -> Response:
    body: dict[str, Any] = {"transactionId": str(uuid.uuid4()), "output": output}
    customer = request.headers.get("x-customer-transaction-id")
    return answer(body | ({"customerTransactionId": customer} if customer else {}))


def _rates(world: World) -> Response:
    return _output(fedex_booking.rates_answer(_checked(world, RATES)))


def _ship(world: World) -> Response:
    document = _checked(world, SHIP)
    found = list(fedex_booking.booking_problems(document))
    if found:
        raise Refused(found)
    shipment = fedex_booking.book(world, document, request.headers.get("x-customer-transaction-id"))
    return _output(fedex_booking.ship_answer(shipment))


def _cancel(world: World) -> Response:
    document = _checked(world, CANCEL)
    shipment = world.find(CARRIER, document["trackingNumber"])
    if shipment is None or shipment.voided:
        raise Refused([("TRACKINGNUMBER.NOT.FOUND", "Unable to cancel: the tracking number was not found.")])
    if any(scan.step is Step.PICKED_UP for scan in shipment.scans(world.clock.now())):
        raise Refused([("SHIPMENT.CANCEL.DENIED", "The shipment is already in FedEx possession.")])
    shipment.voided, shipment.voided_at = True, world.clock.now()
    return _output(
        {"cancelledShipment": True, "cancelledHistory": True, "message": "Shipment is successfully cancelled"}
    )


def _upload(world: World) -> Response:
    """Keep a file that came in two parts: what it is, and itself."""
    file = request.files.get("attachment")
    if request.mimetype != "multipart/form-data" or file is None:
        raise Refused([("FILE.INPUT.INVALID", "Invalid request: no file information.")])
    meta = _checked(world, UPLOAD, request.form.get("document", "").encode())["meta"]
    shipment = world.find(CARRIER, meta["trackingNumber"])
    if shipment is None:
        raise Refused([("TRACKINGNUMBER.NOT.FOUND", "The tracking number of the document was not found.")])
    try:
        content = uploads.checked(file.read())
    except uploads.NoPaper as error:
        raise Refused([("FILE.INPUT.INVALID", f"Invalid request: {error}.")]) from error
    number = secrets.token_hex(8)
    uploads.keep(world, uploads.Upload(CARRIER, number, shipment.number, content))
    return answer({"output": {"meta": {"documentType": "CI", "docId": number, "folderId": ["0b0493e580dc1a1b"]}}}, 201)


def _pickup(world: World) -> Response:
    document = _checked(world, PICKUP_ORDER)
    day = document["originDetail"]["readyDateTimestamp"][:10]
    number = f"CNA{secrets.randbelow(9_000_000) + 1_000_000}"
    pickups.book(world, carrier=CARRIER, number=number, day=day, parcels=document["packageCount"])
    return _output({"pickupConfirmationCode": number, "location": "MEMH", "message": "Courier on the way"})


def _cancel_pickup(world: World) -> Response:
    document = _checked(world, CANCEL_PICKUP)
    found = pickups.find(world, CARRIER, document["pickupConfirmationCode"])
    if found is None or found.day != document["scheduledDate"]:
        raise Refused([("PICKUP.NOT.FOUND", "No pickup was found for the confirmation number and date.")])
    if found.cancelled:
        raise Refused([("PICKUP.ALREADY.CANCELLED", "The pickup has already been cancelled.")])
    found.cancelled = True
    said = "Requested pickup has been cancelled Successfully."
    return _output({"pickupConfirmationCode": found.number, "cancelConfirmationMessage": said})


def _track(world: World) -> Response:
    document = _checked(world, TRACK)
    numbers = [entry["trackingNumberInfo"]["trackingNumber"] for entry in document["trackingInfo"]]
    results = [_result(world, number, document["includeDetailedScans"]) for number in numbers]
    return _output({"completeTrackResults": results})


def _result(world: World, number: str, scans: bool) -> dict[str, Any]:
    shipment = world.find(CARRIER, number)
    if shipment is None:
        # FedEx answers 200 and puts the error beside the number.
        text = "Tracking number cannot be found. Please correct the tracking number and try again."
        missing = {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": text}
        return {
            "trackingNumber": number,
            "trackResults": [{"trackingNumberInfo": {"trackingNumber": number}, "error": missing}],
        }
    piece = next(piece for piece in shipment.pieces if piece.number == number)
    result = fedex_tracking.tracked(shipment, piece, world.clock.now(), scans=scans, shapings=g.shapings)
    return {"trackingNumber": number, "trackResults": [result]}


def _track_reference(world: World) -> Response:
    document = _checked(world, TRACK_REFERENCE)
    asked = document["referencesInformation"]
    first, last = (date.fromisoformat(asked[name]) for name in ("shipDateBegin", "shipDateEndDate"))

    def fits(shipment: Shipment) -> bool:
        named = any(value == asked["value"] for _, value in shipment.all_references())
        booked = (shipment.booked_at.date(), shipment.booked_really_at.date())
        account = asked.get("accountNumber") in (None, shipment.account)
        return named and account and any(first <= day <= last for day in booked)

    found = world.search(CARRIER, fits)
    if not found:
        return problem(404, [("TRACKING.REFERENCENUMBER.NOTFOUND", "Reference number cannot be found.")])
    scans = document.get("includeDetailedScans", False)
    return _output({"completeTrackResults": [_result(world, shipment.number, scans) for shipment in found]})
