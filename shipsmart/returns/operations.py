"""Returns from the request to the inspection. Each may run again for the same news and changes nothing twice."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from shipsmart.catalog.models import Variant
from shipsmart.core.errors import ShipSmartError
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.models import State as InboxState
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.models import Order, OrderLine
from shipsmart.ports import StoreReturn, StoreReturnLine, title_of
from shipsmart.returns.claims import possible
from shipsmart.returns.models import Claim, Reason, Return, ReturnLine
from shipsmart.returns.queries import collected_by_reason
from shipsmart.returns.split import TooMuch

State = Return.State
# From where a return may go on. What the store says of an end (declined, cancelled, closed) is always taken over.
NEXT: Mapping[str, Sequence[str]] = {
    State.REQUESTED: (State.APPROVED, State.DECLINED, State.CANCELLED),
    State.APPROVED: (State.ON_ITS_WAY, State.RECEIVED, State.CANCELLED, State.CLOSED),
    State.ON_ITS_WAY: (State.RECEIVED, State.CANCELLED, State.CLOSED),
    State.RECEIVED: (State.INSPECTED, State.CLOSED),
    State.INSPECTED: (State.REFUNDED, State.CLOSED),
    State.REFUNDED: (State.CLOSED,),
    State.CLOSED: (State.APPROVED,),  # opened again in the store
}


class NotNow(ShipSmartError):
    """A step that does not follow on the return's present state."""

    code = "return_not_now"


def take_in(connection: Connection, told: StoreReturn) -> Return | None:
    """Return our return for the store's, made or brought up to date; None while we do not know its order."""
    with transaction.atomic():
        known_order = Order.objects.select_for_update().filter(
            connection=connection, external_id=told.order_external_id
        )
        order = known_order.first()
        if order is None:
            return None
        adopt(order, told)
        returned, made = Return.objects.get_or_create(
            order=order,
            external_id=told.external_id,
            defaults={
                "merchant": order.merchant,
                "number": told.number[:40],
                "requested_at": told.requested_at,
            },
        )
        if made:
            order.note("return_requested", f"Return {told.number} was asked for", actor=title_of(order.channel))
        if made or returned.state in (State.REQUESTED, State.APPROVED):
            _write_lines(returned, told)
        _note_exchange(returned, told)
        _follow(returned, told)
    return returned


def _note_exchange(returned: Return, told: StoreReturn) -> None:
    """Write down what the shopper gets instead. Its goods come in with the order, as soon as the store sends them."""
    if not told.exchange or returned.order.events.filter(kind="exchange", data__of=told.external_id).exists():
        return
    wanted = [one.variant_id for one in told.exchange]
    variants = Variant.objects.for_merchant(returned.order.merchant).filter(external_id__in=wanted)
    titles = {row.external_id: str(row) for row in variants.select_related("product")}
    goods = ", ".join(f"{one.quantity} x {titles.get(one.variant_id, one.variant_id)}" for one in told.exchange)
    text = f"Return {returned.number} is an exchange: {goods} goes out for it when the store sends it"
    returned.order.note("exchange", text[:500], actor=title_of(returned.order.channel), of=told.external_id)


def adopt(order: Order, told: StoreReturn) -> None:
    """Give the store's id to the return that was begun here under this mark, whoever tells of it first.

    Call it with the order's row locked: the store's message and the answer to our own call may come together.
    """
    begun = order.returns.filter(mark=told.mark, external_id="") if told.mark else order.returns.none()
    if not order.returns.filter(external_id=told.external_id).exists():
        begun.update(external_id=told.external_id, number=told.number[:40])


def _write_lines(returned: Return, told: StoreReturn) -> None:
    lines = {line.external_id: line for line in returned.order.lines.all()}
    # The reasons of a return begun here are more exact than what a store could make of them.
    ours = {line.order_line_id: (line.reason, line.note) for line in returned.lines.all()} if returned.mark else {}
    returned.lines.all().delete()
    ReturnLine.objects.bulk_create(
        _line(returned, lines[row.order_line_id], row, ours)
        for row in told.lines
        if row.order_line_id in lines and row.quantity
    )


def _line(returned: Return, line: OrderLine, row: StoreReturnLine, ours: Mapping[int, tuple[str, str]]) -> ReturnLine:
    reason = row.reason if row.reason in Reason.values else Reason.OTHER
    reason, note = ours.get(line.pk, (reason, row.note[:500]))
    return ReturnLine(
        returned=returned,
        order_line=line,
        external_id=row.external_id,
        quantity=row.quantity,
        reason=reason,
        note=note,
    )


def _follow(returned: Return, told: StoreReturn) -> None:
    """Take over where the store is ahead of us; our own later steps stay."""
    actor = title_of(returned.order.channel)
    ahead = {"approved": State.APPROVED, "declined": State.DECLINED, "cancelled": State.CANCELLED}.get(told.state)
    if told.state == "closed":
        # A store closes a return when all its units are processed, and the money may still have to go back.
        if returned.state not in (State.CLOSED, State.INSPECTED):
            move(returned, State.CLOSED, actor=actor)
    elif ahead and ahead != returned.state and ahead in NEXT.get(returned.state, ()) and not _close_owed(returned):
        returned.reason = told.decline_note[:500]
        move(returned, ahead, actor=actor)
    if told.waybills and not returned.waybill:
        returned.waybill = told.waybills[0][:40]
        returned.save(update_fields=["waybill"])
    if told.waybills and returned.state == State.APPROVED:
        move(returned, State.ON_ITS_WAY, actor=actor)


def _close_owed(returned: Return) -> bool:
    """Whether the store has yet to hear that the return is closed: that it is open there is then no news."""
    return OutboundMessage.objects.filter(key=f"returns.close:{returned.pk}", state=InboxState.NEW).exists()


def move(returned: Return, state: str, *, actor: str) -> None:
    """Write a return's next state and its step in the order's timeline."""
    returned.state = state
    returned.save(update_fields=["state", "reason"])
    text = f"Return {returned.number}: {returned.get_state_display()}"
    returned.order.note(f"return_{state}", f"{text}. {returned.reason}" if returned.reason else text, actor=actor)


def _row(returned: Return) -> Return:
    return Return.objects.select_for_update(of=("self",)).select_related("order__connection").get(pk=returned.pk)


def _follows(row: Return, *, to: str) -> None:
    if to not in NEXT.get(row.state, ()):
        raise NotNow(f"{row} is {row.get_state_display()}: it cannot be {State(to).label} now")


def _locked(returned: Return, *, to: str) -> Return:
    row = _row(returned)
    _follows(row, to=to)
    return row


def _tell(kind: str, returned: Return, **data: Any) -> None:
    """Have the store told, where it knows the return; one begun here is caught up with when the store knows it."""
    if returned.external_id:
        inbox.send(kind=kind, key=f"{kind}:{returned.pk}", payload={"return": returned.pk, **data}, again=True)


def tell_the_rest(returned: Return) -> None:
    """Have the store told what was decided here before it knew of the return."""
    if returned.state == State.DECLINED:
        _tell("returns.decline", returned, reason="other", note=returned.reason)
    elif returned.state not in (State.REQUESTED, State.CANCELLED):
        _tell("returns.approve", returned)
    if returned.waybill:
        _tell("returns.tell_label", returned)
    if returned.inspected:
        _tell("returns.process", returned)
    if returned.state == State.CLOSED:
        _tell("returns.close", returned)


def approve(returned: Return, *, actor: str) -> Return:
    """Agree to a return and tell the store. Raises NotNow."""
    with transaction.atomic():
        row = _locked(returned, to=State.APPROVED)
        move(row, State.APPROVED, actor=actor)
        AuditEntry.objects.note(row.merchant, actor=actor, action="return.approved", target=str(row))
        _tell("returns.approve", row)
    return row


def decline(returned: Return, *, actor: str, note: str, reason: str = "other") -> Return:
    """Refuse a return and tell the store. `reason`: final_sale, period_ended or other. Raises NotNow."""
    with transaction.atomic():
        row = _locked(returned, to=State.DECLINED)
        row.reason = note[:500]
        move(row, State.DECLINED, actor=actor)
        AuditEntry.objects.note(row.merchant, actor=actor, action="return.declined", target=str(row), reason=reason)
        _tell("returns.decline", row, reason=reason, note=note[:500])
    return row


def label_bought(
    returned: Return, *, carrier: str, waybill: str, tracking_url: str, label_url: str = "", label_file: str = ""
) -> Return:
    """Record the label on which the goods come back and tell the store its number. Raises NotNow.

    `label_file` is where its PDF lies in our storage. A return that is on its way may get another label.
    """
    with transaction.atomic():
        row = _row(returned)
        if row.state != State.ON_ITS_WAY:
            _follows(row, to=State.ON_ITS_WAY)
        row.carrier, row.waybill, row.tracking_url, row.label_url = carrier, waybill, tracking_url, label_url
        row.label_file = label_file
        row.told_waybill = ""  # the store hears of it again, also when only the label is another
        row.save(update_fields=["carrier", "waybill", "tracking_url", "label_url", "label_file", "told_waybill"])
        move(row, State.ON_ITS_WAY, actor="ShipSmart")
        _tell("returns.tell_label", row)
    return row


def receive(returned: Return, *, actor: str) -> Return:
    with transaction.atomic():
        row = _locked(returned, to=State.RECEIVED)
        row.received_at = timezone.now()
        row.save(update_fields=["received_at"])
        move(row, State.RECEIVED, actor=actor)
    return row


def inspect(
    returned: Return,
    *,
    actor: str,
    accepted: Mapping[int, int],
    condition: Mapping[int, str],
    restock: Collection[int] = (),
) -> Return:
    """Record what came back: `accepted` units and `condition` by the line's primary key; then list the claims.

    Lines in `restock` go back on the shelf, the store's stock included. Raises NotNow, and TooMuch when more units are
    accepted than were announced.
    """
    with transaction.atomic():
        row = _locked(returned, to=State.INSPECTED)
        for line in row.lines.all():
            line.accepted = accepted.get(line.pk, line.quantity)
            if line.accepted > line.quantity:
                raise TooMuch(f"{line.accepted} units are accepted, {line.quantity} came back")
            line.condition = condition.get(line.pk, "")[:500]
            line.restock = line.pk in restock
            line.save(update_fields=["accepted", "condition", "restock"])
        move(row, State.INSPECTED, actor=actor)
        _tell("returns.process", row)
        list_claims(row)
    return row


def close(returned: Return, *, actor: str) -> Return:
    """End a return whose goods were looked at, refunded or not, in the store too. Raises NotNow."""
    with transaction.atomic():
        row = _row(returned)
        if row.state not in (State.INSPECTED, State.REFUNDED):
            raise NotNow(f"{row} is {row.get_state_display()}: it cannot be closed now")
        move(row, State.CLOSED, actor=actor)
        _tell("returns.close", row)
    return row


def list_claims(returned: Return) -> list[Claim]:
    """List what customs may give back for these goods, as far as it was collected and its time has not run out."""
    order = returned.order
    collected = order.collected or {}
    if not collected.get("quote_id"):
        return []
    delivered = order.events.filter(kind="delivered").order_by("at").values_list("at", flat=True).first()
    found = possible(
        country=order.country,
        scheme=collected.get("scheme", ""),
        imported=(delivered or order.placed_at).date(),
        by_reason=collected_by_reason(returned),
        currency=order.currency,
    )
    rows = []
    for claim in found:
        values = {"title": claim.title[:200], "amount": claim.amount, "currency": order.currency}
        values |= {"deadline": claim.deadline, "source": claim.source, "confidence": claim.confidence}
        row, _ = Claim.objects.get_or_create(returned=returned, scheme=claim.scheme, defaults=values)
        rows.append(row)
    return rows


def file_claim(claim: Claim, *, actor: str, reference: str) -> Claim:
    """Note that a claim was handed in under the authority's reference."""
    with transaction.atomic():
        row = Claim.objects.select_for_update(of=("self",)).select_related("returned__order").get(pk=claim.pk)
        if row.state != Claim.State.LISTED:
            raise NotNow(f"{row.title} is {row.get_state_display()} already")
        row.state, row.reference = Claim.State.FILED, reference[:80]
        row.save(update_fields=["state", "reference"])
        row.returned.order.note("claim_filed", f"{row} was filed as {reference}"[:500], actor=actor)
    return row


def settle_claim(claim: Claim, *, actor: str, paid: bool) -> Claim:
    """Note the authority's answer."""
    with transaction.atomic():
        row = Claim.objects.select_for_update(of=("self",)).select_related("returned__order").get(pk=claim.pk)
        if row.state != Claim.State.FILED:
            raise NotNow(f"{row.title} was not filed")
        row.state = Claim.State.PAID if paid else Claim.State.REFUSED
        row.save(update_fields=["state"])
        row.returned.order.note(f"claim_{row.state}", f"{row}"[:500], actor=actor)
    return row
