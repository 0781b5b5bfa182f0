"""What happens around every call: it is written down, faults strike, then the carrier answers in its own shape."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Response, g, request

from .faults import SHAPINGS, Fault, drop
from .wire import NotJson, read_json
from .world import World

View = Callable[..., Response]
Problem = Callable[[int], Response]


def partner_call(world: World, carrier: str, operation: str, problem: Problem) -> Callable[[View], View]:
    """Return a decorator for one endpoint; `problem(status)` answers an error in the carrier's shape."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def call(**path: Any) -> Response:
            _write_down(world, carrier, operation)
            struck = world.faults.strike(carrier, operation)
            g.shapings = {fault.kind for fault in struck if fault.kind in SHAPINGS}
            disruptions = [fault for fault in struck if fault.kind not in SHAPINGS]
            return _disrupted(world, disruptions, problem, lambda: view(**path))

        return call

    return decorate


def _disrupted(world: World, faults: list[Fault], problem: Problem, carry_out: Callable[[], Response]) -> Response:
    done: Response | None = None
    for fault in faults:
        if fault.accepts_first and done is None:
            done = _accepted(world, faults, carry_out)
        broken = _break(world, fault.effect, problem)
        if broken is not None:
            return broken
    return done if done is not None else carry_out()


def _accepted(world: World, faults: list[Fault], carry_out: Callable[[], Response]) -> Response:
    """Carry the request out. One that is refused (a stale token, say) was not accepted: the faults stay in force."""
    try:
        return carry_out()
    except Exception:
        world.faults.give_back(faults)
        raise


def _break(world: World, effect: str, problem: Problem) -> Response | None:
    """Do the harm; return the answer that replaces the real one, or None when the call may go on."""
    client = request.environ.get("werkzeug.socket")
    if effect.startswith("slow:"):
        time.sleep(min(float(effect[5:]), 60))
        return None
    if effect.startswith("http_"):
        return problem(int(effect[5:]))
    if effect == "rubbish":
        return Response(b'<html>{"products": [{"pro\x00\xff', 200, mimetype="application/json")
    if effect == "hang":
        world.faults.hang(client)
    drop(client)
    return Response(b"", 503)


def _write_down(world: World, carrier: str, operation: str) -> None:
    entry = {
        "at": datetime.now(UTC).isoformat(),
        "carrier": carrier,
        "operation": operation,
        "method": request.method,
        "path": request.path,
        "query": request.args.to_dict(flat=False),
        "headers": {name: _shown(name, value) for name, value in request.headers.items()},
        "body": _body(),
        "status": None,
    }
    g.practice_entry = entry
    world.remember_request(entry)


def note_status(response: Response) -> Response:
    """Add the status of the answer to what was written down about the request."""
    if "practice_entry" in g:
        g.practice_entry["status"] = response.status_code
    return response


def _shown(name: str, value: str) -> str:
    """Return the header's value, credentials hidden."""
    return f"{value.partition(' ')[0]} ***" if name.lower() == "authorization" else value


def _body() -> Any:
    raw = request.get_data()
    if not raw:
        return None
    try:
        return read_json(raw)
    except NotJson:
        return raw.decode("utf-8", "replace")
