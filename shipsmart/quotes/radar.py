"""Tariff radar: what a new rulebook does to quotes that were given under an old one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from shipsmart.core.landed_cost import compute
from shipsmart.core.law import Law
from shipsmart.core.request import LandedCostRequest, Line, parse_request

NOTHING = Decimal(0)
OWN = "merchant."  # the merchant's own fees follow no rulebook
Key = tuple[str, str | None, str]
Charges = Mapping[Key, tuple[Decimal, str]]


@dataclass(frozen=True, slots=True)
class ChangedCharge:
    """One charge before and after, in the quote's currency; None where there was none, or is none any more."""

    kind: str
    line: str | None
    rule: str
    old: Decimal | None
    new: Decimal | None
    old_rate: str | None
    new_rate: str | None
    sku: str | None = None
    hs_code: str | None = None

    @property
    def difference(self) -> Decimal:
        return (self.new or NOTHING) - (self.old or NOTHING)


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes in one quote. `old_total` and `new_total` are None where the landed cost cannot be computed.

    `drifted` says that the stored answer is not what the old rulebook gives today (another rulebook wrote it, or its
    rates were its own): the difference then holds between the rulebooks, and not against what was shown.
    """

    id: str
    destination: str
    currency: str
    old_status: str
    new_status: str
    old_total: Decimal | None
    new_total: Decimal | None
    charges: tuple[ChangedCharge, ...]
    drifted: bool
    ship_from: str = ""

    @property
    def difference(self) -> Decimal | None:
        """Return the change of the landed cost, None where one side is not computable."""
        if self.old_total is None or self.new_total is None:
            return None
        return self.new_total - self.old_total


def differences(
    rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]], *, old: Law, new: Law, at: datetime | None = None
) -> Iterator[Difference]:
    """Return, quote by quote, which charge changes by how much; quotes that stay as they are do not appear.

    Each row is (request, old answer). A quote is computed at its own instant (the answer's `at`), or, with `at`, as if
    it were asked then: the radar for a law that is still to come. Rows go through one at a time, so that any number of
    them fits in memory. Raises InvalidRequest for a request that was never valid.
    """
    for request, answer in rows:
        moment = at or datetime.fromisoformat(answer["at"])
        asked = {**request, "at": moment.isoformat()}
        parsed = parse_request(asked, now=moment)
        before, after = (compute(parsed, law=law).as_answer() for law in (old, new))
        found = _difference(parsed, answer, (before, after))
        if found is not None:
            yield found


def _difference(
    request: LandedCostRequest, answer: Mapping[str, Any], both: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Difference | None:
    before, after = both
    if all(before.get(key) == after.get(key) for key in ("status", "totals", "charges")):
        return None
    charges = tuple(_changed(_charges(before), _charges(after), {line.id: line for line in request.lines}))
    totals = [_total(one) for one in (before, after)]
    if not charges and totals[0] == totals[1] and before["status"] == after["status"]:
        return None
    shown = _charges(answer)
    return Difference(
        id=str(answer.get("quote_id") or answer.get("id") or ""),
        destination=str(before.get("destination", "")),
        currency=str(before["totals"]["currency"]),
        old_status=before["status"],
        new_status=after["status"],
        old_total=totals[0],
        new_total=totals[1],
        charges=charges,
        drifted=shown != _charges(before),
        ship_from=request.ship_from.country,
    )


def _charges(answer: Mapping[str, Any]) -> dict[Key, tuple[Decimal, str]]:
    """Return amount and rates by kind, line and rule; several charges of one rule on one line are added up."""
    amounts: dict[Key, Decimal] = defaultdict(Decimal)
    rates: dict[Key, list[str]] = defaultdict(list)
    for charge in answer.get("charges", ()):
        if not charge["rule"].startswith(OWN):
            key = (charge["kind"], charge["line"], charge["rule"])
            amounts[key] += Decimal(charge["quote_amount"])
            rates[key].append(charge["rate"])
    return {key: (amount, " and ".join(rates[key])) for key, amount in amounts.items()}


def _changed(before: Charges, after: Charges, lines: Mapping[str, Line]) -> Iterator[ChangedCharge]:
    for key in sorted(before.keys() | after.keys(), key=lambda k: (k[1] is None, k[1] or "", k[0], k[2])):
        old, new = before.get(key), after.get(key)
        if old != new:
            (was, was_rate), (becomes, new_rate) = old or (None, None), new or (None, None)
            line = lines.get(key[1] or "")
            sku, hs_code = (line.sku, line.hs_code) if line else (None, None)
            yield ChangedCharge(*key, old=was, new=becomes, old_rate=was_rate, new_rate=new_rate, sku=sku,
                                hs_code=hs_code)  # fmt: skip


def _total(answer: Mapping[str, Any]) -> Decimal | None:
    value = answer["totals"]["landed_cost"]
    return None if value is None else Decimal(value)
