"""How often a stranger may ask: 60 times a minute per address and shop, counted in the cache."""

import hashlib
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from checkout.errors import Refused

PER_MINUTE = 60
WINDOW_S = 60


def check_rate(request: HttpRequest, *, shop: str) -> None:
    """Count one request. Raises Refused (429 with the seconds to wait) above the limit."""
    now = int(time.time())
    window, left_s = now // WINDOW_S, WINDOW_S - now % WINDOW_S
    name = hashlib.sha256(f"{client_address(request)}|{shop}".encode()).hexdigest()[:32]
    if _count(f"checkout:rate:{window}:{name}") > PER_MINUTE:
        message = f"more than {PER_MINUTE} requests a minute; ask again in {left_s} s"
        raise Refused(message, code="too_many_requests", status=429, retry_after_s=left_s)


def client_address(request: HttpRequest) -> str:
    """Return the caller's address. Behind our proxy it is the last one forwarded: that one the proxy wrote itself."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return request.META.get("REMOTE_ADDR", "")


def _count(key: str) -> int:
    cache.add(key, 0, timeout=2 * WINDOW_S)
    try:
        return cache.incr(key)
    except ValueError:  # thrown out between the two calls: the cache is full, the shopper is not to blame
        return 1
