"""The practice DHL Express: the endpoints of MyDHL API 3.1 that the app uses, under /dhl/mydhlapi."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, g, request

from . import dhl_booking, dhl_products, dhl_tracking, pickups, uploads
from .calls import partner_call
from .dhl_errors import Refused, problem, refusal
from .dhl_shapes import LANDED_COST, PICKUP, RATES, UPLOAD
from .dhl_ship_shapes import SHIPMENT
from .places import country, gmt_offset, local_time
from .shapes import Record, problems_of
from .tariff import add_working_days
from .wire import NotJson, answer, read_json
from .world import Shipment, World

CARRIER = "dhl_express"
REFUSED_USER = "refused"
UPLOADS_AFTER = timedelta(minutes=10)  # of the booking
_TRACKING_VIEWS = {
    "all-checkpoints", "all-checkpoints-with-remarks", "last-checkpoint", "shipment-details-only", "advance-shipment",
    "bbx-children",
}  # fmt: skip


def dhl_express(world: World) -> Blueprint:
    """Return the blueprint with all endpoints."""
    blueprint = Blueprint(CARRIER, __name__, url_prefix="/dhl/mydhlapi")
    blueprint.before_request(_refuse_strangers)
    blueprint.after_request(_echo_reference)
    blueprint.register_error_handler(Refused, refusal)

    def endpoint(rule: str, operation: str, method: str, view: Any) -> None:
        call = partner_call(world, CARRIER, operation, problem)(view)
        blueprint.add_url_rule(rule, endpoint=f"{method} {rule}".replace(".", "_"), view_func=call, methods=[method])

    endpoint("/rates", "rates", "POST", _rates)
    endpoint("/landed-cost", "landed_cost", "POST", _landed_cost)
    endpoint("/shipments", "ship", "POST", lambda: _ship(world))
    endpoint("/shipments/<number>/tracking", "track", "GET", lambda number: _track_one(world, number))
    endpoint("/shipments/<number>/upload-image", "upload", "PATCH", lambda number: _upload(world, number))
    endpoint("/tracking", "track", "GET", lambda: _track_many(world))
    endpoint("/pickups", "pickup", "POST", lambda: _pickup(world))
    endpoint("/pickups/<number>", "pickup", "DELETE", lambda number: _cancel_pickup(world, number))
    endpoint("/address-validate", "address", "GET", lambda: _address(world))
    return blueprint


def _refuse_strangers() -> Response | None:
    """Answer 401 without a user and a password, or for the user that is always refused."""
    login = request.authorization
    if login is None or login.type != "basic" or not login.username or not login.password:
        return problem(401, ["Unauthorized: HTTP Basic credentials are required."])
    return problem(401, ["Invalid Credentials"]) if login.username == REFUSED_USER else None


def _echo_reference(response: Response) -> Response:
    reference = request.headers.get("Message-Reference")
    if reference:
        response.headers["Message-Reference"] = reference
    response.headers["Invocation-Id"] = str(uuid.uuid4())
    return response


def _checked(shape: Record) -> dict[str, Any]:
    """Return the request's document. Raises Refused when it is not JSON or breaks the shape."""
    try:
        document = read_json(request.get_data())
    except NotJson as error:
        raise Refused(400, ["The request body is not well-formed JSON."]) from error
    found = problems_of(document, shape)
    if found:
        raise Refused(422, found)
    return document


def _check_accounts(document: dict[str, Any]) -> None:
    if any(account["number"] == dhl_booking.REFUSED_ACCOUNT for account in document.get("accounts", [])):
        raise Refused(400, ["The account number is not found or invalid. Please check the account number and retry."])


def _rates() -> Response:
    document = _checked(RATES)
    _check_accounts(document)
    return answer(dhl_products.rates_answer(document))


def _landed_cost() -> Response:
    document = _checked(LANDED_COST)
    _check_accounts(document)
    headers = {"Quotation-Id": str(uuid.uuid4())} if document.get("getQuotationID") else None
    return answer(dhl_products.landed_cost_answer(document), 200, headers)


def _ship(world: World) -> Response:
    document = _checked(SHIPMENT)
    dhl_booking.check_possible(document)
    if request.args.get("validateDataOnly") == "true":
        return answer({"warnings": []}, 201)
    shipment = dhl_booking.book(world, document, request.headers.get("Message-Reference"))
    url = f"{request.url_root}dhl/mydhlapi/shipments/{shipment.number}/tracking"
    body: dict[str, Any] = {
        "shipmentTrackingNumber": shipment.number,
        "trackingUrl": url,
        "packages": [
            {
                "referenceNumber": n,
                "trackingNumber": piece.number,
                "trackingUrl": f"{url}?pieceTrackingNumber={piece.number}",
            }
            for n, piece in enumerate(shipment.pieces, 1)
        ],
        "documents": dhl_booking.documents(shipment),
        **dhl_products.charges(document),
        "estimatedDeliveryDate": {
            "estimatedDeliveryDate": f"{shipment.expected_on}T23:59:00Z",
            "estimatedDeliveryType": "QDDC",
        },
    }
    if document["pickup"]["isRequested"]:
        body["dispatchConfirmationNumber"] = world.numbers.dhl_dispatch(
            _short_day(document["plannedShippingDateAndTime"])
        )
    return answer(body, 201, {"Location": url})


def _upload(world: World, number: str) -> Response:
    document = _checked(UPLOAD)
    shipment = world.find(CARRIER, number)
    if shipment is None or document["shipmentTrackingNumber"] != number:
        raise Refused(404, ["Operation not possible since shipment information not found"])
    booked = {row["serviceCode"] for row in shipment.request.get("valueAddedServices", [])}
    if "WY" not in booked:
        raise Refused(400, ["Paperless trade (WY) was not requested for this shipment."])
    if world.clock.now() - shipment.booked_at < UPLOADS_AFTER:
        raise Refused(400, ["The shipment is not ready for images yet; please retry later."])
    for n, image in enumerate(document["documentImages"]):
        try:
            content = uploads.pdf(image["content"])
        except uploads.NoPaper as error:
            raise Refused(422, [f"#/documentImages/{n}/content: {error}"]) from error
        uploads.keep(world, uploads.Upload(CARRIER, f"{number}-{n}", number, content))
    return Response(status=200)


def _track_one(world: World, number: str) -> Response:
    return _tracking_answer(world, [world.find(CARRIER, number)], "No data found")


def _track_many(world: World) -> Response:
    numbers = _listed("shipmentTrackingNumber") + _listed("pieceTrackingNumber")
    if len(numbers) > 200:
        return problem(400, ["At most 200 tracking numbers can be asked for at once."])
    if numbers:
        found = {id(s): s for number in numbers if (s := world.find(CARRIER, number))}
        return _tracking_answer(world, list(found.values()), "No data found")
    reference = request.args.get("shipmentReference")
    if not reference:
        return problem(
            400, ["Missing mandatory parameters: shipmentTrackingNumber, pieceTrackingNumber or shipmentReference"]
        )
    account = request.args.get("shipperAccountNumber")
    if not account:
        return problem(400, ["Missing mandatory parameters: shipperAccountNumber"])
    wanted_type = request.args.get("shipmentReferenceType")

    def fits(shipment: Shipment) -> bool:
        pairs = shipment.all_references()
        named = any(value == reference and wanted_type in (None, "", kind) for kind, value in pairs)
        return named and shipment.account == account and _in_range(shipment)

    return _tracking_answer(world, world.search(CARRIER, fits), f"No Shipments Found for ReferenceID | {reference}")


def _listed(name: str) -> list[str]:
    return [number for value in request.args.getlist(name) for number in value.split(",") if number]


def _in_range(shipment: Shipment) -> bool:
    """Say whether the booking lies in the period asked for, by the practice clock or by the real one."""
    bounds = [_day(request.args.get(name)) for name in ("dateRangeFrom", "dateRangeTo")]
    first, last = bounds[0] or date.min, bounds[1] or date.max
    return any(first <= moment.date() <= last for moment in (shipment.booked_at, shipment.booked_really_at))


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise Refused(400, ["Parameters not having correct format: dateRangeFrom, dateRangeTo"]) from error


def _tracking_answer(world: World, found: list[Shipment | None], nothing: str) -> Response:
    view = request.args.get("trackingView", "all-checkpoints")
    if view not in _TRACKING_VIEWS:
        return problem(400, ["Parameters not having correct format: trackingView"])
    shipments = [shipment for shipment in found if shipment is not None]
    if not shipments:
        return problem(404, [nothing])
    now, query = world.clock.now(), request.args.to_dict()
    entries = [dhl_tracking.tracked(s, now, query=query, shapings=g.shapings) for s in shipments]
    return answer({"shipments": entries})


def _pickup(world: World) -> Response:
    document = _checked(PICKUP)
    planned = document["plannedPickupDateAndTime"]
    number = world.numbers.dhl_dispatch(_short_day(planned))
    parcels = sum(len(one["packages"]) for one in document["shipmentDetails"])
    pickups.book(world, carrier=CARRIER, number=number, day=planned[:10], parcels=parcels)
    body = {
        "dispatchConfirmationNumbers": [number],
        "readyByTime": planned[11:16],
        "nextPickupDate": add_working_days(dhl_products.planned_day(planned), 1).isoformat(),
    }
    return answer(body, 201)


def _cancel_pickup(world: World, number: str) -> Response:
    missing = [name for name in ("requestorName", "reason") if not request.args.get(name)]
    if missing:
        return problem(400, [f"Required query parameter '{name}' is not specified" for name in missing])
    found = pickups.find(world, CARRIER, number)
    if found is None or found.cancelled:
        return problem(404, [f"8008: No pickup found for confirmation number {number}"])
    found.cancelled = True
    return Response(b"", 200)


def _short_day(planned: str) -> str:
    return dhl_products.planned_day(planned).strftime("%y%m%d")


def _address(world: World) -> Response:
    code = request.args.get("countryCode", "")
    if request.args.get("type") not in ("pickup", "delivery"):
        return problem(400, ["Parameters not having correct format: type (valid parameters are [pickup, delivery])"])
    found = country(code) if len(code) == 2 else None
    postcode, city = request.args.get("postalCode", ""), request.args.get("cityName", "")
    if found is None or not (postcode or city):
        return problem(
            400, ["7127: The address provided is invalid: countryCode and postalCode or cityName are needed."]
        )
    entry = {
        "countryCode": found.code,
        "postalCode": postcode,
        "cityName": (city or found.city).upper(),
        "serviceArea": {
            "code": found.gateway,
            "description": f"{found.city}-{found.code}",
            "GMTOffset": gmt_offset(local_time(world.clock.now(), found.code)),
        },
    }
    return answer({"address": [entry]})
