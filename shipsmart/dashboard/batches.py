"""Reads behind the pages of label batches."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from shipsmart.dashboard import queries
from shipsmart.dashboard.causes import Cause, cause_of
from shipsmart.documents.models import Document
from shipsmart.merchants.models import Merchant
from shipsmart.orders.models import Order
from shipsmart.shipments import batch_printing, batches
from shipsmart.shipments.batch_models import BatchItem, LabelBatch

State = Order.State
SHOWN_PER_CAUSE = 20
# What a click on "all of these" takes: a held order only from the tab of the held ones, where it is meant.
WITHOUT_LABEL = {
    "needs-data": (State.NEEDS_DATA,),
    "on-hold": (State.ON_HOLD,),
}


@dataclass(frozen=True)
class Group:
    """Orders of a batch that stand still for the same cause."""

    state: str
    cause: Cause
    code: str
    count: int
    example: str
    orders: tuple[Order, ...]

    @property
    def hidden(self) -> int:
        return self.count - len(self.orders)


@dataclass(frozen=True)
class BatchView:
    batch: LabelBatch
    progress: batches.Progress
    groups: tuple[Group, ...]
    minutes_left: int | None
    printing: bool
    print_outs: tuple[Document, ...]

    @property
    def moving(self) -> bool:
        """Whether the page must look again by itself."""
        return self.printing or not self.progress.finished or self.batch.finished_at is None


def unlabelled(merchant: Merchant, filters: queries.OrderFilters) -> QuerySet[Order]:
    """Return the orders under `filters` whose labels may be bought together, oldest first."""
    states = WITHOUT_LABEL.get(filters.tab, (State.RECEIVED, State.READY))
    return queries.orders(merchant, filters).filter(state__in=states).order_by("placed_at", "pk")


def view(batch: LabelBatch) -> BatchView:
    progress = batches.progress(batch)
    seconds = progress.seconds_left(batch, timezone.now())
    return BatchView(
        batch=batch,
        progress=progress,
        groups=tuple(_groups(batch, progress.causes)),
        minutes_left=None if seconds is None else -(-seconds // 60),
        printing=batch_printing.under_way(batch),
        print_outs=tuple(batch_printing.print_outs(batch)),
    )


def _groups(batch: LabelBatch, causes: Iterable[batches.CauseCount]) -> Iterable[Group]:
    for row in causes:
        items = BatchItem.objects.filter(batch=batch, state=row.state, cause=row.cause).select_related("order")
        orders = tuple(item.order for item in items[:SHOWN_PER_CAUSE])
        yield Group(row.state, cause_of(row.cause), row.cause, row.count, row.example, orders)
