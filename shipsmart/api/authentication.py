"""`Authorization: Bearer ss_…`: the key is found by its SHA-256, the request acts for its merchant."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from shipsmart.merchants.models import ApiKey

LONGEST_KEY = 200


class Caller:
    """Who asks: no person, a key of a merchant."""

    is_authenticated = True

    def __init__(self, key: ApiKey) -> None:
        self.key = key
        self.pk = key.pk

    def __str__(self) -> str:
        return str(self.key)


class BearerKey(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Caller, ApiKey] | None:
        """Return the caller and the key; None without a header. Raises AuthenticationFailed. One query."""
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer":
            raise AuthenticationFailed("send the key as `Authorization: Bearer ss_...`", code="bad_credentials")
        key = _find(text.strip())
        if key is None:
            raise AuthenticationFailed("this key is not known or has been revoked", code="bad_credentials")
        return Caller(key), key

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="ShipSmart"'


def _find(text: str) -> ApiKey | None:
    if not text.startswith("ss_") or len(text) > LONGEST_KEY or not text.isascii():
        return None
    keys = ApiKey.objects.select_related("merchant")
    try:
        return keys.get(digest=ApiKey.digest_of(text), revoked_at__isnull=True)
    except ApiKey.DoesNotExist:
        return None
