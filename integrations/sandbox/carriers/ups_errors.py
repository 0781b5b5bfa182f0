"""UPS's way to say no: response.errors, each with a code and a message."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from .wire import answer

NOT_VALID = "10002"  # the document is well formed but not valid
_CODES = {401: "250002", 403: "250003", 404: "TW0001", 429: "10429", 500: "10500", 503: "10503"}
_MESSAGES = {
    401: "Invalid Authentication Information.",
    403: "Blocked Merchant.",
    404: "Tracking Information Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error. Please try again later.",
}


class Refused(Exception):
    """The request cannot be carried out; carries the errors UPS would answer as (code, message)."""

    def __init__(self, errors: list[tuple[str, str]], status: int = 400) -> None:
        super().__init__("; ".join(f"{code} {message}" for code, message in errors))
        self.errors = errors
        self.status = status


def refusal(error: Refused) -> Response:
    """Return the answer to a refused request."""
    return problem(error.status, error.errors)


def problem(status: int, errors: list[tuple[str, str]] | None = None) -> Response:
    """Return an error of that status in UPS's shape."""
    standard = (_CODES.get(status, f"10{status}"), _MESSAGES.get(status, HTTPStatus(status).phrase))
    rows = [{"code": code, "message": message} for code, message in errors or [standard]]
    headers = {"Retry-After": "1"} if status == HTTPStatus.TOO_MANY_REQUESTS else None
    return answer({"response": {"errors": rows}}, status, headers)
