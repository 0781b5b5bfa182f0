"""Local sales taxes as the states of the Streamlined agreement publish them: a rate file and a boundary file each.

Neither has a heading. Rates: state, type and code of the jurisdiction, general rate within the state and from outside,
the same two for food and drugs, first and last day. Boundaries: kind of record (`Z`: postcodes of five digits, `4`: of
nine, `A`: addresses), first and last day, address, postcodes, then the codes of state, county, place and up to twenty
districts. Days are written 20260701, and 29991231 stands for no end.

A seller abroad sells from outside the state: the general interstate rate is taken.
Sources: Streamlined Sales Tax Project, Rates and Boundary Databases Instructional Paper; Streamlined Sales and Use Tax
Agreement, section 305.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from integrations.feeds.local_rates import BadCell, Days, LocalFile, Piece, overlap, per_cent, ratio_of, rule_of
from integrations.feeds.reading import Progress, bare_rows, files_of, no_progress, refuse_other_kinds
from integrations.feeds.report import BadFeed, Unread

FIPS = dict(
    re.findall(
        r"(\d\d)(\w\w)",
        "01AL 02AK 04AZ 05AR 06CA 08CO 09CT 10DE 11DC 12FL 13GA 15HI 16ID 17IL 18IN 19IA 20KS 21KY 22LA 23ME 24MD 25MA "
        "26MI 27MN 28MS 29MO 30MT 31NE 32NV 33NH 34NJ 35NM 36NY 37NC 38ND 39OH 40OK 41OR 42PA 44RI 45SC 46SD 47TN 48TX "
        "49UT 50VT 51VA 53WA 54WV 55WI 56WY",
    )
)
RATE_CELLS, BOUNDARY_CELLS = 9, 27
STATE_TYPE, COUNTY_TYPE, PLACE_TYPES = "45", "00", frozenset(f"{number:02d}" for number in range(1, 10))
LEVELS = {"county": "FIPS County Code", "place": "FIPS Place Code", "district": "Special Tax District Code"}
DIGITS = {"county": 3, "place": 5, "district": 5}
NO_END = "29991231"
ALWAYS: Days = (date(1900, 1, 1), None)
Key = tuple[str, str, str]  # level, type (of districts only) and code
Timeline = list[tuple[Days, Decimal]]


@dataclass(slots=True)
class StateRates:
    """The rate file of one state: what each jurisdiction levies in which days."""

    state: str
    fips: str
    known: dict[Key, Timeline] = field(default_factory=lambda: defaultdict(list))
    own: Timeline = field(default_factory=list)
    levels: set[str] = field(default_factory=set)

    def of_district(self, kind: str, code: str) -> Key:
        """Return the key of a district: by type and code, by the code alone where one type only has it."""
        key = ("district", kind, code)
        same = [one for one in self.known if one[0] == "district" and one[2] == code]
        return same[0] if key not in self.known and len(same) == 1 else key


def read(path: Path, *, progress: Progress = no_progress) -> LocalFile:
    """Return the tables of every state whose two files lie in a folder; raises BadFeed naming file, row and remedy."""
    if not path.is_dir():
        raise BadFeed(f"{path.name}: give the folder that holds the rate file and the boundary file of a state")
    found, rates, boundaries = LocalFile(), {}, []
    for file in files_of(path):
        refuse_other_kinds(file)
        first = next((cells[0].strip() for _, cells in bare_rows(file, fewest=1)), "")
        if first in ("Z", "4", "A"):
            boundaries.append(file)
        elif first.zfill(2) in FIPS:
            one = _rates(file, found)
            if one.state in rates:
                raise BadFeed(f"{file.name}: a second rate file of {one.state}; keep the newest only", file=file.name)
            rates[one.state] = one
        else:
            raise BadFeed(
                f"{file.name} row 1: {first[:20]!r} begins neither a rate file (a state like 20) nor a boundary file "
                "(Z, 4 or A)",
                row=1,
            )
    for file in boundaries:
        _boundaries(file, rates, found, progress)
    _check_pairs(path, rates, found)
    return found


def _check_pairs(path: Path, rates: dict[str, StateRates], found: LocalFile) -> None:
    if not rates:
        raise BadFeed(f"{path.name} holds no rate file (.csv or .txt): unpack what the state publishes into it")
    for state, one in rates.items():
        table = found.tables.get(state)
        if one.known and (table is None or not (table.five or table.nine or table.some)):
            raise BadFeed(f"{path.name}: no boundary of {state} could be read; put its boundary file beside the rates")


def _rates(file: Path, found: LocalFile) -> StateRates:
    one: StateRates | None = None
    for number, cells in bare_rows(file, fewest=RATE_CELLS):
        fips = cells[0].strip().zfill(2)
        if one is None:
            one = StateRates(FIPS[fips], fips)
        if fips != one.fips:
            raise BadFeed(f"{file.name} row {number}: State {fips!r} in the file of {one.fips}", row=number)
        _guarded(found, f"{file.name} {number}", cells, lambda row, of=one: _rate(row, of, found))
    if one is None:
        raise BadFeed(f"{file.name} is empty: download it again", file=file.name)
    for timeline in one.known.values():
        timeline[:] = in_turn(timeline)
    one.levels = {key[0] for key in one.known}
    found.table(one.state).state_rates.update(in_turn(one.own))
    return one


def _rate(cells: list[str], of: StateRates, found: LocalFile) -> None:
    kind, code, days = cells[1].strip().zfill(2), cells[2].strip(), _days(cells[7], cells[8])
    rate = ratio_of(cells[4].strip(), "General Tax Rate Interstate")
    if _is_past(of.state, days):
        return found.tally.set_aside("ended before the rulebook's sales taxes begin")
    timeline = of.own if kind == STATE_TYPE else of.known[_key(kind, code)]
    if any(other[0] == days[0] and before != rate for other, before in timeline):
        raise BadCell("General Tax Rate Interstate", "a second rate of the same jurisdiction from the same day on")
    timeline.append((days, rate))
    return found.tally.take()


def _key(kind: str, code: str) -> Key:
    if kind == COUNTY_TYPE:
        return "county", "", code.lstrip("0")
    return ("place", "", code.lstrip("0")) if kind in PLACE_TYPES else ("district", kind, code.lstrip("0"))


def in_turn(timeline: Timeline) -> Timeline:
    """Return rates in order of time; where an older one was left open, the younger ends it."""
    ordered = sorted(timeline, key=lambda one: one[0][0])
    turned: Timeline = []
    for (start, end), rate in ordered:
        if turned and overlap(turned[-1][0], (start, end)):
            (before, _), older = turned.pop()
            turned += [((before, start), older)] if before < start else []
        turned.append(((start, end), rate))
    return turned


def _boundaries(file: Path, rates: dict[str, StateRates], found: LocalFile, progress: Progress) -> None:
    areas: dict[tuple[str, ...], int] = {}
    for number, cells in bare_rows(file, fewest=BOUNDARY_CELLS, progress=progress):
        state = FIPS.get(cells[22].strip().zfill(2), "")
        if state not in rates:
            raise BadFeed(
                f"{file.name} row {number}: FIPS State Code {cells[22]!r} has no rate file in the folder; put it there",
                row=number,
                column="FIPS State Code",
            )
        _guarded(found, f"{file.name} {number}", cells, lambda row, of=rates[state]: _boundary(row, of, found, areas))


def _boundary(cells: list[str], of: StateRates, found: LocalFile, areas: dict[tuple[str, ...], int]) -> None:
    days = _days(cells[1], cells[2])
    if _is_past(of.state, days):
        return found.tally.set_aside("ended before the rulebook's sales taxes begin")
    table = found.table(of.state)
    low, high, long = _postcodes(cells)
    # Hundreds of thousands of records name the same few hundred sets of jurisdictions.
    codes = (*cells[21:BOUNDARY_CELLS], *cells[30:])
    area = areas.get(codes)
    if area is None:
        area = areas[codes] = table.area(_pieces(_jurisdictions(cells, of), of))
    ranges = table.some if cells[0] == "A" else table.nine if long else table.five
    ranges.add((low, high, area, days))
    return found.tally.take()


def _jurisdictions(cells: list[str], of: StateRates) -> tuple[Key, ...]:
    if cells[23].strip().zfill(2) != of.fips:
        raise BadCell("FIPS State Indicator", "the state's own tax is not due in this area, which no table can carry")
    keys = tuple(_keys(cells, of))
    if not keys and of.known and cells[21].strip():
        raise BadCell("Composite SER Code", "only a composite code, which does not tell the state's part from the rest")
    return keys


def _keys(cells: list[str], of: StateRates) -> Iterator[Key]:
    """Yield the jurisdictions of a boundary that levy; a level that the rate file does not know levies nowhere."""
    named = [_key(COUNTY_TYPE, cells[24].strip())] if cells[24].strip() else []
    named += [_key("01", cells[25].strip())] if cells[25].strip() else []
    for code, kind in zip(cells[30::3], cells[31::3], strict=False):
        if code.strip():
            named.append(of.of_district(kind.strip().zfill(2), code.strip().lstrip("0")))
    for key in sorted(key for key in named if key[0] in of.levels):
        if key not in of.known:
            raise BadCell(LEVELS[key[0]], f"{key[0]} {key[2]} has no rate in the rate file")
        yield key


def _pieces(keys: tuple[Key, ...], of: StateRates) -> tuple[Piece, ...]:
    """Return what jurisdictions add together, cut wherever one of them changes; days when one has no rate are out."""
    if not keys:
        return ((ALWAYS, Decimal(0), "", "no county, city or district adds to the state's", ""),)
    cuts = sorted({day for key in keys for days, _ in of.known[key] for day in days if day is not None})
    pieces: list[Piece] = []
    for start, end in zip(cuts, [*cuts[1:], None], strict=True):
        said = [(key, [rate for days, rate in of.known[key] if overlap(days, (start, end))]) for key in keys]
        if all(rates for _, rates in said):
            what = ", ".join(f"{key[0]} {key[2]:0>{DIGITS[key[0]]}} {per_cent(rates[0])}" for key, rates in said)
            pieces.append(((start, end), sum((rates[0] for _, rates in said), Decimal(0)), "", what, ""))
    if not pieces:
        raise BadCell("FIPS County Code", "its jurisdictions never have a rate on the same day")
    return tuple(pieces)


def _postcodes(cells: list[str]) -> tuple[int, int, bool]:
    """Return first and last postcode and whether they have nine digits; records of addresses name one of five."""
    if cells[0] == "A":
        low = high = _digits(cells[15], 5, "Zip Code")
        return int(low), int(high), False
    low, high = _digits(cells[17], 5, "Zip Code Low"), _digits(cells[19] or cells[17], 5, "Zip Code High")
    long = cells[0] == "4" and bool(cells[18].strip())
    if long:
        low += _digits(cells[18], 4, "Zip Extension Low")
        high += _digits(cells[20] or cells[18], 4, "Zip Extension High")
    if high < low:
        raise BadCell("Zip Code High", "lies before the first postcode of the record")
    return int(low), int(high), long


def _digits(text: str, length: int, column: str) -> str:
    found = text.strip().zfill(length)
    if len(found) != length or not (found.isascii() and found.isdigit()):
        raise BadCell(column, f"not a number of {length} digits")
    return found


@lru_cache(maxsize=1000)
def _days(first: str, last: str) -> Days:
    start = _day(first, "Beginning Effective Date")
    if last.strip() in (NO_END, "99991231", ""):
        return start, None
    end = _day(last, "Ending Effective Date") + timedelta(days=1)
    if end <= start:
        raise BadCell("Ending Effective Date", "lies before the beginning")
    return start, end


def _day(text: str, column: str) -> date:
    digits = text.strip()
    try:
        return date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    except ValueError as error:
        raise BadCell(column, "not a day like 20260701") from error


def _is_past(state: str, days: Days) -> bool:
    rule = rule_of(state)
    if rule is None:
        raise BadCell("State", "the rulebook knows no sales tax of this state")
    return days[1] is not None and days[1] <= rule.entries[0].effective.date()


def _guarded(found: LocalFile, row: str, cells: list[str], take: Callable[[list[str]], None]) -> None:
    """Take a row, or list it with the cell that is wrong."""
    try:
        take(cells)
    except BadCell as wrong:
        found.tally.fail(Unread(row, wrong.column, " ".join(cells[:3]), ",".join(cells)[:120], wrong.message))
