import re
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from shipsmart.classify.national import authority
from shipsmart.core.codes import customs_union
from shipsmart.merchants.models import Connection, Merchant
from shipsmart.ports import DangerousGoods

hs_digits = RegexValidator(r"^\d{6,10}$", "An HS code has 6 digits, a national code 8 to 10; digits only, no dots.")
country_code = RegexValidator(r"^[A-Z]{2}$", "A country is two capital letters (ISO 3166), e.g. PT.")


def is_declaration(values: Any) -> None:
    """Raise ValidationError unless the values declare dangerous goods as carriers are told (ports.DangerousGoods)."""
    try:
        goods = DangerousGoods.from_json(values)
    except (TypeError, ArithmeticError) as error:
        raise ValidationError(
            "A declaration holds un, packing_instruction, section, watt_hours and count, nothing else."
        ) from error
    if goods and not re.fullmatch(r"UN[0-9]{4}", goods.un):
        raise ValidationError("A UN number is UN and four digits, e.g. UN3481.")


class VariantQuerySet(models.QuerySet):
    def for_merchant(self, merchant: Merchant) -> Self:
        return self.filter(merchant=merchant)

    def lacking_customs_data(self) -> Self:
        """Variants that cannot cross a border yet: no HS code, no origin or no weight."""
        coded = Classification.objects.filter(variant=models.OuterRef("pk"), country="").exclude(code="")
        return self.filter(models.Q(origin="") | models.Q(weight_g=0) | ~models.Exists(coded))


class Product(models.Model):
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="products")
    connection = models.ForeignKey(
        Connection, null=True, blank=True, on_delete=models.SET_NULL, related_name="products"
    )
    external_id = models.CharField(max_length=80)
    title = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    image_url = models.URLField(max_length=500, blank=True)
    tags = models.JSONField("the store's tags", default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["title"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["merchant", "external_id"], name="product_once")]

    def __str__(self) -> str:
        return self.title


class Variant(models.Model):
    """What is sold and packed. `customs_description` says in plain words what it is; customs refuse vague ones."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="variants")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    external_id = models.CharField(max_length=80)
    sku = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=255, blank=True)
    price = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    currency = models.CharField(max_length=3)
    weight_g = models.PositiveIntegerField(default=0)
    origin = models.CharField("country of origin", max_length=2, blank=True, validators=[country_code])
    customs_description = models.CharField(max_length=255, blank=True)
    length_mm = models.PositiveIntegerField("length of one unit", default=0)
    width_mm = models.PositiveIntegerField(default=0)
    height_mm = models.PositiveIntegerField(default=0)
    dangerous = models.JSONField("declared as dangerous in the air", null=True, blank=True, validators=[is_declaration])
    proofs = models.JSONField("proofs of origin held: destination → agreement", default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VariantQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["product__title", "title"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["merchant", "external_id"], name="variant_once")]

    def __str__(self) -> str:
        return f"{self.product.title} {self.title}".strip()

    @property
    def size_mm(self) -> tuple[int, int, int] | None:
        """Length, width and height of one unit; None unless all three are known."""
        sides = (self.length_mm, self.width_mm, self.height_mm)
        return sides if all(sides) else None

    @property
    def hs_code(self) -> str:
        """The HS code common to the world, or "" when nobody has decided yet."""
        return next((c.code for c in self.classifications.all() if c.country == ""), "")

    def code_for(self, country: str) -> str:
        """The most exact code known for a destination: its national code, else the HS code."""
        by_country = {c.country: c.code for c in self.classifications.all()}
        return by_country.get(country) or by_country.get(authority(country)) or by_country.get("", "")

    def preference_for(self, country: str) -> str:
        """The agreement whose proof of origin the merchant holds for a destination, "" for none."""
        return str(self.proofs.get(customs_union(country), ""))


class Classification(models.Model):
    """A decided code of a variant: `country` "" holds the HS code, a country its national code. A locked one stays."""

    class Source(models.TextChoices):
        STORE = "store", "from the store"
        PERSON = "person", "decided by a person"
        MACHINE = "machine", "suggested by the classifier"

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="classifications")
    country = models.CharField(max_length=2, blank=True)
    code = models.CharField(max_length=10, validators=[hs_digits])
    source = models.CharField(max_length=10, choices=Source, default=Source.STORE)
    confidence = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(default=timezone.now)
    locked = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["variant", "country"], name="code_once")]

    def __str__(self) -> str:
        return f"{self.country or 'HS'} {self.code}"


@receiver([post_save, post_delete], sender=Variant)
@receiver([post_save, post_delete], sender=Classification)
def _quotes_must_reload(sender: type, instance: Variant | Classification, **_: object) -> None:
    merchant_id = instance.merchant_id if isinstance(instance, Variant) else instance.variant.merchant_id
    Merchant.objects.filter(pk=merchant_id).update(settings_version=models.F("settings_version") + 1)


class Suggestion(models.Model):
    """What the classifier says of a variant, and why; made in the background, made again when the text changes.

    `candidates` are `{"hs_code", "confidence", "why"}`, the best first; `hints` are `{"kind", "words"}` of goods that
    carriers or countries restrict; `text_hash` is of the text it was made from.
    """

    variant = models.OneToOneField(Variant, on_delete=models.CASCADE, related_name="suggestion")
    decision = models.CharField(max_length=10)
    confidence = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal(0))
    candidates = models.JSONField(default=list)
    questions = models.JSONField(default=list)
    hints = models.JSONField(default=list)
    hints_left = models.PositiveSmallIntegerField("hints that nobody denied", default=0)
    text_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.decision} {self.best}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.hints_left = len(self.hints)
        super().save(*args, **kwargs)

    @property
    def best(self) -> str:
        return self.candidates[0]["hs_code"] if self.candidates else ""


class CodeDecisionQuerySet(models.QuerySet):
    def standing(self, merchant: Merchant) -> Self:
        """Return what was decided and not taken back since."""
        return self.filter(merchant=merchant, undone=None)


class CodeDecision(models.Model):
    """A person's decision on a code: rows are written, never changed. They are what the classifier remembers.

    `product` is the store's id of the product, so variants share a decision even when this one is gone; `suggested` is
    the code the machine had put first; `before` has the columns of the classification that it replaced.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="code_decisions")
    variant = models.ForeignKey(Variant, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions")
    product = models.CharField(max_length=80, blank=True)
    title = models.TextField()
    country = models.CharField(max_length=2, blank=True)
    code = models.CharField(max_length=10, validators=[hs_digits])
    before = models.JSONField(default=dict)
    previous = models.CharField(max_length=10, blank=True)
    suggested = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=255, blank=True)
    actor = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    objects = CodeDecisionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [models.Index(fields=["merchant", "country", "at"], name="code_decision_memory")]

    def __str__(self) -> str:
        return f"{self.actor} {self.code} {self.title[:40]}"


class CodeUndone(models.Model):
    """A decision that was taken back: it stays in the record, and is remembered no more."""

    decision = models.OneToOneField(CodeDecision, on_delete=models.CASCADE, related_name="undone")
    actor = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.actor} took back {self.decision}"


class ProductFact(models.Model):
    """What a person answered of a product, once for all variants and destinations.

    `key` and `value` are those of `classify.national.Question`: who wears it, its material, or a place in the tree of
    one country's nomenclature.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="facts")
    key = models.CharField(max_length=60)
    value = models.CharField(max_length=60)
    actor = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["product", "key"], name="fact_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.value}"


class HintAnswer(models.Model):
    """What a person said of goods that a text hints at: they are there, or not. Other words ask again."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="hint_answers")
    kind = models.CharField(max_length=40)
    words = models.CharField(max_length=200)
    present = models.BooleanField()
    actor = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["variant", "kind"], name="hint_answer_once")]

    def __str__(self) -> str:
        return f"{self.actor} {'confirmed' if self.present else 'denied'} {self.kind}"
