"""Credentials at rest: encrypted with the first of CREDENTIALS_KEYS, readable with any of them (so keys can rotate)."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from shipsmart.core.errors import ShipSmartError


class CredentialsUnreadable(ShipSmartError):
    code = "credentials_unreadable"


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(values: Mapping[str, Any]) -> str:
    return _fernet(tuple(settings.CREDENTIALS_KEYS)).encrypt(json.dumps(dict(values)).encode()).decode()


def decrypt(text: str) -> dict[str, Any]:
    """Return the values; raises CredentialsUnreadable when none of the keys fits."""
    try:
        values: dict[str, Any] = json.loads(_fernet(tuple(settings.CREDENTIALS_KEYS)).decrypt(text.encode()))
    except InvalidToken as error:
        raise CredentialsUnreadable(
            "stored credentials fit none of CREDENTIALS_KEYS; add the key they were made with"
        ) from error
    return values


class EncryptedJSONField(models.TextField):
    """A dictionary that is only ever stored encrypted."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value or {})

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> dict[str, Any]:
        return decrypt(value) if value else {}

    def to_python(self, value: Any) -> Any:
        return value or {}
