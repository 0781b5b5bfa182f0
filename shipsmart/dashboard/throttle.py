"""Log-in attempts: ten failures in a quarter of an hour, counted per user name and address, then a pause."""

import hashlib
import math
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

LIMIT = 10
WINDOW_S = 15 * 60


def client_address(request: HttpRequest) -> str:
    """Return the caller's address; behind our own proxy the last hop it wrote down, never what the caller claims."""
    if settings.SECURE_PROXY_SSL_HEADER:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        if hops[-1].strip():
            return hops[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _key(username: str, address: str) -> str:
    return "login:" + hashlib.sha256(f"{username.strip().lower()}\n{address}".encode()).hexdigest()


def minutes_to_wait(username: str, address: str) -> int:
    """Return whole minutes until another attempt is allowed, rounded up; 0 when it is allowed now."""
    key = _key(username, address)
    if (cache.get(key) or 0) < LIMIT:
        return 0
    until = cache.get(f"{key}:until") or time.time()
    return max(1, math.ceil((until - time.time()) / 60))


def note_failure(username: str, address: str) -> None:
    """Count a failure. The window begins with the first one and is not prolonged by later ones."""
    key = _key(username, address)
    if cache.add(key, 0, WINDOW_S):
        cache.set(f"{key}:until", time.time() + WINDOW_S, WINDOW_S)
    cache.incr(key)


def forget(username: str, address: str) -> None:
    key = _key(username, address)
    cache.delete_many([key, f"{key}:until"])
