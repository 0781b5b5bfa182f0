"""What comes in: read within limits, and only as bytes until the sender has proved who it is."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from shipsmart.core.errors import ShipSmartError


class Refused(ShipSmartError):
    """A request that is answered with `status` and not looked at further."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message, code=code)
        self.status = status


def raw_body(request: HttpRequest, *, max_bytes: int) -> bytes:
    """Return the body. Raises Refused: 411 without a stated length, 413 over the limit, before reading it."""
    stated_text = request.META.get("CONTENT_LENGTH") or ""
    if not stated_text and request.META.get("HTTP_TRANSFER_ENCODING"):
        raise Refused(411, "length_required", "say the length of the body (Content-Length)")
    try:
        stated = int(stated_text or 0)
        body = request.body if stated <= max_bytes else b""
    except (ValueError, UnreadablePostError) as error:
        raise Refused(400, "unreadable_body", "the body could not be read") from error
    except RequestDataTooBig:
        stated, body = max_bytes + 1, b""
    if stated > max_bytes or len(body) > max_bytes:
        raise Refused(413, "body_too_large", f"at most {max_bytes} bytes are taken")
    return body
