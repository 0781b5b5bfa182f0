import json
import secrets
from collections.abc import Iterator
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from shipsmart.merchants.models import INCOTERMS, Connection, Merchant

ID_LENGTH, IDS_AT_ONCE = 20, 16


def new_quote_id() -> str:
    return next(new_quote_ids(1))


def new_quote_ids(at_once: int = IDS_AT_ONCE) -> Iterator[str]:
    """Yield names without end. Drawn together: each draw lets another thread have the interpreter, and an answer that
    draws for each of its options waits for it as often."""
    while True:
        drawn = secrets.token_hex(at_once * ID_LENGTH // 2)
        yield from (f"q_{drawn[at : at + ID_LENGTH]}" for at in range(0, len(drawn), ID_LENGTH))


class Quote(models.Model):
    """One landed cost as it was shown, with its whole reasoning. A snapshot: never changed, only matched to an order.

    The options shown together share `checkout`. `request_text` and `answer_text` are canonical JSON (sorted keys), so
    that a replay can be compared byte for byte; `signature` is over `answer_text`.
    """

    quote_id = models.CharField(max_length=30, default=new_quote_id)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="quotes", db_index=False)
    connection = models.ForeignKey(Connection, null=True, blank=True, on_delete=models.SET_NULL, related_name="quotes")
    checkout = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    fingerprint = models.CharField(max_length=64)
    place = models.CharField("hash of store and destination", max_length=64, blank=True)
    goods_text = models.TextField("JSON: [variant, quantity] of each line that travels", default="[]")
    country = models.CharField(max_length=2)
    sender = models.CharField(
        "where the goods were to leave from; empty: the merchant's address", max_length=24, blank=True
    )
    currency = models.CharField(max_length=3)
    incoterm = models.CharField(max_length=3, choices=INCOTERMS)
    service_code = models.CharField(max_length=80)
    service_name = models.CharField(max_length=200)
    carrier = models.CharField(max_length=30)
    carrier_service = models.CharField(max_length=40)
    carrier_service_name = models.CharField("the service as the carrier calls it", max_length=120, blank=True)
    account_number = models.CharField("the carrier account that named the price", max_length=40, blank=True)
    freight = models.DecimalField(max_digits=14, decimal_places=3)
    charges = models.DecimalField("duty, import tax and fees", max_digits=14, decimal_places=3)
    price = models.DecimalField("what the shopper was shown for delivery", max_digits=14, decimal_places=3)
    price_source = models.CharField(max_length=10)  # live, cache, stale, fallback
    status = models.CharField(max_length=15)  # complete, estimate, not_computable
    request_text = models.TextField()
    answer_text = models.TextField()
    signature = models.CharField(max_length=64)
    elapsed_ms = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-created_at", "pk"]
        # A checkout writes nine rows, and each index costs as much of a row as its texts. `unique` and `db_index` at a
        # text would make another on PostgreSQL, for LIKE; a merchant's quotes are found by the two that begin with it.
        constraints: ClassVar = [models.UniqueConstraint(fields=["quote_id"], name="quote_once")]
        indexes: ClassVar = [
            models.Index(fields=["merchant", "fingerprint", "created_at"]),
            models.Index(fields=["merchant", "place", "created_at"]),
            models.Index(fields=["checkout"], name="quote_checkout"),
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.service_name} {self.price} {self.currency}"

    @property
    def answer(self) -> dict[str, Any]:
        """The landed-cost answer of the contract."""
        answer: dict[str, Any] = json.loads(self.answer_text)
        return answer

    @property
    def goods(self) -> list[tuple[str, int]]:
        """Variant and units of each line of the answer, in its order; empty for quotes of no store's cart."""
        return [(str(variant), int(units)) for variant, units in json.loads(self.goods_text)]
