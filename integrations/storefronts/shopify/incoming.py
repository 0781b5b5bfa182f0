"""What comes in from Shopify: read within limits, and only as bytes until the signature has been checked."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from integrations.kit.signing import valid_hmac_base64
from integrations.storefronts.shopify.shop import secrets
from shipsmart.core.errors import ShipSmartError

MAX_BYTES = 1024 * 1024


class Refused(ShipSmartError):
    """A request that is answered with `status` and not looked at further."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message, code=code)
        self.status = status


def raw_body(request: HttpRequest) -> bytes:
    """Return the body. Raises Refused 413 over 1 MiB, before reading it where the sender says its size."""
    try:
        stated = int(request.META.get("CONTENT_LENGTH") or 0)
        body = request.body if stated <= MAX_BYTES else b""
    except (ValueError, UnreadablePostError) as error:
        raise Refused(400, "unreadable_body", "the body could not be read") from error
    except RequestDataTooBig:
        stated, body = MAX_BYTES + 1, b""
    if stated > MAX_BYTES or len(body) > MAX_BYTES:
        raise Refused(413, "body_too_large", f"at most {MAX_BYTES} bytes are taken")
    return body


def header(request: HttpRequest, name: str) -> str:
    """Return a Shopify header in its old form (X-Shopify-Topic) or its new one (Shopify-Topic); "" when absent."""
    return request.headers.get(f"X-Shopify-{name}") or request.headers.get(f"Shopify-{name}") or ""


def check_signature(request: HttpRequest, body: bytes) -> None:
    """Raise Refused 401 unless the raw body is signed with our client secret, the new one or the old."""
    if not valid_hmac_base64(secrets(), body, header(request, "Hmac-Sha256")):
        raise Refused(401, "bad_signature", "the signature does not fit the body")
