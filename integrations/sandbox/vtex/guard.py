"""Who calls, and whether the key may: License Manager's part."""

import functools
import hmac
import json
from collections.abc import Callable
from typing import Any

from flask import Response, abort, jsonify, request

from integrations.sandbox.vtex.account import Account, Key
from integrations.sandbox.vtex.world import World


def refused(status: int, code: str, message: str) -> Response:
    response = jsonify(error={"code": code, "message": message, "exception": None})
    response.status_code = status
    return response


def body() -> Any:
    """Return the JSON body; 400 for anything else."""
    try:
        return json.loads(request.get_data() or b"null")
    except ValueError:
        abort(400)


def guarded(world: World, resource: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a key with `resource` in: the view gets the account instead of its name, and the faults have their say."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def inner(account: str, **values: Any) -> Any:
            store = world.account(account)
            fault = store.faults.api(request.path)
            if fault:
                return _fault(fault)
            key = _key(store)
            if key is None:
                return refused(401, "1", "Unauthorized access")
            if resource not in key.resources:
                return refused(403, "1", "Access denied")
            with store.lock:
                return view(store, **values)

        return inner

    return decorate


def _key(store: Account) -> Key | None:
    known = store.keys.get(request.headers.get("X-VTEX-API-AppKey", ""))
    given = request.headers.get("X-VTEX-API-AppToken", "")
    if known is None or not given:
        return None
    fits = [
        bool(token) and hmac.compare_digest(token.encode(), given.encode()) for token in (known.token, known.renewed)
    ]
    return known if any(fits) else None


def _fault(fault: str) -> Response:
    if fault == "rubbish":
        return Response("<html>Service temporarily glitched</html>", mimetype="text/html")
    response = refused(int(fault) if fault.isdigit() else 500, "1", "fault on demand")
    if fault == "429":
        response.headers["Retry-After"] = "60"
    return response
