"""The root of every error that ShipSmart raises on purpose."""

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
