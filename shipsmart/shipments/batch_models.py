from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from shipsmart.merchants.models import Merchant
from shipsmart.orders.models import Order
from shipsmart.shipments.models import Shipment


class LabelBatchQuerySet(models.QuerySet):
    def for_merchant(self, merchant: Merchant) -> Self:
        return self.filter(merchant=merchant)

    def open(self) -> Self:
        return self.filter(finished_at=None)


class LabelBatch(models.Model):
    """Orders whose labels were asked for together; the work is done in the background and survives every reload."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="label_batches")
    actor = models.CharField("who asked for it", max_length=150)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=150, blank=True)

    objects = LabelBatchQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"label batch {self.pk}"


class BatchItem(models.Model):
    """One order of a batch and what became of it; `cause` is a stable code that failures are grouped by."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        WORKING = "working", "being worked on"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        SKIPPED = "skipped", "skipped"

    batch = models.ForeignKey(LabelBatch, on_delete=models.CASCADE, related_name="items")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="batch_items")
    shipment = models.ForeignKey(Shipment, null=True, blank=True, on_delete=models.SET_NULL, related_name="batch_items")
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    cause = models.CharField(max_length=60, blank=True)
    message = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["batch", "position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "order"], name="batch_item_once")]
        indexes: ClassVar = [models.Index(fields=["batch", "state"], name="batch_item_state")]

    def __str__(self) -> str:
        return f"{self.order} in {self.batch}: {self.state}"
