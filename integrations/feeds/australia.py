"""Australia's Schedule 3 as the border force prints it page by page, copied into one CSV.

Columns: `Reference Number` (`6109.10.00`) and `Rate` (`5%`, `Free`, `5% DCS:4% DCT:5%`); the others (statistical code,
unit, goods) may stay. Behind the general rate stand rates for developing countries (DCS, DCT, DC): kept as programmes.
Rows of a statistical code alone repeat their reference number or leave it empty.

Source: https://www.abf.gov.au/importing-exporting-and-manufacturing/tariff-classification/current-tariff
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from integrations.feeds.reading import Progress, csv_rows, is_huge, no_progress
from integrations.feeds.report import Tally, Unread
from integrations.feeds.schedule import Schedule, code_of, plain, sorted_rows
from shipsmart.rules.hts import TariffRow, programmes_cell

ITEM, RATE = "Reference Number", "Rate"
UNITS = {"kg": "kg", "t": "t", "tonne": "t", "l": "l", "litre": "l", "each": "item", "unit": "item"}
_GRANT = re.compile(r"\b(DC[ST]?)\s*:?\s*(Free|\d+(?:\.\d+)?%)", re.IGNORECASE)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s?%")
_PRICE = re.compile(r"\$\s?(\d+(?:\.\d+)?)\s?(?:/|per )\s?([A-Za-z]+)")
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF), "")


def read(path: Path, *, progress: Progress = no_progress) -> Schedule:
    """Return the schedule of a CSV file; raises BadFeed naming row and column."""
    tally = Tally()
    rows: dict[str, TariffRow] = {}
    for number, cells in csv_rows(path, columns=(ITEM, RATE), progress=progress):
        _line(number, cells, rows, tally)
    return Schedule(sorted_rows(rows.values()), tally)


def _line(number: int, cells: Mapping[str, str], rows: dict[str, TariffRow], tally: Tally) -> None:
    item, published = (" ".join(cells[name].translate(_INVISIBLE).split()) for name in (ITEM, RATE))
    code = code_of(item)
    if code is None and (item or published):
        return tally.fail(Unread(str(number), ITEM, item, published, "not a code of the tariff"))
    if code is None or not published:
        return tally.set_aside("no rate of its own: a heading, a text, or a statistical code of the item above")
    general, free, reduced = _split(published)
    duty = duty_text(general)
    row = TariffRow(code, duty or "?", "", programmes_cell(free, reduced) if free or reduced else "")
    before = rows.setdefault(code, row)
    if before != row:
        rows[code] = TariffRow(code, "?", "", "")
        return tally.fail(Unread(str(number), RATE, code, published, "a second rate for the same item"))
    if duty is None:
        return tally.fail(Unread(str(number), RATE, code, published, "a rate or unit that no cart tells"))
    return tally.take()


def _split(published: str) -> tuple[str, list[str], dict[str, str]]:
    """Return the general rate, the groups of developing countries that are free, and those with a rate of their own."""
    grants = {match[1].upper(): match[2] for match in _GRANT.finditer(published)}
    general = _GRANT.sub(" ", published).strip(" ,;")
    free = [name for name, rate in grants.items() if rate.lower() == "free"]
    reduced = {name: duty_text(rate) or "" for name, rate in grants.items() if name not in free}
    return general, free, {name: duty for name, duty in reduced.items() if duty}


def duty_text(published: str) -> str | None:
    """Return a printed rate in the grammar of duties: `$1.22/kg` is `1.22 AUD / kg`; None where no cart can tell it."""
    text = published.strip().rstrip("#").strip()
    if is_huge(text):
        return None
    if text.lower() == "free":
        return "Free"
    percent = _PERCENT.fullmatch(text)
    if percent:
        return f"{plain(Decimal(percent[1]))}%" if Decimal(percent[1]) else "Free"
    price = _PRICE.fullmatch(text)
    unit = UNITS.get(price[2].lower()) if price else None
    return f"{plain(Decimal(price[1]))} AUD / {unit}" if price and unit else None
