"""What a mutation answers: what it made, or why it was refused."""

from collections.abc import Callable
from typing import Any

from integrations.sandbox.shopify.store.fulfilling import Refused


def payload(name: str, change: Callable[[], Any], **empty: Any) -> dict[str, Any]:
    """Return {name: what `change` made, user_errors: []}, or the refusal."""
    try:
        return {**empty, name: change(), "user_errors": []}
    except Refused as refusal:
        error = {"field": refusal.field, "message": str(refusal), "code": refusal.code}
        return {**empty, name: None, "user_errors": [error]}
