"""Mutations that must carry `@idempotent(key:)`.

Source: https://shopify.dev/docs/api/usage/idempotent-requests
"""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError

from integrations.sandbox.shopify.store.shop import Shop


def once(
    shop: Shop, *, key: str | None, field: str, arguments: dict[str, Any], change: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Return what `change` answers, and the same answer for every repetition with the same key and arguments.

    Raises GraphQLError without a key, or when a key comes back with other arguments.
    """
    if not (key and key.strip()):
        raise GraphQLError(
            f"The @idempotent directive is required for the {field} mutation but was not provided.",
            extensions={"code": "BAD_REQUEST"},
        )
    print_of_arguments = repr(sorted(arguments.items()))
    kept = shop.idempotent_answers.get(f"{field}:{key}")
    if kept is None:
        answer = change()
        shop.idempotent_answers[f"{field}:{key}"] = (print_of_arguments, answer)
        return answer
    if kept[0] != print_of_arguments:
        raise GraphQLError(
            "The same idempotency key was used with different parameters.",
            extensions={"code": "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"},
        )
    return kept[1]  # type: ignore[no-any-return]
