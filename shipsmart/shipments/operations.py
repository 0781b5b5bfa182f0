"""What a person may ask of a shipment."""

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
    with transaction.atomic():
        count = OutboundMessage.wake_dead(list(given_up_steps(order).values_list("pk", flat=True)))
        AuditEntry.objects.note(
            order.merchant, actor=actor, action="try_again", target=f"order:{order.pk}", steps=count
        )
        orders.release(order, actor)
        transaction.on_commit(wake.up, robust=True)
    return count


def given_up_steps(order: Order) -> QuerySet[OutboundMessage]:
    """Return the order's steps that failed too often: planning, labels, papers, telling the store."""
    keys = [f"shipments.plan:{order.pk}"]
    keys += [f"shipments.{step}:{shipment.pk}" for shipment in order.shipments.all() for step in STEPS]
    return OutboundMessage.objects.filter(key__in=keys, state=State.DEAD)


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
