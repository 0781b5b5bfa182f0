"""Take orders in, once, in whatever order the store's messages come; hold and release them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator

from shipsmart.core.errors import ShipSmartError
from shipsmart.core.money import Money
from shipsmart.inbox import operations as inbox
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.address import moved_in_store, without_corrections
from shipsmart.orders.hubs import send_apart
from shipsmart.orders.later_goods import add_goods, labelled_lines
from shipsmart.orders.lines import refresh_lines, write_lines
from shipsmart.orders.models import Consignment, Order, OrderEvent
from shipsmart.ports import StoreOrder, title_of
from shipsmart.quotes.matched import Match
from shipsmart.quotes.matching import match

# Quotes are stored behind their answer: one that was shown a moment ago may not stand in the database yet.
QUOTES_SETTLE = timedelta(seconds=10)
LABELLED = (Order.State.LABELLED, Order.State.SHIPPED, Order.State.DELIVERED, Order.State.RETURNED)


class QuoteUnderWay(ShipSmartError):  # noqa: N818 - the name says what happened
    """An order came before the quote that explains it was stored; its message is tried again."""

    code = "quote_under_way"


def take_in(*, connection: Connection, order: StoreOrder, matched: Match | None = None) -> Order:
    """Return our order for a store's order, made or brought up to date.

    The same order any number of times makes one; an older state than ours changes nothing. Call it inside the
    transaction that finishes the message; `prepare_intake` finds the quote before that.
    """
    with transaction.atomic():
        known = (
            Order.objects.select_for_update()
            .filter(merchant=connection.merchant, channel=connection.storefront, external_id=order.external_id)
            .first()
        )
        if known is None:
            return _create(connection, order, matched or match(connection, order, ask_carriers=False))
        if order.updated_at >= known.store_updated_at:
            _bring_up_to_date(known, order)
        return known


def prepare_intake(*, connection: Connection, order: StoreOrder) -> Callable[[], None]:
    """Return the intake of an order as effects, its quote found beforehand: finding it may ask carriers, and no
    network call happens inside a transaction. Raises QuoteUnderWay for an order that may be ahead of its quote."""
    known = Order.objects.filter(
        merchant=connection.merchant, channel=connection.storefront, external_id=order.external_id
    ).exists()
    matched = None if known else match(connection, order)
    if matched and matched.problem and settings.QUOTES_KEPT_BEHIND and _just_placed(order):
        raise QuoteUnderWay(f"{order.number} fits no stored quote yet: it is looked at again in a moment")

    def effects() -> None:
        take_in(connection=connection, order=order, matched=matched)

    return effects


def _just_placed(order: StoreOrder) -> bool:
    return abs(timezone.now() - order.placed_at) < QUOTES_SETTLE


def _create(connection: Connection, incoming: StoreOrder, matched: Match) -> Order:
    order = Order.objects.create(
        merchant=connection.merchant,
        connection=connection,
        channel=connection.storefront,
        external_id=incoming.external_id,
        placed_at=incoming.placed_at,
        incoterm=matched.incoterm,
        collected=matched.collected,
        quote=matched.quote,
        **_values(incoming),
    )
    write_lines(order, incoming)
    _write_consignments(order, matched)
    send_apart(order, incoming)
    order.note(
        "received",
        f"Order {order.number} came in from {title_of(connection.storefront)}",
        actor=title_of(connection.storefront),
    )
    _note_match(order, matched)
    if matched.problem:
        _stand_still(order, Order.State.ON_HOLD, matched.problem)
    _go_on(order, incoming)
    return order


def _values(incoming: StoreOrder) -> dict[str, Any]:
    return {
        "number": incoming.number,
        "store_updated_at": incoming.updated_at,
        "currency": incoming.currency,
        "ship_to": asdict(incoming.ship_to),
        "country": incoming.ship_to.country,
        "shopper": incoming.ship_to.name[:200],
        "locale": incoming.locale[:20],
        "shipping_code": incoming.shipping_code,
        "shipping_title": incoming.shipping_title,
        "shipping_paid": incoming.shipping_paid,
        "total_paid": incoming.total_paid,
        "native_duties": incoming.native_duties,
        "paid": incoming.paid,
        "cancelled_at": incoming.cancelled_at,
    }


def _write_consignments(order: Order, matched: Match) -> None:
    Consignment.objects.bulk_create(
        Consignment(
            order=order,
            number=number,
            quote=part.quote,
            incoterm=part.incoterm,
            collected=part.collected,
            goods=part.lines,
        )
        for number, part in enumerate(matched.parts, start=1)
    )


def _note_match(order: Order, matched: Match) -> None:
    for quote in matched.quotes:
        price = Money(quote.price, quote.currency).rounded()
        text = f"Matched to quote {quote.quote_id}: {quote.incoterm}, {price} for delivery"
        order.note("matched", text, quote=quote.quote_id)
    if not matched.quotes and not matched.problem:
        order.note("unmatched", "Not placed on a quote of ours: delivered DAP, duties due from the shopper")


def _go_on(order: Order, incoming: StoreOrder) -> None:
    if incoming.cancelled_at:
        return _cancel(order)
    if not order.lines.exists():
        return _stand_still(order, Order.State.ON_HOLD, "nothing in this order needs shipping")
    if order.state == Order.State.RECEIVED and order.paid:
        _ready(order)
    return None


def _ready(order: Order) -> None:
    """Have the order's shipment planned by a worker; once more if it was planned before a hold."""
    order.state, order.reason = Order.State.READY, ""
    order.save(update_fields=["state", "reason"])
    key = f"shipments.plan:{order.pk}"
    inbox.send(kind="shipments.plan", key=key, payload={"order": order.pk}, again=True)


def _stand_still(order: Order, state: str, reason: str) -> None:
    order.state, order.reason = state, Truncator(reason).chars(500)
    order.save(update_fields=["state", "reason"])
    order.note("stands_still", order.reason)


def _cancel(order: Order) -> None:
    if order.state in LABELLED:
        _stand_still(
            order,
            Order.State.ON_HOLD,
            "cancelled in the store after its label was bought: stop the parcel or void the label",
        )
    elif order.state != Order.State.CANCELLED:
        order.state, order.reason = Order.State.CANCELLED, ""
        order.save(update_fields=["state", "reason"])
        order.note("cancelled", "Cancelled in the store", actor=title_of(order.channel))


def _bring_up_to_date(order: Order, incoming: StoreOrder) -> None:
    """Take over what changed. Stores date changes to the second, so the same moment can still bring news."""
    gone = labelled_lines(order)
    edited = _but(_goods(order), gone) != _but(_sold(incoming), gone)
    lives_at = asdict(incoming.ship_to) | {"tax_ids": [asdict(t) for t in incoming.ship_to.tax_ids]}
    moved = {"district": ""} | order.ship_to != lives_at  # older orders do not tell the district apart
    added = add_goods(order, incoming) if order.state in LABELLED or gone else ""
    if added:
        _stand_still(order, Order.State.ON_HOLD, added)
    if order.state in LABELLED or added:
        _changed_late(order, incoming, changed=_goods(order) != _sold(incoming) or moved)
        return
    abroad = order.country != incoming.ship_to.country
    if moved and moved_in_store(order, lives_at):
        _drop_corrections(order)
    for name, value in _values(incoming).items():
        setattr(order, name, value)
    order.save()
    if edited:
        _edit(order, incoming)
    elif abroad and order.collected:
        _stand_still(
            order, Order.State.ON_HOLD, "the destination was changed after duties were collected: compare the sums"
        )
    elif moved and order.state == Order.State.NEEDS_DATA:
        _ready(order)  # what was missing may have been mended in the store
    _go_on(order, incoming)


def _drop_corrections(order: Order) -> None:
    """Let go of what was corrected in an address that the store has changed since; the caller saves the order."""
    kept = without_corrections(order.receiver)
    if kept != order.receiver:
        order.receiver = kept
        order.note("address_changed", "The address was changed in the store: what was corrected here is dropped")


def _changed_late(order: Order, incoming: StoreOrder, *, changed: bool) -> None:
    if changed and incoming.updated_at > order.store_updated_at:
        order.note("edited_late", "Goods or address were changed in the store after the label was bought")
    newly_cancelled = incoming.cancelled_at and not order.cancelled_at
    order.store_updated_at, order.cancelled_at = incoming.updated_at, incoming.cancelled_at or order.cancelled_at
    order.save(update_fields=["store_updated_at", "cancelled_at"])
    if newly_cancelled:
        _cancel(order)


def _goods(order: Order) -> dict[str, int]:
    return {line.external_id: line.quantity for line in order.lines.all()}


def _sold(incoming: StoreOrder) -> dict[str, int]:
    return {line.external_id: line.quantity for line in incoming.lines if line.requires_shipping and line.quantity}


def _but(goods: Mapping[str, int], gone: Collection[str]) -> dict[str, int]:
    return {line: units for line, units in goods.items() if line not in gone}


def _edit(order: Order, incoming: StoreOrder) -> None:
    """Goods changed after the sale: what was collected no longer fits, so a person decides."""
    if order.shipments.exists():
        return _stand_still(
            order, Order.State.ON_HOLD, "goods were changed in the store after the shipment was planned"
        )
    order.lines.all().delete()
    write_lines(order, incoming)
    send_apart(order, incoming)
    order.note("edited", "Goods were changed in the store", actor=title_of(order.channel))
    if order.collected:
        _stand_still(
            order, Order.State.ON_HOLD, "goods were changed after duties were collected: compare the sums and release"
        )
    return None


def stop_late(order: Order, actor: str, reason: str) -> None:
    """Have an order looked at whose label is bought and whose parcel no carrier has seen yet; no other is touched."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.state == Order.State.LABELLED:
            _stand_still(order, Order.State.ON_HOLD, reason)
            AuditEntry.objects.note(order.merchant, actor=actor, action="hold", target=f"order:{order.pk}")


def hold(order: Order, actor: str, reason: str = "held by hand") -> None:
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.state in (*LABELLED, Order.State.CANCELLED):
            return
        _stand_still(order, Order.State.ON_HOLD, reason)
        AuditEntry.objects.note(order.merchant, actor=actor, action="hold", target=f"order:{order.pk}")


def release(order: Order, actor: str) -> None:
    """Let a held order go on; its shipment is planned afresh."""
    release_all([order.pk], actor)


def release_all(order_ids: Collection[int], actor: str) -> None:
    """Let those of the orders go on that stand still; so many statements whatever their number."""
    still = Order.objects.filter(pk__in=order_ids, state__in=[Order.State.ON_HOLD, Order.State.NEEDS_DATA])
    with transaction.atomic():
        rows = list(still.select_for_update(of=("self",)).select_related("merchant").order_by("pk"))
        if not rows:
            return
        OrderEvent.objects.bulk_create(row.event("released", "Released", actor=actor) for row in rows)
        AuditEntry.objects.note_all(
            (row.merchant, {"actor": actor, "action": "release", "target": f"order:{row.pk}"}) for row in rows
        )
        refresh_lines(rows)
        paid = [row.pk for row in rows if row.paid]
        Order.objects.filter(pk__in=[row.pk for row in rows]).exclude(pk__in=paid).update(state=Order.State.RECEIVED)
        Order.objects.filter(pk__in=paid).update(state=Order.State.READY, reason="")
        inbox.send_again("shipments.plan", {f"shipments.plan:{pk}": {"order": pk} for pk in paid})
