"""Rows of an Excel workbook (Office Open XML), read one by one with the standard library.

The official files are plain tables: texts, numbers and dates, no formulas. Sizes are checked before and while a part is
unpacked, so that a small file cannot fill the memory.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO

from shipsmart.sheets.errors import BadFile
from shipsmart.sheets.xml import elements

MAX_PART = 1 << 30
MAX_BOOK = 3 << 30
MAX_STRINGS = 128 << 20
MAX_RATIO = 150  # sheets of repeated words pack 30 times; a bomb packs 1000 times
SMALL = 1 << 20
Row = dict[str, str]
Progress = Callable[[int, int], None]
_EPOCH = date(1899, 12, 30)  # Excel counts a 29 February 1900 that never was
_COLUMN = re.compile(r"[A-Z]{1,3}")


def no_progress(_done: int, _total: int) -> None:
    """For callers that do not watch."""


class _Bounded:
    """A part of the archive that stops when it grows beyond what was promised."""

    def __init__(self, part: IO[bytes], name: str, limit: int) -> None:
        self.part, self.name, self.left = part, name, limit

    def read(self, size: int = -1) -> bytes:
        chunk = self.part.read(min(size, self.left + 1) if size >= 0 else self.left + 1)
        self.left -= len(chunk)
        if self.left < 0:
            raise BadFile(f"{self.name} unpacks to more than is allowed; this is not the file it should be")
        return chunk


class Workbook:
    """An open workbook: names of its sheets, and their rows by column letter."""

    def __init__(self, file: str, archive: zipfile.ZipFile) -> None:
        self.file, self.archive = file, archive
        self.parts = self._sheets()
        self.strings = self._strings()

    @property
    def sheets(self) -> list[str]:
        return list(self.parts)

    def rows(self, sheet: str, *, progress: Progress = no_progress) -> Iterator[tuple[int, Row]]:
        """Return (row number, cells by column letter) of each row that holds anything; raises BadFile."""
        name = self.parts[sheet]
        total = self.archive.getinfo(name).file_size
        with self._open(name, MAX_PART) as source:
            number, row, cell, value = 0, Row(), "", ""
            kind: str | None = None
            for element in elements(source, f"{self.file} sheet {sheet!r}"):
                if element.text is None:
                    if element.name == "row":
                        number, row = _number(element.attributes.get("r"), number + 1), Row()
                    elif element.name == "c":
                        cell, kind, value = _letter(element.attributes.get("r"), row), element.attributes.get("t"), ""
                elif element.name == "f":
                    raise BadFile(
                        f"{self.file} sheet {sheet!r} row {number}: cell {cell} holds a formula; only "
                        "plain values are read: download the file again, or paste it as values",
                        row=number,
                        column=cell,
                    )
                elif element.name in ("v", "t"):
                    value += element.text
                elif element.name == "c" and value:
                    row[cell] = self._value(kind, value, number)
                elif element.name == "row" and row:
                    if number % 500 == 0:
                        progress(total - max(source.left - MAX_PART + total, 0), total)
                    yield number, row
        progress(total, total)

    def _value(self, kind: str | None, value: str, number: int) -> str:
        if kind == "e":
            raise BadFile(
                f"{self.file} row {number}: a cell holds the error {value!r}; download the file again", row=number
            )
        if kind != "s":
            return value.strip()
        if not value.isdigit() or int(value) >= len(self.strings):
            raise BadFile(f"{self.file} row {number}: text {value!r} is not among the shared texts", row=number)
        return self.strings[int(value)]

    @contextmanager
    def _open(self, name: str, limit: int) -> Iterator[_Bounded]:
        try:
            info = self.archive.getinfo(name)
        except KeyError as error:
            raise BadFile(f"{self.file}: the part {name!r} is missing; download it again") from error
        packed = max(info.compress_size, 1)
        if info.file_size > limit or (info.file_size > SMALL and info.file_size / packed > MAX_RATIO):
            raise BadFile(f"{self.file}: {name} unpacks to {info.file_size} bytes; this is not the file it should be")
        try:
            with self.archive.open(info) as part:
                yield _Bounded(part, f"{self.file}: {name}", min(limit, info.file_size))
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise BadFile(f"{self.file}: {name} is damaged ({error}); download it again") from error

    def _sheets(self) -> dict[str, str]:
        targets = {}
        with self._open("xl/_rels/workbook.xml.rels", SMALL) as source:
            for element in elements(source, self.file):
                if element.name == "Relationship" and element.text is None:
                    targets[element.attributes.get("Id", "")] = element.attributes.get("Target", "").lstrip("/")
        found = {}
        with self._open("xl/workbook.xml", SMALL) as source:
            for element in elements(source, self.file):
                if element.name == "sheet" and element.text is None:
                    target = targets.get(element.attributes.get("id", ""), "")
                    found[element.attributes.get("name", "")] = target if target.startswith("xl/") else f"xl/{target}"
        if not found:
            raise BadFile(f"{self.file} has no sheets; this is not the file it should be")
        return found

    def _strings(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self.archive.namelist():
            return []
        found: list[str] = []
        parts: list[str] = []
        with self._open("xl/sharedStrings.xml", MAX_STRINGS) as source:
            for element in elements(source, self.file):
                if element.text is None:
                    continue
                if element.name == "t":
                    parts.append(element.text)
                elif element.name == "si":
                    found.append("".join(parts).strip())
                    parts.clear()
        return found


@contextmanager
def workbook(source: Path | IO[bytes], *, name: str = "", most: int = MAX_BOOK) -> Iterator[Workbook]:
    """Open a workbook from disk, or from an open file called `name`, of at most `most` bytes when it is unpacked.

    Raises BadFile for what is no intact .xlsx file, or a larger one.
    """
    file = name or getattr(source, "name", "")
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError) as error:
        raise BadFile(f"{file} is no intact .xlsx file ({error}); download it again", file=file) from error
    with archive:
        if sum(info.file_size for info in archive.infolist()) > most:
            raise BadFile(f"{file} unpacks to more than {most >> 20} MB; send it in parts", file=file)
        yield Workbook(file, archive)


def _letter(reference: str | None, row: Row) -> str:
    found = _COLUMN.match(reference or "")
    return found[0] if found else f"?{len(row)}"


def _number(text: str | None, following: int) -> int:
    return int(text) if text and text.isdigit() and len(text) < 9 else following


def day_of(text: str) -> date | None:
    """Return the day in a cell: Excel's count of days, `31/12/2026`, `31-12-2026` or `2026-12-31`; None for no day."""
    text = text.strip()
    if re.fullmatch(r"\d{5}(\.0+)?", text):
        return _EPOCH + timedelta(days=int(Decimal(text)))
    if m := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        text = f"{m[3]}-{int(m[2]):02d}-{int(m[1]):02d}"
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
