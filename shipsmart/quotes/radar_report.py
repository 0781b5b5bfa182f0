"""The tariff radar in short: which lanes and which goods a new rulebook touches, and by how much."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from shipsmart.quotes.radar import ChangedCharge, Difference

SHOWN = 20
NOTHING = Decimal(0)
Name = tuple[str, ...]
T = TypeVar("T")


@dataclass(slots=True)
class Touched:
    """What changes for one lane or one product, in one currency: quotes, their sum, and the largest change of one."""

    quotes: int = 0
    difference: Decimal = NOTHING
    largest: Decimal = NOTHING
    quote_id: str = ""

    def add(self, amount: Decimal, quote_id: str) -> None:
        self.quotes += 1
        self.difference += amount
        if abs(amount) > abs(self.largest) or not self.quote_id:
            self.largest, self.quote_id = amount, quote_id

    def as_dict(self) -> dict[str, Any]:
        return {
            "quotes": self.quotes,
            "difference": str(self.difference),
            "largest": str(self.largest),
            "quote_id": self.quote_id,
        }


@dataclass(slots=True)
class Radar:
    """Adds up differences as they come; its memory grows with lanes and products, not with quotes."""

    looked_at: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    lanes: dict[Name, Touched] = field(default_factory=dict)
    products: dict[Name, Touched] = field(default_factory=dict)

    def counted(self, rows: Iterable[T]) -> Iterator[T]:
        """Return the rows as they are, counting them as looked at."""
        for row in rows:
            self.looked_at += 1
            yield row

    def add(self, found: Difference) -> None:
        """Take in one changed quote."""
        amount = found.difference
        self.counts["changed"] += 1
        self.counts["drifted"] += found.drifted
        self.counts[_direction(found)] += 1
        lane = (found.ship_from, found.destination, found.currency)
        self.lanes.setdefault(lane, Touched()).add(amount if amount is not None else NOTHING, found.id)
        for name, change in _goods(found):
            self.products.setdefault(name, Touched()).add(change, found.id)

    def as_dict(self) -> dict[str, Any]:
        """Return the whole as JSON values, the largest sums first."""
        lanes = [
            dict(zip(("ship_from", "destination", "currency"), name, strict=True)) | touched.as_dict()
            for name, touched in _by_size(self.lanes)
        ]
        keys = ("product", "hs_code", "destination", "currency", "kind", "rule", "old_rate", "new_rate")
        products = [dict(zip(keys, name, strict=True)) | touched.as_dict() for name, touched in _by_size(self.products)]
        counts = {key: self.counts[key] for key in ("changed", "dearer", "cheaper", "same_total", "lost", "gained")}
        return {
            "looked_at": self.looked_at,
            **counts,
            "drifted": self.counts["drifted"],
            "lanes": lanes,
            "products": products,
        }

    def as_text(self) -> str:
        """Return the whole as a person reads it."""
        get = self.counts.__getitem__
        lines = [
            f"{_quotes(self.looked_at)} looked at, {get('changed'):,} changed: {get('dearer'):,} dearer,"
            f" {get('cheaper'):,} cheaper, {get('same_total'):,} with the same total"
        ]
        if get("lost") or get("gained"):
            lines.append(f"{get('lost'):,} can no longer be computed, {get('gained'):,} can now")
        if get("drifted"):
            lines.append(
                f"{get('drifted'):,} were answered under another rulebook than the old one here: the difference is "
                "between the rulebooks, not to what was shown"
            )
        lines += _table("by lane", self.lanes, _lane)
        lines += _table("by product", self.products, _product)
        return "\n".join(lines) + "\n"


def _direction(found: Difference) -> str:
    if found.old_total is None or found.new_total is None:
        if found.old_total is None and found.new_total is None:
            return "same_total"
        return "lost" if found.new_total is None else "gained"
    change = found.new_total - found.old_total
    return "dearer" if change > 0 else "cheaper" if change < 0 else "same_total"


def _goods(found: Difference) -> Iterator[tuple[Name, Decimal]]:
    """Return what changes for each product of a quote; a product twice in a cart is one with its sum."""
    sums: dict[Name, Decimal] = {}
    for charge in found.charges:
        if charge.line is not None:
            name = (
                charge.sku or charge.hs_code or f"line {charge.line}",
                charge.hs_code or "",
                found.destination,
                found.currency,
                charge.kind,
                charge.rule,
                *_rates(charge, found),
            )
            lost = (charge.old is None and found.old_total is None) or (charge.new is None and found.new_total is None)
            # What nobody can compute is no saving: such a quote is counted, its sum is not.
            sums[name] = sums.get(name, NOTHING) + (NOTHING if lost else charge.difference)
    yield from sums.items()


def _rates(charge: ChangedCharge, found: Difference) -> tuple[str, str]:
    old = "not computable" if found.old_total is None else "none"
    new = "not computable" if found.new_total is None else "none"
    return charge.old_rate or old, charge.new_rate or new


def _by_size(touched: Mapping[Name, Touched]) -> list[tuple[Name, Touched]]:
    return sorted(touched.items(), key=lambda pair: (-abs(pair[1].difference), pair[0]))


def _table(title: str, touched: Mapping[Name, Touched], said: Callable[[Name], str]) -> list[str]:
    if not touched:
        return []
    rows = _by_size(touched)
    lines = [title, *(f"  {said(name)}: {_sum(name, one)}" for name, one in rows[:SHOWN])]
    if len(rows) > SHOWN:
        lines.append(f"  and {len(rows) - SHOWN:,} more, each smaller")
    return lines


def _lane(name: Name) -> str:
    return f"{name[0]} to {name[1]}"


def _product(name: Name) -> str:
    product, hs_code, destination, _, kind, rule, old, new = name
    goods = product if product == hs_code or not hs_code else f"{product} ({hs_code})"
    change = f"{kind.replace('_', ' ')} {old}" + (f" becomes {new}" if new != old else ", on another base")
    return f"{goods} to {destination}: {change} ({rule})"


def _sum(name: Name, one: Touched) -> str:
    currency = name[2] if len(name) == 3 else name[3]
    return f"{_quotes(one.quotes)}, {one.difference:+,} {currency}, the largest {one.largest:+,} in {one.quote_id}"


def _quotes(count: int) -> str:
    return "1 quote" if count == 1 else f"{count:,} quotes"
