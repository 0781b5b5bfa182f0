"""JSON on the wire: decimals stay decimals both ways."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec
from flask import Response

_ENCODER = msgspec.json.Encoder(decimal_format="number")


class NotJson(ValueError):
    """The body is not a JSON document."""


def read_json(raw: bytes) -> Any:
    """Return the document with every fractional number as Decimal. Raises NotJson."""
    try:
        return json.loads(raw.decode("utf-8"), parse_float=Decimal)
    except ValueError as error:
        raise NotJson(str(error)) from error


def to_json(document: Any) -> bytes:
    return _ENCODER.encode(document)


def answer(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON response."""
    return Response(to_json(document), status=status, headers=headers, mimetype="application/json")
