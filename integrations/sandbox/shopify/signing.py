"""The signatures a store puts on what it sends, each over exactly the bytes that travel."""

import base64
import hashlib
import hmac
from collections.abc import Mapping


def body_signature(*, secret: str, body: bytes) -> str:
    """Return the value of `X-Shopify-Hmac-Sha256`: base64 of HMAC-SHA256 over the raw body.

    Source: https://shopify.dev/docs/apps/build/webhooks/subscribe/https
    """
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def query_signature(*, secret: str, query: Mapping[str, str]) -> str:
    """Return the `hmac` of an install or App Home query: hex over the sorted `k=v` pairs joined by `&`.

    Source: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
    """
    message = "&".join(f"{key}={value}" for key, value in sorted(query.items()) if key != "hmac")
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
