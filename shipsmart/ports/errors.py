"""How an integration says that it could not do what was asked."""

from typing import Any

from shipsmart.core.errors import ShipSmartError


class IntegrationError(ShipSmartError):
    """A partner refused, failed or did not answer.

    `permanent`: asking again in the same words cannot help; a person must see it.
    `outcome_unknown`: the partner may have done what we asked (time-out, dropped line): ask before repeating.
    `retry_after_s`: the partner's own wish, when it said one.
    """

    code = "integration_failed"

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        code: str | None = None,
        outcome_unknown: bool = False,
        retry_after_s: float | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, code=code, **details)
        self.permanent = permanent
        self.outcome_unknown = outcome_unknown
        self.retry_after_s = retry_after_s


class Unsupported(ShipSmartError):
    """The integration does not offer this capability."""

    code = "unsupported"
