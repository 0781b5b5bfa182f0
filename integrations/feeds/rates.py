"""Exchange rates: ECB (daily, 90 days, history), HMRC (monthly XML and CSV), the EU's monthly rate, a merchant's table.

Each set is one day's prices of one unit of `base`. Sources: https://www.ecb.europa.eu/stats/eurofxref/ and
https://www.trade-tariff.service.gov.uk/exchange_rates.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from integrations.feeds.reading import csv_rows, exact, json_items
from integrations.feeds.report import BadFeed, Tally, Unread
from shipsmart.sheets.xlsx import day_of
from shipsmart.sheets.xml import elements

Key = tuple[str, date, str, str]
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CURRENCY = re.compile("[A-Z]{3}")
_PERIOD = re.compile(r"(\d{1,2})/([A-Za-z]{3})[a-z]*/(\d{4}) to ")
HMRC_CSV = ("Currency Code", "Currency Units per £1", "Start Date")
HMRC_PERIOD_CSV = ("Period", "currencyCode", "rateNew")
MANUAL_CSV = ("base", "currency", "rate", "day")


@dataclass(slots=True)
class RateFile:
    """The sets of a file: (base, day, purpose, source) to prices, and the tally of its rows."""

    sets: dict[Key, dict[str, Decimal]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    def add(self, key: Key, *, row: str, currency: str, published: str) -> None:
        """Take one price; refuses what is no currency, no positive number, or a second price for the same day."""
        currency, published = currency.strip(), published.strip()
        price = exact(published)
        reason = ""
        if not _CURRENCY.fullmatch(currency) or not _CURRENCY.fullmatch(key[0]):
            reason = "not a currency code of three letters"
        elif price is None or not price:
            reason = "not a price above zero"
        elif self.sets.setdefault(key, {}).get(currency, price) != price:
            reason = "a second price for the same currency and day; the first is kept"
        if reason or price is None:
            return self.tally.fail(Unread(row, currency or "currency", key[1].isoformat(), published, reason))
        if currency in self.sets[key]:
            return self.tally.set_aside("the same price again: countries share a currency")
        self.sets[key][currency] = price
        return self.tally.take()

    def as_lines(self, *, source: str, url: str) -> str:
        """Return one JSON document per line in the format of `rules/data/exchange`, oldest first."""
        lines = []
        for (base, day, purpose, own), prices in sorted(self.sets.items()):
            if prices:
                about = {"base": base, "day": day.isoformat(), "source": own or source, "url": url, "purpose": purpose}
                lines.append(json.dumps(about | {"rates": {code: f"{prices[code]:f}" for code in sorted(prices)}}))
        if not lines:
            raise BadFeed("no exchange rate could be read; this is not the file it should be")
        return "\n".join(lines) + "\n"


def ecb(path: Path) -> RateFile:
    """Return the ECB's reference rates of each day in the file; raises BadFeed naming line and column."""
    found = RateFile()
    day: date | None = None
    with _opened(path) as source:
        for element in elements(source, path.name):
            if element.name != "Cube" or element.text is not None:
                continue
            get = element.attributes.get
            if "time" in element.attributes:
                day = _day(get("time", ""), path.name, element.line, "time")
            elif "currency" in element.attributes:
                if day is None:
                    raise BadFeed(
                        f"{path.name} line {element.line}: a rate before any day", row=element.line, column="time"
                    )
                key = ("EUR", day, "threshold", "")
                found.add(key, row=str(element.line), currency=get("currency", ""), published=get("rate", ""))
    return _filled(found, path)


def hmrc(path: Path) -> RateFile:
    """Return HMRC's rates of a month, from XML or CSV; the set is dated to the first day of the month."""
    return _hmrc_csv(path) if path.suffix.lower() == ".csv" else _hmrc_xml(path)


def _hmrc_xml(path: Path) -> RateFile:
    found = RateFile()
    day: date | None = None
    cells: dict[str, str] = {}
    with _opened(path) as source:
        for element in elements(source, path.name):
            if element.text is None:
                if element.name == "exchangeRateMonthList":
                    day = _month(element.attributes, path.name)
                elif element.name == "exchangeRate":
                    cells = {}
            elif element.name == "exchangeRate":
                if day is None:
                    raise BadFeed(f"{path.name}: no exchangeRateMonthList with its Period", column="Period")
                code, price = cells.get("currencyCode", ""), cells.get("rateNew", "")
                found.add(("GBP", day, "customs", ""), row=str(element.line), currency=code, published=price)
            else:
                cells[element.name] = element.text
    return _filled(found, path)


def _month(attributes: dict[str, str], file: str, row: int = 1) -> date:
    text = attributes.get("Period") or attributes.get("period") or ""
    if (m := _PERIOD.match(text)) and m[2].lower() in MONTHS:
        text = f"{int(m[1])}/{MONTHS.index(m[2].lower()) + 1}/{m[3]}"
    return _day(text.partition(" to ")[0], file, row, "Period")


def _hmrc_csv(path: Path) -> RateFile:
    """Return the rates of either CSV: the one people download, or the one with the XML's names and a period."""
    found = RateFile()
    with _opened(path) as source:
        by_period = source.readline(4096).lstrip(b"\xef\xbb\xbf").lower().startswith(b"period,")
    if by_period:
        for number, row in csv_rows(path, columns=HMRC_PERIOD_CSV):
            key = ("GBP", _month({"Period": row["Period"]}, path.name, number), "customs", "")
            found.add(key, row=str(number), currency=row["currencyCode"], published=row["rateNew"])
        return _filled(found, path)
    for number, row in csv_rows(path, columns=HMRC_CSV):
        day = _day(row["Start Date"], path.name, number, "Start Date")
        code, price = row["Currency Code"], row["Currency Units per £1"]
        found.add(("GBP", day, "customs", ""), row=str(number), currency=code, published=price)
    return _filled(found, path)


def eu_monthly(path: Path) -> RateFile:
    """Return the EU's monthly customs rates of the euro from the trade tariff's `monetary_exchange_rates` list."""
    found = RateFile()
    for number, item in json_items(path):
        get = (item.get("attributes") or {}).get
        day = _day(str(get("validity_start_date", ""))[:10], path.name, number, "validity_start_date")
        code, price = str(get("child_monetary_unit_code", "")), str(get("exchange_rate", ""))
        found.add(("EUR", day, "customs", ""), row=str(number), currency=code, published=price)
    return _filled(found, path)


def manual(path: Path) -> RateFile:
    """Return the rates of a merchant's own table: base, currency, rate, day and, if wanted, purpose and source."""
    found = RateFile()
    for number, row in csv_rows(path, columns=MANUAL_CSV):
        day = _day(row["day"], path.name, number, "day")
        purpose = row.get("purpose", "").strip() or "customs"
        if purpose not in ("customs", "threshold", "display"):
            raise BadFeed(f"{path.name} row {number}: purpose {purpose!r} is none of customs, threshold, display",
                          row=number, column="purpose")  # fmt: skip
        key = (row["base"].strip(), day, purpose, row.get("source", "").strip())
        found.add(key, row=str(number), currency=row["currency"], published=row["rate"])
    return _filled(found, path)


READERS: dict[str, Callable[[Path], RateFile]] = {"ecb": ecb, "hmrc": hmrc, "eu": eu_monthly, "manual": manual}


def _filled(found: RateFile, path: Path) -> RateFile:
    if not found.tally.taken:
        raise BadFeed(f"{path.name} holds no exchange rates; this is not the file it should be", file=path.name)
    return found


def _day(text: str, file: str, row: int, column: str) -> date:
    found = day_of(text)
    if found is None:
        raise BadFeed(f"{file} row {row}: {column} {text!r} is no date", row=row, column=column)
    return found


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        source = path.open("rb")
    except OSError as error:
        raise BadFeed(f"{path.name} cannot be read: {error.strerror}", file=path.name) from error
    with source:
        yield source


def days_of(found: RateFile) -> Iterator[date]:
    """Return the days of which there are rates."""
    return (day for (_, day, _, _), prices in found.sets.items() if prices)
