"""What a person may ask of a shipment."""

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from shipsmart.inbox import wake
from shipsmart.inbox.models import OutboundMessage, State
from shipsmart.merchants.models import AuditEntry
from shipsmart.orders import operations as orders
from shipsmart.orders.models import Order
from shipsmart.ports import provides
from shipsmart.shipments.models import LabelAttempt, Shipment, new_reference
from shipsmart.shipments.void import set_aside, void

STEPS = ("label", "papers", "fulfil")


def try_again(order: Order, actor: str) -> int:
    """Put the order's given-up steps back to work and release it when it stands still; return how many steps."""
    return try_all_again([order], actor)


def try_all_again(rows: Sequence[Order], actor: str) -> int:
    """Put the given-up steps of orders back to work and release those that stand still; return how many steps.

    So many statements whatever the number of orders.
    """
    with transaction.atomic():
        steps = _steps_of(rows)
        dead = dict(OutboundMessage.objects.filter(key__in=steps, state=State.DEAD).values_list("pk", "key"))
        count = OutboundMessage.wake_dead(dead) if dead else 0
        woken = Counter(steps[key] for key in dead.values())
        AuditEntry.objects.note_all(
            (row.merchant, {"actor": actor, "action": "try_again", "target": f"order:{row.pk}", "data": data})
            for row in rows
            for data in [{"steps": woken[row.pk]}]
        )
        orders.release_all([row.pk for row in rows], actor)
        transaction.on_commit(wake.up, robust=True)
    return count


def given_up_steps(order: Order) -> QuerySet[OutboundMessage]:
    """Return the order's steps that failed too often: planning, labels, papers, telling the store."""
    return OutboundMessage.objects.filter(key__in=_steps_of([order]), state=State.DEAD)


def _steps_of(rows: Sequence[Order]) -> dict[str, int]:
    """Return the key of every step that orders may have, with the order's."""
    keys = {f"shipments.plan:{row.pk}": row.pk for row in rows}
    shipments = Shipment.objects.filter(order__in=rows).values_list("pk", "order")
    return keys | {f"shipments.{step}:{pk}": order for pk, order in shipments for step in STEPS}


def abandon(order: Order, actor: str) -> int:
    """Give up waybills that a carrier booked but will not print again, and buy others under new references.

    For carriers that bill only what is handed over (DHL Express): the person confirms that the old one will not be.
    Returns how many were given up; 0 unless an outcome is unknown.
    """
    with transaction.atomic():
        unknown = order.shipments.select_for_update().filter(state=Shipment.State.UNKNOWN)
        given_up = [_give_up(shipment, actor) for shipment in unknown]
        if given_up:
            orders.release(order, actor)
    return len(given_up)


def void_label(order: Order, actor: str) -> int:
    """Void the order's bought labels, at the carrier where it can, else here alone; return how many are asked for.

    Raises NotVoidable after the carrier's first scan.
    """
    bought = order.shipments.filter(state=Shipment.State.BOUGHT)
    return sum((void if provides(shipment.carrier, "void") else set_aside)(shipment, actor) for shipment in bought)


def _give_up(shipment: Shipment, actor: str) -> str:
    waybill = shipment.waybill
    shipment.attempts.exclude(outcome=LabelAttempt.Outcome.REFUSED).update(outcome=LabelAttempt.Outcome.ABANDONED)
    shipment.state, shipment.waybill, shipment.reason = Shipment.State.PLANNED, "", ""
    shipment.reference = new_reference()
    shipment.save()
    text = f"Waybill {waybill or 'of unknown number'} was given up; it must not be handed over"
    shipment.order.note("abandoned", text, actor=actor)
    AuditEntry.objects.note(
        shipment.merchant, actor=actor, action="abandon", target=f"shipment:{shipment.pk}", waybill=waybill
    )
    return waybill
