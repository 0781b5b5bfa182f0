from typing import ClassVar

from django.db import models
from django.utils import timezone

from shipsmart.merchants.models import Merchant


class NumberSeries(models.Model):
    """The merchant's own numbering of one kind of paper, taken inside the transaction that uses it: no gaps."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE)
    kind = models.CharField(max_length=30)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["merchant", "kind"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.last}"


class Document(models.Model):
    """A paper as it was issued: snapshot, file and hash. It is never changed; a correction is a new one that names it.

    `subject` names what it belongs to ("shipment:12"): papers know nothing of the apps above them.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="documents")
    subject = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=30)
    number = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    snapshot = models.JSONField()
    file = models.FileField(max_length=255)
    media_type = models.CharField(max_length=40, default="application/pdf")
    pages = models.PositiveSmallIntegerField(default=1)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["subject", "kind", "version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["subject", "kind", "version"], name="paper_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} v{self.version}"
