"""Large files row by row: CSV and JSON arrays in constant memory, with progress and errors that name the row."""

import csv
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from integrations.feeds.report import BadFeed
from shipsmart.sheets.xlsx import Progress, no_progress

CHUNK = 1 << 16
MAX_ITEM = 1 << 20  # no published line comes near a megabyte: a longer one is not a line
MAX_DOCUMENT = 64 << 20
MAX_FILE = 500 << 20
OTHER_KINDS = (
    (b"\x1f\x8b", "packed by gzip: unpack it first"),
    (b"pk\x03\x04", "a zip archive: unpack it first, or name it .xlsx if it is a workbook"),
    (b"\xd0\xcf\x11\xe0", "an old or protected workbook: open it and save it as .xlsx without a password"),
    (b"%pdf", "a PDF: take the file the office offers for machines"),
    (b"<html", "a web page, often a log-in or an error: download the file itself"),
    (b"<!doctype html", "a web page, often a log-in or an error: download the file itself"),
)
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,20})?")
_GAP = re.compile(r"[ \t\r\n,]*")
_HUGE = re.compile(r"\d{13,}")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, or of all files of a folder in order of their names; raises BadFeed."""
    digest = hashlib.sha256()
    try:
        for file in files_of(path):
            if path.is_dir():
                digest.update(file.name.encode() + b"\0")
            with file.open("rb") as source:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
    except OSError as error:
        raise BadFeed(f"{path.name} cannot be read: {error.strerror}", file=path.name) from error
    return digest.hexdigest()


def refuse_other_kinds(path: Path) -> None:
    """Raise BadFeed, naming the remedy, for a file that is plainly something else than an office publishes."""
    if path.is_dir():
        return
    try:
        size = path.stat().st_size
        with path.open("rb") as source:
            head = source.read(512)
    except OSError as error:
        raise BadFeed(f"{path.name} cannot be read: {error.strerror}", file=path.name) from error
    if not size:
        raise BadFeed(f"{path.name} is empty: download it again", file=path.name)
    if size > MAX_FILE:
        raise BadFeed(
            f"{path.name} has {size >> 20} MB; no official file has more than {MAX_FILE >> 20} MB: this is not the "
            "file it should be",
            file=path.name,
        )
    plain = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for start, what in OTHER_KINDS:
        if plain.startswith(start) and not (start == b"pk\x03\x04" and path.suffix.lower() == ".xlsx"):
            raise BadFeed(f"{path.name} is {what}", file=path.name)


def files_of(path: Path) -> list[Path]:
    """Return the file itself, or the JSON (else CSV and text) files of a folder in order of their names."""
    if not path.is_dir():
        return [path]
    tables = [one for one in path.iterdir() if one.suffix.lower() in (".csv", ".txt")]
    return sorted(path.glob("*.json")) or sorted(tables)


def exact(text: str) -> Decimal | None:
    """Return a plain number as published, or None for anything else: signs, exponents, NaN, absurd lengths."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def is_huge(text: str) -> bool:
    """Return whether a text holds a number so long that no tariff can have meant it."""
    return _HUGE.search(text) is not None


def _counted(source: TextIO, total: int, progress: Progress) -> Iterator[str]:
    done = 0
    for number, line in enumerate(iter(lambda: source.readline(MAX_ITEM), "")):
        done += len(line.encode())
        if number % 500 == 0:
            progress(done, total)
        yield line
    progress(total, total)


def csv_rows(
    path: Path,
    *,
    columns: Sequence[str],
    progress: Progress = no_progress,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
) -> Iterator[tuple[int, dict[str, str]]]:
    """Return (line number, row by column name); raises BadFeed for missing columns, broken quoting, short rows."""
    try:
        with path.open(encoding=encoding, newline="") as source:
            reader = csv.reader(_counted(source, path.stat().st_size, progress), strict=True, delimiter=delimiter)
            names = [name.strip() for name in next(reader, [])]
            missing = [name for name in columns if name not in names]
            if missing:
                found = ", ".join(names[:12]) or "nothing"
                split = "; the cells are split by semicolons: save it with commas" if ";" in found else ""
                raise BadFeed(
                    f"{path.name} row 1: column {missing[0]!r} is missing; found {found}{split}",
                    row=1,
                    column=missing[0],
                )
            yield from _checked_rows(reader, names, path.name)
    except UnicodeDecodeError as error:
        raise BadFeed(
            f"{path.name} is not {encoding} text: {error.reason} at byte {error.start}; save it as UTF-8 "
            "(in a spreadsheet: CSV UTF-8), or download it again"
        ) from error
    except OSError as error:
        raise BadFeed(f"{path.name} cannot be read: {error.strerror}") from error


def bare_rows(path: Path, *, fewest: int, progress: Progress = no_progress) -> Iterator[tuple[int, list[str]]]:
    """Return (line number, cells) of a CSV without a heading; raises BadFeed for broken quoting and short rows."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as source:
            reader = csv.reader(_counted(source, path.stat().st_size, progress), strict=True)
            for cells in reader:
                if cells and len(cells) < fewest:
                    raise BadFeed(
                        f"{path.name} row {reader.line_num}: {len(cells)} cells where {fewest} or more belong; "
                        "the file is cut off or damaged: download it again",
                        row=reader.line_num,
                    )
                if cells:
                    yield reader.line_num, cells
    except csv.Error as error:
        raise BadFeed(f"{path.name}: {error}; the file is cut off or damaged: download it again") from error
    except OSError as error:
        raise BadFeed(f"{path.name} cannot be read: {error.strerror}") from error


def _checked_rows(reader: Any, names: list[str], file: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(names):
                column = names[min(len(cells), len(names) - 1)]
                raise BadFeed(
                    f"{file} row {reader.line_num}: {len(cells)} cells where {len(names)} belong (at {column!r}); "
                    "the file is cut off or damaged: download it again",
                    row=reader.line_num,
                    column=column,
                )
            yield reader.line_num, dict(zip(names, cells, strict=True))
    except csv.Error as error:
        raise BadFeed(
            f"{file} row {reader.line_num}: {error}; the file is cut off or damaged: download it again",
            row=reader.line_num,
        ) from error


def json_items(
    path: Path, *, key: str | None = None, progress: Progress = no_progress
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Return (number, object) for each object of a JSON array: the whole file, or the one below `key`.

    Reads in pieces, so that the size of the file does not matter. Raises BadFeed naming the item.
    """
    try:
        with path.open(encoding="utf-8-sig") as source:
            yield from _Array(source, path, progress).items(key)
    except UnicodeDecodeError as error:
        raise BadFeed(f"{path.name} is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise BadFeed(f"{path.name} cannot be read: {error.strerror}") from error


class _Array:
    """A window that moves over the text of a JSON array."""

    def __init__(self, source: TextIO, path: Path, progress: Progress) -> None:
        self.source, self.name, self.progress = source, path.name, progress
        self.total = path.stat().st_size
        self.done = 0
        self.text, self.at = "", 0
        self.decoder = json.JSONDecoder(parse_float=Decimal)

    def more(self) -> bool:
        piece = self.source.read(CHUNK)
        self.text, self.at = self.text[self.at :] + piece, 0
        self.done += len(piece)
        self.progress(min(self.done, self.total), self.total)
        return bool(piece)

    def items(self, key: str | None) -> Iterator[tuple[int, Mapping[str, Any]]]:
        self._enter(key)
        number = 0
        while True:
            self.at = _next(self.text, self.at)
            while self.at == len(self.text) and self.more():
                self.at = _next(self.text, self.at)
            if self.text.startswith("]", self.at):
                self.progress(self.total, self.total)
                return
            number += 1
            value = self._one(number)
            if not isinstance(value, dict):
                raise BadFeed(f"{self.name} item {number}: {type(value).__name__} where an object belongs", row=number)
            yield number, value

    def _enter(self, key: str | None) -> None:
        pattern = re.compile(r"\s*\[" if key is None else rf'"{re.escape(key)}"\s*:\s*\[')
        while True:
            found = pattern.match(self.text) if key is None else pattern.search(self.text)
            if found:
                self.at = found.end()
                return
            if len(self.text) > MAX_ITEM or not self.more():
                where = "at the start" if key is None else f"below {key!r}"
                raise BadFeed(f"{self.name}: no JSON array {where}; this is not the file it should be", row=0)

    def _one(self, number: int) -> Any:
        while True:
            try:
                value, self.at = self.decoder.raw_decode(self.text, self.at)
            except (json.JSONDecodeError, RecursionError) as error:
                if isinstance(error, RecursionError) or len(self.text) - self.at > MAX_ITEM or not self.more():
                    raise BadFeed(
                        f"{self.name} item {number}: not JSON ({error}); the file is cut off or damaged: "
                        "download it again",
                        row=number,
                    ) from error
            else:
                return value


def _next(text: str, at: int) -> int:
    """Return the position of the next character that is neither blank nor a comma."""
    found = _GAP.match(text, at)
    return found.end() if found else at


def json_document(path: Path) -> Any:
    """Return a whole JSON document of at most 64 MB; raises BadFeed."""
    if path.stat().st_size > MAX_DOCUMENT:
        raise BadFeed(f"{path.name} is larger than {MAX_DOCUMENT >> 20} MB; this is not the file it should be")
    try:
        return json.loads(path.read_text("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise BadFeed(f"{path.name} is not JSON: {error}; download it again", file=path.name) from error
    except OSError as error:
        raise BadFeed(f"{path.name} cannot be read: {error.strerror}") from error
