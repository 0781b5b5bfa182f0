"""The errors that the arithmetic raises on purpose, and the root of all errors of the product."""

from typing import Any


class ShipSmartError(Exception):
    """An expected failure: a stable `code`, a sentence for a person, and the values behind it."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details = details

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "details": self.details}


class BadExpression(ShipSmartError):
    """A duty text that this grammar does not cover; the text is kept in `details`."""

    code = "bad_duty_expression"


class BadRevision(ShipSmartError):
    """A return that names lines or quantities which were never sold, or a cost that was never computed."""

    code = "bad_revision"


class CurrencyMismatch(ShipSmartError):
    """Two amounts of different currencies met where one was needed."""

    code = "currency_mismatch"


class ExchangeRateMissing(ShipSmartError):
    """Neither the request nor the stored sets know a pair of currencies."""

    code = "exchange_rate_missing"


class InvalidRequest(ShipSmartError):
    """A request that cannot be answered as it stands; `details["field"]` is the path of the field."""

    code = "invalid_request"

    def within(self, path: str) -> "InvalidRequest":
        """Return the same error with the path of the object that holds the field put before it."""
        details = {**self.details, "field": f"{path}.{self.details['field']}"}
        return InvalidRequest(f"{path}.{self.message}", **details)


class MissingQuantity(ShipSmartError):
    """A duty per unit meets a line that does not say how much of that unit there is."""

    code = "quantity_missing"


class NoRuleInForce(ShipSmartError):
    """A figure is needed for which the rulebook holds no value on that day."""

    code = "no_rule_in_force"


class OutOfRange(ShipSmartError):
    """A quantity so large that the duty on it has no meaning."""

    code = "out_of_range"
