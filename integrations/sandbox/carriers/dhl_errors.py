"""DHL's way to say no: one JSON object with instance, detail, title, message and status as text."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from .wire import answer

_TITLES = {400: "Bad request", 422: "Validation error"}
_MESSAGES = {400: "Bad request", 422: "Unprocessable Entity"}
_MANY = "Multiple problems found, see Additional Details"


class Refused(Exception):
    """The request cannot be carried out; carries what DHL would answer."""

    def __init__(self, status: int, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.status = status
        self.problems = problems


def refusal(error: Refused) -> Response:
    """Return the answer to a refused request."""
    return problem(error.status, error.problems)


def problem(status: int, problems: list[str] | None = None) -> Response:
    """Return an error of that status; several problems go into additionalDetails."""
    phrase = HTTPStatus(status).phrase
    details = problems or [_standard(status)]
    body = {
        "instance": request.full_path.rstrip("?").replace("/dhl/mydhlapi", "/expressapi", 1),
        "detail": details[0] if len(details) == 1 else _MANY,
        "title": _TITLES.get(status, phrase),
        "message": _MESSAGES.get(status, phrase),
        "status": str(status),
    }
    if len(details) > 1:
        body["additionalDetails"] = details
    headers = {"Retry-After": "1"} if status == HTTPStatus.TOO_MANY_REQUESTS else None
    return answer(body, status, headers)


def _standard(status: int) -> str:
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return "999: Process failure occurred. Process ID associated for that transaction (1234567890)"
    return HTTPStatus(status).description or HTTPStatus(status).phrase
