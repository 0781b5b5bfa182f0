"""Reading a request: size, encoding, JSON. Nothing here knows what the body means."""

from decimal import Decimal
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError

from shipsmart.api.errors import Refused

MOST_BYTES = 1024 * 1024
JSON_TYPE = "application/json"

_plain = msgspec.json.Decoder()
_exact = msgspec.json.Decoder(float_hook=Decimal)


def raw_body(request: HttpRequest) -> bytes:
    """Return the body. Raises Refused 413 over 1 MiB, before reading it where the sender says its size."""
    try:
        stated = int(request.META.get("CONTENT_LENGTH") or 0)
        body = request.body if stated <= MOST_BYTES else b""
    except (ValueError, UnreadablePostError) as error:
        raise Refused(400, "unreadable_body", "the body could not be read") from error
    except RequestDataTooBig:
        stated, body = MOST_BYTES + 1, b""
    if stated > MOST_BYTES or len(body) > MOST_BYTES:
        raise Refused(413, "body_too_large", f"at most {MOST_BYTES} bytes are taken", limit=MOST_BYTES)
    return body


def read_object(body: bytes, *, exact: bool = False) -> dict[str, Any]:
    """Return the JSON object of a body; with `exact` numbers with a fraction are read as Decimal.

    Raises Refused 400 for what is no JSON in UTF-8 (lone surrogates and NaN included), nested too deep or no object.
    """
    try:
        value = (_exact if exact else _plain).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError) as error:
        raise Refused(400, "not_json", f"the body is not JSON in UTF-8: {error}") from error
    if not isinstance(value, dict):
        raise Refused(400, "not_an_object", "the body must be one JSON object")
    return value


def json_response(value: Any) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(value), content_type=JSON_TYPE)
    response["Cache-Control"] = "no-store"
    return response
