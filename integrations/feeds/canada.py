"""Canada's Customs Tariff as the border agency prints it, one row per tariff item, saved as CSV.

Columns: `Tariff Item`, `MFN Tariff` and `Applicable Preferential Tariffs` (`UST, MXT, CEUT: Free GPT: 5 %`). The
agency's Access database, exported as CSV, is read when its columns carry these names. Statistical lines of ten digits
take the rate of their item.

Source: https://www.cbsa-asfc.gc.ca/trade-commerce/tariff-tarif/menu-eng.html
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from integrations.feeds.reading import Progress, csv_rows, is_huge, no_progress
from integrations.feeds.report import Tally, Unread
from integrations.feeds.schedule import Schedule, code_of, plain, readable, sorted_rows
from shipsmart.rules.hts import TariffRow, programmes_cell

ITEM, NORMAL, PREFERENTIAL = "Tariff Item", "MFN Tariff", "Applicable Preferential Tariffs"
UNITS = {
    "kg": "kg", "kilogram": "kg", "tonne": "t", "litre": "l", "hectolitre": "hl", "dozen": "doz", "each": "each",
    "pair": "pair", "litre of absolute ethyl alcohol": "lpa",
}  # fmt: skip
_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%")
_PRICE = re.compile(r"(?:\$ ?(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?) ?¢) ?(?:/|per )? ?([a-z ]+)")
_BOUNDS = ((" but not less than ", " MIN "), (" but not more than ", " MAX "))
_GRANT = re.compile(r"((?:[A-Z]{2,5}, ?)*[A-Z]{2,5}): ?(.+?)(?= (?:[A-Z]{2,5}, ?)*[A-Z]{2,5}:|$)")


def read(path: Path, *, progress: Progress = no_progress) -> Schedule:
    """Return the schedule of a CSV file; raises BadFeed naming row and column.

    Chapters 98 and 99 are not goods of their own and stay out.
    """
    tally = Tally()
    rows: dict[str, TariffRow] = {}
    for number, cells in csv_rows(path, columns=(ITEM, NORMAL, PREFERENTIAL), progress=progress):
        _line(number, cells, rows, tally)
    return Schedule(sorted_rows(rows.values()), tally)


def _line(number: int, cells: Mapping[str, str], rows: dict[str, TariffRow], tally: Tally) -> None:
    published = " ".join(cells[NORMAL].split())
    code = code_of(cells[ITEM])
    if code is None:
        if not cells[ITEM].strip() and not published:
            return tally.set_aside("a text between items, without a code")
        return tally.fail(Unread(str(number), ITEM, cells[ITEM], published, "not a code of the tariff"))
    if code >= "98":
        return tally.set_aside("chapters 98 and 99: special classification provisions")
    if not published:
        return tally.set_aside("no rate of its own: it takes the rate of its item, or opens a group")
    duty = duty_text(published)
    granted, left = preferences(cells[PREFERENTIAL])
    row = TariffRow(code, duty or "?", "", granted)
    if rows.setdefault(code, row) != row:
        rows[code] = TariffRow(code, "?", "", "")
        return tally.fail(Unread(str(number), NORMAL, code, published, "a second rate for the same item"))
    if duty is None:
        tally.fail(Unread(str(number), NORMAL, code, published, "a rate or unit that no cart tells"))
    else:
        tally.take()
    if left:
        tally.partly.append(Unread(str(number), PREFERENTIAL, code, left, "a preference that cannot be read"))
    return None


def duty_text(published: str) -> str | None:
    """Return a printed rate in the grammar of duties: `$106.50/tonne plus 7 %` is `106.5 CAD / t + 7%`."""
    text = " ".join(published.replace("\u00a0", " ").split())
    if is_huge(text):
        return None
    if text.lower() == "free":
        return "Free"
    for words, bound in _BOUNDS:
        if words in text:
            parts = [_sum(part) for part in text.split(words)]
            text = bound.join(part or "" for part in parts)
            return text if None not in parts and len(parts) == 2 and readable(text) else None
    return _sum(text)


def _sum(text: str) -> str | None:
    terms = [_term(term.strip()) for term in text.split(" plus ")]
    if None in terms:
        return None
    written = " + ".join(term for term in terms if term)
    return written if readable(written) else None


def _term(term: str) -> str | None:
    percent = _PERCENT.fullmatch(term)
    if percent:
        return f"{plain(Decimal(percent[1]))}%"
    price = _PRICE.fullmatch(term)
    unit = UNITS.get(price[3].strip()) if price else None
    if price is None or unit is None:
        return None
    amount = Decimal(price[1]) if price[1] else Decimal(price[2]) / 100
    return f"{plain(amount)} CAD / {unit}"


def preferences(published: str) -> tuple[str, str]:
    """Return the cell of `programmes` for a printed list of preferential tariffs, and what could not be read of it."""
    text = " ".join(published.split())
    free: list[str] = []
    reduced: dict[str, str] = {}
    for match in _GRANT.finditer(text):
        symbols = [symbol.strip() for symbol in match[1].split(",")]
        duty = duty_text(match[2].strip())
        if duty is None:
            continue
        text = text.replace(match[0], " ", 1)
        if duty == "Free":
            free += symbols
        else:
            reduced |= dict.fromkeys(symbols, duty)
    cell = programmes_cell(free, reduced) if free or reduced else ""
    return cell, " ".join(text.split())
