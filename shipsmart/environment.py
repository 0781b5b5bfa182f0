"""Secrets of the embedded default: made once, kept in `var/settings.env`, never in the repository."""

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured


def load_or_make(path: Path) -> None:
    """Put the values of `path` into the environment (what is set already wins); make the file on the first start."""
    if not path.exists():
        _make(path)
    for line in path.read_text().splitlines():
        name, _, value = line.partition("=")
        if name and not name.startswith("#"):
            os.environ.setdefault(name, value)


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = "\n".join(
        [
            "# Made on the first start. Keep it: without CREDENTIALS_KEYS stored credentials cannot be read.",
            f"SECRET_KEY={secrets.token_urlsafe(50)}",
            f"CREDENTIALS_KEYS={Fernet.generate_key().decode()}",
            f"SHOPIFY_CLIENT_ID={secrets.token_hex(16)}",
            f"SHOPIFY_CLIENT_SECRET=shpss_{secrets.token_hex(16)}",
            "",
        ]
    )
    # Written beside and linked into place: two processes starting together agree on one file.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def rotated_at(text: str, *, old_secret: str) -> datetime | None:
    """Return when Shopify's client secret was changed, None when it was not.

    An old secret without that moment would be good for ever, so it stops the start, and so does a moment far ahead.
    """
    if not text:
        if old_secret:
            raise ImproperlyConfigured(
                "SHOPIFY_OLD_CLIENT_SECRET is set without SHOPIFY_SECRET_ROTATED_AT: say when the secret was changed "
                "(2026-11-22T10:00:00+00:00); the old one is taken for an hour from then"
            )
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"SHOPIFY_SECRET_ROTATED_AT={text!r}: must be an ISO 8601 moment") from error
    if moment.tzinfo is None:
        raise ImproperlyConfigured(f"SHOPIFY_SECRET_ROTATED_AT={text!r}: must name its time zone (end it with Z)")
    if moment > datetime.now(UTC) + timedelta(hours=1):
        raise ImproperlyConfigured(f"SHOPIFY_SECRET_ROTATED_AT={text!r}: lies more than an hour ahead")
    return moment
