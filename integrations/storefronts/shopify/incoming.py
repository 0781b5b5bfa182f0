"""What comes in from Shopify: read within limits, and only as bytes until the signature has been checked."""

from django.http import HttpRequest

from integrations.kit import incoming
from integrations.kit.incoming import Refused
from integrations.kit.signing import valid_hmac_base64
from integrations.storefronts.shopify.shop import secrets

__all__ = ["MAX_BYTES", "Refused", "check_signature", "header", "raw_body"]
MAX_BYTES = 1024 * 1024


def raw_body(request: HttpRequest) -> bytes:
    """Return the body. Raises Refused: 411 without a stated length, 413 over 1 MiB, before reading it."""
    return incoming.raw_body(request, max_bytes=MAX_BYTES)


def header(request: HttpRequest, name: str) -> str:
    """Return a Shopify header in its old form (X-Shopify-Topic) or its new one (Shopify-Topic); "" when absent."""
    return request.headers.get(f"X-Shopify-{name}") or request.headers.get(f"Shopify-{name}") or ""


def check_signature(request: HttpRequest, body: bytes) -> None:
    """Raise Refused 401 unless the raw body is signed with our client secret, the new one or the old."""
    if not valid_hmac_base64(secrets(), body, header(request, "Hmac-Sha256")):
        raise Refused(401, "bad_signature", "the signature does not fit the body")
