"""The answers given within the hour: the same cart gets the same bytes, whichever process is asked.

Each process remembers its own. Where several serve (production), Redis says who was first, in one step: of two that are
asked at the same moment one answers with the other's words. Without Redis, or when it does not answer, the stored
quotes are looked at instead.
"""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache, caches
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

SAME_ANSWER_FOR = timedelta(hours=1)
AWAY_S = 30.0  # a Redis that failed is not asked for so long: its time-outs would be the shopper's
_memory = caches["process"]
_away_until = 0.0


def shared() -> bool:
    """Whether Redis knows the answers of all processes."""
    return not settings.EMBEDDED and time.monotonic() >= _away_until


def here(cart: str) -> bytes | None:
    """Return what this process answered to the cart."""
    said: bytes | None = _memory.get(cart)
    return said


def first(cart: str, ours: bytes) -> bytes:
    """Return the answer that counts and remember it: ours, the same object, unless another process was first."""
    said = _agreed(cart, ours) if shared() else ours
    _memory.set(cart, said, SAME_ANSWER_FOR.total_seconds())
    return said


def _agreed(cart: str, ours: bytes) -> bytes:
    global _away_until  # noqa: PLW0603 - one switch for the process
    key = f"vtex.tax:{cart}"
    try:
        if cache.add(key, ours, SAME_ANSWER_FOR.total_seconds()):
            return ours
        return cache.get(key) or ours
    except (RedisError, OSError) as error:
        log.warning("Redis does not answer, the database is asked instead for %.0f s: %s", AWAY_S, error)
        _away_until = time.monotonic() + AWAY_S
        return ours
