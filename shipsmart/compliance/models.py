from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from shipsmart.merchants.models import Merchant


class ScreeningListQuerySet(models.QuerySet["ScreeningList"]):
    def current(self) -> "ScreeningListQuerySet":
        return self.filter(is_current=True)


class ScreeningList(models.Model):
    """One edition of an official list as it was imported; of each source one is in force."""

    class Source(models.TextChoices):
        UN = "un", "UN Security Council"
        OFAC = "ofac", "US Treasury (OFAC)"
        CSL = "csl", "US Consolidated Screening List"
        DPL = "dpl", "US Denied Persons List"
        EU = "eu", "EU financial sanctions"
        UK = "uk", "UK Sanctions List"

    source = models.CharField(max_length=10, choices=Source)
    published = models.DateField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    name_count = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    imported_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ScreeningListQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(is_current=True), name="one_screening_list_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} of {self.published or self.imported_at.date()}"


class ScreenedName(models.Model):
    """A name of a list in force: an entry has as many as it has aliases. Names of older editions are not kept."""

    screening_list = models.ForeignKey(ScreeningList, on_delete=models.CASCADE, related_name="names")
    entry = models.CharField(max_length=120)
    name = models.CharField(max_length=400)
    kind = models.CharField(max_length=20, blank=True)
    program = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.name


class ScreenedParty(models.Model):
    """A name that a merchant's shipment bore: screened again whenever a list changes."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="screened_parties")
    name = models.CharField(max_length=200)
    screened_with = models.CharField(max_length=64, help_text="hash of the lists in force")
    screened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["merchant", "name"], name="screened_party_once")]

    def __str__(self) -> str:
        return self.name


class ScreeningHitQuerySet(models.QuerySet["ScreeningHit"]):
    def for_merchant(self, merchant: Merchant) -> "ScreeningHitQuerySet":
        return self.filter(merchant=merchant)

    def open(self) -> "ScreeningHitQuerySet":
        return self.filter(decision=ScreeningHit.Decision.OPEN)


class ScreeningHit(models.Model):
    """A party's name that resembles a listed one, and what a person decided. The decision holds for this pair of
    names: another name of the party, or a name the list adds to its entry, is a new hit."""

    class Decision(models.TextChoices):
        OPEN = "open", "open"
        CLEARED = "cleared", "cleared"
        BLOCKED = "blocked", "blocked"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="screening_hits")
    subject = models.CharField(max_length=200)
    source = models.CharField(max_length=10, choices=ScreeningList.Source)
    entry = models.CharField(max_length=120)
    name_matched = models.CharField(max_length=400)
    program = models.CharField(max_length=120, blank=True)
    score = models.PositiveSmallIntegerField(help_text="likeness, 0 to 100")
    found_at = models.DateTimeField(default=timezone.now, editable=False)
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)

    objects = ScreeningHitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["merchant", "subject", "source", "entry", "name_matched"], name="screening_hit_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["merchant", "decision"])]

    def __str__(self) -> str:
        return f"{self.subject} / {self.name_matched} ({self.decision})"

    def decide(self, decision: str, *, by: Any, reason: str) -> None:
        """Keep who decided what, when and why."""
        self.decision, self.decided_by, self.decided_at, self.reason = decision, by, timezone.now(), reason
        self.save(update_fields=["decision", "decided_by", "decided_at", "reason"])
