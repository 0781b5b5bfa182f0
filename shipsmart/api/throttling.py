"""How often a key may ask: counted per minute in the cache, so that all processes count together."""

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW_S = 60


class PerKey(BaseThrottle):
    """At most `API_PER_MINUTE` requests of a key in each minute of the clock."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return True
        window = int(time.time()) // WINDOW_S
        return _count(f"api:asked:{request.auth.pk}:{window}") <= settings.API_PER_MINUTE

    def wait(self) -> float:
        """Return the seconds until the next minute begins."""
        return WINDOW_S - time.time() % WINDOW_S


def _count(name: str) -> int:
    cache.add(name, 0, timeout=2 * WINDOW_S)
    try:
        return int(cache.incr(name))
    except ValueError:  # thrown out between the two calls: the cache is full, which is not the caller's fault
        return 1
