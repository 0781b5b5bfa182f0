"""Run the demo's orders from cart to doorstep and report."""

import sys
import time
from typing import Any, TextIO

import requests
from django.db import close_old_connections
from django.db.models import QuerySet

from integrations.demo import checks, report
from integrations.demo.processes import DemoFailed
from integrations.demo.purchases import Purchase
from integrations.demo.shopper import buy
from integrations.demo.stories import STORIES
from integrations.demo.world import World, wait_for
from shipsmart.catalog.models import Classification, Variant
from shipsmart.catalog.operations import decide_code
from shipsmart.orders import operations as orders
from shipsmart.orders.models import Order

WITHIN_S = 240


def run(world: World, out: TextIO | None) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the summaries and what failed; `out` gets a progress bar."""
    bar = Progress(out or sys.stderr, len(STORIES))
    purchases = [_place(world, story, bar) for story in STORIES]
    _follow(purchases, bar)
    _store_has_heard(world, purchases)
    folder = report.fresh_folder()
    entries = [report.summary(world, purchase, folder) for purchase in purchases]
    failed = [
        f"{entry['number']} ({purchase.story.title}): {text}"
        for purchase, entry in zip(purchases, entries, strict=True)
        for text in checks.failures(world, purchase, entry)
    ]
    return entries, failed + _double_labels(world, entries)


def _place(world: World, story: Any, bar: "Progress") -> Purchase:
    bar.say(f"{story.title}: at the checkout")
    if story.needs_code:  # an earlier run of the demo has decided it
        Classification.objects.filter(variant__in=_variants(story.needs_code[0])).delete()
    purchase = buy(world, story)
    bar.ordered(purchase.name)
    if story.needs_code:
        _mend(purchase)
    return purchase


def _mend(purchase: Purchase) -> None:
    """Wait until the order is blocked for want of a code, add the code as the merchant would, let the order go on."""
    sku, code = purchase.story.needs_code or ("", "")
    wait_for(lambda: _state(purchase) == Order.State.NEEDS_DATA, f"{purchase.name} was not blocked", seconds=60)
    decide_code(_variants(sku).get(), code=code, actor="demo")
    orders.release(_order(purchase), "demo")


def _variants(sku: str) -> QuerySet[Variant]:
    return Variant.objects.filter(sku=sku, merchant__name="Nordic Lights")


def _order(purchase: Purchase) -> Order:
    return Order.objects.get(channel=purchase.story.channel, external_id__endswith=purchase.order_id)


def _state(purchase: Purchase) -> str:
    return Order.objects.filter(external_id__endswith=purchase.order_id).values_list("state", flat=True).first() or ""


def _follow(purchases: list[Purchase], bar: "Progress") -> None:
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until:
        close_old_connections()
        states = {purchase.name: _state(purchase) for purchase in purchases}
        bar.show(states)
        if all(state == Order.State.DELIVERED for state in states.values()):
            bar.done()
            return
        time.sleep(0.5)
    bar.done()
    stuck = [
        f"{p.name} is {_state(p) or 'not here'}: {_reason(p)}" for p in purchases if _state(p) != Order.State.DELIVERED
    ]
    raise DemoFailed(f"not delivered within {WITHIN_S} s: " + "; ".join(stuck))


def _reason(purchase: Purchase) -> str:
    order = Order.objects.filter(external_id__endswith=purchase.order_id).first()
    if order is None:
        return "its webhook did not become an order"
    shipment = order.shipments.first()
    return order.reason or (
        f"shipment {shipment.state} {shipment.milestone} {shipment.reason}" if shipment else "no shipment"
    )


def _store_has_heard(world: World, purchases: list[Purchase]) -> None:
    def told() -> bool:
        seen = [report.seen_by_store(world, purchase) for purchase in purchases]
        return all(any(e["status"].upper() == "DELIVERED" for f in s["fulfilments"] for e in f["events"]) for s in seen)

    wait_for(told, "the store was not told of every delivery", seconds=60)


def _double_labels(world: World, entries: list[dict[str, Any]]) -> list[str]:
    listed = requests.get(f"{world.carriers}/_practice/shipments", timeout=30).json()
    rows = listed["shipments"] if isinstance(listed, dict) else listed
    counts = {e["number"]: checks.purchases_at_carriers(rows, e["shipment"]["reference"]) for e in entries}
    return [f"{number}: the carrier booked {count} shipments" for number, count in counts.items() if count != 1]


class Progress:
    """A bar over the orders' steps; drawn in place on a terminal, a line at each change elsewhere."""

    STEPS = ("received", "ready", "labelled", "shipped", "delivered")

    def __init__(self, out: TextIO, orders_expected: int) -> None:
        self._out, self._total, self._last = out, orders_expected * len(self.STEPS), ""
        self._live = out.isatty()

    def say(self, text: str) -> None:
        self._out.write(f"  {text}\n")
        self._out.flush()

    def ordered(self, name: str) -> None:
        self.say(f"  order {name} placed")

    def show(self, states: dict[str, str]) -> None:
        done = sum(self.STEPS.index(s) + 1 for s in states.values() if s in self.STEPS)
        width = 30 * done // self._total
        counts = {step: list(states.values()).count(step) for step in dict.fromkeys(states.values())}
        text = f"  [{'#' * width}{'.' * (30 - width)}] " + ", ".join(
            f"{n} {step or 'on the way in'}" for step, n in counts.items()
        )
        if text != self._last:
            self._out.write(f"\r\033[K{text}" if self._live else f"{text}\n")
            self._out.flush()
            self._last = text

    def done(self) -> None:
        if self._live:
            self._out.write("\n")
