"""What a person looks at: parcels that have fallen silent, and carriers' codes that we cannot read yet."""

from django.db.models import QuerySet

from shipsmart.merchants.models import Merchant
from shipsmart.shipments.models import Shipment
from shipsmart.tracking.models import UnknownCode


def silent_shipments(merchant: Merchant) -> QuerySet[Shipment]:
    """Return a merchant's parcels whose next scan is overdue, the longest silent first."""
    overdue = Shipment.objects.filter(merchant=merchant, tracker__silent_since__isnull=False)
    return overdue.select_related("order", "tracker").order_by("tracker__silent_since")


def unknown_codes() -> QuerySet[UnknownCode]:
    """Return the codes that want a row in a carrier's `codes.py`, the most seen first."""
    return UnknownCode.objects.order_by("-seen", "carrier", "code")
