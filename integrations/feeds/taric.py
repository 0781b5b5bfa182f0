"""The European Commission's workbook `Duties Import 01-99.xlsx`: every import measure of TARIC, one per row.

Source: https://circabc.europa.eu/ (group "TARIC and Quota data and information"), published monthly.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from integrations.feeds.measures import Measure, table_of
from integrations.feeds.reading import Progress, exact, is_huge, no_progress
from integrations.feeds.report import BadFeed
from integrations.feeds.schedule import UNITS, Schedule, amount_text, plain, readable
from shipsmart.sheets.xlsx import Row, Workbook, day_of, workbook

NAMES = {
    "code": "goods code", "additional": "add code", "order": "order no.", "start": "start date", "end": "end date",
    "duty": "duty", "origin": "origin code", "type": "meas. type code",
}  # fmt: skip
NEEDED = ("code", "start", "duty", "origin", "type")
HEADER_WITHIN = 20
_CODE = re.compile(r"(\d{10})(?:\s*(\d{2}))?")
_TERM = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:(%)(?!\s*VOL)|([A-Z]{3})(?:\s*/?\s*(100 KG|100 P/ST|1000 P/ST|% VOL/HL|P/ST|KG|HL|"
    + "|".join(UNITS)
    + r")(?:[ /]+([A-Z])\b)?)?)(?=\s|$|\+|-)"
)
_WRITTEN = {"100 KG": "DTN", "KG": "KGM", "HL": "HLT", "P/ST": "NAR", "100 P/ST": "CEN", "1000 P/ST": "MIL",
            "% VOL/HL": "ASV"}  # fmt: skip
_LINKS = {"+": " + ", "-": " - ", "MIN": " MIN ", "MAX": " MAX "}


def read(path: Path, *, day: date, progress: Progress = no_progress) -> Schedule:
    """Return the duties in force on a day; raises BadFeed naming row and column."""
    with workbook(path) as book:
        return table_of(_measures(book, path.name, progress), day=day)


def _measures(book: Workbook, file: str, progress: Progress) -> Iterator[Measure]:
    found = False
    for sheet in book.sheets:
        columns: dict[str, str] = {}
        for number, row in book.rows(sheet, progress=progress):
            if columns:
                yield _measure(number, {name: row.get(letter, "") for name, letter in columns.items()}, file)
            elif number <= HEADER_WITHIN:
                columns = _header(row)
        found = found or bool(columns)
    if not found:
        wanted = ", ".join(NAMES[name] for name in NEEDED)
        raise BadFeed(
            f"{file}: no sheet has the columns {wanted} in its first {HEADER_WITHIN} rows", column="Goods code"
        )


def _header(row: Row) -> dict[str, str]:
    letters = {" ".join(text.lower().split()): letter for letter, text in row.items()}
    found = {name: letters[title] for name, title in NAMES.items() if title in letters}
    return found if all(name in found for name in NEEDED) else {}


def _measure(number: int, cells: dict[str, str], file: str) -> Measure:
    code = _CODE.fullmatch(cells["code"])
    if code is None:
        raise BadFeed(
            f"{file} row {number}: Goods code {cells['code']!r} has no ten digits", row=number, column="Goods code"
        )
    start = day_of(cells["start"])
    if start is None:
        raise BadFeed(f"{file} row {number}: Start date {cells['start']!r} is no date", row=number, column="Start date")
    end = day_of(cells.get("end", ""))
    if end is None and cells.get("end", "").strip():
        raise BadFeed(f"{file} row {number}: End date {cells['end']!r} is no date", row=number, column="End date")
    duty = duty_text(cells["duty"])
    conditional = ""
    if cells.get("order"):
        conditional = "quota: what is left of it is not known"
    elif cells.get("additional"):
        conditional = "asks for an additional code"
    return Measure(
        row=str(number),
        code=code[1],
        type=cells["type"],
        origin=cells["origin"],
        published=cells["duty"],
        duty=duty,
        problem="" if duty is not None else _problem(cells["duty"]),
        start=start,
        end=end,
        conditional=conditional,
    )


def _problem(published: str) -> str:
    text = published.upper()
    if not text:
        return "no duty is given"
    if text.startswith("COND"):
        return "the duty depends on conditions, like the entry price"
    if re.search(r"\bEAR?\b|\bADSZR?\b|\bADFMR?\b|AD [SF]/[ZM]", text):
        return "an agricultural component that depends on the recipe"
    if is_huge(text):
        return "a number too long to be a duty"
    return "a duty that the engine does not read"


def duty_text(published: str) -> str | None:
    """Return a duty of TARIC in the engine's grammar, like `8% + 35.1 EUR / 100 kg`, or None."""
    text = " ".join(published.upper().split())
    if text == "NIHIL":
        return "Free"
    done, at = "", 0
    while at < len(text):
        term = _TERM.match(text, at)
        written = _term(term) if term else None
        if term is None or written is None:
            return None
        done, at = done + written, term.end()
        link = re.compile(r"\s*(\+|-|MIN|MAX)\s*").match(text, at)
        if link is None:
            break
        done, at = done + _LINKS[link[1]], link.end()
    if at < len(text) or not done or not readable(done):
        return None
    return "Free" if done == "0%" else done


def _term(term: re.Match[str]) -> str | None:
    value: Decimal | None = exact(term[1])
    if value is None:
        return None
    if term[2]:
        return f"{plain(value)}%"
    unit = term[4] or ""
    qualifier = term[5] or ""
    return amount_text(value, term[3], _WRITTEN.get(unit, unit), qualifier)
