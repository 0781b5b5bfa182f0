import secrets
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone

from shipsmart.core.codes import customs_union
from shipsmart.merchants.models import INCOTERMS, Merchant
from shipsmart.orders.models import Consignment, Order, OrderLine
from shipsmart.ports import Milestone, Party, TaxId
from shipsmart.quotes.models import Quote
from shipsmart.rating.models import CarrierAccount

QUOTE_TEXTS = ("request_text", "answer_text")  # long, and nothing for labels and papers
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U: it may be read out on the phone


def new_reference() -> str:
    """Return a name that no other installation on the same carrier account will use (50 random bits).

    It stays the same over every try to buy the label: by it the carrier is asked what became of an unanswered call.
    """
    return "SS" + "".join(secrets.choice(_LETTERS) for _ in range(10))


class ShipmentQuerySet(models.QuerySet):
    def for_merchant(self, merchant: Merchant) -> Self:
        return self.filter(merchant=merchant)

    def with_goods(self) -> Self:
        """Return shipments with all that labels and papers ask of them: four queries whatever their number, two more
        where parts of an order travel apart (few do, and two joins more take the database twice as long)."""
        return (
            self.select_related("order__merchant", "order__quote")
            .defer(*(f"order__quote__{text}" for text in QUOTE_TEXTS))
            .prefetch_related(
                "parcels",
                models.Prefetch("lines", goods_read()),
                "order__merchant__tax_registrations",
                models.Prefetch("consignment__quote", Quote.objects.defer(*QUOTE_TEXTS)),
            )
        )


class Shipment(models.Model):
    """One waybill. The label keeps the promise: the database itself refuses a row whose duty payer contradicts
    what was collected from the shopper."""

    class State(models.TextChoices):
        PLANNED = "planned", "planned"
        BLOCKED = "blocked", "blocked"
        BUYING = "buying", "being bought"
        UNKNOWN = "unknown", "outcome unknown"
        BOUGHT = "bought", "label bought"
        FAILED = "failed", "failed"
        VOIDED = "voided", "voided"

    class DutyPayer(models.TextChoices):
        SENDER = "sender", "sender (DDP)"
        RECIPIENT = "recipient", "recipient (DAP)"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="shipments")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments")
    consignment = models.ForeignKey(
        Consignment, null=True, blank=True, on_delete=models.SET_NULL, related_name="shipments"
    )  # None: the order travels whole
    number = models.PositiveSmallIntegerField(default=1)  # 1 for the order's first shipment
    reference = models.CharField("our name for it at the carrier", max_length=20, unique=True, default=new_reference)
    account = models.ForeignKey(CarrierAccount, null=True, blank=True, on_delete=models.SET_NULL)
    carrier = models.CharField(max_length=30)
    service = models.CharField(max_length=40)
    service_name = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED, db_index=True)
    reason = models.CharField(max_length=500, blank=True)
    incoterm = models.CharField(max_length=3, choices=INCOTERMS)
    duties_collected = models.BooleanField()
    duty_payer = models.CharField(max_length=10, choices=DutyPayer)
    waybill = models.CharField(max_length=40, blank=True, db_index=True)
    tracking_url = models.URLField(max_length=500, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True)
    export_reason = models.CharField(max_length=10, choices=Order.ExportReason, default=Order.ExportReason.SALE)
    insurance = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    leaves_from = models.JSONField(null=True, blank=True)  # what a hub changes of the merchant's Party; None: nothing
    importer_of_record = models.JSONField(null=True, blank=True)  # a Party as it was when planned; None: the consignee
    invoice_number = models.CharField(max_length=40, blank=True)
    invoice_date = models.DateField(null=True, blank=True)
    milestone = models.CharField(max_length=20, choices=[(m.value, m.value) for m in Milestone], blank=True)
    store_fulfilment_id = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    bought_at = models.DateTimeField(null=True, blank=True)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["order", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "number"], name="shipment_once"),
            models.CheckConstraint(
                name="duty_payer_keeps_the_promise",
                condition=models.Q(duties_collected=True, duty_payer="sender", incoterm="DDP")
                | models.Q(duties_collected=False, duty_payer="recipient", incoterm="DAP"),
                violation_error_code="duty_payer_contradiction",
                violation_error_message="the waybill's duty payer must agree with what the shopper paid: "
                "duties collected → DDP billed to the sender, otherwise DAP billed to the recipient",
            ),
        ]

    def __str__(self) -> str:
        return f"shipment {self.number} of {self.order}"

    @property
    def collected(self) -> dict[str, Any] | None:
        """What the shopper paid ahead for these goods; None when nothing was collected for them."""
        if not self.duties_collected:
            return None
        return self.consignment.collected if self.consignment else self.order.collected

    @property
    def crosses_border(self) -> bool:
        """Whether the goods meet customs on their way: not inside one country or customs union."""
        sender = (self.leaves_from or {}).get("country") or self.order.merchant.country
        return customs_union(sender) != customs_union(self.order.country)

    @property
    def importer(self) -> Party | None:
        """Who answers to customs; None: the consignee."""
        if not self.importer_of_record:
            return None
        values = dict(self.importer_of_record)
        ids = tuple(TaxId(**tax_id) for tax_id in values.pop("tax_ids", []))
        return Party(**values, tax_ids=ids)

    @property
    def quote(self) -> Quote | None:
        return self.consignment.quote if self.consignment else self.order.quote


class Parcel(models.Model):
    """One box with its gross weight."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="parcels")
    number = models.PositiveSmallIntegerField(default=1)
    weight_g = models.PositiveIntegerField()
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    carrier_number = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["shipment", "number"], name="parcel_once")]

    def __str__(self) -> str:
        return f"parcel {self.number} of {self.shipment}"


class ShipmentLine(models.Model):
    """How many units of an order line travel in a parcel."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipped")
    quantity = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.quantity} of {self.order_line}"


def goods_read() -> models.QuerySet[ShipmentLine]:
    """Return lines as `Prefetch` reads them with a shipment."""
    return ShipmentLine.objects.select_related("order_line", "parcel")


class LabelAttempt(models.Model):
    """One call to buy a label, written before the call is made. A failed one stays to be looked at."""

    class Outcome(models.TextChoices):
        SENDING = "sending", "sent, no answer yet"
        BOUGHT = "bought", "bought"
        REFUSED = "refused", "refused"
        UNKNOWN = "unknown", "outcome unknown"
        NOT_BOOKED = "not_booked", "the carrier knows nothing of it"
        ABANDONED = "abandoned", "booked, but given up by a person"

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="attempts")
    reference = models.CharField(max_length=40)
    sent_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.SENDING)
    code = models.CharField(max_length=60, blank=True)
    message = models.TextField(blank=True)
    waybill = models.CharField(max_length=40, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True, default=None)

    class Meta:
        ordering: ClassVar = ["sent_at", "pk"]
        constraints: ClassVar = [
            # Two workers can never have a purchase of the same shipment under way at once.
            models.UniqueConstraint(
                fields=["shipment"],
                condition=models.Q(outcome__in=["sending", "unknown", "bought"]),
                name="one_open_purchase",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.outcome}"


# Django looks for an app's models here only; batches and the end of the day stand in files of their own.
import shipsmart.shipments.batch_models  # noqa: E402
import shipsmart.shipments.handover_models  # noqa: E402, F401
