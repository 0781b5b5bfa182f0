import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone

from shipsmart.merchants.models import Connection, Merchant


def new_number() -> str:
    return f"ab_{secrets.token_hex(8)}"


class StockAbroad(models.Model):
    """A stock abroad that sells through a store under a seller's name; its goods have passed customs already.

    `countries` are those it sends to, `service` the service of the price list by which. `word_sha256` is of the secret
    part of the address at which the store asks.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="stocks_abroad")
    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="stock_abroad")
    seller = models.CharField("the seller's ID in the store", max_length=60)
    country = models.CharField("where the goods lie", max_length=2)
    countries = models.JSONField("countries it sends to", default=list)
    service = models.CharField("service of the price list", max_length=40)
    word_sha256 = models.CharField(max_length=64)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.seller} ({self.country})"


class StockLevel(models.Model):
    """Units of a variant (the store's id of it) that lie there, and how many of them are kept for orders."""

    stock = models.ForeignKey(StockAbroad, on_delete=models.CASCADE, related_name="levels")
    variant = models.CharField(max_length=80)
    on_hand = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["variant"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["stock", "variant"], name="stock_level_once")]

    def __str__(self) -> str:
        return f"{self.variant}: {self.available}"

    @property
    def available(self) -> int:
        return max(self.on_hand - self.reserved, 0)


class Reservation(models.Model):
    """Units kept for an order of the store, until it is cancelled or has gone out. `units`: variant → how many."""

    class State(models.TextChoices):
        RESERVED = "reserved", "reserved"
        AUTHORISED = "authorised", "to be sent"
        SENT = "sent", "sent"
        DELIVERED = "delivered", "delivered"
        CANCELLED = "cancelled", "cancelled"

    stock = models.ForeignKey(StockAbroad, on_delete=models.CASCADE, related_name="reservations")
    order_id = models.CharField("the store's ID of the order", max_length=80)
    number = models.CharField(max_length=30, unique=True, default=new_number)
    units = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.RESERVED, db_index=True)
    carrier = models.CharField(max_length=60, blank=True)
    waybill = models.CharField(max_length=40, blank=True)
    tracking_url = models.URLField(max_length=500, blank=True)
    fulfilment_id = models.CharField("the store's ID of the parcel", max_length=160, blank=True)
    error = models.CharField("why the store could not be told", max_length=500, blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["stock", "order_id"], name="reservation_once")]

    def __str__(self) -> str:
        return f"{self.order_id} ({self.get_state_display()})"
