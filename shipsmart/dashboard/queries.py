"""Reads behind the home page and the order list; each takes the merchant and sees nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.core.cache import cache
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from shipsmart.merchants.models import Merchant
from shipsmart.orders.models import Order
from shipsmart.ports import Incoterm, Milestone
from shipsmart.quotes.models import Quote
from shipsmart.shipments.models import Shipment
from shipsmart.tracking.models import TrackingEvent

State = Order.State
TABS: Mapping[str, tuple[Order.State, ...]] = {
    "all": (),
    "ready": (State.RECEIVED, State.READY, State.LABELLED),
    "needs-data": (State.NEEDS_DATA,),
    "on-hold": (State.ON_HOLD,),
    "shipped": (State.SHIPPED,),
    "delivered": (State.DELIVERED,),
    "returned": (State.RETURNED,),
    "cancelled": (State.CANCELLED,),
}
EXCEPTIONS = "exceptions"
TROUBLE = (
    Milestone.CUSTOMS_HOLD,
    Milestone.ATTEMPT_FAILED,
    Milestone.AVAILABLE_FOR_PICKUP,
    Milestone.EXCEPTION,
    Milestone.RETURNING,
)
STUCK = (Shipment.State.FAILED, Shipment.State.UNKNOWN, Shipment.State.BLOCKED)


# A shipment that a person must look at: held, failed, blocked, coming back.
TROUBLED = Q(milestone__in=TROUBLE) | Q(state__in=STUCK)


@dataclass(frozen=True)
class OrderFilters:
    tab: str = "all"
    channel: str = ""
    country: str = ""
    incoterm: str = ""
    text: str = ""

    @classmethod
    def read(cls, params: Mapping[str, str]) -> "OrderFilters":
        """Return the filters of a query string; what makes no sense falls away."""
        tab, incoterm = params.get("tab", "all"), params.get("incoterm", "")
        return cls(
            tab=tab if tab in TABS or tab == EXCEPTIONS else "all",
            channel=params.get("channel", "")[:20],
            country=params.get("country", "")[:2].upper(),
            incoterm=incoterm if incoterm in list(Incoterm) else "",
            text=params.get("q", "").replace("\x00", "").strip()[:100],
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.channel or self.country or self.incoterm or self.text)


def orders(merchant: Merchant, filters: OrderFilters) -> QuerySet[Order]:
    """Return the merchant's orders under `filters`, newest first, shipments loaded."""
    rows = Order.objects.for_merchant(merchant).prefetch_related("shipments")
    if filters.tab == EXCEPTIONS:
        rows = rows.filter(Exists(Shipment.objects.filter(TROUBLED, order=OuterRef("pk"))))
        rows = rows.exclude(state=State.CANCELLED)
    elif states := TABS[filters.tab]:
        rows = rows.filter(state__in=states)
    for name in ("channel", "country", "incoterm"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    return rows.filter(_matches(filters.text)) if filters.text else rows


def _matches(text: str) -> Q:
    by_waybill = Shipment.objects.filter(order=OuterRef("pk"), waybill__iexact=text)
    by_number = Q(number__icontains=text) | Q(number__iexact=f"#{text.lstrip('#')}")
    return by_number | Q(shopper__icontains=text) | Exists(by_waybill)


def tab_counts(merchant: Merchant) -> dict[str, int]:
    """Return how many orders stand in each tab; two queries."""
    rows = Order.objects.for_merchant(merchant).order_by().values_list("state").annotate(n=Count("pk"))
    by_state = dict(rows)
    counts = {name: sum(by_state.get(state, 0) for state in states) for name, states in TABS.items() if states}
    troubled = Shipment.objects.for_merchant(merchant).filter(TROUBLED).exclude(order__state=State.CANCELLED)
    exceptions = troubled.order_by().values("order").distinct().count()
    return {"all": sum(by_state.values()), EXCEPTIONS: exceptions, **counts}


def choices(merchant: Merchant) -> dict[str, list[str]]:
    """Return the channels and destinations that occur, for the filters; remembered for a minute."""
    key = f"dashboard:choices:{merchant.pk}"
    known: dict[str, list[str]] | None = cache.get(key)
    if known is None:
        pairs = list(Order.objects.for_merchant(merchant).order_by().values_list("channel", "country").distinct())
        known = {"channels": sorted({c for c, _ in pairs if c}), "countries": sorted({c for _, c in pairs if c})}
        cache.set(key, known, 60)
    return known


def delivered_since(merchant: Merchant, since: datetime) -> int:
    """Return how many of the merchant's orders were delivered since then."""
    events = TrackingEvent.objects.filter(shipment__merchant=merchant, milestone=Milestone.DELIVERED, at__gte=since)
    return events.values("shipment__order").distinct().count()


def orders_per_day(merchant: Merchant, *, today: date, days: int = 30) -> list[tuple[date, int]]:
    """Return (day, orders placed) for the last `days` days, today last, empty days included; days in UTC."""
    first = today - timedelta(days=days - 1)
    midnight = datetime.combine(first, time.min, tzinfo=UTC)
    rows = Order.objects.for_merchant(merchant).filter(placed_at__gte=midnight).order_by()
    counted = dict(rows.annotate(day=TruncDate("placed_at")).values_list("day").annotate(n=Count("pk")))
    return [(day, counted.get(day, 0)) for day in (first + timedelta(days=n) for n in range(days))]


def quote_sources(merchant: Merchant, since: datetime) -> dict[str, int]:
    """Return how many quotes since then had which source of their carrier price."""
    rows = Quote.objects.filter(merchant=merchant, created_at__gte=since).order_by()
    return dict(rows.values_list("price_source").annotate(n=Count("pk")))


def quote_p95_ms(merchant: Merchant, since: datetime) -> int | None:
    """Return the 95th percentile (nearest rank) of the time a checkout waited since then; None without quotes.

    The options shown together are one checkout and waited once.
    """
    rows = Quote.objects.filter(merchant=merchant, created_at__gte=since).order_by()
    waits = rows.values("checkout").annotate(ms=Max("elapsed_ms")).order_by("ms")
    count = waits.count()
    return waits[-(-count * 95 // 100) - 1]["ms"] if count else None
