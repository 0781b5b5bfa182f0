from typing import ClassVar

from django.db import models
from django.utils import timezone

from shipsmart.merchants.models import Merchant
from shipsmart.quotes.models import Quote


class IdempotentQuote(models.Model):
    """An Idempotency-Key a merchant sent with a quote, what it stood for, and the quote it got; kept for a day."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["merchant", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.key} → {self.quote_id}"
