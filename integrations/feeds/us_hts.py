"""The US Harmonized Tariff Schedule as the USITC publishes it: CSV and JSON, one row per line of the schedule.

Lines of ten digits carry no rate of their own: they take that of the line above, which the longest prefix gives them.
Sources: https://hts.usitc.gov/ (export) and https://www.usitc.gov/harmonized_tariff_information.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from integrations.feeds.reading import Progress, csv_rows, is_huge, json_items, no_progress
from integrations.feeds.report import BadFeed, Tally, Unread
from integrations.feeds.schedule import Schedule, code_of, sorted_rows
from shipsmart.rules.hts import TariffRow, granted, rated_lines

NUMBER, GENERAL, SPECIAL, OTHER = "HTS Number", "General Rate of Duty", "Special Rate of Duty", "Column 2 Rate of Duty"
JSON_NAMES = {NUMBER: "htsno", GENERAL: "general", SPECIAL: "special", OTHER: "other"}
Cells = Mapping[str, str]
OTHER_UNIT = "a unit that no cart tells: barrel, head, thousand, area, volume"
REASONS = (
    (re.compile(r"see .*note"), "the rate stands in a note of the schedule"),
    (re.compile(r"^the rate"), "the rate is that of another article"),
    (re.compile(r"less .*degree"), "the rate depends on the degree of the sugar"),
    (re.compile(r" content"), "charged on the metal or alcohol in the goods"),
    (re.compile(r"jewel"), "charged per jewel of a watch movement"),
)


def read(path: Path, *, progress: Progress = no_progress) -> Schedule:
    """Return the schedule of a CSV or JSON export; raises BadFeed naming row and column.

    Chapters 98 and 99 are not goods of their own: their duties come on top and live in the rulebook's dated rules.
    """
    tally = Tally()
    rows: dict[str, TariffRow] = {}
    source = _json(path, progress) if path.suffix.lower() == ".json" else _csv(path, progress)
    for number, cells in source:
        _line(number, cells, rows, tally)
    return Schedule(sorted_rows(rows.values()), tally)


def _csv(path: Path, progress: Progress) -> Iterator[tuple[int, Cells]]:
    return csv_rows(path, columns=(NUMBER, GENERAL, SPECIAL, OTHER), progress=progress)


def _json(path: Path, progress: Progress) -> Iterator[tuple[int, Cells]]:
    for number, item in json_items(path, progress=progress):
        yield number, {name: _text(item, key, number, path.name) for name, key in JSON_NAMES.items()}


def _text(item: Mapping[str, Any], key: str, number: int, file: str) -> str:
    value = item.get(key, "" if key != "htsno" else None)
    if value is None and key != "htsno":
        return ""
    if not isinstance(value, str):
        raise BadFeed(f"{file} item {number}: {key!r} is {type(value).__name__}, not text", row=number, column=key)
    return value


def _line(number: int, cells: Cells, rows: dict[str, TariffRow], tally: Tally) -> None:
    published = " ".join(cells[GENERAL].split())
    if not cells[NUMBER].strip():
        return tally.set_aside("a heading between lines, without a code")
    code = code_of(cells[NUMBER])
    if code is None:
        return tally.fail(Unread(str(number), NUMBER, cells[NUMBER], published, "not a code of the schedule"))
    if code >= "98":
        return tally.set_aside("chapters 98 and 99: special classifications and temporary duties")
    if not published:
        return tally.set_aside("no rate of its own: it takes the rate of the line above, or opens a group")
    return _rated(number, code, cells, (rows, tally))


def _rated(number: int, code: str, cells: Cells, into: tuple[dict[str, TariffRow], Tally]) -> None:
    rows, tally = into
    found, _ = rated_lines([{**cells, NUMBER: code}])
    row = found[0]
    row = TariffRow(code, _sane(row.general, cells[GENERAL]), _sane(row.other, cells[OTHER]), row.programmes)
    if rows.setdefault(code, row) != row:
        rows[code] = TariffRow(code, "?", "?", "")
        return tally.fail(Unread(str(number), NUMBER, code, cells[GENERAL], "a second rate for the same code"))
    if row.general == "?":
        tally.fail(Unread(str(number), GENERAL, code, cells[GENERAL], reason_of(cells[GENERAL])))
    else:
        tally.take()
    if row.other == "?":
        tally.partly.append(Unread(str(number), OTHER, code, cells[OTHER], reason_of(cells[OTHER])))
    left = granted(cells[SPECIAL])[1]
    if left:
        reason = "a preference by a quota, a safeguard or another line: the general rate is charged"
        tally.partly.append(Unread(str(number), SPECIAL, code, left, reason))
    return None


def _sane(duty: str, published: str) -> str:
    return "?" if is_huge(published) else duty


def reason_of(published: str) -> str:
    """Return why a published rate cannot be computed, in a few words that repeat, so that they can be counted."""
    text = " ".join(published.lower().split())
    if not text:
        return "no rate is given"
    if is_huge(text):
        return "a number too long to be a rate"
    return next((reason for pattern, reason in REASONS if pattern.search(text)), OTHER_UNIT)
