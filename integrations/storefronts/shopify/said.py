"""Reading a webhook's payload: the ids it names and the moment it tells of."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from shipsmart.inbox.models import InboundEvent
from shipsmart.ports import IntegrationError

Payload = Mapping[str, Any]


def said(payload: Payload, *path: str) -> str:
    """Return the id at `path`. Raises IntegrationError(permanent=True): a payload without it stays without it."""
    found: Any = payload
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, str | int) or not found:
        raise IntegrationError(f"the payload has no {'.'.join(path)}", permanent=True, code="bad_payload")
    return str(found)


def fulfilment_order_in(payload: Payload) -> str:
    """Return the first fulfilment order's id that the payload names, under whichever of its names the topic has."""
    found = next((one for one in _fulfilment_orders(payload) if one), None)
    if found is None:
        raise IntegrationError("the payload names no fulfilment order", permanent=True, code="bad_payload")
    return found


def _fulfilment_orders(node: Any) -> Iterator[str]:
    rows = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in rows:
        if "fulfillment_order" in str(key) and isinstance(value, dict) and isinstance(value.get("id"), str | int):
            yield str(value["id"])
        yield from _fulfilment_orders(value)


def triggered_at(event: InboundEvent) -> datetime:
    """Return when it happened at the store; when we got it, if the header is missing or unreadable."""
    try:
        moment = datetime.fromisoformat(event.headers.get("Triggered-At", ""))
    except ValueError:
        return event.created_at
    return moment if timezone.is_aware(moment) else event.created_at
