"""Reading what a partner answered: an odd value is an IntegrationError, never a crash or a parcel for free."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from integrations.kit.answers import Answer
from integrations.kit.oauth import Token
from shipsmart.ports import IntegrationError

ODDITIES = (KeyError, TypeError, ValueError, AttributeError, IndexError, StopIteration, ArithmeticError, OSError)


@contextmanager
def reading(what: str, *, booked: bool = False) -> Iterator[None]:
    """Say of whatever goes wrong inside that `what` cannot be read; also a decorator.

    `booked`: the answer is to something that must not be done twice, so its outcome is unknown.
    """
    try:
        yield
    except ODDITIES as error:
        raise IntegrationError(
            f"{what} cannot be read (unknown shape): {error!r}",
            permanent=False,
            code="unreadable_answer",
            outcome_unknown=booked,
        ) from error


def amount(value: Any) -> Decimal:
    """Return an amount of money. Raises ValueError for what is none: nothing, a flag, a text, less than nought."""
    found = Decimal(value) if isinstance(value, str | int | Decimal) else Decimal(-1)
    if isinstance(value, bool) or not found.is_finite() or found < 0:
        raise ValueError(f"{value!r} is no amount")
    return found


def number(value: Any) -> str:
    """Return a waybill or another number as text. Raises ValueError for an empty one."""
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise ValueError(f"{value!r} is no number")
    return str(value)


def paper(content: Any) -> bytes:
    """Return the bytes of a document sent as base64. Raises ValueError for an empty one."""
    found = base64.b64decode(content, validate=True)
    if not found:
        raise ValueError("the document is empty")
    return found


def problem_in(answer: Answer, problem_from: Callable[[Any], str]) -> str:
    """Return what a partner says was wrong; the beginning of the page when its refusal has not the promised shape."""
    try:
        with reading("the refusal"):
            return problem_from(answer.json())
    except IntegrationError:  # an error page that is no JSON: its beginning is all we can show
        return answer.text(120)


def checked(answer: Answer, *, who: str, problem_from: Callable[[Any], str]) -> Answer:
    """Return a good answer. Raises IntegrationError with the partner's own words for any other."""
    if not answer.ok:
        raise answer.failure(who, problem_in(answer, problem_from))
    return answer


def missing(answer: Answer) -> bool:
    """Return whether the partner knows nothing under the number that was asked for (404).

    A page in its place comes from some gateway before it and says nothing: believed, it would let a label be bought
    again that exists. Raises IntegrationError then.
    """
    if answer.status == 404 and answer.content.strip():
        answer.json()
    return answer.status == 404


def said_so(done: object, what: str) -> None:
    """Raise IntegrationError unless the partner said that it did `what`: a 200 alone is no such word."""
    if not done:
        raise IntegrationError(f"{what}: the answer does not say so", permanent=False, code="unreadable_answer")


def token_in(document: Any, who: str, *, name: str = "access_token", lasts: str = "expires_in") -> Token:
    with reading(f"the token of {who}"):
        return Token(number(document[name]), float(document[lasts]))
