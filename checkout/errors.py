from shipsmart.core.errors import ShipSmartError


class Refused(ShipSmartError):
    """A stranger's request that is not answered; `status` is the HTTP status, `field` names what is wrong with it."""

    code = "invalid"

    def __init__(
        self, message: str, *, code: str | None = None, status: int = 400, field: str = "", retry_after_s: int = 0
    ) -> None:
        super().__init__(message, code=code, **({"field": field} if field else {}))
        self.status = status
        self.retry_after_s = retry_after_s
