"""What a person looks at: parcels that have fallen silent, and carriers' codes that we cannot read yet."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, QuerySet

from shipsmart.merchants.models import Merchant
from shipsmart.ports import Milestone
from shipsmart.shipments.models import Shipment
from shipsmart.tracking.models import TrackingEvent, UnknownCode


@dataclass(frozen=True)
class UnreadCode:
    """A code on a merchant's parcels that we cannot read: how many scans carried it, first and last, and its words."""

    carrier: str
    code: str
    scans: int
    first_at: datetime
    last_at: datetime
    text: str
    shipment: Shipment


def silent_shipments(merchant: Merchant) -> QuerySet[Shipment]:
    """Return a merchant's parcels whose next scan is overdue, the longest silent first."""
    overdue = Shipment.objects.filter(merchant=merchant, tracker__silent_since__isnull=False)
    return overdue.select_related("order", "tracker").order_by("tracker__silent_since")


def unread_codes(merchant: Merchant, *, limit: int = 100) -> list[UnreadCode]:
    """Return the codes on a merchant's own parcels that we cannot read, the most seen first."""
    scans = TrackingEvent.objects.filter(shipment__merchant=merchant, milestone=Milestone.UNKNOWN)
    counted = scans.values("shipment__carrier", "code").annotate(
        scans=Count("pk"), first_at=Min("at"), last_at=Max("at"), last=Max("pk")
    )
    rows = list(counted.order_by("-scans", "shipment__carrier", "code")[:limit])
    last = scans.select_related("shipment__order").in_bulk([row["last"] for row in rows])
    return [
        UnreadCode(
            carrier=row["shipment__carrier"],
            code=row["code"],
            scans=row["scans"],
            first_at=row["first_at"],
            last_at=row["last_at"],
            text=last[row["last"]].text,
            shipment=last[row["last"]].shipment,
        )
        for row in rows
    ]


def unknown_codes() -> QuerySet[UnknownCode]:
    """Return the codes of all merchants that want a row in a carrier's `codes.py`, the most seen first."""
    return UnknownCode.objects.order_by("-seen", "carrier", "code")
