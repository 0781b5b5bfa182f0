"""What the customer account asks about returns: what may come back of an order, and "I want to send this back".

Proof as in extension_api.py: the extension's session token, and the order's id with its confirmation number, which the
extension reads from Shopify's Customer Account API as the logged-in shopper. The merchant still has to agree.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from checkout.answers import never_an_exception, public
from checkout.errors import Refused
from integrations.storefronts.shopify.extension_api import SENT_ALONG, asking_shop, confirmed_order
from integrations.storefronts.shopify.incoming import Refused as BadBody
from integrations.storefronts.shopify.incoming import raw_body
from shipsmart.orders.models import Order
from shipsmart.ports import IntegrationError, StoreReturnLine
from shipsmart.returns import beginning
from shipsmart.returns.models import Reason, Return
from shipsmart.returns.operations import NotNow
from shipsmart.returns.split import TooMuch

MOST_LINES = 250
MOST_NOTE = 250
_KEY = re.compile(r"[A-Za-z0-9-]{16,64}")
# A shopper at home has not refused the parcel at the door.
REASONS = tuple(reason for reason in Reason.values if reason != Reason.REFUSED)


@public("POST", headers=SENT_ALONG)
@never_an_exception
def returnable_view(request: HttpRequest) -> HttpResponse:
    """Answer an extension with the goods of an order that may come back, and the reasons to choose from."""
    order, _ = _asked(request)
    left = _left(order)
    lines = [
        {"line": line.external_id, "title": line.title, "quantity": left[line.external_id]}
        for line in order.lines.all()
        if left.get(line.external_id)
    ]
    asked = [_told(one) for one in order.returns.exclude(state=Return.State.CANCELLED)]
    return _private({"order": order.number, "lines": lines, "reasons": REASONS, "returns": asked})


@public("POST", headers=SENT_ALONG)
@never_an_exception
def return_view(request: HttpRequest) -> HttpResponse:
    """Take a shopper's wish to send goods back; the same key any number of times is one return."""
    order, said = _asked(request)
    key = said.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Refused("key: 16 to 64 letters, digits or hyphens, the same for the same wish", field="key")
    rows = _rows(order, said.get("lines"))
    try:
        made = beginning.begin(order, rows, actor="shopper", requested=True, key=f"ext:{order.pk}:{key}")
    except TooMuch as error:
        raise Refused(str(error), code=error.code, status=422, field="lines") from error
    except NotNow as error:
        raise Refused(str(error), code=error.code, status=409) from error
    except IntegrationError as error:
        raise Refused("the store does not answer; try again", code="unavailable", status=503) from error
    return _private(_told(made), status=201)


def _asked(request: HttpRequest) -> tuple[Order, Mapping[str, Any]]:
    """Return the order that is asked about and the whole body. Raises Refused, 404 without the right proof."""
    connection = asking_shop(request)
    said = _body(request)
    proof = {name: said.get(name, "") for name in ("order_id", "confirmation_number")}
    if any(not isinstance(value, str) for value in proof.values()):
        raise Refused("order_id and confirmation_number are texts", field="order_id")
    order = confirmed_order(connection, proof) if connection else None
    if order is None:
        raise Refused("no order with this id and confirmation number", code="not_found", status=404)
    return order, said


def _body(request: HttpRequest) -> Mapping[str, Any]:
    try:
        said: Any = json.loads(raw_body(request))
    except BadBody as error:
        raise Refused(error.message, code=error.code, status=error.status) from error
    except (ValueError, RecursionError) as error:
        raise Refused("the body is not JSON", code="not_json") from error
    if not isinstance(said, dict):
        raise Refused("an object is expected", code="not_json")
    return said


def _left(order: Order) -> Mapping[str, int]:
    try:
        return beginning.returnable(order)
    except NotNow:
        return {}
    except IntegrationError as error:
        raise Refused("the store does not answer; try again", code="unavailable", status=503) from error


def _rows(order: Order, said: Any) -> list[StoreReturnLine]:
    if not isinstance(said, list) or not 0 < len(said) <= MOST_LINES:
        raise Refused(f"lines: a list of 1 to {MOST_LINES} is expected", field="lines")
    known = set(order.lines.values_list("external_id", flat=True))
    return [_row(row, number, known) for number, row in enumerate(said)]


def _row(row: Any, number: int, known: set[str]) -> StoreReturnLine:
    where = f"lines[{number}]"
    if not isinstance(row, dict) or not isinstance(row.get("line"), str) or row["line"] not in known:
        raise Refused(f"{where}.line: no line of this order", field=f"{where}.line")
    quantity, reason, note = row.get("quantity"), row.get("reason"), row.get("note", "")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 < quantity < 100_000:
        raise Refused(f"{where}.quantity: a whole number from 1", field=f"{where}.quantity")
    if not isinstance(reason, str) or reason not in REASONS:
        raise Refused(f"{where}.reason: one of {', '.join(REASONS)}", field=f"{where}.reason")
    if not isinstance(note, str) or len(note) > MOST_NOTE or "\x00" in note:
        raise Refused(f"{where}.note: a text of at most {MOST_NOTE} characters", field=f"{where}.note")
    return StoreReturnLine("", row["line"], quantity, reason, note.strip())


def _told(returned: Return) -> dict[str, Any]:
    return {"number": returned.number, "state": returned.state, "note": returned.reason}


def _private(body: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    response = JsonResponse(dict(body), status=status)
    response["Cache-Control"] = "private, no-store"
    return response
