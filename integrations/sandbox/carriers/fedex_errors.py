"""FedEx's way to say no: a transactionId and errors, each with a code and a message."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from flask import Response

from .wire import answer

_CODES = {
    401: "NOT.AUTHORIZED.ERROR",
    404: "NOT.FOUND.ERROR",
    429: "RATE.LIMIT.EXCEEDED",
    500: "INTERNAL.SERVER.ERROR",
    503: "SERVICE.UNAVAILABLE.ERROR",
}


class Refused(Exception):
    """The request cannot be carried out; carries the errors FedEx would answer as (code, message)."""

    def __init__(self, errors: list[tuple[str, str]], status: int = 400) -> None:
        super().__init__("; ".join(f"{code} {message}" for code, message in errors))
        self.errors = errors
        self.status = status


def refusal(error: Refused) -> Response:
    """Return the answer to a refused request."""
    return problem(error.status, error.errors)


def problem(status: int, errors: list[tuple[str, str]] | None = None) -> Response:
    """Return an error of that status in FedEx's shape."""
    standard = (_CODES.get(status, f"HTTP.{status}"), HTTPStatus(status).phrase)
    rows = [{"code": code, "message": message} for code, message in errors or [standard]]
    headers = {"Retry-After": "1"} if status == HTTPStatus.TOO_MANY_REQUESTS else None
    return answer({"transactionId": str(uuid.uuid4()), "errors": rows}, status, headers)
