from decimal import Decimal
from typing import ClassVar, Self

from django.db import models, transaction

from shipsmart.merchants.models import INCOTERMS, Merchant
from shipsmart.rating.rules import Action, RateRule, When


class PriceRuleQuerySet(models.QuerySet):
    def for_merchant(self, merchant: Merchant) -> Self:
        return self.filter(merchant=merchant)

    def active(self) -> Self:
        return self.filter(active=True)


class PriceRule(models.Model):
    """A merchant's rule over carrier quotes, as a row; `rules.RateRule` says what its fields mean.

    Rules run by `position`. `value` of a percentage is a ratio: 0.10 is 10 % more.
    """

    class Effect(models.TextChoices):
        FREE = Action.FREE.value, "free shipping"
        PRICE = Action.PRICE.value, "fixed price"
        ADD = Action.ADD.value, "amount on top"
        PERCENT = Action.PERCENT.value, "per cent on top"
        HIDE = Action.HIDE.value, "hide"
        RENAME = Action.RENAME.value, "rename"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="price_rules")
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=80)
    active = models.BooleanField(default=True)
    effect = models.CharField(max_length=8, choices=Effect)
    value = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    currency = models.CharField(max_length=3, blank=True)
    text = models.CharField("new name of the service", max_length=80, blank=True)
    last = models.BooleanField("no later rule touches what this one changed", default=False)
    countries = models.JSONField(default=list, blank=True)
    services = models.JSONField(default=list, blank=True)
    skus = models.JSONField(default=list, blank=True)
    tags = models.JSONField(default=list, blank=True)
    incoterm = models.CharField(max_length=3, choices=INCOTERMS, blank=True)
    goods_from = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    goods_below = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    weight_from_g = models.PositiveIntegerField(null=True, blank=True)
    weight_below_g = models.PositiveIntegerField(null=True, blank=True)

    objects = PriceRuleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def rule(self) -> RateRule:
        """Return the rule as a value. Raises RuleInvalid."""
        when = When(
            countries=tuple(self.countries),
            services=tuple(self.services),
            skus=tuple(self.skus),
            tags=tuple(self.tags),
            incoterm=self.incoterm,
            goods_from=self.goods_from,
            goods_below=self.goods_below,
            weight_from_g=self.weight_from_g,
            weight_below_g=self.weight_below_g,
        )
        return RateRule(
            name=self.name,
            action=Action(self.effect),
            when=when,
            value=self.value,
            currency=self.currency,
            text=self.text,
            last=self.last,
        )

    def move(self, *, up: bool) -> bool:
        """Change places with the rule before (`up`) or after this one; False at the end of the list."""
        with transaction.atomic():
            rows = list(PriceRule.objects.select_for_update().for_merchant(self.merchant))
            here = [row.pk for row in rows].index(self.pk)
            there = here - 1 if up else here + 1
            if not 0 <= there < len(rows):
                return False
            rows[here], rows[there] = rows[there], rows[here]
            for position, row in enumerate(rows, start=1):
                row.position = position
            PriceRule.objects.bulk_update(rows, ["position"])
        return True
