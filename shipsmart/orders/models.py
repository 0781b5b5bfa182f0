from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone

from shipsmart.catalog.models import Variant
from shipsmart.merchants.models import INCOTERMS, Connection, Importer, Merchant
from shipsmart.ports import Incoterm, Party, TaxId
from shipsmart.quotes.joining import joined
from shipsmart.quotes.models import Quote

PHONE = "phone"  # the key in Order.receiver beside types of numbers
# Keys there as well: what a person corrected in the address (address.py).
ADDRESS = ("name", "company", "address1", "address2", "district", "postcode", "city", "region")


class OrderQuerySet(models.QuerySet):
    def for_merchant(self, merchant: Merchant) -> Self:
        return self.filter(merchant=merchant)

    def open(self) -> Self:
        return self.exclude(state__in=[Order.State.CANCELLED, Order.State.DELIVERED, Order.State.RETURNED])


class Order(models.Model):
    """What a shopper bought. Addresses and amounts are as the store said them at `store_updated_at`.

    `collected` is what the shopper paid ahead (contract of the papers): scheme, duty, import_tax, fees, currency,
    quote_id; None when nothing was collected. It decides who pays duty on the waybill. An order whose cart the store
    asked about in parts has `consignments`; `quote` is then the first of theirs and `collected` the sum.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "received"
        NEEDS_DATA = "needs_data", "needs data"
        ON_HOLD = "on_hold", "on hold"
        READY = "ready", "ready"
        LABELLED = "labelled", "labelled"
        SHIPPED = "shipped", "shipped"
        DELIVERED = "delivered", "delivered"
        RETURNED = "returned", "returned"
        CANCELLED = "cancelled", "cancelled"

    class ExportReason(models.TextChoices):
        SALE = "sale", "sale"
        GIFT = "gift", "gift"
        SAMPLE = "sample", "sample"
        REPAIR = "repair", "repair"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="orders")
    connection = models.ForeignKey(Connection, null=True, on_delete=models.SET_NULL, related_name="orders")
    channel = models.CharField(max_length=20)
    external_id = models.CharField(max_length=80)
    number = models.CharField(max_length=40)
    placed_at = models.DateTimeField()
    store_updated_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED, db_index=True)
    reason = models.CharField("why it stands still", max_length=500, blank=True)
    currency = models.CharField(max_length=3)
    ship_to = models.JSONField(default=dict)
    receiver = models.JSONField("what the merchant learnt of the addressee: phone, numbers by type", default=dict)
    country = models.CharField(max_length=2, db_index=True)
    shopper = models.CharField(max_length=200, blank=True)
    locale = models.CharField("the shopper's language", max_length=20, blank=True)
    shipping_code = models.CharField(max_length=200, blank=True)
    shipping_title = models.CharField(max_length=255, blank=True)
    shipping_paid = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    total_paid = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    native_duties = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    paid = models.BooleanField(default=False)
    incoterm = models.CharField(max_length=3, choices=INCOTERMS, default=Incoterm.DAP)
    collected = models.JSONField(null=True, blank=True)
    quote = models.ForeignKey(Quote, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders")
    export_reason = models.CharField(max_length=10, choices=ExportReason, default=ExportReason.SALE)
    insurance = models.DecimalField("paid for insurance", max_digits=14, decimal_places=3, default=Decimal(0))
    importer = models.ForeignKey(
        Importer, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders"
    )  # chosen by a person; None: the merchant's for that country, else the consignee
    references = models.JSONField("numbers customs ask for", default=dict, blank=True)  # keys of documents.references
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-placed_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "channel", "external_id"], name="order_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.number}"

    @property
    def consignee(self) -> Party:
        """Who receives the parcel: as the store says, with what the merchant learnt (receiver.py, address.py) before
        it."""
        values, learnt = dict(self.ship_to), dict(self.receiver)
        brought = [TaxId(**tax_id) for tax_id in values.pop("tax_ids", [])]
        if phone := learnt.pop(PHONE, ""):
            values["phone"] = phone
        values |= {part: learnt.pop(part) for part in ADDRESS if part in learnt}
        ours = [TaxId(kind, text, self.issuer(kind)) for kind, text in learnt.items() if text]
        return Party(**values, tax_ids=(*(one for one in brought if one.type not in learnt), *ours))

    def issuer(self, kind: str) -> str:
        """Return the country of the addressee's number of that kind: as the store says, else where the parcel goes."""
        said = (one["country"] for one in self.ship_to.get("tax_ids", []) if one["type"] == kind)
        return next(said, "") or self.country

    @property
    def goods_total(self) -> Decimal:
        return sum((line.total for line in self.lines.all()), Decimal(0))

    @property
    def quotes(self) -> list[Quote]:
        """All quotes the order was placed on: one, or one for each part of the cart."""
        parts = [part.quote for part in self.consignments.all() if part.quote]
        return parts or ([self.quote] if self.quote else [])

    @property
    def landed_cost(self) -> dict[str, Any] | None:
        """The landed-cost answer the order was placed on, those of several parts added up; None without a quote."""
        return joined(self.quotes)

    def note(
        self, kind: str, message: str, *, actor: str = "ShipSmart", at: datetime | None = None, **data: Any
    ) -> "OrderEvent":
        """Write a step into the order's timeline."""
        step = self.event(kind, message, actor=actor, at=at, **data)
        step.save(force_insert=True)
        return step

    def event(
        self, kind: str, message: str, *, actor: str = "ShipSmart", at: datetime | None = None, **data: Any
    ) -> "OrderEvent":
        """Return a step of the order's timeline that is not written yet."""
        return OrderEvent(order=self, kind=kind, message=message, actor=actor, at=at or timezone.now(), data=data)


class OrderLine(models.Model):
    """Goods of an order. HS code, origin, weight and description are copied at intake: re-classifying the catalogue
    moves no old order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, null=True, blank=True, on_delete=models.SET_NULL)
    external_id = models.CharField(max_length=80)
    sku = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=255)
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=14, decimal_places=3)
    discount = models.DecimalField("discount of the whole line", max_digits=14, decimal_places=3, default=Decimal(0))
    description = models.CharField("customs description", max_length=255, blank=True)
    hs_code = models.CharField(max_length=10, blank=True)
    origin = models.CharField(max_length=2, blank=True)
    weight_g = models.PositiveIntegerField("weight of one unit", default=0)
    length_mm = models.PositiveIntegerField("length of one unit", default=0)
    width_mm = models.PositiveIntegerField(default=0)
    height_mm = models.PositiveIntegerField(default=0)
    dangerous = models.JSONField("declared as dangerous in the air", null=True, blank=True)
    preference = models.CharField("agreement claimed, with proof of origin", max_length=60, blank=True)
    by_hand = models.JSONField("facts that a person corrected for this order", default=list)
    customs_price = models.DecimalField(
        "what a unit that cost the shopper nothing would cost", max_digits=14, decimal_places=3, null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "external_id"], name="order_line_once")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.title}"

    @property
    def size_mm(self) -> tuple[int, int, int] | None:
        """Length, width and height of one unit; None unless all three are known."""
        sides = (self.length_mm, self.width_mm, self.height_mm)
        return sides if all(sides) else None

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity - self.discount


class Consignment(models.Model):
    """Goods of an order that were priced on their own, and so travel on their own: under one quote, on one waybill.

    `goods`: [line number of the quote, external id of the order line, units] each. Without a quote nothing of ours
    explains what was paid for these goods; `sender` is then the key of the hub they lie at, empty for the merchant's
    own address.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="consignments")
    number = models.PositiveSmallIntegerField()
    quote = models.ForeignKey(Quote, null=True, blank=True, on_delete=models.SET_NULL, related_name="consignments")
    incoterm = models.CharField(max_length=3, choices=INCOTERMS)
    collected = models.JSONField(null=True, blank=True)
    goods = models.JSONField(default=list)
    sender = models.CharField("the hub they lie at, where no quote says it", max_length=24, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "number"], name="consignment_once")]

    def __str__(self) -> str:
        return f"consignment {self.number} of {self.order}"

    @property
    def units(self) -> dict[str, int]:
        """External line id → units of it that travel here."""
        found: dict[str, int] = {}
        for _, line, units in self.goods:
            found[line] = found.get(line, 0) + units
        return found


class OrderEvent(models.Model):
    """One step of an order: when, what, by whom."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    message = models.CharField(max_length=500)
    actor = models.CharField(max_length=150)
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
