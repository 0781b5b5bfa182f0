"""Returns that are begun here: by the merchant for an order, or by the shopper in the store's customer account."""

import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction

from shipsmart.inbox import operations as inbox
from shipsmart.merchants.models import AuditEntry
from shipsmart.orders.models import Order
from shipsmart.ports import ReturnableLine, StoreReturnLine, provider, provides
from shipsmart.returns.models import Reason, Return, ReturnLine
from shipsmart.returns.operations import NotNow
from shipsmart.returns.queries import may_come_back
from shipsmart.returns.split import TooMuch

State = Return.State
NOT_SENT = (Order.State.RECEIVED, Order.State.NEEDS_DATA, Order.State.READY, Order.State.CANCELLED)
KEY_PREFIX = "ss-"


def returnable(order: Order) -> dict[str, int]:
    """Return external line id → units that may come back: sent, and in no return yet.

    Where the store can be asked, it has the say beside us; without a store an order must have been sent by us. Raises
    IntegrationError when the store does not answer, NotNow when nothing was sent.
    """
    ours = may_come_back(order)
    if order.connection and provides(order.channel, "returns_begun"):
        told = provider(order.channel, "returns_begun").returnable(order.connection, order.external_id)
        return _both(ours, told)
    if order.state in NOT_SENT:
        raise NotNow(f"{order} is {order.get_state_display()}: nothing was sent that could come back")
    return {line: units for line, units in ours.items() if units}


def _both(ours: Mapping[str, int], told: Sequence[ReturnableLine]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in told:
        found[row.order_line_id] = found.get(row.order_line_id, 0) + row.quantity
    least = {line: min(units, ours.get(line, 0)) for line, units in found.items()}
    return {line: units for line, units in least.items() if units}


def begin(
    order: Order, rows: Sequence[StoreReturnLine], *, actor: str, requested: bool = False, key: str = ""
) -> Return:
    """Return a new return of these lines and have the store told.

    `requested`: the shopper asks, and the merchant still has to answer; otherwise it is agreed. The same `key` any
    number of times is one return. Raises TooMuch for units that cannot come back, and NotNow.
    """
    mark = _mark(key)
    known = order.returns.filter(mark=mark).first()
    if known:
        return known
    left = returnable(order)  # may ask the store: no transaction is open yet
    with transaction.atomic():
        locked = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        known = locked.returns.filter(mark=mark).first()
        if known:
            return known
        ours = may_come_back(locked)  # another return may have been begun since
        _check(locked, rows, {line: min(units, ours.get(line, 0)) for line, units in left.items()})
        return _made(locked, rows, mark=mark, actor=actor, requested=requested)


def _mark(key: str) -> str:
    """Return what is written into the store's return: short, and the same for the same key."""
    named = uuid.uuid5(uuid.NAMESPACE_URL, key) if key else uuid.uuid4()
    return f"{KEY_PREFIX}{named.hex[:12]}"


def _check(order: Order, rows: Sequence[StoreReturnLine], left: Mapping[str, int]) -> None:
    titles = {line.external_id: line.title for line in order.lines.all()}
    wanted: dict[str, int] = {}
    for row in rows:
        wanted[row.order_line_id] = wanted.get(row.order_line_id, 0) + row.quantity
    if not wanted or any(row.quantity < 1 for row in rows):
        raise TooMuch("say for at least one line how many units come back")
    for line, units in wanted.items():
        if units > left.get(line, 0):
            raise TooMuch(f"{titles.get(line, line)}: {left.get(line, 0)} units may still come back, not {units}")


def _made(order: Order, rows: Sequence[StoreReturnLine], *, mark: str, actor: str, requested: bool) -> Return:
    returned = Return.objects.create(
        merchant=order.merchant,
        order=order,
        number=f"{order.number}-R{order.returns.count() + 1}"[:40],
        mark=mark,
        state=State.REQUESTED if requested else State.APPROVED,
    )
    lines = {line.external_id: line for line in order.lines.all()}
    ReturnLine.objects.bulk_create(
        ReturnLine(
            returned=returned,
            order_line=lines[row.order_line_id],
            quantity=row.quantity,
            reason=row.reason if row.reason in Reason.values else Reason.OTHER,
            note=row.note[:500],
        )
        for row in rows
    )
    text = f"Return {returned.number} was {'asked for' if requested else 'begun here'}"
    order.note("return_requested" if requested else "return_begun", text, actor=actor)
    AuditEntry.objects.note(order.merchant, actor=actor, action="return.begun", target=str(returned))
    if order.connection and provides(order.channel, "returns_begun"):
        inbox.send(kind="returns.begin", key=f"returns.begin:{returned.pk}", payload={"return": returned.pk})
    return returned
