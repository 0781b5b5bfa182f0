"""Codes and tokens of one shop, and the rules by which they live and die."""

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

ACCESS_SECONDS = 3600
REFRESH_SECONDS = 90 * 24 * 3600
GRACE_SECONDS = 30 * 24 * 3600
CODE_SECONDS = 600
ONLINE_SECONDS = 24 * 3600


@dataclass
class Token:
    """`expires_at` is None for the old non-expiring kind, which the Admin API no longer lets in."""

    value: str
    scopes: tuple[str, ...]
    expires_at: float | None
    online: bool = False


@dataclass
class Refresh:
    """`successor` is what a refresh gave out; once that is used, this one is dead."""

    value: str
    scopes: tuple[str, ...]
    expires_at: float
    successor: str | None = None
    first_used_at: float | None = None
    dead: bool = False


class GrantError(ValueError):
    """The token endpoint says no: an OAuth error code, and why."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.status = error, status


@dataclass(eq=False)
class TokenBook:
    """Source of the lifetimes: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens"""

    _codes: dict[str, tuple[tuple[str, ...], float]] = field(default_factory=dict)
    _access: dict[str, Token] = field(default_factory=dict)
    _refresh: dict[str, Refresh] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def issue_code(self, scopes: tuple[str, ...]) -> str:
        code = secrets.token_hex(16)
        with self._lock:
            self._codes[code] = (scopes, time.time() + CODE_SECONDS)
        return code

    def redeem_code(self, code: str, *, expiring: bool) -> dict[str, Any]:
        """Return the token answer for an authorisation code. A code works once. Raises GrantError."""
        with self._lock:
            scopes, expires_at = self._codes.pop(code, ((), 0.0))
            if expires_at < time.time():
                raise GrantError("invalid_request", "The authorization code was not found or was already used")
            return self.grant(scopes, expiring=expiring)

    def grant(self, scopes: tuple[str, ...], *, expiring: bool) -> dict[str, Any]:
        """Return a fresh offline token; with `expiring` also the refresh token that renews it."""
        expires_at = time.time() + ACCESS_SECONDS if expiring else None
        token = Token("shpat_" + secrets.token_hex(16), scopes, expires_at)
        with self._lock:
            self._access[token.value] = token
            answer: dict[str, Any] = {"access_token": token.value, "scope": ",".join(scopes)}
            if expiring:
                refresh = Refresh("shprt_" + secrets.token_hex(16), scopes, time.time() + REFRESH_SECONDS)
                self._refresh[refresh.value] = refresh
                answer |= {
                    "expires_in": ACCESS_SECONDS,
                    "refresh_token": refresh.value,
                    "refresh_token_expires_in": REFRESH_SECONDS,
                }
        return answer

    def grant_online(self, scopes: tuple[str, ...], *, user_id: int) -> dict[str, Any]:
        """Return a token bound to the person who sits in front of the admin."""
        token = Token("shpua_" + secrets.token_hex(16), scopes, time.time() + ONLINE_SECONDS, online=True)
        with self._lock:
            self._access[token.value] = token
        user = {"id": user_id, "first_name": "Ingrid", "last_name": "Solberg", "email": "owner@nordic-lights.example"}
        return {
            "access_token": token.value,
            "scope": ",".join(scopes),
            "expires_in": ONLINE_SECONDS,
            "associated_user_scope": ",".join(scopes),
            "associated_user": {**user, "account_owner": True, "locale": "en", "collaborator": False},
        }

    def refresh(self, value: str) -> dict[str, Any]:
        """Return new access and refresh tokens. The old refresh token works until the new one is used, 30 days at most.

        Raises GrantError `invalid_grant`.
        """
        with self._lock:
            known = self._refresh.get(value)
            if known is None or known.dead or known.expires_at < time.time():
                raise GrantError("invalid_grant", "The refresh token is unknown, expired or was replaced")
            for older in self._refresh.values():
                older.dead = older.dead or older.successor == value
            known.first_used_at = known.first_used_at or time.time()
            known.expires_at = min(known.expires_at, known.first_used_at + GRACE_SECONDS)
            answer = self.grant(known.scopes, expiring=True)
            known.successor = answer["refresh_token"]
            return answer

    def migrate(self, value: str) -> dict[str, Any]:
        """Return an expiring pair for a token of the old kind, which dies. Raises GrantError."""
        with self._lock:
            token = self._access.pop(value, None)
            if token is None or token.expires_at is not None:
                raise GrantError("invalid_subject_token", "The subject token is not a non-expiring offline token")
            return self.grant(token.scopes, expiring=True)

    def access(self, value: str) -> Token | None:
        """Return the token if it is known and has not expired."""
        with self._lock:
            token = self._access.get(value)
        expired = token is not None and token.expires_at is not None and token.expires_at < time.time()
        return None if expired else token

    def expire_access(self) -> int:
        """Let every access token expire now; refresh tokens live on. Returns how many it were."""
        with self._lock:
            live = [t for t in self._access.values() if t.expires_at is None or t.expires_at > time.time()]
            for token in live:
                token.expires_at = time.time() - 1
            return len(live)

    def revoke_all(self) -> None:
        with self._lock:
            self._codes.clear()
            self._access.clear()
            self._refresh.clear()
