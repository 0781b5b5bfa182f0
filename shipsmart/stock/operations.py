"""Keep units for an order, let them go, send them. Each may be asked again for the same and changes nothing twice."""

from collections.abc import Mapping

from django.db import transaction

from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import AuditEntry
from shipsmart.stock.models import Reservation, StockAbroad, StockLevel

State = Reservation.State
OPEN = (State.RESERVED, State.AUTHORISED)


class NotEnough(ShipSmartError):
    """Fewer units lie there than the order wants."""

    code = "not_enough_stock"


class NotNow(ShipSmartError):
    """The step does not follow on the reservation's state, or another order came under the same number."""

    code = "reservation_not_now"


def _locked_levels(stock: StockAbroad, units: Mapping[str, int]) -> dict[str, StockLevel]:
    """Lock the levels in one order, so that two orders of the same goods never wait for each other."""
    rows = StockLevel.objects.select_for_update().filter(stock=stock, variant__in=units).order_by("variant")
    return {level.variant: level for level in rows}


def reserve(stock: StockAbroad, *, order_id: str, units: Mapping[str, int]) -> Reservation:
    """Keep the units for an order; the reservation made before for the same order. Raises NotEnough, NotNow."""
    with transaction.atomic():
        StockAbroad.objects.select_for_update().get(pk=stock.pk)
        known = Reservation.objects.filter(stock=stock, order_id=order_id).first()
        if known is not None:
            return _same(known, units)
        levels = _locked_levels(stock, units)
        for variant, wanted in units.items():
            level = levels.get(variant)
            if level is None or level.available < wanted:
                there = level.available if level else 0
                raise NotEnough(f"{there} of {variant} are there, the order wants {wanted}", variant=variant)
            level.reserved += wanted
            level.save(update_fields=["reserved"])
        return Reservation.objects.create(stock=stock, order_id=order_id, units=dict(units))


def _same(known: Reservation, units: Mapping[str, int]) -> Reservation:
    if known.state == State.CANCELLED:
        raise NotNow(f"order {known.order_id} was cancelled here; place it under a new number")
    if known.units != dict(units):
        raise NotNow(f"order {known.order_id} is here already with other goods; place it under a new number")
    return known


def _locked(stock: StockAbroad, number: str) -> Reservation | None:
    return Reservation.objects.select_for_update().filter(stock=stock, number=number).first()


def authorise(stock: StockAbroad, *, number: str) -> Reservation | None:
    """Let an order be sent: it is paid. None for a number that is none of ours. Raises NotNow."""
    with transaction.atomic():
        row = _locked(stock, number)
        if row is None:
            return None
        if row.state == State.CANCELLED:
            raise NotNow(f"order {row.order_id} was cancelled and its units were let go")
        if row.state == State.RESERVED:
            row.state = State.AUTHORISED
            row.save()
            AuditEntry.objects.note(
                stock.merchant, actor=stock.connection.account, action="stock.to_be_sent", target=row.order_id
            )
        return row


def cancel(stock: StockAbroad, *, number: str) -> Reservation | None:
    """Let the units of an order go. None for a number that is none of ours. Raises NotNow when they have gone out."""
    with transaction.atomic():
        row = _locked(stock, number)
        if row is None or row.state == State.CANCELLED:
            return row
        if row.state not in OPEN:
            raise NotNow(f"order {row.order_id} was sent; it can only come back")
        for variant, level in _locked_levels(stock, row.units).items():
            level.reserved = max(level.reserved - row.units[variant], 0)
            level.save(update_fields=["reserved"])
        row.state = State.CANCELLED
        row.save()
        return row


def sent(reservation: Reservation, *, carrier: str, waybill: str, tracking_url: str, actor: str) -> Reservation:
    """Note that the parcel has left the stock. Raises NotNow unless it waits to be sent."""
    with transaction.atomic():
        row = Reservation.objects.select_for_update().get(pk=reservation.pk)
        if row.state != State.AUTHORISED:
            raise NotNow(f"order {row.order_id} is {row.get_state_display()}: it cannot be sent now")
        for variant, level in _locked_levels(row.stock, row.units).items():
            level.reserved = max(level.reserved - row.units[variant], 0)
            level.on_hand = max(level.on_hand - row.units[variant], 0)
            level.save(update_fields=["reserved", "on_hand"])
        row.state, row.carrier, row.waybill, row.tracking_url = State.SENT, carrier, waybill, tracking_url
        row.save()
        AuditEntry.objects.note(
            row.stock.merchant, actor=actor, action="stock.sent", target=row.order_id, waybill=waybill
        )
    return row


def delivered(reservation: Reservation, *, actor: str) -> Reservation:
    """Note that the parcel has arrived. Raises NotNow unless it was sent."""
    with transaction.atomic():
        row = Reservation.objects.select_for_update().get(pk=reservation.pk)
        if row.state not in (State.SENT, State.DELIVERED):
            raise NotNow(f"order {row.order_id} is {row.get_state_display()}: it cannot have arrived")
        if row.state == State.SENT:
            row.state = State.DELIVERED
            row.save()
            AuditEntry.objects.note(row.stock.merchant, actor=actor, action="stock.delivered", target=row.order_id)
    return row


def count(stock: StockAbroad, units: Mapping[str, int], *, actor: str) -> None:
    """Write down what lies there; what is kept for orders stays kept, variants that are not named stay as they are."""
    with transaction.atomic():
        levels = _locked_levels(stock, units)
        for variant, on_hand in units.items():
            level = levels.get(variant) or StockLevel(stock=stock, variant=variant)
            level.on_hand = on_hand
            level.save()
        AuditEntry.objects.note(
            stock.merchant, actor=actor, action="stock.counted", target=str(stock), units=dict(units)
        )
