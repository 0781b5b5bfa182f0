"""How fast a carrier account is asked: so many polls a minute over all processes, none while the carrier rests."""

import random
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache

POLLS_A_MINUTE = 60  # an account's own figure: setting "tracking_per_minute"
PAUSE_S = 60.0  # after "too many requests" without a wish
MINUTE_S = 60


def wait_s(account: Any) -> float:
    """Return 0 and count a poll of this account, or the seconds until it may be asked again.

    `account` is a rating.CarrierAccount. Without a shared cache each process counts for itself.
    """
    now = time.time()
    rests_until = cache.get(_key(account, "rests"), 0.0)
    if rests_until > now:
        return rests_until - now + _spread()
    minute = _key(account, str(int(now // MINUTE_S)))
    cache.add(minute, 0, 2 * MINUTE_S)
    if cache.incr(minute) <= _allowed(account):
        return 0.0
    return MINUTE_S - now % MINUTE_S + _spread()


def rest(account: Any, *, wish_s: float | None) -> None:
    """Leave the whole account alone for as long as the carrier asked, not only the one parcel that was refused."""
    pause_s = PAUSE_S if wish_s is None else wish_s
    cache.set(_key(account, "rests"), time.time() + pause_s, pause_s + 1)


def _allowed(account: Any) -> int:
    return int(int(account.settings.get("tracking_per_minute", POLLS_A_MINUTE)) * max(1.0, settings.TRACKING_PACE))


def _key(account: Any, what: str) -> str:
    return f"tracking:{account.pk}:{what}"


def _spread() -> float:
    return random.uniform(0.5, 10.0)  # noqa: S311 - so that parcels put off together do not come back together
