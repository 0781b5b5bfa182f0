"""Canonical JSON and the signature over it: what we showed can be proved, and compared byte for byte with a replay."""

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from django.conf import settings


def canonical(value: Mapping[str, Any]) -> str:
    """Return JSON with sorted keys and no blanks; the same value always gives the same text."""
    return msgspec.json.encode(value, order="sorted").decode()


def signed_part(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the signature covers: the answer without what was put around it."""
    return {key: value for key, value in answer.items() if key not in ("quote_id", "signature", "request", "id")}


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"shipsmart.quotes.signature:" + secret.encode()).digest()


def sign(text: str) -> str:
    """Return the hex HMAC-SHA256 of a canonical answer under this installation's key."""
    return hmac.new(_key(settings.SECRET_KEY), text.encode(), hashlib.sha256).hexdigest()


def is_ours(text: str, signature: str) -> bool:
    return hmac.compare_digest(sign(text).encode(), signature.encode())
