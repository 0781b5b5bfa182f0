"""What is known of an order once its quotes are found: who pays duty, what was collected, what a person must look at.

It reads the quotes that it is given, and nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from shipsmart.core.money import Money
from shipsmart.ports import Incoterm, StoreOrder
from shipsmart.quotes.breakdown import CHARGE_KEYS
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import is_ddp
from shipsmart.quotes.parts import Cover

COLLECTED = ("duty", "import_tax", "fees")


@dataclass(frozen=True)
class Part:
    """Goods of an order that were priced, and travel, on their own. `lines`: the quote's line number, the store's line
    id and units, in the quote's order; `quote` None: nothing of ours explains what was paid for these."""

    quote: Quote | None
    incoterm: Incoterm
    collected: dict[str, str] | None
    lines: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True)
class Match:
    """`collected` is what the shopper paid ahead (None: nothing), `problem` why a person must look.

    `parts`: when the store asked about the goods in parts; `quote` is then the first of theirs and `collected` the sum.
    """

    quote: Quote | None
    incoterm: Incoterm
    collected: dict[str, Any] | None
    problem: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def quotes(self) -> tuple[Quote, ...]:
        whole = (self.quote,) if self.quote else ()
        return tuple(part.quote for part in self.parts if part.quote) or whole


def whole(order: StoreOrder, found: Quote | None) -> Match:
    """Return the match of an order that travels whole, under one quote or none."""
    if found:
        return Match(found, Incoterm(found.incoterm), collected(found))
    if is_ddp(order.shipping_code) or any(is_ddp(one.code) for one in order.deliveries):
        return Match(
            None,
            Incoterm.DDP,
            None,
            f"the shopper paid {order.shipping_paid} {order.currency} for {order.shipping_title!r} with duties, but no "
            "quote of ours explains that sum; compare with the quote log and release the order by hand",
        )
    return Match(None, Incoterm.DAP, None)


def in_parts(order: StoreOrder, found: Cover) -> Match:
    """Return the match of an order that several quotes explain together, or some of which none explains."""
    parts, problem = [], ""
    lines = _open_lines(order)
    for quote in found.quotes:
        numbered = [taken for number, goods in enumerate(quote.goods, 1) for taken in _take(lines, number, goods)]
        parts.append(Part(quote, Incoterm(quote.incoterm), collected(quote), tuple(numbered)))
    if not found.whole:
        incoterm = Incoterm.DDP if any(is_ddp(quote.service_code) for quote in found.quotes) else Incoterm.DAP
        rest = [taken for goods in found.units.items() for taken in _take(lines, 0, goods)]
        parts.append(Part(None, incoterm, None, tuple(rest)))
        problem = _missing(order, found) if incoterm == Incoterm.DDP else ""
    ddp = any(part.incoterm == Incoterm.DDP for part in parts)
    paid = [part.collected for part in parts if part.collected]
    incoterm = Incoterm.DDP if ddp else Incoterm.DAP
    if len(parts) == 1:
        return Match(found.quotes[0], incoterm, parts[0].collected, problem)
    return Match(found.quotes[0], incoterm, _sum(paid), problem, tuple(parts))


def _missing(order: StoreOrder, found: Cover) -> str:
    titles = {line.variant_id: line.title for line in order.lines}
    goods = ", ".join(f"{count} x {titles[variant] or variant}" for variant, count in sorted(found.units.items()))
    known = ", ".join(f"{quote.quote_id} ({Money(quote.price, quote.currency).rounded()})" for quote in found.quotes)
    left, paid = (Money(amount, order.currency).rounded() for amount in (found.money, order.delivery_price))
    return (
        f"the store priced this cart in parts, and a part is missing: no quote of ours covers {goods} for the "
        f"{left} left of the {paid} asked for delivery with duties; found: "
        f"{known}. Compare with the quote log and release the order by hand"
    )


def _open_lines(order: StoreOrder) -> list[list[Any]]:
    return [
        [line.variant_id, line.external_id, line.quantity]
        for line in order.lines
        if line.requires_shipping and line.quantity
    ]


def _take(lines: list[list[Any]], number: int, goods: tuple[str, int]) -> Iterator[tuple[int, str, int]]:
    """Yield the order's lines that these units of a variant are on, and take them off there."""
    variant, wanted = goods
    for row in lines:
        units = min(wanted, row[2]) if row[0] == variant else 0
        if units:
            wanted -= units
            row[2] -= units
            yield number, row[1], units


def _sum(paid: Sequence[Mapping[str, str]]) -> dict[str, Any] | None:
    """Return what was collected over all parts; `scheme` only where all were sold under the same."""
    if not paid:
        return None
    schemes = {one["scheme"] for one in paid}
    amounts = {key: str(sum((Decimal(one[key]) for one in paid), Decimal(0))) for key in COLLECTED}
    return {
        "scheme": schemes.pop() if len(schemes) == 1 else "",
        **amounts,
        "currency": paid[0]["currency"],
        "quote_id": paid[0]["quote_id"],
        "quote_ids": [one["quote_id"] for one in paid],
    }


def collected(quote: Quote) -> dict[str, str] | None:
    """Return what a shopper paid ahead under a quote, in the shape of the papers' contract; None under DAP."""
    if quote.incoterm != Incoterm.DDP:
        return None
    answer = quote.answer
    # Only what is charged: goods that cross no border have no customs value (None).
    totals = {key: Decimal(answer["totals"][key]) for key in CHARGE_KEYS}
    return {
        "scheme": answer["scheme"] or "",
        "duty": str(totals["duty"] + totals["additional_duty"] + totals["excise"]),
        "import_tax": str(totals["import_tax"]),
        "fees": str(totals["fees"]),
        "currency": quote.currency,
        "quote_id": quote.quote_id,
    }


def native(order: StoreOrder, matched: Match) -> Match:
    """Return the match of an order on which the store itself sold duties."""
    paid: dict[str, Any] = {
        "scheme": "",
        "duty": str(order.native_duties),
        "import_tax": "0",
        "fees": "0",
        "currency": order.currency,
        "quote_id": "",
    }
    charged = [quote for quote in matched.quotes if quote.incoterm == Incoterm.DDP and quote.charges]
    problem = ""
    if charged:
        ours = sum((quote.charges for quote in charged), Decimal(0))
        problem = (
            f"duties were charged twice: {order.native_duties} {order.currency} by the store itself and "
            f"{ours} {charged[0].currency} in the delivery price; refund one of them, then release the order"
        )
    parts = tuple(replace(part, incoterm=Incoterm.DDP) for part in matched.parts)
    return Match(matched.quote, Incoterm.DDP, paid, problem, parts)
