"""From the bytes of one request to its signed answer or its error, for the command line and for batches."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from shipsmart.core.errors import ShipSmartError
from shipsmart.quotes import landed
from shipsmart.quotes.models import new_quote_id
from shipsmart.quotes.signature import canonical, sign, signed_part

LONGEST_INT = 40
BOM = b"\xef\xbb\xbf"


def answer_bytes(raw: bytes) -> dict[str, Any]:
    """Return the signed answer to a request in JSON, or `{"error": ...}`. Never raises for what a sender can write."""
    try:
        request = _decoded(raw.removeprefix(BOM))
    except (ValueError, RecursionError) as error:
        said = str(error).encode("ascii", "backslashreplace").decode()
        return refusal("not_json", f"the request is not JSON: {said}")
    if not isinstance(request, dict):
        return refusal("not_an_object", "the request must be a JSON object")
    return answer_of(request)


def answer_of(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the signed answer to a request, or `{"error": ...}` with its `id` where it has one."""
    try:
        found = landed.answer(request, now=datetime.now(UTC), origins=True)
    except ShipSmartError as error:
        refused: dict[str, Any] = {"error": error.as_dict()}
        return refused | ({"id": request["id"]} if isinstance(request.get("id"), str) else {})
    return found | {"quote_id": new_quote_id(), "signature": sign(canonical(signed_part(found)))}


def refusal(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "details": {}}}


def _decoded(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except ValueError:
        # Numbers that no program can hold are read as such, so that the error can name their field.
        value = json.loads(raw, parse_int=_whole)
        json.dumps(value, ensure_ascii=False, default=str).encode()  # half a character cannot be answered
        return value


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= LONGEST_INT else Decimal(digits)
