"""Orders as the API finds them: filters, pages, one by its number or id. Always among one merchant's own."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from shipsmart.api.errors import Refused
from shipsmart.api.paging import cursor_after, read_cursor, read_limit
from shipsmart.merchants.models import Merchant
from shipsmart.orders.models import Order
from shipsmart.shipments.models import Shipment

EXACT = ("state", "country", "channel", "number")
QUERY_KEYS = frozenset((*EXACT, "placed_from", "placed_until", "limit", "cursor"))
PREFIX = "ord_"


def page_of_orders(merchant: Merchant, query: Mapping[str, str]) -> tuple[list[Order], str | None]:
    """Return one page, newest first, and the cursor of the next one (None: this is the last). Raises Refused 400."""
    limit = read_limit(query.get("limit", ""))
    rows = _filtered(Order.objects.for_merchant(merchant), query)
    if query.get("cursor"):
        moment, row_id = read_cursor(query["cursor"])
        rows = rows.filter(Q(placed_at__lt=moment) | Q(placed_at=moment, pk__lt=row_id))
    rows = (
        rows.select_related("quote").prefetch_related("shipments", "consignments__quote").order_by("-placed_at", "-pk")
    )
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], cursor_after(last.placed_at, last.pk)


def _filtered(rows: QuerySet[Order], query: Mapping[str, str]) -> QuerySet[Order]:
    for name in EXACT:
        if query.get(name):
            rows = rows.filter(**{name: _text(name, query[name])})
    if query.get("placed_from"):
        rows = rows.filter(placed_at__gte=_instant("placed_from", query["placed_from"]))
    if query.get("placed_until"):
        rows = rows.filter(placed_at__lt=_instant("placed_until", query["placed_until"]))
    return rows


def _text(name: str, value: str) -> str:
    allowed = Order.State.values if name == "state" else ()
    if allowed and value not in allowed:
        raise Refused(400, "bad_parameter", f"{name} must be one of: {', '.join(allowed)}", field=name)
    if len(value) > 100 or not value.isprintable():
        raise Refused(400, "bad_parameter", f"{name} is text of at most 100 printable characters", field=name)
    return value


def _instant(name: str, value: str) -> datetime:
    try:
        found = datetime.fromisoformat(value.replace(" ", "+"))  # an unescaped + in an address arrives as a blank
    except ValueError as error:
        message = f"{name} must be an instant like 2026-11-10T12:00:00+01:00"
        raise Refused(400, "bad_parameter", message, field=name) from error
    if found.tzinfo is None:
        raise Refused(400, "bad_parameter", f"{name} needs its offset from UTC, like +01:00 or Z", field=name)
    if not 1990 <= found.year <= 2100:
        raise Refused(400, "bad_parameter", f"{name} must lie between 1990 and 2100", field=name)
    return found


def find_order(merchant: Merchant, reference: str) -> Order:
    """Return an order by the id we gave it (`ord_12`) or by its number in the store (`#1001`, with or without #).

    Raises Refused: 404 when the merchant has none, 409 when orders of several stores bear the number.
    """
    rows = (
        Order.objects.for_merchant(merchant)
        .select_related("quote")
        .prefetch_related("lines", "events", "consignments__quote", _shipments())
    )
    row_id = _row_id(reference)
    found = list(rows.filter(pk=row_id)) if row_id else list(_by_number(rows, reference)[:20])
    if len(found) > 1:
        ids = [public_id(order) for order in found]
        message = f"{len(found)} orders bear the number {reference[:60]}: ask by id, or list them by channel"
        raise Refused(409, "ambiguous_number", message, orders=ids)
    if not found:
        raise Refused(404, "unknown_order", f"no order {reference[:60]!r} is known", order=reference[:60])
    return found[0]


def _by_number(rows: QuerySet[Order], reference: str) -> QuerySet[Order]:
    if len(reference) > 40 or not reference.isprintable():
        return rows.none()
    return rows.filter(number__in=[reference, f"#{reference}"])


def _row_id(reference: str) -> int | None:
    digits = reference.removeprefix(PREFIX)
    if not reference.startswith(PREFIX) or not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        return None
    return int(digits)


def _shipments() -> Prefetch:
    rows = Shipment.objects.order_by("number").prefetch_related("parcels", "tracking_events", "lines__order_line")
    return Prefetch("shipments", queryset=rows)


def public_id(order: Order) -> str:
    return f"{PREFIX}{order.pk}"
