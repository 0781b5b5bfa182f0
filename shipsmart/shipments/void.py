"""Void a bought label before the parcel is handed over; the order then stands still until a person lets it go on.

The carrier is asked by a worker, not while the person waits. A void that was answered badly is asked again: carriers
answer "void already" to the second one, so nothing is done twice.
"""

from typing import Any

from django.conf import settings
from django.db import transaction

from shipsmart.core.errors import ShipSmartError
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.models import State as WorkState
from shipsmart.inbox.operations import Again, Effects
from shipsmart.merchants.models import AuditEntry
from shipsmart.orders import operations as orders
from shipsmart.orders.models import Order
from shipsmart.ports import Milestone, Unsupported, provider, provides
from shipsmart.shipments.models import Shipment

NOT_HANDED_OVER = frozenset({"", Milestone.LABEL_CREATED, Milestone.INFO_RECEIVED, Milestone.CANCELLED})
STORE_CAPABILITY = "fulfilment_cancel"
STORE_STILL_BEING_TOLD_S = 3.0


class NotVoidable(ShipSmartError):
    """The label cannot be voided any more, or there is none."""

    code = "not_voidable"
    permanent = True


def void(shipment: Shipment, actor: str, *, replace: bool = False) -> bool:
    """Have the carrier void the label; return False when that is under way or done already.

    `replace`: buy another label as soon as this one is void. Otherwise the order waits on hold for a release.
    Raises NotVoidable after the first scan of the carrier, and Unsupported for a carrier that voids nothing over its
    API (see `set_aside`).
    """
    with transaction.atomic():
        shipment = _locked(shipment)
        if shipment.state == Shipment.State.VOIDED or _pending(_key(shipment)):
            return False
        _check(shipment)
        if not provides(shipment.carrier, "void"):
            raise Unsupported(
                f"{shipment.carrier} voids no labels over its API: keep {shipment.waybill} back and set it aside",
                key=shipment.carrier,
                capability="void",
            )
        payload = {"shipment": shipment.pk, "actor": actor, "replace": replace}
        inbox.send(kind="shipments.void", key=_key(shipment), payload=payload, again=True)
        _note(shipment, actor, "void_asked", f"Voiding waybill {shipment.waybill}")
    return True


def set_aside(shipment: Shipment, actor: str, *, replace: bool = False) -> bool:
    """Void a label here alone, for carriers that bill only what is handed over (DHL Express, own labels).

    The person confirms that the parcel will not be handed over under it. Return False when it is void already.
    """
    with transaction.atomic():
        shipment = _locked(shipment)
        if shipment.state == Shipment.State.VOIDED:
            return False
        _check(shipment)
        if provides(shipment.carrier, "void"):
            raise NotVoidable(
                f"{shipment.carrier} bills labels until they are voided: void {shipment.waybill} instead",
                shipment=shipment.pk,
            )
        _voided(shipment, actor, replace=replace)
    return True


def handle_void(message: OutboundMessage) -> Effects | None:
    """Outbound handler "shipments.void"."""
    shipment = Shipment.objects.select_related("account").get(pk=message.payload["shipment"])
    if shipment.state == Shipment.State.VOIDED:
        return None
    _check(shipment)
    account = shipment.account
    if account is None:
        raise _refused(shipment, "its carrier account was deleted")
    provider(shipment.carrier, "void").void(account.ref(), shipment.waybill, timeout_s=settings.LABEL_TIMEOUT_S)
    actor, again = str(message.payload["actor"]), bool(message.payload["replace"])
    return lambda: _voided(_locked(shipment), actor, replace=again)


def given_up(message: OutboundMessage, text: str) -> None:
    """Say on the order that the label is still good: the carrier refused, or never answered."""
    shipment = Shipment.objects.select_related("order", "merchant").get(pk=message.payload["shipment"])
    _note(shipment, str(message.payload["actor"]), "void_failed", f"{shipment.waybill} was not voided: {text}"[:500])


def handle_unfulfil(message: OutboundMessage) -> Effects | Again | None:
    """Outbound handler "shipments.unfulfil": take the fulfilment back in a store whose adapter can do that."""
    shipment = Shipment.objects.select_related("order__connection").get(pk=message.payload["shipment"])
    order, told = shipment.order, shipment.store_fulfilment_id
    if order.connection is None or not provides(order.channel, STORE_CAPABILITY):
        return None
    if not told:
        return Again(STORE_STILL_BEING_TOLD_S) if _pending(f"shipments.fulfil:{shipment.pk}") else None
    provider(order.channel, STORE_CAPABILITY).cancel_fulfilment(order.connection, told)

    def effects() -> None:
        Shipment.objects.filter(pk=shipment.pk).update(store_fulfilment_id="")
        order.note("store_told", f"{order.channel} was told: waybill {shipment.waybill} is void", id=told)

    return effects


def _voided(shipment: Shipment, actor: str, *, replace: bool) -> None:
    """Write the void down, take back what was going to be told of it, and let the order stand still or go on."""
    if shipment.state == Shipment.State.VOIDED:
        return
    Shipment.objects.filter(pk=shipment.pk).update(
        state=Shipment.State.VOIDED, milestone=Milestone.CANCELLED, reason=f"voided by {actor}"[:500]
    )
    untold = [f"shipments.fulfil:{shipment.pk}", f"tracking.start:{shipment.pk}"]
    # A leased one is on its way at this moment: it ends by itself, and the store is told of the void after it.
    OutboundMessage.objects.filter(key__in=untold, state=WorkState.NEW, lease="").update(state=WorkState.DONE)
    if provides(shipment.order.channel, STORE_CAPABILITY):
        key = f"shipments.unfulfil:{shipment.pk}"
        inbox.send(kind="shipments.unfulfil", key=key, payload={"shipment": shipment.pk})
    _note(shipment, actor, "voided", f"{shipment.carrier} waybill {shipment.waybill} is void")
    _stand_still(shipment.order_id, shipment.waybill)
    if replace:
        orders.release(shipment.order, actor)


def _stand_still(order_id: int, waybill: str) -> None:
    order = Order.objects.select_for_update().get(pk=order_id)
    others = order.shipments.filter(state=Shipment.State.BOUGHT).exists()
    if order.cancelled_at and not others:
        order.state, order.reason = Order.State.CANCELLED, ""
    else:
        order.state = Order.State.ON_HOLD
        order.reason = f"label {waybill} was voided: release the order to buy another"
    order.save(update_fields=["state", "reason"])


def _locked(shipment: Shipment) -> Shipment:
    """Return the row as it is now; of a void and a purchase that cross, the second sees what the first did."""
    rows = Shipment.objects.select_for_update(of=("self",)).select_related("order", "merchant", "account")
    return rows.get(pk=shipment.pk)


def _check(shipment: Shipment) -> None:
    if shipment.state != Shipment.State.BOUGHT or not shipment.waybill:
        raise _refused(shipment, f"its label is {shipment.get_state_display()}")
    if shipment.milestone not in NOT_HANDED_OVER:
        step = shipment.milestone.replace("_", " ")
        raise _refused(shipment, f"{shipment.carrier} has it already ({step}); ask the carrier to stop the parcel")


def _refused(shipment: Shipment, why: str) -> NotVoidable:
    name = shipment.waybill or shipment.reference
    return NotVoidable(f"{name} cannot be voided: {why}", shipment=shipment.pk)


def _key(shipment: Shipment) -> str:
    return f"shipments.void:{shipment.pk}"


def _pending(key: str) -> bool:
    return OutboundMessage.objects.filter(key=key, state=WorkState.NEW).exists()


def _note(shipment: Shipment, actor: str, action: str, text: str, **data: Any) -> None:
    shipment.order.note(action, text, actor=actor, **data)
    AuditEntry.objects.note(
        shipment.merchant, actor=actor, action=action, target=f"shipment:{shipment.pk}", waybill=shipment.waybill
    )
