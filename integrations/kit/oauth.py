"""Access tokens kept until shortly before they end; of many callers only one fetches a new one."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.kit.answers import Answer

SAFETY_S = 60.0  # a token must not end between our look and the partner's


@dataclass(frozen=True)
class Token:
    """`lasts_s`: seconds from now, as the partner said."""

    value: str = field(repr=False)
    lasts_s: float


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    value: str = field(default="", repr=False)
    ends_at: float = 0.0


_kept: dict[str, _Kept] = {}
_kept_lock = threading.Lock()


def token_key(partner: str, client_id: str, secret: str) -> str:
    """Return a name for a token that changes with the credentials and does not show them."""
    return f"{partner}:{client_id}:{hashlib.sha256(secret.encode()).hexdigest()[:16]}"


def token(key: str, fetch: Callable[[], Token]) -> str:
    """Return the access token in force, fetched by one caller while the others wait for it. `fetch` may raise."""
    entry = _entry(key)
    if entry.ends_at > time.monotonic():
        return entry.value
    with entry.lock:
        if entry.ends_at <= time.monotonic():
            fetched = fetch()
            entry.value, entry.ends_at = fetched.value, time.monotonic() + max(0.0, fetched.lasts_s - SAFETY_S)
            return fetched.value
        return entry.value


def with_token(key: str, fetch: Callable[[], Token], send: Callable[[str], Answer]) -> Answer:
    """Return what `send` got with the token; a token refused before its time is replaced once.

    Safe for purchases too: an answer 401 means that nothing was done.
    """
    access = token(key, fetch)
    answer = send(access)
    if answer.status != 401:
        return answer
    forget(key, access)
    return send(token(key, fetch))


def forget(key: str, refused: str) -> None:
    """Drop a token that the partner refused before its time; one that was already replaced stays."""
    entry = _entry(key)
    with entry.lock:
        if entry.value == refused:
            entry.ends_at = 0.0


def _entry(key: str) -> _Kept:
    with _kept_lock:
        return _kept.setdefault(key, _Kept())
