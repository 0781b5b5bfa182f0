"""Names and addresses: whose shop, where its admin is, what signs its messages."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from shipsmart.core.errors import ShipSmartError

# Source: https://shopify.dev/docs/apps/build/authentication-authorization/client-secrets/rotate-revoke-client-credentials
OLD_SECRET_FOR = timedelta(hours=1)
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com")
_GID = re.compile(r"gid://shopify/[A-Za-z]+/(\d+)(?:\?.*)?")


class NotAShop(ShipSmartError):
    """What was given as a shop's domain is none."""

    code = "not_a_shop"


def shop_domain(value: str) -> str:
    """Return the shop's domain in lower case. Raises NotAShop: an address built from anything else is never called."""
    domain = value.strip().lower()
    if not _DOMAIN.fullmatch(domain):
        raise NotAShop(f"{value[:80]!r} is not a shop's domain; it looks like name.myshopify.com")
    return domain


def base_url(shop: str) -> str:
    """Return the address of the shop's admin, without a slash at the end."""
    return str(settings.SHOPIFY_BASE_URL).replace("{shop}", shop)


def secrets() -> tuple[str, ...]:
    """Return the client secrets that sign messages: the new one and, for an hour after it was changed, the old one."""
    rotated_at = settings.SHOPIFY_SECRET_ROTATED_AT
    rolling_out = rotated_at is not None and timezone.now() < rotated_at + OLD_SECRET_FOR
    old = settings.SHOPIFY_OLD_CLIENT_SECRET if rolling_out else ""
    return tuple(secret for secret in (settings.SHOPIFY_CLIENT_SECRET, old) if secret)


def framing_origins(shop: str) -> tuple[str, ...]:
    """Return who may show our pages in a frame: the shop's own admin, nobody else's."""
    if str(settings.SHOPIFY_BASE_URL) == "https://{shop}":
        return (f"https://{shop}", "https://admin.shopify.com")
    parts = urlsplit(base_url(shop))
    return (f"{parts.scheme}://{parts.netloc}",)


def gid(kind: str, value: str | int) -> str:
    """Return the global id of `value`, which may be the number or a global id already."""
    text = str(value)
    return text if text.startswith("gid://") else f"gid://shopify/{kind}/{text}"


def number_of(global_id: str) -> str:
    """Return the number in a global id: what webhooks and the rate callback call the same thing by."""
    found = _GID.fullmatch(global_id)
    if not found:
        raise ShipSmartError(f"{global_id!r} is not a global id", code="bad_global_id")
    return found.group(1)
