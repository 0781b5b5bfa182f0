"""The practice UPS: OAuth, Rating, Shipping, Tracking and Landed Cost, under /ups."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Response, g, request

from . import pickups, ups_alert, ups_booking, ups_forms, ups_rating, ups_recovery, ups_tracking
from .calls import View, partner_call
from .journeys import Step
from .shapes import Record, problems_of
from .ups_errors import Refused, problem, refusal
from .ups_shapes import FORM, FORM_PUSH, LANDED_COST, PICKUP, RATE, SHIP, SUBSCRIPTION
from .wire import NotJson, answer, read_json
from .world import Shipment, World

CARRIER = "ups"
REFUSED_CLIENT = "refused"
TOKEN_LIFE_S = 14_399
_OPTIONS = {"rate", "shop", "ratetimeintransit", "shoptimeintransit"}


def ups(world: World) -> Blueprint:
    """Return the blueprint with all endpoints."""
    blueprint = Blueprint(CARRIER, __name__, url_prefix="/ups")
    blueprint.register_error_handler(Refused, refusal)

    def endpoint(rule: str, operation: str, method: str, view: View) -> None:
        call = partner_call(world, CARRIER, operation, problem)(view)
        blueprint.add_url_rule(rule, endpoint=f"{method} {rule}".replace(".", "_"), view_func=call, methods=[method])

    def guarded(view: View) -> View:
        def call(**path: Any) -> Response:
            _check_token(world)
            return view(**path)

        return call

    endpoint("/security/v1/oauth/token", "token", "POST", lambda: _token(world))
    endpoint("/api/rating/<version>/<option>", "rates", "POST", guarded(_rate))
    endpoint("/api/shipments/<version>/ship", "ship", "POST", guarded(lambda version: _ship(world)))
    void = "/api/shipments/<version>/void/cancel/<number>"
    endpoint(void, "void", "DELETE", guarded(lambda version, number: _void(world, number)))
    endpoint("/api/track/v1/details/<number>", "track", "GET", guarded(lambda number: _track(world, number)))
    endpoint("/api/labels/<version>/recovery", "recover", "POST", guarded(lambda version: _recover(world)))
    by_reference = "/api/track/v1/reference/details/<reference>"
    endpoint(by_reference, "track", "GET", guarded(lambda reference: _track_reference(world, reference)))
    endpoint("/api/pickupcreation/<version>/pickup", "pickup", "POST", guarded(lambda version: _pickup(world)))
    cancel = "/api/shipments/<version>/pickup/<by>"
    endpoint(cancel, "pickup", "DELETE", guarded(lambda version, by: _cancel_pickup(world, by)))
    endpoint(
        "/api/track/<version>/subscription/<kind>/package", "subscribe", "POST", guarded(partial(_subscribe, world))
    )
    forms = "/api/paperlessdocuments/<version>"
    endpoint(f"{forms}/upload", "upload", "POST", guarded(lambda version: ups_forms.upload(world, _checked(FORM))))
    endpoint(f"{forms}/image", "upload", "POST", guarded(lambda version: ups_forms.push(world, _checked(FORM_PUSH))))
    endpoint("/api/landedcost/<version>/quotes", "landed_cost", "POST", guarded(_landed_cost))
    return blueprint


def _token(world: World) -> Response:
    login = request.authorization
    if login is None or login.type != "basic" or not login.username or not login.password:
        return problem(401, [("10400", "Invalid/Missing Authorization Header")])
    if login.username == REFUSED_CLIENT:
        return problem(401, [("10401", "ClientId is Invalid")])
    if request.form.get("grant_type") != "client_credentials":
        return problem(400, [("10400", "Invalid/Missing grant_type")])
    token = secrets.token_urlsafe(32)
    world.grant(token, datetime.now(UTC) + timedelta(seconds=TOKEN_LIFE_S))
    body = {
        "token_type": "Bearer",
        "issued_at": str(int(time.time() * 1000)),
        "client_id": login.username,
        "access_token": token,
        "expires_in": str(TOKEN_LIFE_S),
        "status": "approved",
    }
    return answer(body)


def _check_token(world: World) -> None:
    """Raise Refused with 401 without a token in force; tokens age by the real clock."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    until = world.token_expiry(token) if scheme.lower() == "bearer" else None
    if until is None or until <= datetime.now(UTC):
        raise Refused([("250002", "Invalid Authentication Information.")], 401)


def _checked(shape: Record) -> dict[str, Any]:
    """Return the request's document. Raises Refused when it is not JSON or breaks the shape."""
    try:
        document = read_json(request.get_data())
    except NotJson as error:
        raise Refused([("9110001", "The request body is not well-formed JSON.")]) from error
    found = problems_of(document, shape)
    if found:
        raise Refused(ups_booking.shape_errors(found))
    return document


def _rate(version: str, option: str) -> Response:
    if option.lower() not in _OPTIONS:
        raise Refused([("111050", f"Invalid request option {option} for version {version}.")])
    if request.args.get("additionalinfo") == "timeintransit" and not option.lower().endswith("timeintransit"):
        option += "timeintransit"
    return answer(ups_rating.rate_answer(_checked(RATE), option))


def _ship(world: World) -> Response:
    document = _checked(SHIP)
    found = ups_booking.booking_problems(document)
    if found:
        raise Refused(found)
    shipment = ups_booking.book(world, document, request.headers.get("transId"))
    return answer(ups_booking.ship_answer(shipment))


def _recover(world: World) -> Response:
    return answer(ups_recovery.recover(world, _checked(Record({}, closed=False))))


def _void(world: World, number: str) -> Response:
    shipment = world.find(CARRIER, number)
    if shipment is None:
        raise Refused([("190102", "No shipment found within the allowed void period")])
    if shipment.voided:
        raise Refused([("190101", "The shipment has already been voided")])
    if any(scan.step is Step.PICKED_UP for scan in shipment.scans(world.clock.now())):
        raise Refused([("190117", "Time for voiding has expired.")])
    shipment.voided = True
    done = {"Code": "1", "Description": "Voided"}
    body = {
        "Response": {"ResponseStatus": {"Code": "1", "Description": "Success"}},
        "SummaryResult": {"Status": done},
        "PackageLevelResults": [{"TrackingNumber": piece.number, "Status": done} for piece in shipment.pieces],
    }
    return answer({"VoidShipmentResponse": body})


def _track(world: World, number: str) -> Response:
    _check_tracking_headers()
    shipment = world.find(CARRIER, number)
    if shipment is None:
        return problem(404)
    return answer({"trackResponse": {"shipment": [_shipment(world, shipment, number)]}})


def _track_reference(world: World, reference: str) -> Response:
    _check_tracking_headers()
    account = request.args.get("shipperNum")
    until = _day("toPickUpDate") or max(datetime.now(UTC), world.clock.now()).date()
    since = _day("fromPickUpDate") or datetime.now(UTC).date() - timedelta(days=14)

    def fits(shipment: Shipment) -> bool:
        named = any(value == reference for _, value in shipment.all_references())
        booked = (shipment.booked_at.date(), shipment.booked_really_at.date())
        return named and account in (None, shipment.account) and any(since <= day <= until for day in booked)

    found = world.search(CARRIER, fits)
    if not found:
        return problem(404)
    return answer({"trackResponse": {"shipment": [_shipment(world, s, s.number) for s in found]}})


def _check_tracking_headers() -> None:
    missing = [name for name in ("transId", "transactionSrc") if not request.headers.get(name)]
    if missing:
        raise Refused([("TV1001", f"Missing header {name}") for name in missing])


def _day(name: str) -> Any:
    text = request.args.get(name)
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date() if text else None
    except ValueError as error:
        raise Refused([("TV1003", f"{name} must be YYYYMMDD, not {text}")]) from error


def _shipment(world: World, shipment: Shipment, inquiry: str) -> dict[str, Any]:
    now = world.clock.now()
    # Asked for one package UPS answers that one; asked for the shipment it answers the lead package first.
    pieces = [piece for piece in shipment.pieces if piece.number == inquiry] or shipment.pieces
    return {
        "inquiryNumber": inquiry,
        "package": [ups_tracking.tracked(shipment, piece, now, g.shapings) for piece in pieces],
    }


def _pickup(world: World) -> Response:
    asked = _checked(PICKUP)["PickupCreationRequest"]
    when = asked["PickupDateInfo"]
    if when["CloseTime"] <= when["ReadyTime"]:
        raise Refused([("9510113", "Invalid close time")])
    number = world.numbers.ups_prn()
    parcels = sum(int(piece["Quantity"]) for piece in asked["PickupPiece"])
    pickups.book(world, carrier=CARRIER, number=number, day=when["PickupDate"], parcels=parcels)
    charge = {"ChargeCode": "B", "ChargeDescription": "BASE CHARGE", "ChargeAmount": "6.85"}
    head = {"ResponseStatus": {"Code": "1", "Description": "Success"}}
    rated = {"RateType": "FD", "CurrencyCode": "USD", "ChargeDetail": [charge], "GrandTotalOfAllCharge": "6.85"}
    body = {"Response": head, "PRN": number, "RateStatus": {"Code": "01", "Description": "Rate available"}}
    return answer({"PickupCreationResponse": body | {"RateResult": rated}})


def _cancel_pickup(world: World, by: str) -> Response:
    found = pickups.find(world, CARRIER, request.headers.get("Prn", "")) if by == "02" else None
    if found is None:
        raise Refused([("9510117", "Pickup request number not found")])
    if found.cancelled:
        raise Refused([("9510116", "Pickup request has already been cancelled")])
    found.cancelled = True
    head = {"ResponseStatus": {"Code": "1", "Description": "Success"}}
    return answer({"PickupCancelResponse": {"Response": head, "PickupType": "01"}})


def _subscribe(world: World, version: str, kind: str) -> Response:
    """Take numbers of ours, as Track Alert does: good ones and bad ones are listed apart."""
    _check_tracking_headers()
    asked = _checked(SUBSCRIPTION)["trackingNumberList"]
    good = [number for number in asked if number.startswith(("1Z", "1R"))]
    ups_alert.subscribe(world, good)
    return answer({"validTrackingNumbers": good, "invalidTrackingNumbers": [n for n in asked if n not in good]})


def _landed_cost(version: str) -> Response:
    return answer(ups_rating.landed_cost_answer(_checked(LANDED_COST)))
