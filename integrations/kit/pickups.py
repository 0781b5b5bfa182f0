"""What every carrier asks of a pick-up before a courier is sent."""

from datetime import datetime

from integrations.kit.fields import refused
from shipsmart.ports import PickUpOrder


def check_pickup(order: PickUpOrder) -> None:
    """Raise IntegrationError when there is nothing to collect or no time to collect it in."""
    if not order.shipments or any(not one.parcels for one in order.shipments):
        raise refused("a pick-up needs parcels", code="wrong_count", field="shipments")
    if order.ready_at.utcoffset() is None:
        raise refused("ready_at has no time zone: state the place's own", code="missing_data", field="ready_at")
    if order.closes_at <= order.ready_at.time():
        raise refused(
            f"the place closes at {order.closes_at:%H:%M}, before the parcels are ready at {order.ready_at:%H:%M}",
            code="wrong_time",
            field="closes_at",
        )


def gmt_offset(moment: datetime) -> str:
    """Return the offset as "+01:00"."""
    text = f"{moment:%z}"
    return f"{text[:3]}:{text[3:5]}"


def parcel_count(order: PickUpOrder) -> int:
    return sum(len(one.parcels) for one in order.shipments)


def weight_g(order: PickUpOrder) -> int:
    return sum(parcel.weight_g for one in order.shipments for parcel in one.parcels)
