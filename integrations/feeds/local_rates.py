"""Local sales taxes on their way into a release: one table per state, whatever the file looked like.

`shipsmart.rules.local_rates` says how a table is stored. Days become instants here: a rate begins at the midnight of
its own state, so that a quote needs no calendar of zones.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from integrations.feeds.reading import exact
from integrations.feeds.report import Tally
from shipsmart import rules
from shipsmart.core.codes import words
from shipsmart.core.errors import ShipSmartError
from shipsmart.rules.dated import Rule

# Where a state has two zones, that of most of its people.
ZONES = {
    "America/New_York": words("CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV"),
    "America/Chicago": words("AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI"),
    "America/Denver": words("CO ID MT NM UT WY"),
    "America/Phoenix": words("AZ"),
    "America/Los_Angeles": words("CA NV OR WA"),
    "America/Anchorage": words("AK"),
    "Pacific/Honolulu": words("HI"),
}
ZONE_OF = {state: ZoneInfo(zone) for zone, states in ZONES.items() for state in states}
HIGHEST = Decimal("0.2")  # no state and no place comes near: a higher figure was written in per cent
Days = tuple[date, date | None]  # the first day in force, and the first day no more in force
Piece = tuple[Days, Decimal, str, str, str]  # days, rate, clothing, what, source
Range = tuple[int, int, int, Days]


class BadCell(ShipSmartError):  # noqa: N818
    """A cell that makes its row unusable: `column` names it, the message says what to write instead."""

    code = "bad_cell"

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason, column=column)
        self.column = column


@dataclass(slots=True)
class StateTable:
    """The facts of one state, each kind once."""

    state: str
    state_rates: dict[Days, Decimal] = field(default_factory=dict)
    areas: dict[tuple[Piece, ...], int] = field(default_factory=dict)
    five: set[Range] = field(default_factory=set)
    nine: set[Range] = field(default_factory=set)
    some: set[Range] = field(default_factory=set)

    @property
    def rule(self) -> str:
        return rule_id(self.state)

    @property
    def is_empty(self) -> bool:
        return not (self.state_rates or self.five or self.nine or self.some)

    def area(self, pieces: tuple[Piece, ...]) -> int:
        """Return the number under which what a set of jurisdictions adds is kept."""
        return self.areas.setdefault(pieces, len(self.areas))

    def first_day(self) -> date:
        """Return the first day of which the table says something."""
        return min(days[0] for days in (*self.state_rates, *(one[3] for one in (*self.five, *self.nine, *self.some))))

    def as_text(self) -> str:
        """Return the table as it is stored; the same facts give the same text in whatever order they came."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        for days, rate in sorted(self.state_rates.items(), key=str):
            writer.writerow(["state", *self._instants(days), rate])
        order = {number: place for place, (_, number) in enumerate(sorted(self.areas.items(), key=_shown))}
        for pieces, number in sorted(self.areas.items(), key=_shown):
            for days, rate, clothing, what, source in pieces:
                writer.writerow(["area", order[number], *self._instants(days), rate, clothing, what, source])
        for kind, ranges in (("zip", self.five), ("zip", self.nine), ("part", self.some)):
            digits = 9 if ranges is self.nine else 5
            found = sorted((low, high, order[area], self._instants(days)) for low, high, area, days in merged(ranges))
            out.writelines(
                f"{kind},{low:0{digits}d},{high:0{digits}d},{area},{start},{end}\n"
                for low, high, area, (start, end) in found
            )
        return out.getvalue()

    def _instants(self, days: Days) -> tuple[str, str]:
        start, end = days
        return midnight(self.state, start).isoformat(), "" if end is None else midnight(self.state, end).isoformat()


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Return the ranges with those made one that touch and say the same: states publish a street's codes one by one."""
    found: list[Range] = []
    for low, high, area, days in sorted(ranges, key=lambda one: (one[2], str(one[3]), one[0])):
        last = found[-1] if found else None
        if last is not None and last[2:] == (area, days) and low <= last[1] + 1:
            found[-1] = (last[0], max(high, last[1]), area, days)
        else:
            found.append((low, high, area, days))
    return found


def overlap(one: Days, other: Days) -> bool:
    """Return whether two periods share a day."""
    return (one[1] is None or other[0] < one[1]) and (other[1] is None or one[0] < other[1])


@dataclass(slots=True)
class LocalFile:
    """What an importer made of a file: a table for each state in it, and what became of each row."""

    tables: dict[str, StateTable] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    def table(self, state: str) -> StateTable:
        return self.tables.setdefault(state, StateTable(state))


def _shown(pair: tuple[tuple[Piece, ...], int]) -> str:
    return repr(pair[0])


@lru_cache(maxsize=5000)
def midnight(state: str, day: date) -> datetime:
    """Return the instant at which a day begins in a state."""
    return datetime.combine(day, time(), tzinfo=ZONE_OF[state])


def rule_id(state: str) -> str:
    return f"us/sales_tax_{state.lower()}"


def rule_of(state: str) -> Rule | None:
    """Return the packaged rule of a state's own tax, None where the rulebook knows none there."""
    return rules.current().rules.get(rule_id(state))


def levies_locally(state: str) -> bool:
    """Return whether counties or cities of a state have rates of their own, as the rulebook knows."""
    rule = rule_of(state)
    return rule is not None and any(entry.fields.get("local") for entry in rule.entries)


def ratio_of(text: str, column: str) -> Decimal:
    """Return a rate written as a ratio, like `0.0125` or `.0125`; raises BadCell for anything else, per cents too."""
    found = exact(f"0{text}" if text.startswith(".") else text)
    if found is None or found > HIGHEST:
        raise BadCell(column, f"not a ratio of at most {HIGHEST}: write 0.0125 for 1.25 %")
    return Decimal(f"{found.normalize():f}")


def per_cent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}%"
