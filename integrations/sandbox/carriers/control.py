"""The handles of the practice carriers, under /_practice: clock, faults, journeys, and what was seen and sold."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from . import alerts
from .faults import UnknownFault
from .journeys import Kind
from .wire import NotJson, answer, read_json
from .world import World


class BadHandle(ValueError):
    """The control request is malformed."""


def control(world: World) -> Blueprint:
    """Return the blueprint with all handles."""
    blueprint = Blueprint("practice", __name__, url_prefix="/_practice")
    blueprint.register_error_handler(ValueError, lambda error: answer({"error": str(error)}, 400))
    routes: dict[str, dict[str, Any]] = {
        "/clock": {"GET": lambda: _clock(world), "POST": lambda: _set_clock(world)},
        "/faults": {
            "GET": lambda: answer({"faults": world.faults.listed()}),
            "POST": lambda: _add_fault(world),
            "DELETE": lambda: _clear_faults(world),
        },
        "/journeys": {"POST": lambda: _send_on(world)},
        "/alerts": {"POST": lambda: _tell(world)},
        "/shipments": {"GET": lambda: answer({"shipments": _filtered(world.shipments())})},
        "/pickups": {"GET": lambda: answer({"pickups": _filtered(_papers(world, "pickup"))})},
        "/manifests": {"GET": lambda: answer({"manifests": _filtered(_papers(world, "manifest"))})},
        "/uploads": {"GET": lambda: answer({"uploads": _filtered(_papers(world, "upload"))})},
        "/requests": {
            "GET": lambda: answer({"requests": _filtered(world.requests())}),
            "DELETE": lambda: _forget(world),
        },
        "/tokens": {"DELETE": lambda: _revoke(world)},
        "/health": {"GET": lambda: answer({"status": "ok"})},
    }
    for rule, methods in routes.items():
        for method, view in methods.items():
            blueprint.add_url_rule(rule, endpoint=f"{method} {rule}", view_func=view, methods=[method])
    return blueprint


def _papers(world: World, kind: str) -> list[dict[str, Any]]:
    return [paper.as_dict() for paper in world.papers(kind)]


def _document() -> dict[str, Any]:
    try:
        document = read_json(request.get_data())
    except NotJson as error:
        raise BadHandle(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise BadHandle("the body must be a JSON object")
    return document


def _clock(world: World) -> Response:
    return answer({"now": world.clock.now().isoformat(), "scale": world.clock.scale})


def _set_clock(world: World) -> Response:
    document = _document()
    if "scale" in document:
        world.clock.set_scale(float(document["scale"]))
    if "advance_s" in document:
        world.clock.advance(float(document["advance_s"]))
    return _clock(world)


def _add_fault(world: World) -> Response:
    document = _document()
    if "kind" not in document:
        raise UnknownFault("a fault needs a kind")
    fault = world.faults.add(
        carrier=document.get("carrier", "*"),
        operation=document.get("operation", "*"),
        kind=str(document["kind"]),
        count=document.get("count"),
    )
    return answer(fault.as_dict(), 201)


def _clear_faults(world: World) -> Response:
    world.faults.clear()
    return answer({"faults": []})


def _send_on(world: World) -> Response:
    document = _document()
    if not document.get("number") and not document.get("reference"):
        raise BadHandle("a journey needs a number or a reference")
    kind = Kind(document.get("kind", "normal"))
    changed = world.send_on(number=document.get("number"), reference=document.get("reference"), kind=kind)
    if not changed and not document.get("reference"):
        return answer({"error": f"no shipment has the number {document['number']}"}, 404)
    return answer({"changed": changed, "kind": kind.value})


def _tell(world: World) -> Response:
    document = {"carrier": "ups", "kind": "in_order", **_document()}
    wanted = {name: str(document.get(name, "")) for name in ("carrier", "number", "url", "credential", "kind")}
    return answer({"statuses": alerts.tell(world, **wanted)})


def _filtered(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries that match every query parameter, e.g. ?carrier=ups&operation=ship."""
    asked = request.args.to_dict()
    return [entry for entry in entries if all(str(entry.get(name)) == value for name, value in asked.items())]


def _forget(world: World) -> Response:
    world.forget_requests()
    return answer({"requests": []})


def _revoke(world: World) -> Response:
    world.revoke_tokens()
    return answer({"tokens": []})
