"""What may stand in a log: never a secret, never a shopper."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

HIDDEN = "***"
SECRET_HEADERS = re.compile(r"auth|cookie|token|secret|api-?key|hmac|signature", re.IGNORECASE)
SECRET_FIELDS = re.compile(
    r"""(?P<name>["']?(?:[\w-]*(?:password|secret|token|api_?key|authorization))["']?\s*[:=]\s*)"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|(?:Basic |Bearer )?[^\s,;&}]+)""",
    re.IGNORECASE,
)


def redacted_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: HIDDEN if SECRET_HEADERS.search(name) else value for name, value in headers.items()}


def redacted_text(text: str) -> str:
    """Return `text` with the values of fields that look like secrets hidden: JSON, forms and header lines."""
    return SECRET_FIELDS.sub(lambda match: f"{match['name']}{HIDDEN}", text)


def redacted_url(url: str) -> str:
    """Return scheme, host and path: queries hold tokens and shoppers' data, user-info holds passwords."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
