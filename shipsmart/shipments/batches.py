"""Labels of thousands of orders in the background: progress, failures by cause, the failed once more, one print-out.

A batch buys nothing itself: it lets its orders go on and watches what the pipeline makes of them, so that a label of a
batch is bought under the same rules as any other, and an order in two batches still gets one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Min
from django.utils import timezone

from shipsmart.core.errors import ShipSmartError
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Again, Effects
from shipsmart.merchants.models import AuditEntry, Merchant
from shipsmart.orders.models import Order
from shipsmart.shipments.batch_models import BatchItem, LabelBatch
from shipsmart.shipments.batch_verdicts import verdicts
from shipsmart.shipments.operations import try_all_again

START_AT_ONCE = 50
LOOK_AGAIN_S = 1.0
ROWS_AT_ONCE = 500
MOST_ORDERS = 5000
ENOUGH_FOR_A_GUESS = 5
State = BatchItem.State
OPEN = (State.WAITING, State.WORKING)


class BatchRefused(ShipSmartError):
    """A batch of nothing, or of somebody else's orders."""

    code = "batch_refused"


@dataclass(frozen=True)
class CauseCount:
    """Failed or skipped orders with the same cause, and what one of them says."""

    state: str
    cause: str
    count: int
    example: str


@dataclass(frozen=True)
class Progress:
    total: int
    waiting: int
    working: int
    done: int
    failed: int
    skipped: int
    causes: tuple[CauseCount, ...]

    @property
    def finished(self) -> bool:
        return self.waiting + self.working == 0

    @property
    def settled(self) -> int:
        return self.done + self.failed + self.skipped

    def seconds_left(self, batch: LabelBatch, now: datetime) -> int | None:
        """Return how long the rest takes at the pace so far; None while too little is done to say."""
        if self.finished or self.settled < ENOUGH_FOR_A_GUESS:
            return None
        return round((now - batch.created_at).total_seconds() / self.settled * (self.waiting + self.working))


def create(merchant: Merchant, order_ids: Iterable[int], *, actor: str) -> LabelBatch:
    """Return a new batch of the merchant's orders, in the order given; one of just these that is under way is returned
    again. Raises BatchRefused for an id not his."""
    wanted = list(dict.fromkeys(order_ids))
    known = set(Order.objects.for_merchant(merchant).filter(pk__in=wanted).values_list("pk", flat=True))
    if len(wanted) > MOST_ORDERS:
        raise BatchRefused(f"{len(wanted)} orders are too many for one batch; take at most {MOST_ORDERS}")
    strange = [pk for pk in wanted if pk not in known]
    if strange or not wanted:
        raise BatchRefused(f"no such orders: {strange[:10]}" if strange else "choose at least one order")
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)  # the second of a double click waits here
        if known_already := _under_way(merchant, wanted):
            return known_already
        batch = LabelBatch.objects.create(merchant=merchant, actor=actor)
        items = [BatchItem(batch=batch, order_id=pk, position=n) for n, pk in enumerate(wanted, 1)]
        BatchItem.objects.bulk_create(items, batch_size=ROWS_AT_ONCE)
        _audit(batch, actor, "batch_started", orders=len(items))
        _wake(batch)
    return batch


def _under_way(merchant: Merchant, order_ids: list[int]) -> LabelBatch | None:
    for batch in LabelBatch.objects.for_merchant(merchant).open().filter(cancelled_by=""):
        if list(batch.items.order_by("position").values_list("order_id", flat=True)) == order_ids:
            return batch
    return None


def retry_failed(batch: LabelBatch, actor: str) -> int:
    """Put the failed orders of a batch back to work, and only those; return how many."""
    with transaction.atomic():
        count = batch.items.filter(state=State.FAILED).update(state=State.WAITING, cause="", message="")
        if count:
            LabelBatch.objects.filter(pk=batch.pk).update(finished_at=None, cancelled_by="", actor=actor)
            _audit(batch, actor, "batch_retried", orders=count)
            _wake(batch)
    return count


def cancel(batch: LabelBatch, actor: str) -> int:
    """Leave the orders alone that were not begun yet; return how many. What was begun is finished."""
    with transaction.atomic():
        waiting = batch.items.filter(state=State.WAITING)
        count = waiting.update(state=State.SKIPPED, cause="batch_cancelled", message=f"cancelled by {actor}"[:500])
        LabelBatch.objects.filter(pk=batch.pk, finished_at=None).update(cancelled_by=actor)
        _audit(batch, actor, "batch_cancelled", orders=count)
    return count


def progress(batch: LabelBatch) -> Progress:
    """Return the counts, failures and skips grouped by cause, most frequent first."""
    counts = dict(batch.items.order_by().values_list("state").annotate(Count("pk")))
    rows = batch.items.filter(state__in=[State.FAILED, State.SKIPPED]).order_by()
    grouped = rows.values_list("state", "cause").annotate(count=Count("pk"), example=Min("message"))
    causes = sorted((CauseCount(*row) for row in grouped), key=lambda row: (-row.count, row.cause))
    named = {state.value: counts.get(state.value, 0) for state in State}
    return Progress(total=sum(named.values()), causes=tuple(causes), **named)


def handle_batch(message: OutboundMessage) -> Effects | Again | None:
    """Outbound handler "shipments.batch": comes back until no order of the batch is open."""
    batch = LabelBatch.objects.select_related("merchant").get(pk=message.payload["batch"])
    if not batch.items.filter(state__in=OPEN).exists():
        return lambda: _finish(batch)

    def effects() -> None:
        _settle(batch)
        _start(batch)
        OutboundMessage.objects.filter(pk=message.pk).update(attempts=0)  # looking again is no failure

    return Again(LOOK_AGAIN_S, effects)


def _start(batch: LabelBatch) -> None:
    """Let the next orders go on: the held are released, the given-up are woken, the rest is under way already."""
    waiting = batch.items.select_for_update(of=("self",)).filter(state=State.WAITING).select_related("order__merchant")
    items = list(waiting[:START_AT_ONCE])
    if items:
        try_all_again([item.order for item in items], batch.actor)
        BatchItem.objects.filter(pk__in=[item.pk for item in items]).update(state=State.WORKING)


def _settle(batch: LabelBatch) -> None:
    """Write down what became of the orders begun before."""
    working = list(batch.items.filter(state=State.WORKING).select_related("order"))
    settled = []
    for item, verdict in zip(working, verdicts([item.order for item in working]), strict=True):
        if verdict:
            item.state, item.cause, item.message = verdict.state, verdict.cause[:60], verdict.message[:500]
            item.shipment_id = verdict.shipment
            settled.append(item)
    BatchItem.objects.bulk_update(settled, ["state", "cause", "message", "shipment"], batch_size=ROWS_AT_ONCE)


def _finish(batch: LabelBatch) -> None:
    LabelBatch.objects.filter(pk=batch.pk, finished_at=None).update(finished_at=timezone.now())
    found = progress(batch)
    _audit(batch, batch.actor, "batch_finished", done=found.done, failed=found.failed, skipped=found.skipped)


def _wake(batch: LabelBatch) -> None:
    inbox.send(kind="shipments.batch", key=f"shipments.batch:{batch.pk}", payload={"batch": batch.pk}, again=True)


def _audit(batch: LabelBatch, actor: str, action: str, **data: int) -> None:
    AuditEntry.objects.note(batch.merchant, actor=actor, action=action, target=f"batch:{batch.pk}", **data)
