"""Session tokens (ID tokens) as App Bridge hands them to an embedded app.

Source: https://shopify.dev/docs/apps/build/authentication-authorization/session-tokens
"""

import base64
import time
import uuid
from typing import Any

import jwt

from integrations.sandbox.shopify.config import Config

LIFETIME_S = 60
LEEWAY_S = 10
USER_ID = 101


def host_parameter(domain: str) -> str:
    """Return the `host` of App Home: unpadded base64 of where the admin lives."""
    name = domain.removesuffix(".myshopify.com")
    return base64.b64encode(f"admin.shopify.com/store/{name}".encode()).decode().rstrip("=")


def make_id_token(config: Config, *, domain: str, overrides: dict[str, Any] | None = None) -> str:
    """Return a token for the shop's owner. `overrides` spoils single claims, or `secret`, for tests."""
    changes = dict(overrides or {})
    secret = changes.pop("secret", config.client_secret)
    issued = int(time.time())
    claims = {
        "iss": f"https://{domain}/admin",
        "dest": f"https://{domain}",
        "aud": config.client_id,
        "sub": str(USER_ID),
        "iat": issued,
        "nbf": issued,
        "exp": issued + LIFETIME_S,
        "jti": str(uuid.uuid4()),
        "sid": uuid.uuid4().hex,
    }
    return jwt.encode({**claims, **changes}, secret, algorithm="HS256")


def check_id_token(config: Config, *, domain: str, token: str) -> str:
    """Return `sub`. Raises jwt.InvalidTokenError when signature, audience, shop or time do not fit."""
    claims = jwt.decode(
        token,
        config.client_secret,
        algorithms=["HS256"],
        audience=config.client_id,
        issuer=f"https://{domain}/admin",
        leeway=LEEWAY_S,
        options={"require": ["exp", "nbf", "iss", "aud", "dest"]},
    )
    if claims["dest"] != f"https://{domain}":
        raise jwt.InvalidTokenError(f"dest is {claims['dest']!r}")
    return str(claims["sub"])
