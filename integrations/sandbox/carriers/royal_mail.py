"""The practice Royal Mail: Click & Drop orders, labels, manifests and returns, under /royal_mail."""

from __future__ import annotations

import base64
import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, Response, request

from . import labels, post
from .calls import View, partner_call
from .places import country
from .royal_mail_shapes import MANIFESTS, ORDERS, RETURNS
from .shapes import Record, problems_of
from .tariff import Service
from .wire import NotJson, answer, read_json
from .world import Customs, Piece, Shipment, World

CARRIER = "royal_mail"
REFUSED_KEY = "refused"
_SERIAL = itertools.count(1000)
_DDP = ("DDP", "PDDP")  # a service whose code begins so is a duty-paid one here


class Refused(Exception):
    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.status = message, status


@dataclass
class Manifest:
    number: int
    waybills: tuple[str, ...]
    asked_for: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {"carrier": CARRIER, "number": str(self.number), "waybills": list(self.waybills)}


def problem(status: int, message: str = "") -> Response:
    """Return an error in Click & Drop's shape."""
    headers = {"Retry-After": "1"} if status == HTTPStatus.TOO_MANY_REQUESTS else None
    return answer({"code": HTTPStatus(status).name, "message": message or HTTPStatus(status).phrase}, status, headers)


def royal_mail(world: World) -> Blueprint:
    """Return the blueprint with all endpoints."""
    blueprint = Blueprint(CARRIER, __name__, url_prefix="/royal_mail")
    blueprint.register_error_handler(Refused, lambda error: problem(error.status, error.message))
    blueprint.before_request(_refuse_strangers)

    def endpoint(rule: str, operation: str, method: str, view: View) -> None:
        call = partner_call(world, CARRIER, operation, problem)(view)
        blueprint.add_url_rule(rule, endpoint=f"{method} {rule}".replace(".", "_"), view_func=call, methods=[method])

    endpoint("/orders", "ship", "POST", lambda: _create(world))
    endpoint("/orders", "find", "GET", lambda: answer({"orders": [_order(s) for s in _open_orders(world)]}))
    endpoint("/orders/<named>", "find", "GET", lambda named: answer([_order(_named(world, named))]))
    endpoint("/orders/<named>/label", "recover", "GET", lambda named: _label(_named(world, named)))
    endpoint("/orders/<named>", "void", "DELETE", lambda named: _delete(world, named))
    endpoint("/manifests", "manifest", "POST", lambda: _close_out(world))
    endpoint("/manifests/<int:number>", "manifest", "GET", lambda number: _manifest(world, number))
    endpoint("/returns", "ship", "POST", lambda: _return(world))
    return blueprint


def _refuse_strangers() -> Response | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return problem(401, "Unauthorized") if scheme != "Bearer" or key in ("", REFUSED_KEY) else None


def _document(shape: Record) -> dict[str, Any]:
    try:
        document = read_json(request.get_data())
    except NotJson as error:
        raise Refused("The request body is not JSON") from error
    found = problems_of(document, shape)
    if found:
        raise Refused("; ".join(found[:10]))
    return document


def _open_orders(world: World) -> list[Shipment]:
    return [shipment for shipment in world.search(CARRIER, lambda s: not s.voided) if "identifier" in shipment.request]


def _named(world: World, named: str) -> Shipment:
    """Return the order of a number, or of a reference in quotes. Raises Refused with 404."""
    named = unquote(named)
    for shipment in _open_orders(world):
        reference = f'"{shipment.references[0][1]}"' if shipment.references else ""
        if named in (str(shipment.request["identifier"]), reference):
            return shipment
    raise Refused(f"Order {named} was not found", 404)


def _create(world: World) -> Response:
    asked = _document(ORDERS)
    created, failed = [], []
    for item in asked["items"]:
        wrong = _wrong(item)
        if wrong:
            failed.append({"order": item, "errors": [{"errorCode": 2, "errorMessage": wrong, "fields": []}]})
        else:
            shipment = _book(world, item)
            label = {"label": base64.b64encode(_drawn(shipment)).decode()}
            created.append(_order(shipment) | label | {"labelErrors": [], "generatedDocuments": ["PostageLabel"]})
    counts = {"successCount": len(created), "errorsCount": len(failed)}
    return answer(counts | {"createdOrders": created, "failedOrders": failed})


def _wrong(item: dict[str, Any]) -> str:
    destination = item["recipient"]["address"]["countryCode"]
    if country(destination) is None:
        return f"Country {destination} is not served"
    if item.get("postageDetails", {}).get("serviceCode") == "99":
        return "The service code is not available on this account"
    lines = [line for package in item["packages"] for line in package.get("contents", [])]
    if destination != "GB" and any(not line.get("customsCode") or not line.get("originCountryCode") for line in lines):
        return "Customs code and origin are required for this destination"
    return ""


def _book(world: World, item: dict[str, Any]) -> Shipment:
    to, code = item["recipient"]["address"], item["postageDetails"]["serviceCode"]
    service = Service(code, f"Royal Mail {code}", Decimal("0.5"), 3)
    numbers = [world.numbers.s10(service="RM", post="GB") for _ in item["packages"]]
    lines = [line for package in item["packages"] for line in package.get("contents", [])]
    abroad = to["countryCode"] != "GB"
    paid = abroad and code.startswith(_DDP)
    shipment = Shipment(
        carrier=CARRIER,
        number=numbers[0],
        account="",
        service_code=code,
        service_name=service.name,
        description=next((line.get("name", "") for line in lines), ""),
        shipper={"addressLine1": item.get("sender", {}).get("tradingName", ""), "countryCode": "GB"},
        receiver=to,
        pieces=[
            Piece(number, Decimal(package["weightInGrams"]) / 1000, None)
            for number, package in zip(numbers, item["packages"], strict=True)
        ],
        customs=Customs(
            item["subtotal"] if abroad else None, item.get("currencyCode"),
            "DDP" if paid else "DAP" if abroad else None, "shipper" if paid else "receiver" if abroad else None,
            None, len(lines),
        ),
        references=[("order", item.get("orderReference", ""))],
        route=post.route(("GB", to["countryCode"]), service, CARRIER),
        booked_at=world.clock.now(),
        expected_on="",
        request={"identifier": next(_SERIAL), "order": item, "manifested": None},
    )  # fmt: skip
    world.book(shipment)
    return shipment


def _order(shipment: Shipment) -> dict[str, Any]:
    """Return an order as every answer shows it."""
    packages = [{"packageNumber": n, "trackingNumber": piece.number} for n, piece in enumerate(shipment.pieces, 1)]
    moment = f"{shipment.booked_really_at:%Y-%m-%dT%H:%M:%SZ}"
    found = {"orderIdentifier": shipment.request["identifier"], "orderReference": shipment.references[0][1],
             "createdOn": moment, "orderDate": moment, "printedOn": moment, "trackingNumber": shipment.number,
             "packages": packages}  # fmt: skip
    manifested = shipment.request["manifested"]
    return found | ({"manifestedOn": manifested} if manifested else {})


def _drawn(shipment: Shipment) -> bytes:
    to = shipment.receiver
    lines = (
        post.shown(shipment.shipper["addressLine1"], "GB"),
        post.shown(to.get("fullName"), to.get("companyName"), to["addressLine1"], to.get("addressLine2"), to["city"],
                   to.get("postcode"), to["countryCode"]),
    )  # fmt: skip
    return labels.pdf([post.label_data(shipment, "PRACTICE ROYAL POST", lines)])


def _label(shipment: Shipment) -> Response:
    return Response(_drawn(shipment), 200, mimetype="application/pdf")


def _delete(world: World, named: str) -> Response:
    shipment = _named(world, named)
    row = {"orderIdentifier": shipment.request["identifier"], "orderReference": shipment.references[0][1]}
    if shipment.request["manifested"]:
        wrong = row | {"code": "CannotDelete", "message": "The order has been manifested"}
        return answer({"deletedOrders": [], "errors": [wrong]})
    shipment.voided, shipment.voided_at = True, world.clock.now()
    return answer({"deletedOrders": [row | {"orderInfo": "Order deleted"}], "errors": []})


def _close_out(world: World) -> Response:
    """Manifest all that has a label; the paper comes with the second look, as it may with the real one."""
    _document(MANIFESTS)
    waiting = [shipment for shipment in _open_orders(world) if not shipment.request["manifested"]]
    if not waiting:
        raise Refused("There are no eligible orders to manifest")
    for shipment in waiting:
        shipment.request["manifested"] = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    made = Manifest(next(_SERIAL), tuple(shipment.number for shipment in waiting))
    world.note_paper("manifest", made)
    return answer({"manifestNumber": made.number}, 202)


def _manifest(world: World, number: int) -> Response:
    made = next((m for m in world.papers("manifest") if isinstance(m, Manifest) and m.number == number), None)
    if made is None:
        raise Refused(f"Manifest {number} was not found", 404)
    paper = labels.pdf([labels.plain("PRACTICE MANIFEST", str(number), made.waybills)])
    return answer({"manifestNumber": number, "status": "Completed", "documentPdf": base64.b64encode(paper).decode()})


def _return(world: World) -> Response:
    asked = _document(RETURNS)
    ends = [asked["shipment"][side]["countryIsoCode"] for side in ("shippingAddress", "returnAddress")]
    if set(ends) - {"GB", "GBR"}:
        raise Refused("Returns are available inside the United Kingdom only")
    sender, to = asked["shipment"]["shippingAddress"], asked["shipment"]["returnAddress"]
    service = Service(asked["service"]["serviceCode"], "Tracked Returns", Decimal("0.5"), 2)
    number = world.numbers.s10(service="RT", post="GB")
    shipment = Shipment(
        carrier=CARRIER, number=number, account="", service_code=service.code, service_name=service.name,
        description="return", shipper=sender, receiver=to, pieces=[Piece(number, Decimal(1), None)],
        customs=Customs(None, None, None, None, None, 0),
        references=[("return", asked["shipment"].get("customerReference", {}).get("reference", ""))],
        route=post.route(("GB", "GB"), service, CARRIER), booked_at=world.clock.now(), expected_on="", request={},
    )  # fmt: skip
    world.book(shipment)
    lines = tuple(
        post.shown(side.get("firstName"), side.get("lastName"), side["addressLine1"], side["city"], side["postcode"])
        for side in (sender, to)
    )
    label = labels.pdf([post.label_data(shipment, "PRACTICE ROYAL POST", (lines[0], lines[1]))])
    shown = {"trackingNumber": number, "uniqueItemId": f"U{number}"}
    return answer({"shipment": shown, "label": base64.b64encode(label).decode()})
