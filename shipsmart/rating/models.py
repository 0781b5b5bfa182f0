from decimal import Decimal
from typing import ClassVar

from django.db import models

from shipsmart.merchants.crypto import EncryptedJSONField
from shipsmart.merchants.models import Merchant
from shipsmart.ports import CarrierAccountRef


class CarrierAccount(models.Model):
    """A merchant's account with a carrier (an integration's key); `services` limits what is offered (empty: all),
    `sender_countries` where the goods lie that it sends (empty: anywhere)."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="carrier_accounts")
    carrier = models.CharField(max_length=30)
    label = models.CharField(max_length=60, blank=True)
    number = models.CharField(max_length=40, blank=True)
    credentials = EncryptedJSONField(default=dict)
    settings = models.JSONField(default=dict, blank=True)
    services = models.JSONField(default=list, blank=True)
    sender_countries = models.JSONField(default=list, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["merchant", "carrier", "number"], name="account_once")]

    def __str__(self) -> str:
        return self.label or f"{self.carrier} {self.number}"

    def serves(self, country: str) -> bool:
        """Whether it sends goods that lie in this country."""
        return not self.sender_countries or country in self.sender_countries

    def ref(self) -> CarrierAccountRef:
        return CarrierAccountRef(
            carrier=self.carrier, number=self.number, credentials=self.credentials, settings=self.settings
        )


class Box(models.Model):
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="boxes")
    name = models.CharField(max_length=60)
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    tare_g = models.PositiveIntegerField(default=0)
    max_weight_g = models.PositiveIntegerField(default=30_000)

    class Meta:
        verbose_name_plural = "boxes"

    def __str__(self) -> str:
        return self.name


class TableRate(models.Model):
    """A row of the merchant's own price list: the `table` carrier's prices, and the fallback when live carriers fail.

    The first row that covers country and weight counts; `countries` empty means everywhere, `sender_countries` empty
    from wherever the goods lie.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="table_rates")
    service = models.CharField(max_length=40)
    service_name = models.CharField(max_length=80)
    countries = models.JSONField(default=list, blank=True)
    sender_countries = models.JSONField(default=list, blank=True)
    by_post = models.BooleanField(default=False)  # the post's parcels enter under other rules, and with a CN22 or CN23
    max_weight_g = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    days_from = models.PositiveSmallIntegerField(default=5)
    days_to = models.PositiveSmallIntegerField(default=10)
    fallback_only = models.BooleanField(default=True)
    stands_for = models.CharField(
        "carrier service it stands for",
        max_length=60,
        blank=True,
        help_text='e.g. "dhl_express:P": shown when DHL is silent',
    )

    class Meta:
        ordering: ClassVar = ["max_weight_g", "price"]

    def __str__(self) -> str:
        return f"{self.service_name} up to {self.max_weight_g} g: {self.price} {self.currency}"


class FeeRule(models.Model):
    """What a carrier charges the merchant for paying duties (disbursement, brokerage), put into the landed cost.

    amount = max(minimum, percent of duties and taxes) + flat. `country` "" is every destination.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="fee_rules")
    carrier = models.CharField(max_length=30, blank=True)
    country = models.CharField(max_length=2, blank=True)
    name = models.CharField(max_length=80)
    percent = models.DecimalField("ratio of duties and taxes", max_digits=6, decimal_places=4, default=Decimal(0))
    minimum = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    flat = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    currency = models.CharField(max_length=3)

    def __str__(self) -> str:
        return self.name


# Django looks for an app's models here only; price rules stand in a file of their own.
import shipsmart.rating.rule_models  # noqa: E402, F401
