"""Local sales taxes as anybody can write them: one row per postcode, or range of postcodes, and period.

Columns: `state,zip,rate,valid_from` and, if wanted, `zip_to,valid_to,county,city,clothing,state_rate,source`. `rate` is
what counties, cities and districts add to the state's own rate; `valid_to` is the last day.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from integrations.feeds.local_rates import BadCell, Days, LocalFile, levies_locally, overlap, ratio_of
from integrations.feeds.reading import Progress, csv_rows, no_progress
from integrations.feeds.report import BadFeed, Unread
from shipsmart.core.codes import US_STATES

NEEDED = ("state", "zip", "rate", "valid_from")
KNOWN = (*NEEDED, "zip_to", "valid_to", "county", "city", "clothing", "state_rate", "source")
CLOTHING = ("free", "taxed", "")
LONGEST = 120
_ZIP = re.compile(r"(\d{5})(?:-?(\d{4}))?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Cells = Mapping[str, str]


def read(path: Path, *, progress: Progress = no_progress) -> LocalFile:
    """Return the tables of the states in a file, and what could not be read; raises BadFeed for other columns."""
    found = LocalFile()
    seen: set[tuple[str, ...]] = set()
    for number, raw in csv_rows(path, columns=NEEDED, progress=progress):
        unknown = [name for name in raw if name not in KNOWN]
        if unknown:
            known = ", ".join(KNOWN)
            raise BadFeed(f"{path.name} row 1: column {unknown[0]!r} is none of {known}", row=1, column=unknown[0])
        cells = {name: " ".join(raw.get(name, "").split()) for name in KNOWN}
        if tuple(cells.values()) in seen:
            found.tally.set_aside("the same row again")
            continue
        seen.add(tuple(cells.values()))
        try:
            _take(cells, found)
        except BadCell as wrong:
            code = f"{cells['state']} {cells['zip']}"[:LONGEST]
            found.tally.fail(Unread(str(number), wrong.column, code, cells[wrong.column][:LONGEST], wrong.message))
        else:
            found.tally.take()
    return found


def _take(cells: Cells, found: LocalFile) -> None:
    """Lay one row into the table of its state; raises BadCell, and then nothing was taken."""
    state, days = cells["state"].upper(), _days(cells)
    if state not in US_STATES:
        raise BadCell("state", "not a state of the US in two letters")
    if not levies_locally(state):
        raise BadCell("state", "the rulebook knows no local sales tax there")
    low, high, long = _postcodes(cells)
    rate = ratio_of(cells["rate"], "rate")
    if cells["clothing"] not in CLOTHING:
        raise BadCell("clothing", "write free, taxed or nothing")
    table = found.table(state)
    if cells["state_rate"]:
        own = ratio_of(cells["state_rate"], "state_rate")
        if any(rate != own and overlap(days, other) for other, rate in table.state_rates.items()):
            raise BadCell("state_rate", "another rate of the state than an earlier row names for these days")
        table.state_rates[days] = own
    what = ", ".join(name for name in (cells["county"], cells["city"]) if name)
    area = table.area(((days, rate, cells["clothing"], what[:LONGEST], cells["source"][:LONGEST]),))
    (table.nine if long else table.five).add((low, high, area, days))


def _days(cells: Cells) -> Days:
    start = _day(cells, "valid_from")
    if not cells["valid_to"]:
        return start, None
    last = _day(cells, "valid_to")
    if last < start:
        raise BadCell("valid_to", "lies before valid_from")
    return start, last + timedelta(days=1)


def _day(cells: Cells, column: str) -> date:
    text = cells[column]
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise BadCell(column, "no such day in the calendar") from error
    raise BadCell(column, "not a day like 2026-07-01, year first: 07/01/2026 means two days")


def _postcodes(cells: Cells) -> tuple[int, int, bool]:
    """Return the first and the last postcode of a row, and whether they have nine digits."""
    first = _postcode(cells, "zip")
    last = _postcode(cells, "zip_to") if cells["zip_to"] else first
    if len(first) != len(last) or last < first:
        raise BadCell("zip_to", "not a postcode of as many digits as zip, at or after it")
    return int(first), int(last), len(first) > len("00000")


def _postcode(cells: Cells, column: str) -> str:
    match = _ZIP.fullmatch(cells[column])
    if match is None:
        raise BadCell(column, "not five digits like 02139, or nine like 02139-1234: a spreadsheet drops leading zeros")
    return match[1] + (match[2] or "")
