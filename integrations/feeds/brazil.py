"""Brazil: the nomenclature (NCM) as JSON, and the duties of Resolução Gecex 272/2021, annexes I to X, as a workbook.

Sources: https://portalunico.siscomex.gov.br/classif/ (download of the nomenclature) and
https://www.gov.br/mdic/pt-br/assuntos/camex/se-camex/strat/tarifas/vigentes.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from integrations.feeds.reading import Progress, json_items, no_progress
from integrations.feeds.report import BadFeed, Tally, Unread
from integrations.feeds.schedule import Schedule, code_of, plain, sorted_rows
from shipsmart.rules.hts import TariffRow
from shipsmart.sheets.xlsx import Row, Workbook, day_of, workbook

SHAPES = (
    ("Nomenclaturas", ("Codigo", "Descricao", "Data_Inicio", "Data_Fim")),
    ("ncms", ("codigo", "descricao", "data_inicio", "data_fim")),
)
OPEN_END = 9999
TEN_THOUSAND = Decimal("0.0001")
_ANNEX = re.compile(r"anexo\s+([ivx]+)\b", re.IGNORECASE)
_RATE = re.compile(r"(\d{1,3}(?:[.,]\d{1,16})?)\s*%?\s*(BK|BIT)?", re.IGNORECASE)
LISTS = {"IV": "shortage", "V": "Letec", "VI": "Lebit/BK", "VIII": "WTO", "IX": "DCC", "X": "automotive"}


@dataclass(frozen=True, slots=True)
class Nomenclature:
    """Codes with their descriptions and the days between which they hold; `until` is empty while they hold on."""

    rows: list[tuple[str, str, str, str]]
    tally: Tally

    def as_csv(self) -> str:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("code", "description", "from", "until"))
        writer.writerows(self.rows)
        return out.getvalue()


def read_nomenclature(path: Path, *, progress: Progress = no_progress) -> Nomenclature:
    """Return the nomenclature of either official shape; raises BadFeed naming the item and its field."""
    key, names = _shape(path)
    tally, rows = Tally(), {}
    for number, item in json_items(path, key=key, progress=progress):
        code, description, start, end = (_field(item, name, number, path.name) for name in names)
        digits = code_of(code)
        first, last = day_of(start), day_of(end)
        if digits is None or first is None or last is None:
            tally.fail(Unread(str(number), names[0], code, f"{start} {end}", "no code or no days of validity"))
            continue
        until = "" if last.year == OPEN_END else last.isoformat()
        if (digits, first) in rows:
            tally.set_aside("the same code and first day twice")
            continue
        rows[digits, first] = (digits, " ".join(description.split()), first.isoformat(), until)
        tally.take()
    if not rows:
        raise BadFeed(f"{path.name} holds no codes; this is not the nomenclature")
    return Nomenclature([rows[key] for key in sorted(rows)], tally)


def _shape(path: Path) -> tuple[str, tuple[str, ...]]:
    try:
        with path.open(encoding="utf-8-sig") as source:
            head = source.read(4096)
    except (OSError, UnicodeDecodeError) as error:
        raise BadFeed(f"{path.name} cannot be read: {error}") from error
    for key, names in SHAPES:
        if f'"{key}"' in head:
            return key, names
    raise BadFeed(f"{path.name}: neither 'Nomenclaturas' nor 'ncms' is in it; this is not the nomenclature")


def _field(item: Mapping[str, Any], name: str, number: int, file: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise BadFeed(f"{file} item {number}: {name!r} is missing or no text", row=number, column=name)
    return value


def read_duties(path: Path, *, day: date, progress: Progress = no_progress) -> Schedule:
    """Return the duty of each NCM code on a day: the common tariff (annex I), Brazil's own rate (II), then its lists.

    Rows for a part of a code (Ex) or within a quota cannot be told from a code alone; they are set aside and counted.
    """
    tally = Tally()
    duties: dict[str, str] = {}
    with workbook(path) as book:
        annexes = {m[1].upper(): name for name in book.sheets if (m := _ANNEX.search(name))}
        if "I" not in annexes:
            raise BadFeed(
                f"{path.name}: no sheet is named 'Anexo I'; found {', '.join(book.sheets[:10])}", column="NCM"
            )
        for annex in ("I", "II", *LISTS):
            if annex in annexes:
                for number, cells in _table(book, annexes[annex], progress):
                    _duty(f"{annex}:{number}", cells, day, (duties, tally))
        for annex, sheet in annexes.items():
            if annex not in ("I", "II", *LISTS):
                for _ in book.rows(sheet):
                    tally.set_aside(f"annex {annex}: conditions of a sector, no rate of a code")
    return Schedule(sorted_rows(TariffRow(code, duty, "", "") for code, duty in duties.items()), tally)


def _table(book: Workbook, sheet: str, progress: Progress) -> Iterator[tuple[int, dict[str, str]]]:
    """Return the rows below each header of a sheet; annex I repeats its header for every chapter."""
    columns: dict[str, str] = {}
    for number, row in book.rows(sheet, progress=progress):
        header = _header(row)
        if header:
            columns = header
        elif columns:
            yield number, {name: row.get(letter, "") for name, letter in columns.items()}
    if not columns:
        raise BadFeed(f"{book.file} sheet {sheet!r}: no header with NCM and a rate column", column="NCM")


def _header(row: Row) -> dict[str, str]:
    found: dict[str, str] = {}
    for letter, text in row.items():
        title = re.sub(r"[^a-zà-ü]", "", text.lower())
        if title == "ncm":
            found["ncm"] = letter
        elif title.startswith("alíquota") or title.startswith("aliquota"):
            found["rate"] = letter
        elif title == "tec":
            found.setdefault("rate", letter)
        elif title in ("noex", "nºex", "ex", "nex", "númeroex"):
            found["ex"] = letter
        elif title in ("quota", "cota"):
            found["quota"] = letter
        elif title.startswith(("início", "inicio")):
            found["start"] = letter
        elif title.startswith(("término", "termino")):
            found["end"] = letter
    return found if "ncm" in found and "rate" in found else {}


def _duty(row: str, cells: dict[str, str], day: date, into: tuple[dict[str, str], Tally]) -> None:
    duties, tally = into
    code, published = code_of(cells["ncm"]), cells["rate"].strip()
    if code is None:
        return tally.set_aside("a heading or note without a code")
    if not published or published == "-":
        return tally.set_aside("no rate: a group of codes")
    if any(cells.get(name, "").strip() not in ("", "-") for name in ("ex", "quota")):
        reason = "only a part of the code (Ex) or within a quota"
        return tally.set_aside(reason, Unread(row, "rate", code, published, reason))
    start, end = (day_of(cells.get(name, "")) for name in ("start", "end"))
    if (start is not None and start > day) or (end is not None and end < day):
        return tally.set_aside("not in force on the day of the import")
    rate = _RATE.fullmatch(published)
    if rate is None:
        duties[code] = "?"
        return tally.fail(Unread(row, "rate", code, published, "not a rate in per cent"))
    # Workbooks keep binary fractions: 12.6 is stored as 12.600000000000001.
    percent = Decimal(rate[1].replace(",", ".")).quantize(TEN_THOUSAND)
    duties[code] = f"{plain(percent)}%" if percent else "Free"
    if end is not None and end.year != OPEN_END and (tally.until is None or end.isoformat() < tally.until):
        tally.until = end.isoformat()
    return tally.take()
