"""Local sales taxes by postcode: what counties, cities and districts of a state add to its rate, from imported tables.

A table is text, one fact a line, written by `integrations.feeds` and never by hand:

```
state,<from>,<until>,<rate>                                   the state's own rate where the file names one
area,<number>,<from>,<until>,<rate>,<clothing>,<what>,<source>  what one set of jurisdictions adds; free, taxed or empty
zip,<low>,<high>,<area>,<from>,<until>                        postcodes of 5 or of 9 digits
part,<low>,<high>,<area>,<from>,<until>                       some addresses of these postcodes
```
Instants are ISO 8601 with their offset, `until` is empty while open. Lines of one kind and length come in order of
`low`. Tables of several states hold 40,000 postcodes and more, so the ranges stand in arrays and the areas stay text
until somebody asks for them.
"""

import csv
import hashlib
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from shipsmart.core.law import LocalFinding, LocalRate, Stamp
from shipsmart.rules.dated import BadRule, Entry, Rule

ZIP_DIGITS = 5
PLUS_4 = 10_000
MEMORY_LIMIT = 2_000  # per state and period; a postcode comes from a stranger
BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
FREES = {"free": True, "taxed": False, "": None}
_POSTCODE = re.compile(r"([0-9]{5})(?:[ -]?([0-9]{4}))?")
Period = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Added:
    """What one set of jurisdictions adds in one period; `frees` as in LocalRate, `source` where the row names one."""

    rate: Decimal
    period: Period
    frees: bool | None
    what: str
    source: str


class _Ranges:
    """Ranges of postcodes in order of their first, each with its area and period; ranges may overlap."""

    def __init__(self) -> None:
        self.lows, self.highs, self.tops = array("I"), array("I"), array("I")
        self.areas, self.periods = array("I"), array("I")

    def add(self, low: int, high: int, area: int, period: int) -> None:
        if self.lows and low < self.lows[-1]:
            raise BadRule(f"a table of local rates is out of order at postcode {low}; import it again")
        self.lows.append(low)
        self.highs.append(high)
        self.tops.append(max(high, self.tops[-1]) if self.tops else high)
        self.areas.append(area)
        self.periods.append(period)

    def touching(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Yield area and period of each range that shares a postcode with `low` to `high`."""
        position = bisect_right(self.lows, high) - 1
        # The highest end so far says when no earlier range can reach here any more.
        while position >= 0 and self.tops[position] >= low:
            if self.highs[position] >= low:
                yield self.areas[position], self.periods[position]
            position -= 1


class LocalTable:
    """The local rates of one state as imported: from `effective` until the next table of the state begins."""

    def __init__(self, text: str, *, effective: datetime, title: str, url: str) -> None:
        self.effective, self.title, self.url = effective, title, url
        self.sha256 = hashlib.sha256("\0".join((effective.isoformat(), title, url, text)).encode()).hexdigest()
        self.state_rates: list[tuple[Period, Decimal]] = []
        self.periods: list[Period] = []
        self.areas: dict[int, list[str]] = {}
        self.instants = {effective}  # at each of them an answer of this table may change
        self.five, self.nine, self.some = _Ranges(), _Ranges(), _Ranges()
        self._read(text.splitlines())

    def _read(self, lines: Iterable[str]) -> None:
        numbers: dict[tuple[str, str], int] = {}
        spans: set[tuple[str, str]] = set()
        for line in lines:
            kind, _, rest = line.partition(",")
            if kind in ("zip", "part"):
                low, high, area, start, end = rest.split(",")
                number = numbers.setdefault((start, end), len(numbers))
                if number == len(self.periods):
                    self.periods.append(_period(start, end))
                long = len(low) > ZIP_DIGITS
                ranges = self.some if kind == "part" else self.nine if long else self.five
                ranges.add(int(low), int(high), int(area), number)
            elif kind == "area":
                area, start, end, _ = rest.split(",", 3)
                self.areas.setdefault(int(area), []).append(rest)
                spans.add((start, end))
            elif kind == "state":
                start, end, rate = rest.split(",")
                self.state_rates.append((_period(start, end), Decimal(rate)))
            else:
                raise BadRule(f"a table of local rates holds a line of unknown kind {kind!r}; import it again")
        without = {*self.five.areas, *self.nine.areas, *self.some.areas} - self.areas.keys()
        if without:
            raise BadRule(f"a table of local rates has no line for its area {min(without)}; import it again")
        for start, end in spans | numbers.keys():
            self.instants.update(instant for instant in _period(start, end) if instant is not None)

    def added(self, area: int) -> list[Added]:
        """Return what the jurisdictions of an area add, period by period."""
        found = []
        for row in csv.reader(self.areas[area]):
            _, start, end, rate, clothing, what, source = row
            found.append(Added(Decimal(rate), _period(start, end), FREES[clothing], what, source))
        return found

    def at_nine(self, postcode: int, at: datetime) -> list[Added]:
        return self._in_force(self.nine.touching(postcode, postcode), at)

    def at_five(self, postcode: int, at: datetime) -> list[Added]:
        return self._in_force(self.five.touching(postcode, postcode), at)

    def within(self, postcode: int, at: datetime) -> list[Added]:
        """Return what is added anywhere in a postcode of five digits, by its longer postcodes and its addresses."""
        first = postcode * PLUS_4
        found = {*self.nine.touching(first, first + PLUS_4 - 1), *self.some.touching(postcode, postcode)}
        return self._in_force(sorted(found), at)

    def state_rate(self, at: datetime) -> Decimal | None:
        """Return the state's own rate as the file names it, None where it names none."""
        return next((rate for period, rate in self.state_rates if _holds(period, at)), None)

    def _in_force(self, hits: Iterable[tuple[int, int]], at: datetime) -> list[Added]:
        found = []
        for area, number in hits:
            period = self.periods[number]
            if _holds(period, at):
                said = [one for one in self.added(area) if _holds(one.period, at)]
                found += [replace(one, period=_common(one.period, period)) for one in said]
        return found


class Localities:
    """The local taxes of one state under one regime, asked by postcode and instant; what was found is kept."""

    def __init__(self, state: str, tables: tuple[LocalTable, ...], *, confidence: str) -> None:
        self.state, self.tables, self.confidence = state, tables, confidence
        self.instants = sorted(set().union(*(table.instants for table in tables)))
        self.memory: dict[tuple[str | None, int], LocalFinding] = {}

    def find(self, postcode: str | None, at: datetime) -> LocalFinding:
        """Return what is added at a postcode of five or nine digits at an instant, or why nobody can say."""
        key = (postcode, bisect_right(self.instants, at))
        found = self.memory.get(key)
        if found is None:
            if len(self.memory) >= MEMORY_LIMIT:
                self.memory.clear()
            found = self.memory[key] = self._look(postcode, at)
        return found

    def _look(self, postcode: str | None, at: datetime) -> LocalFinding:
        table = next((table for table in reversed(self.tables) if table.effective <= at), None)
        without = f"local sales tax in {self.state} is not included"
        if table is None:
            return _nothing(
                "local_rates_missing",
                f"{without}: no table of its rates is imported for this day (manage.py feeds salestax)",
            )
        if postcode is None:
            return _nothing("postcode_missing", f"{without}: it depends on ship_to.postcode, which is missing")
        match = _POSTCODE.fullmatch(postcode.strip())
        if match is None:
            remedy = "write five digits, or nine like 66101-1234"
            return _nothing("postcode_unreadable", f"{without}: {postcode!r} is no ZIP code; {remedy}")
        return self._at(table, match[1], match[2], at)

    def _at(self, table: LocalTable, zip_code: str, plus_4: str | None, at: datetime) -> LocalFinding:
        """Return the rate of the long postcode, else of the short one, else the lowest within it.

        Where several rates hold within one postcode, a state of the Streamlined agreement must apply the lowest and
        publish it for the five digits (section 305 F), and holds a seller harmless who takes it (section 306); the
        lowest is taken elsewhere, too, and said.
        """
        short, shown = int(zip_code), zip_code
        hits = table.at_nine(short * PLUS_4 + int(plus_4), at) if plus_4 else []
        within: list[Added] = []
        if hits:
            shown, remedy = f"{zip_code}-{plus_4}", ""
        else:
            hits, within = table.at_five(short, at), table.within(short, at)
            remedy = f", for {zip_code}-{plus_4} is not among them" if plus_4 else ": give ZIP+4"
            hits = hits or within
        if not hits:
            text = f"local sales tax in {self.state} is not included: ZIP {shown} is not in {table.title}"
            return _nothing("local_rate_unknown", text)
        lowest = min(hits, key=lambda one: (one.rate, one.what, one.source))
        rate = LocalRate(self._stamp(table, lowest, shown), lowest.rate, lowest.frees)
        if len({one.rate for one in hits + within}) == 1:
            return LocalFinding(rate)
        used = "the lowest" if len({one.rate for one in hits}) > 1 else "the one published for its five digits"
        return LocalFinding(
            rate, (("local_rates_vary", f"several local rates hold in ZIP {shown}; {used} is used{remedy}"),)
        )

    def _stamp(self, table: LocalTable, added: Added, shown: str) -> Stamp:
        start, end = _common(added.period, (table.effective, self._until(table)))
        what = f" ({added.what})" if added.what else ""
        is_address = added.source.startswith("https://")
        return Stamp(
            rule=f"us/local_sales_tax_{self.state.lower()}",
            name=f"United States, {self.state}: local sales tax at ZIP {shown}{what}",
            source={
                "title": added.source if added.source and not is_address else table.title,
                "url": added.source if is_address else table.url,
            },
            in_force={"from": start.isoformat(), "until": None if end is None else end.isoformat()},
            confidence=self.confidence,
        )

    def _until(self, table: LocalTable) -> datetime | None:
        later = [one.effective for one in self.tables if one.effective > table.effective]
        return min(later, default=None)


def with_state_rates(rule: Rule, tables: tuple[LocalTable, ...]) -> Rule:
    """Return the rule of a state's tax with the rates that the tables name for the state itself.

    Local rates are only right beside the state's rate that their file counts with. Where both agree the rule stays.
    """
    changes = {instant for table in tables for period, _ in table.state_rates for instant in period if instant}
    instants = sorted({entry.effective for entry in rule.entries} | changes | {table.effective for table in tables})
    entries: list[Entry] = []
    for at in instants:
        entry = rule.find(at)
        if entry is None:
            entries += [one for one in rule.entries if one.effective == at]
            continue
        made = _as_said(replace(entry, effective=at), tables, at)
        if entry.effective == at or not entries or replace(entries[-1], effective=made.effective) != made:
            entries.append(made)
    ends: list[datetime | None] = [*(entry.effective for entry in entries[1:]), None]
    return replace(rule, entries=tuple(replace(one, until=end) for one, end in zip(entries, ends, strict=True)))


def _as_said(entry: Entry, tables: tuple[LocalTable, ...], at: datetime) -> Entry:
    table = next((table for table in reversed(tables) if table.effective <= at), None)
    said = table.state_rate(at) if table else None
    if table is None or said is None or said == entry.fields["rate"]:
        return entry
    return replace(entry, fields={**entry.fields, "rate": said}, source=table.url, source_title=table.title)


def _nothing(code: str, message: str) -> LocalFinding:
    return LocalFinding(None, ((code, message),))


def _period(start: str, end: str) -> Period:
    return datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None


def _holds(period: Period, at: datetime) -> bool:
    return period[0] <= at and (period[1] is None or at < period[1])


def _common(one: Period, other: Period) -> Period:
    ends = [end for end in (one[1], other[1]) if end is not None]
    return max(one[0], other[0]), min(ends, default=None)
