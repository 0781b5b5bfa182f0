"""The Admin GraphQL API: one call per document, with token, time-out, throttling by cost, and errors in our words.

Nothing is kept between calls but the open line per shop, so one shop never waits for another.

Source: https://shopify.dev/docs/api/usage/limits, https://shopify.dev/docs/api/usage/response-codes
"""

import logging
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from integrations.kit import http
from integrations.kit.answers import Answer
from integrations.storefronts.shopify import tokens
from integrations.storefronts.shopify.shop import base_url
from shipsmart.merchants.models import Connection
from shipsmart.ports import IntegrationError

log = logging.getLogger(__name__)

TIMEOUT_S = 20.0
MOST_PAGES = 1000  # the store itself shows 25,000 rows of a list at most
MAX_PAUSE_S = 2.0  # all pauses of one call together; a longer one goes back to the queue: others must not wait for it
TRANSIENT = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE", "IDEMPOTENCY_CONCURRENT_REQUEST"})
_FOLDER = Path(__file__).parent / "graphql"

Variables = Mapping[str, Any]


@cache
def document(name: str) -> str:
    """Return the text of graphql/<name>.graphql without its comment lines."""
    lines = (_FOLDER / f"{name}.graphql").read_text().splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def graphql(connection: Connection, name: str, variables: Variables | None = None) -> dict[str, Any]:
    """Return `data` of a document's answer, amounts as exact Decimals. Raises IntegrationError.

    Queries are tried twice on a broken line; mutations once, and a broken line leaves their outcome unknown.
    THROTTLED is waited for as long as the missing points take to come back.
    """
    changes = document(name).lstrip().startswith("mutation")
    paused_s = 0.0
    while True:
        answer = _authorised(connection, {"query": document(name), "variables": dict(variables or {})}, changes)
        said = _said(answer)
        pause_s = _throttled_s(said)
        if pause_s is None:
            return _data(said, name, changes=changes)
        paused_s += pause_s
        if paused_s > MAX_PAUSE_S:
            raise IntegrationError(
                f"{connection.account} is asked too much", permanent=False, code="throttled", retry_after_s=pause_s
            )
        time.sleep(pause_s)


def mutate(connection: Connection, name: str, field: str, variables: Variables) -> dict[str, Any]:
    """Return the payload of a mutation. What Shopify objects to raises IntegrationError(permanent=True)."""
    payload = graphql(connection, name, variables)[field] or {}
    errors = payload.get("userErrors") or ()
    if errors:
        text = "; ".join(_objection(error) for error in errors)
        code = next((str(e["code"]).lower() for e in errors if e.get("code")), "refused_by_store")
        raise IntegrationError(f"{field}: {text}", permanent=True, code=code)
    if not any(value is not None for key, value in payload.items() if key != "userErrors"):
        # The schema allows a null without an objection; whether anything was changed must then be looked up.
        raise IntegrationError(
            f"{field}: the store answered with nothing", permanent=False, code="empty_answer", outcome_unknown=True
        )
    return dict(payload)


def pages(connection: Connection, name: str, variables: Variables, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the connection at `path` of each page, from the first (or `variables["after"]`) to the last."""
    after = variables.get("after")
    for _ in range(MOST_PAGES):
        found: Any = graphql(connection, name, {**variables, "after": after})
        for key in path:
            found = found[key]
            if found is None:
                return
        yield found
        before, after = after, following(found)
        if after is None:
            return
        if after == before:
            raise _endless(name, "its next page begins where this one did")
    raise _endless(name, f"it has more than {MOST_PAGES} pages")


def all_nodes(
    connection: Connection, first: Mapping[str, Any], name: str, variables: Variables, path: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Return the nodes of a connection whose `first` page is here; the others come by the document `name`."""
    nodes = list(first["nodes"])
    after = following(first)
    if after:
        for page in pages(connection, name, {**variables, "after": after}, path):
            nodes += page["nodes"]
    return nodes


def _endless(name: str, why: str) -> IntegrationError:
    return IntegrationError(f"the list of {name} does not end: {why}", permanent=False, code="endless_list")


def following(page: Mapping[str, Any]) -> str | None:
    """Return the cursor after a page, None after the last. Raises IntegrationError: more without a cursor is no end."""
    info = page["pageInfo"]
    if not info["hasNextPage"]:
        return None
    if not info["endCursor"]:
        raise IntegrationError(
            "the store says that there is a next page and not where it begins", permanent=False, code="no_cursor"
        )
    return str(info["endCursor"])


def _objection(error: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in error.get("field") or ())
    return f"{where}: {error['message']}" if where else str(error["message"])


def _authorised(connection: Connection, body: Mapping[str, Any], changes: bool) -> Answer:
    """Return the answer; a 401 is answered with one fresh token, a second 401 is final."""
    token = tokens.access_token(connection)
    answer = _post(connection, token, body, changes)
    if answer.status != 401:
        return answer
    answer = _post(connection, tokens.access_token(connection, refused=token), body, changes)
    if answer.status == 401:
        raise answer.failure("Shopify", "the token is refused, a new one too; open the app in the shop's admin")
    return answer


def _post(connection: Connection, token: str, body: Mapping[str, Any], changes: bool) -> Answer:
    shop = connection.account
    url = f"{base_url(shop)}/admin/api/{settings.SHOPIFY_API_VERSION}/graphql.json"
    headers = {"X-Shopify-Access-Token": token}
    return http.call(f"shopify:{shop}", "POST", url, timeout_s=TIMEOUT_S, headers=headers, json=body, retry=not changes)


def _said(answer: Answer) -> dict[str, Any]:
    if not answer.ok:
        raise answer.failure("Shopify", answer.text())
    said = answer.json()
    if not isinstance(said, dict):
        raise IntegrationError("Shopify's answer is no object", permanent=False, code="unreadable_answer")
    return said


def _errors(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = said.get("errors") or []
    return [{"message": found}] if isinstance(found, str) else found


def _code(error: Mapping[str, Any]) -> str:
    return str((error.get("extensions") or {}).get("code") or "")


def _throttled_s(said: Mapping[str, Any]) -> float | None:
    """Return the seconds until the missing points are back, or None. THROTTLED comes with status 200."""
    if all(_code(error) != "THROTTLED" for error in _errors(said)):
        return None
    cost = (said.get("extensions") or {}).get("cost") or {}
    status = cost.get("throttleStatus") or {}
    missing = float(cost.get("requestedQueryCost") or 0) - float(status.get("currentlyAvailable") or 0)
    return max(0.2, missing / float(status.get("restoreRate") or 50))


def _data(said: Mapping[str, Any], name: str, *, changes: bool) -> dict[str, Any]:
    errors = _errors(said)
    if errors or not isinstance(said.get("data"), dict):
        codes = {_code(error) for error in errors}
        text = "; ".join(str(error.get("message")) for error in errors) or "no data in the answer"
        transient = not errors or bool(codes & TRANSIENT)
        raise IntegrationError(
            f"{name}: {text}",
            permanent=not transient,
            code=next((code.lower() for code in sorted(codes) if code), "graphql_error"),
            outcome_unknown=changes and transient,
        )
    return dict(said["data"])
