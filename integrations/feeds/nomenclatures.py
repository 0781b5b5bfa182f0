"""The lines of a nomenclature with their words: US HTS, EU TARIC, UK tariff, Canada, Australia. No duty is read here.

A published list says the tree by indents (US, EU), by parents (UK) or by the codes alone (Canada, Australia). What is
stored of each declarable line is its code and the levels of text that part it from the others of its HS code.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from integrations.feeds.reading import Progress, csv_rows, json_items, no_progress
from integrations.feeds.report import BadFeed, Tally, Unread
from integrations.feeds.schedule import CHAPTERS, code_of
from shipsmart.classify.national import COLUMNS, parted

TARIC_CODE, TARIC_INDENT, TARIC_TEXT, TARIC_END = "Goods code", "Indent", "Description", "End date"
UK = ("commodity__sid", "commodity__code", "commodity__suffix", "commodity__description", "commodity__validity_end",
      "parent__sid")  # fmt: skip
NOTHING = "#NA"
DECLARABLE = "80"  # product line suffix of lines that a declaration may bear; others are headings between lines
FULL = 10
_DASHES = re.compile(r"^[\s\-–]+")


@dataclass(frozen=True, slots=True)
class Lines:
    """What was read: (code, levels) of each declarable line, and the tally of every row."""

    rows: list[tuple[str, str]]
    tally: Tally

    def as_csv(self) -> str:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(self.rows)
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class Row:
    """One row as published: its digits ("" for a heading between lines), its depth, its words."""

    code: str
    depth: int
    text: str


def read(kind: str, path: Path, *, progress: Progress = no_progress) -> Lines:
    """Return the lines of a file of `hts`, `taric`, `uk`, `canada` or `australia`; raises BadFeed."""
    tally = Tally()
    paths = dict(READERS[kind](path, tally, progress))
    if not paths:
        raise BadFeed(
            f"{path.name} holds no line that a declaration may bear; this is not the nomenclature of {kind!r}"
        )
    missing = sorted(CHAPTERS - {code[:2] for code in paths})
    if missing:
        raise BadFeed(
            f"{path.name} has no lines for chapters {', '.join(missing[:10])}{' and more' if missing[10:] else ''}: "
            "download the whole nomenclature again",
            chapters=missing,
        )
    return Lines(list(parted(paths.items())), tally)


def _by_depth(rows: Iterable[Row], tally: Tally) -> Iterator[tuple[str, str]]:
    """Yield (code, path) of the deepest coded lines; eight digits without a line below are filled with zeros."""
    above: list[Row] = []
    found: dict[str, str] = {}
    for row in rows:
        del above[row.depth :]
        above += [Row("", n, "") for n in range(len(above), row.depth)]
        above.append(row)
        if len(row.code) >= FULL - 2 and row.code < "98":
            found[row.code] = " > ".join(one.text for one in above if one.text)
            tally.take()
        else:
            tally.set_aside("a heading, or chapters 98 and 99")
    above_full = {code[: FULL - 2] for code in found if len(code) == FULL}
    for code, text in found.items():
        if len(code) == FULL:
            yield code, text
        elif code not in above_full:
            yield code.ljust(FULL, "0"), text


def _hts(path: Path, tally: Tally, progress: Progress) -> Iterator[tuple[str, str]]:
    if path.suffix.lower() == ".json":
        items: Iterable[tuple[int, dict[str, str]]] = json_items(path, progress=progress)  # type: ignore[assignment]
        names = ("htsno", "indent", "description")
    else:
        names = ("HTS Number", "Indent", "Description")
        items = csv_rows(path, columns=names, progress=progress)
    return _by_depth(_hts_rows(items, names, tally), tally)


def _hts_rows(items: Iterable[tuple[int, dict[str, str]]], names: tuple[str, str, str], tally: Tally) -> Iterator[Row]:
    for number, item in items:
        code, depth, text = (str(item.get(name) or "") for name in names)
        if not depth.isdigit() or int(depth) > FULL * 2:
            tally.fail(Unread(str(number), names[1], code, depth, "no depth of the tree"))
            continue
        yield Row(code_of(code) or "" if code else "", int(depth), " ".join(text.split()))


def _taric(path: Path, tally: Tally, progress: Progress) -> Iterator[tuple[str, str]]:
    """Read the nomenclature of TARIC saved as CSV: `6109100010 80`, its dashes, its words; ended lines left out."""
    columns = (TARIC_CODE, TARIC_INDENT, TARIC_TEXT, TARIC_END)
    chains: list[str] = []
    texts: dict[str, tuple[int, str]] = {}
    for number, row in csv_rows(path, columns=columns, progress=progress):
        code, _, suffix = row[TARIC_CODE].strip().partition(" ")
        digits = code_of(code)
        if digits is None or len(digits) != FULL:
            tally.fail(Unread(str(number), TARIC_CODE, row[TARIC_CODE], row[TARIC_TEXT][:80], "no code of ten digits"))
            continue
        if row[TARIC_END].strip():
            tally.set_aside("a line that has ended")
            continue
        depth = row[TARIC_INDENT].count("-") + (0 if digits[4:] == "000000" and digits[2:4] == "00" else 1)
        del chains[depth:]
        chains += [""] * (depth - len(chains))
        chains.append(" ".join(row[TARIC_TEXT].split()))
        tally.take()
        if suffix.strip() in ("", DECLARABLE):
            texts[digits] = (depth, " > ".join(text for text in chains if text))
    return _leaves(texts)


def _leaves(texts: dict[str, tuple[int, str]]) -> Iterator[tuple[str, str]]:
    """Yield the codes whose next line in order is no deeper: those are declarable."""
    codes = sorted(texts)
    for code, after in zip(codes, [*codes[1:], ""], strict=True):
        depth, text = texts[code]
        if not after or texts[after][0] <= depth:
            yield code, text


def _uk(path: Path, tally: Tally, progress: Progress) -> Iterator[tuple[str, str]]:
    """Read the table of commodities of the UK tariff: each row names its parent by number, "#NA" stands for nothing.

    Columns: https://data.api.trade.gov.uk/, `uk-tariff-2021-01-01`, tables `commodities` and `commodities-report`.
    """
    rows: dict[str, dict[str, str]] = {}
    today = date.today().isoformat()
    for _, row in csv_rows(path, columns=UK, progress=progress):
        end = row["commodity__validity_end"].strip()
        if end not in ("", NOTHING) and end < today:
            tally.set_aside("a line that has ended")
        else:
            rows[row["commodity__sid"]] = row
            tally.take()
    parents = {row["parent__sid"] for row in rows.values()}
    for sid, row in rows.items():
        code = code_of(row["commodity__code"])
        if code and len(code) == FULL and sid not in parents and row["commodity__suffix"].strip() == DECLARABLE:
            yield code, " > ".join(_ancestors(sid, rows))


def _ancestors(sid: str, rows: dict[str, dict[str, str]]) -> list[str]:
    found: list[str] = []
    while sid in rows and len(found) < FULL * 2:
        found.append(" ".join(rows[sid]["commodity__description"].split()))
        sid = rows[sid]["parent__sid"]
    return found[::-1]


def _canada(path: Path, tally: Tally, progress: Progress) -> Iterator[tuple[str, str]]:
    """Read the Customs Tariff: item of eight digits and statistical suffix of two."""
    return _by_code(path, ("Tariff Item", "SS", "Description of Goods"), tally, progress)


def _australia(path: Path, tally: Tally, progress: Progress) -> Iterator[tuple[str, str]]:
    """Read the working tariff, Schedule 3: reference number of eight digits and statistical code of two."""
    return _by_code(path, ("Reference Number", "Statistical Code", "Goods"), tally, progress)


def _by_code(path: Path, columns: tuple[str, str, str], tally: Tally, progress: Progress) -> Iterator[tuple[str, str]]:
    """Yield (code, path); what stands above a code is every shorter code that it begins with."""
    texts: dict[str, str] = {}
    for number, row in csv_rows(path, columns=columns, progress=progress):
        written, suffix, text = (row[name].strip() for name in columns)
        digits = code_of(written + suffix)
        if digits is None:
            tally.fail(Unread(str(number), columns[0], written, suffix, "no code"))
            continue
        texts[digits] = " ".join(_DASHES.sub("", text).split())
        tally.take()
    eight = {code[: FULL - 2] for code in texts if len(code) == FULL}
    for code in texts:
        if len(code) == FULL or (len(code) == FULL - 2 and code not in eight):
            yield code.ljust(FULL, "0"), " > ".join(texts[code[:n]] for n in range(4, 11) if code[:n] in texts)


READERS = {"hts": _hts, "taric": _taric, "uk": _uk, "canada": _canada, "australia": _australia}
