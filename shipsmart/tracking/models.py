from typing import ClassVar

from django.db import models
from django.utils import timezone

from shipsmart.inbox.leases import LeasedWork
from shipsmart.merchants.models import Merchant
from shipsmart.ports import Milestone
from shipsmart.shipments.models import Shipment

MILESTONES = [(m.value, m.value.replace("_", " ")) for m in Milestone]


class Tracker(LeasedWork):
    """The following of one shipment: a row of leased work that comes back after each poll until the journey ends."""

    shipment = models.OneToOneField(Shipment, on_delete=models.CASCADE, related_name="tracker")
    last_polled_at = models.DateTimeField(null=True, blank=True)
    polls = models.PositiveIntegerField(default=0)
    pushed_until = models.DateTimeField(null=True, blank=True)  # the carrier tells of scans by itself until then
    silent_since = models.DateTimeField(null=True, blank=True)  # last scan, while the next one is overdue

    def __str__(self) -> str:
        return f"tracker of {self.shipment}"


class TrackingEvent(models.Model):
    """One scan. `key` names it (code, time, place), so the same scan reported twice is one row."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="tracking_events")
    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    code = models.CharField(max_length=40)
    text = models.CharField(max_length=500, blank=True)
    place = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    milestone = models.CharField(max_length=20, choices=MILESTONES)
    reason = models.CharField(max_length=60, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)
    by_hand = models.BooleanField("its code was read by a person", default=False)

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["shipment", "key"], name="scan_once")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.code} {self.milestone}"


class UnknownCode(models.Model):
    """A carrier's code that we cannot read yet: recorded and shown, not guessed and not swallowed."""

    carrier = models.CharField(max_length=30)
    code = models.CharField(max_length=40)
    text = models.CharField(max_length=500, blank=True)
    seen = models.PositiveIntegerField(default=1)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["carrier", "code"], name="unknown_code_once")]

    def __str__(self) -> str:
        return f"{self.carrier} {self.code}"


class CodeReading(models.Model):
    """What a person says that a carrier's code means on one merchant's parcels; the adapter's own table goes first."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="code_readings")
    carrier = models.CharField(max_length=30)
    code = models.CharField(max_length=40)
    text = models.CharField("the carrier's words", max_length=500, blank=True)
    milestone = models.CharField(max_length=20, choices=MILESTONES)
    actor = models.CharField(max_length=150)
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["carrier", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "carrier", "code"], name="code_reading_once")
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.code}: {self.milestone}"
