"""The end of the day: couriers asked for and manifests closed. A row is committed before the carrier is called."""

from datetime import datetime, time
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone

from shipsmart.merchants.models import Merchant
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.models import Shipment, new_reference


class HandoverState(models.TextChoices):
    """`unknown`: the call was not answered; a person looks at the carrier's, nothing is sent again by itself."""

    ASKED = "asked", "asked for"
    BOOKED = "booked", "booked"
    UNKNOWN = "unknown", "outcome unknown"
    REFUSED = "refused", "refused"
    NOT_BOOKED = "not_booked", "not booked, as a person found"
    CANCELLING = "cancelling", "being cancelled"
    CANCELLED = "cancelled", "cancelled"


OPEN = (HandoverState.ASKED, HandoverState.BOOKED, HandoverState.UNKNOWN, HandoverState.CANCELLING)


class HandoverQuerySet(models.QuerySet):
    def for_merchant(self, merchant: Merchant) -> Self:
        return self.filter(merchant=merchant)


class Handover(models.Model):
    """`sent_at`: when the call began; with no `answered_at`, it is under way or was cut off."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(CarrierAccount, null=True, on_delete=models.SET_NULL, related_name="+")
    carrier = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=HandoverState, default=HandoverState.ASKED, db_index=True)
    number = models.CharField("the carrier's number of it", max_length=60, blank=True)
    message = models.CharField(max_length=500, blank=True)
    actor = models.CharField("who asked for it", max_length=150)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number or self.pk}"


class CourierPickUp(Handover):
    """A courier for some shipments of one account. `zone` is the place's own time zone, as in "Europe/Oslo"."""

    reference = models.CharField(max_length=20, unique=True, default=new_reference)
    zone = models.CharField(max_length=64)
    ready_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    location = models.CharField("where the parcels are", max_length=80, blank=True)
    instructions = models.CharField(max_length=200, blank=True)
    comes_on = models.DateField("the day the carrier named", null=True, blank=True)
    details = models.JSONField("what the carrier wants to hear again", default=dict)
    cost = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True)

    @property
    def ready_there(self) -> datetime:
        return self.ready_at.astimezone(ZoneInfo(self.zone))

    @property
    def closes_there(self) -> time:
        return self.closes_at.astimezone(ZoneInfo(self.zone)).time()


class DayManifest(Handover):
    """The parcels of one account handed over together; its paper is a document with the subject `manifest:<pk>`."""

    mail_on = models.DateField()


class HandoverItem(models.Model):
    """`open`: the shipment stands on it; the database lets it stand on one at a time."""

    open = models.BooleanField(default=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shipment"], condition=models.Q(open=True), name="one_open_%(class)s")
        ]


class PickUpItem(HandoverItem):
    handover = models.ForeignKey(CourierPickUp, on_delete=models.CASCADE, related_name="items")
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="pickup_items")

    class Meta(HandoverItem.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.shipment} on {self.handover}"


class ManifestItem(HandoverItem):
    handover = models.ForeignKey(DayManifest, on_delete=models.CASCADE, related_name="items")
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="manifest_items")

    class Meta(HandoverItem.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.shipment} on {self.handover}"
