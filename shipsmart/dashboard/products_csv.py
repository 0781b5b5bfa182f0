"""Customs data out to a spreadsheet and back. A sheet with one bad cell changes nothing at all."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from shipsmart.catalog.models import Suggestion, Variant
from shipsmart.dashboard.customs_data import CLEANERS, save_customs_data, typed
from shipsmart.merchants.models import Merchant
from shipsmart.sheets.errors import BadFile
from shipsmart.sheets.xlsx import workbook

KEY = "variant_id"
COLUMNS = (KEY, "sku", "product", *CLEANERS)
QUEUE_COLUMNS = (*COLUMNS, "suggested", "confidence", "other_codes", "why")
ZIP = b"PK\x03\x04"  # how a workbook begins
MAX_ROWS = 5000
MAX_BYTES = 2 * 1024 * 1024
MAX_UNPACKED = 32 * 1024 * 1024
# A spreadsheet takes a cell that begins so for a formula; an apostrophe before it keeps it a text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class BadCell:
    line: int
    column: str
    message: str


@dataclass
class Sheet:
    rows: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)  # line, variant id, cleaned values
    bad: list[BadCell] = field(default_factory=list)


class _Echo:
    def write(self, text: str) -> str:
        return text


def rows_of(variants: Iterable[Variant]) -> Iterator[list[str]]:
    """Yield the guarded cells of each variant, in the order of COLUMNS."""
    for variant in variants:
        cells = [variant.external_id, variant.sku, str(variant), *typed(variant).values()]
        yield [_guarded(str(cell)) for cell in cells]


def queue_rows(suggestions: Iterable[Suggestion]) -> Iterator[list[str]]:
    """Yield the cells of the review queue, in the order of QUEUE_COLUMNS: what is suggested stands beside the data.

    `hs_code` holds the code in use and is empty without one: what is written there is a decision, the rest is help.
    """
    for suggestion in suggestions:
        first, *others = suggestion.candidates or [{"hs_code": "", "why": []}]
        help_cells = [
            first["hs_code"],
            str(suggestion.confidence) if suggestion.candidates else "",
            " ".join(other["hs_code"] for other in others),
            "; ".join(first["why"]),
        ]
        yield [*next(rows_of([suggestion.variant])), *(_guarded(cell) for cell in help_cells)]


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a CSV file, byte-order mark first so that spreadsheets read UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + str(writer.writerow(columns))
    for row in rows:
        yield str(writer.writerow(row))


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def read(content: bytes) -> Sheet:
    """Return the cleaned rows of a CSV file or a workbook (its first sheet), and every bad cell by line and column.

    An empty cell means: leave as it is.
    """
    sheet = Sheet()
    if len(content) > MAX_BYTES:
        sheet.bad.append(BadCell(0, "", _("The file is larger than 2 MB. Import it in parts.")))
        return sheet
    if content.startswith(ZIP):
        _read_rows(_workbook_rows(content, sheet), sheet)
    else:
        _read_text(content, sheet)
    return sheet


def _read_text(content: bytes, sheet: Sheet) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        sheet.bad.append(
            BadCell(
                0, "", _("The file is neither UTF-8 nor .xlsx. Save it as “CSV UTF-8” or as a workbook, and try again.")
            )
        )
        return
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        _read_rows(((rows.line_num, cells) for cells in rows), sheet)
    except csv.Error as error:
        sheet.bad.append(BadCell(rows.line_num, "", _("This line cannot be read: %(error)s") % {"error": error}))


def _workbook_rows(content: bytes, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of the first sheet, placed as the header's; what cannot be read becomes a bad cell."""
    places: list[str] = []
    names: dict[str, str] = {}
    try:
        with workbook(io.BytesIO(content), name="xlsx", most=MAX_UNPACKED) as book:
            for line, row in book.rows(book.sheets[0]):
                if not places:
                    places, names = list(row), row
                yield line, [row.get(place, "") for place in places]
    except BadFile as error:
        line, column = error.details.get("row", 0), names.get(str(error.details.get("column", "")), "")
        text = _("The workbook cannot be read here: %(error)s") % {"error": error.message}
        if column:
            text = _("Write a plain value here, not a formula.")
        sheet.bad.append(BadCell(int(line), column, text))


def _read_rows(rows: Iterator[tuple[int, list[str]]], sheet: Sheet) -> None:
    line, cells = next(rows, (1, []))
    header = [cell.strip().lower() for cell in cells]
    if sheet.bad:
        return
    if KEY not in header or not set(header) & set(CLEANERS):
        wanted = ", ".join([KEY, *CLEANERS])
        sheet.bad.append(BadCell(line, KEY, _("The first line must name the columns: %(names)s.") % {"names": wanted}))
        return
    seen: dict[str, int] = {}
    for number, values in rows:
        if any(cell.strip() for cell in values):
            _read_row(number, dict(zip(header, values, strict=False)), seen=seen, sheet=sheet)
        if len(seen) > MAX_ROWS:
            sheet.bad.append(BadCell(number, "", _("More than %(n)d rows. Import in parts.") % {"n": MAX_ROWS}))
            return


def _read_row(line: int, cells: dict[str, str], *, seen: dict[str, int], sheet: Sheet) -> None:
    key = _unguarded(cells.get(KEY, "").strip())
    if not key:
        sheet.bad.append(BadCell(line, KEY, _("The variant's id is missing.")))
        return
    if key in seen:
        sheet.bad.append(BadCell(line, KEY, _("This variant stands on line %(n)d already.") % {"n": seen[key]}))
        return
    seen[key] = line
    values = {}
    for name, clean in CLEANERS.items():
        cell = _unguarded((cells.get(name) or "").strip())
        if not cell:
            continue
        try:
            values[name] = clean(cell)
        except ValidationError as error:
            sheet.bad.append(BadCell(line, name, " ".join(error.messages)))
    sheet.rows.append((line, key, values))


def take_in(merchant: Merchant, sheet: Sheet, *, actor: str) -> int:
    """Save a sheet in one transaction and return how many variants changed.

    Ids that are not the merchant's become bad cells of the sheet; a sheet with bad cells changes nothing.
    """
    keys = [key for _line, key, _values in sheet.rows]
    found: dict[str, Variant] = {}
    for start in range(0, len(keys), 500):
        batch = Variant.objects.for_merchant(merchant).filter(external_id__in=keys[start : start + 500])
        for variant in batch.select_related("product", "merchant").prefetch_related("classifications"):
            found[variant.external_id] = variant
    for line, key, _values in sheet.rows:
        if key not in found:
            sheet.bad.append(BadCell(line, KEY, _("There is no variant “%(id)s” in this shop.") % {"id": key[:80]}))
    if sheet.bad:
        return 0
    with transaction.atomic():
        return sum(
            bool(save_customs_data(found[key], values, actor=actor)) for _line, key, values in sheet.rows if values
        )
