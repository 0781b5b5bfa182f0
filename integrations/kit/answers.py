"""What came back over HTTP, and what a status means for the one who asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from shipsmart.ports import IntegrationError

LONGEST_PAUSE_S = 3600.0
_decoder = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True)
class Answer:
    """A partner's answer, whatever its status. `repeatable`: asking again could do no harm."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    repeatable: bool = True

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the parsed body, fractions as exact Decimals. Raises IntegrationError when it is not JSON.

        An unreadable answer to something that must not be done twice leaves the outcome unknown.
        """
        try:
            return _decoder.decode(self.content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._unreadable(f"is not JSON: {error}") from error

    def record(self) -> dict[str, Any]:
        """Return the parsed body, which must be a JSON object: `null` or a list is no word of a partner's."""
        found = self.json()
        if not isinstance(found, dict):
            raise self._unreadable(f"is not a JSON object but {str(found)[:40]!r}")
        return found

    def rows(self) -> list[Any]:
        """Return the parsed body, which must be a JSON list."""
        found = self.json()
        if not isinstance(found, list):
            raise self._unreadable(f"is not a JSON list but {str(found)[:40]!r}")
        return found

    def _unreadable(self, what: str) -> IntegrationError:
        return IntegrationError(
            f"the answer (status {self.status}, {len(self.content)} bytes) {what}",
            permanent=False,
            code="unreadable_answer",
            outcome_unknown=not self.repeatable and not 400 <= self.status < 500,
            status=self.status,
        )

    def text(self, limit: int = 300) -> str:
        return self.content[: limit * 4].decode("utf-8", "replace")[:limit]

    def retry_after_s(self) -> float | None:
        """Return the pause that the partner asked for, in seconds (at most an hour), or None."""
        value = self.headers.get("Retry-After", "").strip()
        try:
            seconds = float(value) if value.isdigit() else _until(value)
        except (TypeError, ValueError):
            return None
        return max(0.0, min(seconds, LONGEST_PAUSE_S))

    def failure(self, who: str, message: str = "") -> IntegrationError:
        """Return the error that this status means; `message` is what the partner said in words.

        401 and 403 need a person; 408, 425 and 429 pass; any other 4xx is refused for good. 5xx passes too, but a
        request that must not be done twice may have been carried out before the server fell over.
        """
        transient = self.status >= 500 or self.status in (408, 425, 429)
        code = {401: "credentials_refused", 403: "credentials_refused", 429: "too_many_requests"}.get(
            self.status, "partner_failed" if transient else "partner_refused"
        )
        return IntegrationError(
            f"{who} answered {self.status}: {message or 'no reason given'}",
            permanent=not transient,
            code=code,
            outcome_unknown=not self.repeatable and (self.status >= 500 or self.status == 408),
            retry_after_s=self.retry_after_s(),
            status=self.status,
        )


def _until(http_date: str) -> float:
    return (parsedate_to_datetime(http_date) - datetime.now(UTC)).total_seconds()
