from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from shipsmart.merchants.models import Merchant
from shipsmart.orders.models import Order, OrderLine
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.models import new_reference


class ReturnQuerySet(models.QuerySet):
    def for_merchant(self, merchant: Merchant) -> Self:
        return self.filter(merchant=merchant)

    def open(self) -> Self:
        return self.exclude(state__in=Return.ENDED)


class Return(models.Model):
    """Goods of one order that come back, or are meant to."""

    class State(models.TextChoices):
        REQUESTED = "requested", "requested"
        APPROVED = "approved", "approved"
        DECLINED = "declined", "declined"
        ON_ITS_WAY = "on_its_way", "on its way"
        RECEIVED = "received", "received"
        INSPECTED = "inspected", "inspected"
        REFUNDED = "refunded", "refunded"
        CLOSED = "closed", "closed"
        CANCELLED = "cancelled", "cancelled"

    ENDED: ClassVar = (State.DECLINED, State.CLOSED, State.CANCELLED)

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="returns")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="returns")
    external_id = models.CharField("the store's id; empty for one begun here", max_length=80, blank=True)
    number = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=State, default=State.REQUESTED, db_index=True)
    reason = models.CharField("why it was declined or stands still", max_length=500, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    received_at = models.DateTimeField(null=True, blank=True)
    carrier = models.CharField(max_length=30, blank=True)
    waybill = models.CharField("of the parcel that comes back", max_length=40, blank=True, db_index=True)
    tracking_url = models.URLField(max_length=500, blank=True)
    label_url = models.URLField(max_length=500, blank=True)
    store_delivery_id = models.CharField(max_length=120, blank=True)
    told_waybill = models.CharField("the waybill that the store knows", max_length=40, blank=True)
    label_file = models.CharField("where the label lies in our storage", max_length=200, blank=True)
    mark = models.CharField("of a return begun here: how it is found again", max_length=40, blank=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-requested_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "external_id"], name="return_once", condition=~models.Q(external_id="")
            ),
            models.UniqueConstraint(fields=["order", "mark"], name="return_begun_once", condition=~models.Q(mark="")),
        ]

    def __str__(self) -> str:
        return f"return {self.number} of {self.order}"

    @property
    def quantities(self) -> dict[str, int]:
        """The units that count: those accepted at inspection, before it those announced. External line id → units."""
        found: dict[str, int] = {}
        for line in self.lines.select_related("order_line"):
            units = line.quantity if line.accepted is None else line.accepted
            key = line.order_line.external_id
            found[key] = found.get(key, 0) + units
        return {key: units for key, units in found.items() if units}

    @property
    def inspected(self) -> bool:
        """Whether somebody looked at the goods; a store may close a return before its money went back."""
        return any(line.accepted is not None for line in self.lines.all())


class Reason(models.TextChoices):
    CHANGED_MIND = "changed_mind", "changed their mind"
    SIZE = "size", "does not fit"
    DEFECTIVE = "defective", "defective"
    NOT_AS_DESCRIBED = "not_as_described", "not as described"
    WRONG_ITEM = "wrong_item", "wrong item"
    REFUSED = "refused", "refused at the door"
    OTHER = "other", "other"


# What customs call defective goods or goods that do not comply with the contract.
REJECTED = (Reason.DEFECTIVE, Reason.NOT_AS_DESCRIBED, Reason.WRONG_ITEM)


class ReturnLine(models.Model):
    """Units of one order line. `accepted` and `condition` are what the inspection found; None before it."""

    returned = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="return_lines")
    external_id = models.CharField(max_length=80, blank=True)
    quantity = models.PositiveIntegerField()
    reason = models.CharField(max_length=20, choices=Reason, default=Reason.OTHER)
    note = models.CharField(max_length=500, blank=True)
    accepted = models.PositiveIntegerField(null=True, blank=True)
    condition = models.CharField("what the inspection found", max_length=500, blank=True)
    restock = models.BooleanField("what was accepted goes back on the shelf", default=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="no_more_accepted_than_returned",
                condition=models.Q(accepted__isnull=True) | models.Q(accepted__lte=models.F("quantity")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.order_line.title}"


class Refund(models.Model):
    """Money that went back to the shopper, by what it was for. A snapshot of what the store booked.

    The delivery price of a DDP order holds duty, import tax and fees; what is given back of it is split here.
    `paid_back` is None where the store did not say; it may differ from the total, as a store may pay back another sum.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="refunds")
    returned = models.ForeignKey(Return, null=True, blank=True, on_delete=models.SET_NULL, related_name="refunds")
    external_id = models.CharField(max_length=80)
    refunded_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    goods = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    freight = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    duty = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    import_tax = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    fees = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    lines = models.JSONField("external line id → units", default=dict)
    why = models.CharField("how the delivery price was split", max_length=300, blank=True)
    paid_back = models.DecimalField("money that moved", max_digits=14, decimal_places=3, null=True, blank=True)
    store_credit = models.DecimalField(
        "of it, to be spent in the store", max_digits=14, decimal_places=3, default=Decimal(0)
    )

    class Meta:
        ordering: ClassVar = ["refunded_at", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "external_id"], name="refund_once")]

    def __str__(self) -> str:
        return f"{self.total} {self.currency} for {self.order}"

    @property
    def total(self) -> Decimal:
        return self.goods + self.freight + self.duty + self.import_tax + self.fees


class RefundInstruction(models.Model):
    """A refund that a merchant ordered here: what was shown before the click, and what became of it.

    Written before the store is asked and never changed in its amounts, so that every try is the same. `goods` to
    `fees` are in the order's currency, `shipping` and `payments` in `pay_currency`; goods without `tax`, the store's.
    """

    class State(models.TextChoices):
        ORDERED = "ordered", "ordered"
        DONE = "done", "done"
        REFUSED = "refused", "refused"
        UNSURE = "unsure", "unsure"

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="refund_instructions")
    returned = models.ForeignKey(Return, null=True, on_delete=models.SET_NULL, related_name="refund_instructions")
    refund = models.OneToOneField(Refund, null=True, on_delete=models.SET_NULL, related_name="instruction")
    key = models.UUIDField("idempotency key", unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.ORDERED)
    error = models.CharField(max_length=500, blank=True)
    unsure = models.BooleanField("the last try may have been carried out", default=False)
    actor = models.CharField(max_length=150)
    ordered_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField("first handed to the store", null=True)
    currency = models.CharField(max_length=3)
    goods = models.DecimalField(max_digits=14, decimal_places=3)
    tax = models.DecimalField("the store's own tax on the goods", max_digits=14, decimal_places=3)
    freight = models.DecimalField(max_digits=14, decimal_places=3)
    duty = models.DecimalField("out of the delivery price", max_digits=14, decimal_places=3)
    import_tax = models.DecimalField(max_digits=14, decimal_places=3)
    fees = models.DecimalField(max_digits=14, decimal_places=3)
    store_duty = models.DecimalField("duties that the store itself sold", max_digits=14, decimal_places=3)
    lines = models.JSONField("external line id → units", default=dict)
    duties = models.JSONField("ids of the store's duties", default=list)
    pay_currency = models.CharField(max_length=3)
    shipping = models.DecimalField("of the delivery price", max_digits=14, decimal_places=3)
    payments = models.JSONField("parent, gateway, amount of each", default=list)
    note = models.CharField(max_length=200, blank=True)
    notify = models.BooleanField("tell the shopper", default=True)

    class Meta:
        ordering: ClassVar = ["ordered_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order"], name="one_refund_at_a_time", condition=models.Q(state__in=["ordered", "unsure"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.paid_back} {self.pay_currency} for {self.order}"

    @property
    def mark(self) -> str:
        return f"[ShipSmart {self.key.hex[:12]}]"

    @property
    def paid_back(self) -> Decimal:
        return sum((Decimal(one["amount"]) for one in self.payments), Decimal(0))


class Claim(models.Model):
    """Duty or import tax that customs may give back because the goods went home again."""

    class State(models.TextChoices):
        LISTED = "listed", "listed"
        FILED = "filed", "filed"
        PAID = "paid", "paid"
        REFUSED = "refused", "refused"
        LAPSED = "lapsed", "lapsed"

    returned = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="claims")
    scheme = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    amount = models.DecimalField("what may come back", max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    deadline = models.DateField(db_index=True)
    source = models.URLField(max_length=500)
    confidence = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State, default=State.LISTED)
    reference = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["deadline", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["returned", "scheme"], name="claim_once")]

    def __str__(self) -> str:
        return f"{self.title}: {self.amount} {self.currency} until {self.deadline}"

    def is_late(self, today: date) -> bool:
        return self.state == self.State.LISTED and today > self.deadline


class LabelPurchase(models.Model):
    """A label for the way back, bought from a carrier. `reference` is stored before the carrier is called.

    The parcel is as the merchant said it: whoever packs it lives abroad.
    """

    class State(models.TextChoices):
        ASKED = "asked", "asked for"
        BUYING = "buying", "sent, no answer yet"
        UNKNOWN = "unknown", "outcome unknown"
        BOUGHT = "bought", "bought"
        REFUSED = "refused", "refused"

    OPEN: ClassVar = (State.ASKED, State.BUYING, State.UNKNOWN)

    returned = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="purchases")
    account = models.ForeignKey(CarrierAccount, null=True, on_delete=models.SET_NULL, related_name="+")
    carrier = models.CharField(max_length=30)
    service = models.CharField(max_length=60)
    reference = models.CharField(max_length=20, unique=True, default=new_reference)
    weight_g = models.PositiveIntegerField()
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    invoice_number = models.CharField(max_length=20)
    invoice_date = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    message = models.CharField(max_length=500, blank=True)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    waybill = models.CharField(max_length=40, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["returned"],
                name="one_open_label_purchase",
                condition=models.Q(state__in=["asked", "buying", "unknown"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"
