"""Refunds ordered here: what would go back, the merchant's click, and what became of it.

Nothing is paid back without a click on a preview. The instruction is stored before the store is asked; its key makes
the store do it once, and its mark in the refund's note finds it again when the store has forgotten the key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from shipsmart.core.errors import ShipSmartError
from shipsmart.inbox import operations as inbox
from shipsmart.merchants.models import AuditEntry
from shipsmart.orders.models import Order
from shipsmart.ports import IntegrationError, RefundAsk, RefundOffer, provider, provides
from shipsmart.returns.models import RefundInstruction, Return
from shipsmart.returns.operations import NotNow
from shipsmart.returns.queries import suggested_refund, units_left
from shipsmart.returns.split import ZERO, Parts, TooMuch

State = RefundInstruction.State
OPEN = (State.ORDERED, State.UNSURE)
REFUNDABLE = (Return.State.INSPECTED, Return.State.REFUNDED, Return.State.CLOSED)


class Changed(ShipSmartError):
    """What would go back is no longer what the merchant saw."""

    code = "refund_changed"


@dataclass(frozen=True)
class Choice:
    """What the merchant ticked. `charges`: duty and import tax of the units that came back; `notify` the shopper."""

    goods: bool = True
    charges: bool = True
    freight: bool = False
    fees: bool = False
    note: str = ""
    notify: bool = True


@dataclass(frozen=True)
class Preview:
    """What a refund would give back: `parts` in the order's currency, and the store's own word on it."""

    parts: Parts
    offer: RefundOffer
    lines: Mapping[str, int]

    @property
    def store_duty(self) -> Decimal:
        return sum(self.offer.duties.values(), ZERO)


def may_refund(returned: Return) -> bool:
    """Whether the store of this return can be told to pay back, and the goods were looked at."""
    order = returned.order
    able = bool(order.connection) and provides(order.channel, "refunds")
    return able and returned.inspected and returned.state in REFUNDABLE


def open_instruction(order: Order) -> RefundInstruction | None:
    return order.refund_instructions.filter(state__in=OPEN).first()


def preview(returned: Return, choice: Choice) -> Preview:
    """Return what the store would pay back for this choice; nothing is changed.

    Raises NotNow, TooMuch, and IntegrationError when the store does not answer.
    """
    order = returned.order
    if not may_refund(returned):
        raise NotNow(f"{returned} is {returned.get_state_display()}: receive and inspect the goods before the refund")
    lines, parts = _wanted(returned, choice)
    ask = RefundAsk(
        order_external_id=order.external_id,
        currency=order.currency,
        lines=lines,
        shipping=parts.delivery,
        store_duties=choice.charges and order.native_duties > 0,
    )
    offer: RefundOffer = provider(order.channel, "refunds").offer_refund(order.connection, ask)
    if offer.shipping_left < parts.delivery:
        raise TooMuch(
            f"{parts.delivery} {order.currency} of the delivery price would go back, the store has only "
            f"{offer.shipping_left} left of it; what was refunded in the store arrives here soon: look again then"
        )
    if offer.paid_back <= 0:
        raise TooMuch("nothing is left to pay back: choose other parts, or look at the order in the store")
    shown = Parts(offer.goods, parts.freight, parts.duty, parts.import_tax, parts.fees)
    return Preview(shown, offer, lines)


def _wanted(returned: Return, choice: Choice) -> tuple[dict[str, int], Parts]:
    found = suggested_refund(returned, with_freight=choice.freight, with_fees=choice.fees)
    charges = found if choice.charges else Parts()
    goods = found.goods if choice.goods else ZERO
    lines = units_left(returned) if choice.goods else {}
    return lines, Parts(goods, found.freight, charges.duty, charges.import_tax, found.fees)


def pay_back(returned: Return, choice: Choice, *, key: UUID, expected: Decimal, actor: str) -> RefundInstruction:
    """Order the refund that was shown as `expected` (in the currency of the payment); the same `key` is one refund.

    Raises Changed when something else would go back now, NotNow while another refund of the order is under way.
    """
    known = RefundInstruction.objects.filter(key=key).first()
    if known and known.returned_id != returned.pk:
        raise Changed("this page belongs to another refund: look at what would go back again")
    if known:
        return known
    seen = preview(returned, choice)
    if seen.offer.paid_back != expected:
        raise Changed(
            f"{seen.offer.paid_back} {seen.offer.pay_currency} would go back now, not {expected}: look at it again"
        )
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).get(pk=returned.order_id)
        known = order.refund_instructions.filter(key=key).first()
        if known:
            return known
        waiting = open_instruction(order)
        if waiting:
            raise NotNow(f"a refund of {waiting.paid_back} {waiting.pay_currency} is under way: wait until it is done")
        lines, parts = _wanted(Return.objects.get(pk=returned.pk), choice)
        if (lines, parts.freight, parts.charges) != (seen.lines, seen.parts.freight, seen.parts.charges):
            raise Changed("a refund was recorded meanwhile: look at it again")
        row = _ordered(order, returned, seen, key=key)
        row.actor, row.note, row.notify = actor, choice.note[:200], choice.notify
        row.save()
        _announce(row)
    return row


def _ordered(order: Order, returned: Return, seen: Preview, *, key: UUID) -> RefundInstruction:
    parts, offer = seen.parts, seen.offer
    return RefundInstruction(
        order=order,
        returned=returned,
        key=key,
        currency=offer.currency,
        goods=parts.goods,
        tax=offer.tax,
        freight=parts.freight,
        duty=parts.duty,
        import_tax=parts.import_tax,
        fees=parts.fees,
        store_duty=seen.store_duty,
        lines=dict(seen.lines),
        duties=list(offer.duties),
        pay_currency=offer.pay_currency,
        shipping=offer.shipping_paid_back,
        payments=[{"parent": p.parent, "gateway": p.gateway, "amount": str(p.amount)} for p in offer.payments],
    )


def _announce(row: RefundInstruction) -> None:
    text = f"Refund of {row.paid_back} {row.pay_currency} ordered"
    row.order.note("refund_ordered", text, actor=row.actor, key=str(row.key))
    AuditEntry.objects.note(
        row.order.merchant,
        actor=row.actor,
        action="refund.ordered",
        target=str(row.order),
        amount=str(row.paid_back),
        currency=row.pay_currency,
        key=str(row.key),
    )
    _send(row)


def _send(row: RefundInstruction) -> None:
    inbox.send(kind="returns.refund", key=f"returns.refund:{row.key}", payload={"refund": row.pk}, again=True)


def try_again(row: RefundInstruction, *, actor: str) -> RefundInstruction:
    """Have an unsure refund tried again: it is looked for in the store first, so it is never made twice."""
    with transaction.atomic():
        found = _locked(row)
        found.state = State.ORDERED
        found.save(update_fields=["state"])
        found.order.note("refund_ordered", f"Refund of {found} is tried again"[:500], actor=actor)
        _send(found)
    return found


def write_off(row: RefundInstruction, *, actor: str) -> RefundInstruction:
    """Note that an unsure refund was not made: the merchant looked in the store."""
    with transaction.atomic():
        found = _locked(row)
        found.state = State.REFUSED
        found.save(update_fields=["state"])
        text = f"Refund of {found} was not made, says {actor}"
        found.order.note("refund_refused", text[:500], actor=actor)
    return found


def _locked(row: RefundInstruction) -> RefundInstruction:
    found = RefundInstruction.objects.select_for_update(of=("self",)).select_related("order").get(pk=row.pk)
    if found.state != State.UNSURE:
        raise NotNow(f"the refund of {found} is {found.get_state_display()}")
    return found


def failed(row: RefundInstruction, error: IntegrationError) -> None:
    """Note what the last try said; an answer that never came leaves it open whether the store did it."""
    unsure = error.outcome_unknown or (row.unsure and not error.permanent)
    RefundInstruction.objects.filter(pk=row.pk, state=State.ORDERED).update(error=str(error)[:500], unsure=unsure)
