"""HMAC signatures of partners, compared in constant time over the raw bytes of what came in."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings
from django.utils.crypto import salted_hmac


def valid_hmac_base64(secrets: Iterable[str], body: bytes, signature: str) -> bool:
    """Return whether `signature` is the base64 HMAC-SHA256 of `body` under any of `secrets`.

    Several secrets, because a partner's old secret stays good while a new one rolls out. Empty secrets never match.
    Whatever a stranger put into the header (not ASCII, not base64) is simply not valid: nothing raises.
    """
    return _any_matches(secrets, body, _from_base64(signature))


def valid_hmac_hex(secrets: Iterable[str], body: bytes, signature: str) -> bool:
    """Return whether `signature` is the hexadecimal HMAC-SHA256 of `body` under any of `secrets`; never raises."""
    try:
        given = bytes.fromhex(signature)
    except (TypeError, ValueError):
        given = b""
    return _any_matches(secrets, body, given)


def account_secrets(salt: str, account_id: int) -> list[str]:
    """Return an account's secret, made from our own key so that nothing is stored; those of older keys follow."""
    keys = [None, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac(salt, str(account_id), secret=key, algorithm="sha256").hexdigest() for key in keys]


def hmac_base64(secret: str, body: bytes) -> str:
    return base64.b64encode(_digest(secret, body)).decode("ascii")


def hmac_hex(secret: str, body: bytes) -> str:
    return _digest(secret, body).hex()


def _any_matches(secrets: Iterable[str], body: bytes, given: bytes) -> bool:
    found = False
    for secret in secrets:
        # No early exit: the time taken must not tell which secret matched.
        found |= bool(secret) and hmac.compare_digest(_digest(secret, body), given)
    return found


def _digest(secret: str, body: bytes) -> bytes:
    return hmac.digest(secret.encode(), body, hashlib.sha256)


def _from_base64(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return b""
