"""The practice USPS: OAuth, payment authorization, international prices and labels, tracking, under /usps."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, request

from . import duties, labels, pickups, post
from .calls import View, partner_call
from .journeys import Scan, Step
from .places import country
from .shapes import Record, problems_of
from .tariff import Service
from .usps_shapes import IMAGE, LABEL, PAYMENT, PICKUP, PRICES, SCAN_FORM, TOKEN
from .wire import NotJson, answer, read_json
from .world import Customs, Piece, Shipment, World

CARRIER = "usps"
REFUSED_CLIENT = "refused"
TOKEN_LIFE_S = 28_799
MOST_REPRINTS = 3
_POUND_KG = Decimal("0.45359237")
_SERVICES = (
    (Service("PRIORITY_MAIL_EXPRESS_INTERNATIONAL", "Priority Mail Express International", Decimal("0.9"), 1), "PA"),
    (Service("PRIORITY_MAIL_INTERNATIONAL", "Priority Mail International", Decimal("0.6"), 4), "SP"),
    (Service("FIRST-CLASS_PACKAGE_INTERNATIONAL_SERVICE", "First-Class Package", Decimal("0.35"), 8), "SP"),
)
_FIRST_CLASS_UP_TO_LB = 4
_SCANS: dict[Step, tuple[str, str]] = {
    Step.INFO_RECEIVED: ("GX", "Shipping Label Created, USPS Awaiting Item"),
    Step.PICKED_UP: ("03", "USPS in possession of item"),
    Step.AT_ORIGIN: ("10", "Arrived at USPS Regional Origin Facility"),
    Step.EXPORT_CLEARED: ("EXC", "Cleared export customs"),
    Step.DEPARTED_ORIGIN: ("EMC", "Departed USPS International Service Center"),
    Step.AT_HUB: ("EMJ", "Arrived at transit office of exchange"),
    Step.DEPARTED_HUB: ("EMK", "Departed transit office of exchange"),
    Step.ARRIVED: ("EMD", "Arrived in destination country"),
    Step.IMPORT_CUSTOMS: ("EDB", "Presented to import customs"),
    Step.CUSTOMS_HOLD: ("EME", "Held by import customs"),
    Step.CUSTOMS_CLEARED: ("EDC", "Returned from import customs"),
    Step.AT_DEPOT: ("EMG", "Arrived at delivery office"),
    Step.OUT_FOR_DELIVERY: ("EDG", "Out for delivery"),
    Step.ATTEMPT_FAILED: ("EMH", "Unsuccessful delivery"),
    Step.REFUSED: ("EMH", "Refused by addressee"),
    Step.RETURNING: ("09", "Return to sender"),
    Step.RETURNED: ("01", "Delivered to original sender"),
    Step.MISSING: ("EDX", "Terminated"),
    Step.DELIVERED: ("EMI", "Delivered"),
}


class Refused(Exception):
    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.status = message, status


def problem(status: int, message: str = "") -> Response:
    """Return an error in USPS's shape."""
    text = message or HTTPStatus(status).phrase
    row = {"status": str(status), "code": f"{status:03d}001", "title": HTTPStatus(status).phrase, "detail": text}
    headers = {"Retry-After": "1"} if status == HTTPStatus.TOO_MANY_REQUESTS else None
    error = {"code": str(status), "message": text, "errors": [row]}
    return answer({"apiVersion": "v3", "error": error}, status, headers)


def usps(world: World) -> Blueprint:
    """Return the blueprint with all endpoints."""
    blueprint = Blueprint(CARRIER, __name__, url_prefix="/usps")
    blueprint.register_error_handler(Refused, lambda error: problem(error.status, error.message))

    def endpoint(rule: str, operation: str, method: str, view: View) -> None:
        call = partner_call(world, CARRIER, operation, problem)(view)
        blueprint.add_url_rule(rule, endpoint=f"{method} {rule}".replace(".", "_"), view_func=call, methods=[method])

    made = "/international-labels/v3/international-label"
    endpoint("/oauth2/v3/token", "token", "POST", lambda: _token(world))
    endpoint("/payments/v3/payment-authorization", "token", "POST", lambda: _payment(world))
    endpoint("/international-prices/v3/total-rates/search", "rates", "POST", lambda: _prices(world))
    endpoint(made, "ship", "POST", lambda: _label(world))
    endpoint(f"{made}-reprint", "recover", "POST", lambda: _reprint(world))
    endpoint(f"{made}/<number>", "void", "DELETE", lambda number: _cancel(world, number))
    endpoint("/scan-forms/v3/scan-form", "manifest", "POST", lambda: _scan_form(world))
    courier = "/pickup/v3/carrier-pickup"
    endpoint(courier, "pickup", "POST", lambda: _pickup(world))
    endpoint(f"{courier}/<number>", "pickup", "GET", lambda number: _pickup_shown(world, number))
    endpoint(f"{courier}/<number>", "pickup", "DELETE", lambda number: _cancel_pickup(world, number))
    endpoint("/tracking/v3/tracking/<number>", "track", "GET", lambda number: _track(world, number))
    return blueprint


def _token(world: World) -> Response:
    asked = _document(TOKEN)
    if asked["client_id"] == REFUSED_CLIENT:
        return problem(401, "The client credentials are invalid.")
    token = secrets.token_urlsafe(32)
    world.grant(f"usps {token}", datetime.now(UTC) + timedelta(seconds=TOKEN_LIFE_S))
    return answer({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFE_S, "status": "approved"})


def _payment(world: World) -> Response:
    _check_token(world)
    _document(PAYMENT)
    token = secrets.token_urlsafe(32)
    world.grant(f"usps payment {token}", datetime.now(UTC) + timedelta(hours=8))
    return answer({"paymentAuthorizationToken": token, "roles": []})


def _check_token(world: World) -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    until = world.token_expiry(f"usps {token}") if scheme.lower() == "bearer" else None
    if until is None or until <= datetime.now(UTC):
        raise Refused("The access token is missing, expired or invalid.", 401)


def _check_payer(world: World) -> None:
    _check_token(world)
    if world.token_expiry(f"usps payment {request.headers.get('X-Payment-Authorization-Token', '')}") is None:
        raise Refused("The payment authorization token is missing or invalid.", 401)


def _document(shape: Record) -> dict[str, Any]:
    try:
        document = read_json(request.get_data())
    except NotJson as error:
        raise Refused("The request body is not well-formed JSON.") from error
    found = problems_of(document, shape)
    if found:
        raise Refused("OASValidation " + "; ".join(found[:10]))
    return document


def _offered(weight_lb: Decimal, destination: str) -> list[tuple[Service, str]]:
    if country(destination) is None or destination == "US":
        raise Refused(f"Destination country {destination} is not served.")
    return [row for row in _SERVICES if weight_lb <= _FIRST_CLASS_UP_TO_LB or not row[0].code.startswith("FIRST")]


def _prices(world: World) -> Response:
    _check_token(world)
    asked = _document(PRICES)
    weight, destination = Decimal(asked["weight"]), asked["destinationCountryCode"]
    quoted = _duties(asked.get("items", []), destination) if asked.get("requestDutiesTaxesFees") else None
    options = [_option(service, indicator, weight, destination) for service, indicator in _offered(weight, destination)]
    return answer(
        {"rateOptions": [option | ({"dutiesTaxesFeesQuote": quoted} if quoted else {}) for option in options]}
    )


def _option(service: Service, indicator: str, weight_lb: Decimal, destination: str) -> dict[str, Any]:
    price = post.price_of(service, ("US", destination), weight_lb * _POUND_KG, "USD").total
    rate = {
        "SKU": "IPXX0XXXXB01040", "description": f"{service.name} Single-piece", "priceType": "COMMERCIAL",
        "price": price, "weight": weight_lb, "dimWeight": 0, "fees": [], "startDate": "2026-01-01", "endDate": "",
        "mailClass": service.code, "zone": "01", "processingCategory": "MACHINABLE", "rateIndicator": indicator,
        "destinationEntryFacilityType": "NONE", "warnings": [],
    }  # fmt: skip
    return {"totalBasePrice": price, "totalPrice": price, "rates": [rate], "extraServices": []}


def _duties(items: list[dict[str, Any]], destination: str) -> dict[str, Any] | None:
    rows = []
    for item in items:
        value = Decimal(item["itemValue"]) * item["itemQuantity"]
        line = duties.Line(item["itemId"], item.get("HSTariffNumber", ""), value)
        found = duties.estimate(line, origin="US", destination=destination)
        rows.append({"itemId": item["itemId"], "dutyPrice": found.duty, "taxPrice": found.tax})
    return {"packageFee": Decimal("4.00"), "itemQuotes": rows} if rows else None


def _label(world: World) -> Response:
    _check_payer(world)
    asked = _document(LABEL)
    key = request.headers.get("X-Idempotency-Key", "")
    known = world.search(CARRIER, lambda shipment: bool(key) and shipment.message_reference == key)
    return _labelled(known[0] if known else _book(world, asked, key), asked["imageInfo"])


def _book(world: World, asked: dict[str, Any], key: str) -> Shipment:
    described, form, to = asked["packageDescription"], asked["customsForm"], asked["toAddress"]
    ends = ("US", to["countryISOAlpha2Code"])
    weight = Decimal(described["weight"])
    service = next((s for s, _ in _offered(weight, ends[1]) if s.code == described["mailClass"]), None)
    if service is None:
        raise Refused(f"Service {described['mailClass']} is not available for this package.")
    references = [("CUSTOMER", row["referenceNumber"]) for row in described.get("customerReference", [])]
    number = world.numbers.s10(service="LX", post="US")
    value = sum((Decimal(row["itemTotalValue"]) for row in form["contents"]), Decimal(0))
    prepaid = bool(described.get("prepayDutiesTaxesFees"))
    shipment = Shipment(
        carrier=CARRIER,
        number=number,
        account=request.headers.get("X-Payment-Authorization-Token", "")[:8],
        service_code=service.code,
        service_name=service.name,
        description=form["contents"][0]["itemDescription"],
        shipper=asked["fromAddress"],
        receiver=to,
        pieces=[Piece(number, (weight * _POUND_KG).quantize(Decimal("0.001")), None)],
        customs=Customs(value, "USD", "DDP" if prepaid else "DAP", "shipper" if prepaid else "receiver", None,
                        len(form["contents"])),
        references=references,
        route=post.route(ends, service, CARRIER),
        booked_at=world.clock.now(),
        expected_on="",
        message_reference=key,
        request=asked,
    )  # fmt: skip
    world.book(shipment)
    return shipment


def _metadata(shipment: Shipment) -> dict[str, Any]:
    described = shipment.request["packageDescription"]
    service = next(s for s, _ in _SERVICES if s.code == shipment.service_code)
    ends = ("US", shipment.route.destination.country)
    price = post.price_of(service, ends, shipment.weight_kg, "USD").total
    return {
        "labelAddress": shipment.receiver, "internationalTrackingNumber": shipment.number, "constructCode": "I01",
        "SKU": "IPXX0XXXXB01040", "postage": price, "extraServices": [], "internationalPriceGroup": "01",
        "weightUOM": "lb", "weight": described["weight"], "dimensionalWeight": "0.0",
        "mailingDate": described["mailingDate"], "fees": [],
    }  # fmt: skip


def _image(shipment: Shipment, wanted: str) -> str:
    sender, to = shipment.shipper, shipment.receiver
    lines = tuple(
        post.shown(row.get("firm"), f"{row.get('firstName', '')} {row.get('lastName', '')}".strip(),
                   row["streetAddress"], row.get("secondaryAddress"), row["city"], row.get("postalCode"),
                   row.get("countryISOAlpha2Code"))
        for row in (sender, to)
    )  # fmt: skip
    data = post.label_data(shipment, "PRACTICE POST", (lines[0], lines[1]))
    return base64.b64encode(labels.zpl([data]) if wanted.startswith("ZPL") else labels.pdf([data])).decode()


def _labelled(shipment: Shipment, image: dict[str, Any]) -> Response:
    return answer(_metadata(shipment) | {"labelImage": _image(shipment, image["imageType"])}, 201)


def _reprint(world: World) -> Response:
    _check_payer(world)
    image = _document(IMAGE)["imageInfo"]
    key = request.headers.get("X-Idempotency-Key", "")
    found = world.search(CARRIER, lambda shipment: shipment.message_reference == key and not shipment.voided)
    if not key or not found:
        raise Refused("No label was found for the idempotency key.", 404)
    found[0].reprints += 1
    if found[0].reprints > MOST_REPRINTS:
        raise Refused("The label was reprinted three times already.")
    printed = {"reprintNumber": found[0].reprints, "reprintLimit": MOST_REPRINTS}
    document = {"labelMetadata": _metadata(found[0]), "labelImage": _image(found[0], image["imageType"])}
    return answer(document | {"reprintInfo": printed})


def _cancel(world: World, number: str) -> Response:
    _check_payer(world)
    shipment = world.find(CARRIER, number)
    if shipment is None:
        raise Refused("The label was not found.", 404)
    if shipment.voided:
        raise Refused("The label is already canceled.")
    if any(scan.step is Step.PICKED_UP for scan in shipment.scans(world.clock.now())):
        raise Refused("The label has been used and is not eligible for a refund.")
    shipment.voided, shipment.voided_at = True, world.clock.now()
    return answer({"trackingNumber": number, "status": "CANCELED"})


@dataclass(frozen=True)
class ScanForm:
    number: str
    waybills: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {"carrier": CARRIER, "number": self.number, "waybills": list(self.waybills)}


def _scan_form(world: World) -> Response:
    _check_token(world)
    asked = _document(SCAN_FORM)
    numbers = tuple(asked["shipment"]["trackingNumbers"])
    taken = {number for form in world.papers("manifest") if isinstance(form, ScanForm) for number in form.waybills}
    for number in numbers:
        shipment = world.find(CARRIER, number)
        if shipment is None or shipment.voided or number in taken:
            raise Refused(f"Tracking number {number} is not eligible for a SCAN form.")
    form = ScanForm(f"9275{secrets.randbelow(10**18):018d}", numbers)
    world.note_paper("manifest", form)
    paper = labels.pdf([labels.plain("PRACTICE SCAN FORM", form.number, numbers)])
    data = {name: asked[name] for name in ("mailingDate", "entryFacilityZIPCode", "destinationEntryFacilityType")}
    data |= {"manifestNumber": form.number, "trackingNumbers": list(numbers), "fromAddress": asked["fromAddress"]}
    return answer({"SCANFormMetaData": data, "SCANFormImage": base64.b64encode(paper).decode()})


def _pickup(world: World) -> Response:
    _check_token(world)
    asked = _document(PICKUP)
    place = asked["pickupLocation"]
    if place["packageLocation"] == "OTHER" and not place.get("specialInstructions"):
        raise Refused("Special instructions are required when the package location is OTHER.")
    parcels = sum(row["packageCount"] for row in asked["packages"])
    number = f"WTC{secrets.randbelow(9_000_000) + 1_000_000}"
    found = pickups.book(world, carrier=CARRIER, number=number, day=asked["pickupDate"], parcels=parcels)
    shown = {"confirmationNumber": number, "pickupDate": found.day, "carrierPickupRequest": asked}
    return answer(shown, headers={"ETag": f'"{number}"'})


def _waiting(world: World, number: str) -> pickups.PickUp:
    _check_token(world)
    found = pickups.find(world, CARRIER, number)
    if found is None or found.cancelled:
        raise Refused("The pickup was not found.", 404)
    return found


def _pickup_shown(world: World, number: str) -> Response:
    found = _waiting(world, number)
    return answer([{"confirmationNumber": number, "pickupDate": found.day}], headers={"ETag": f'"{number}"'})


def _cancel_pickup(world: World, number: str) -> Response:
    found = _waiting(world, number)
    if request.headers.get("If-Match") != f'"{number}"':
        raise Refused("The entity tag does not match.", 412)
    found.cancelled = True
    return Response(status=200)


def _track(world: World, number: str) -> Response:
    _check_token(world)
    shipment = world.find(CARRIER, number)
    if shipment is None:
        raise Refused("A status update is not yet available on your package.", 404)
    events = [_event(scan) for scan in reversed(shipment.scans(world.clock.now()))]
    if "twice" in g.shapings:
        events = [copy for event in events for copy in (event, dict(event))]
    if "wrong_order" in g.shapings:
        events = events[1::2] + events[0::2][::-1]
    return answer({"trackingNumber": number, "mailClass": shipment.service_name, "trackingEvents": events})


def _event(scan: Scan) -> dict[str, Any]:
    code, text = _SCANS[scan.step]
    fraction = ".123456" if "odd_fractions" in g.shapings else ""
    return {
        "eventCode": code,
        "eventType": None if "null_text" in g.shapings else text,
        "GMTTimestamp": f"{scan.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z",
        "eventCity": scan.place.city,
        "eventCountry": None if scan.place.country == "US" else scan.place.country,
    }
