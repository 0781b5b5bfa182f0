"""Tariff tables in memory: longest prefix wins, and the answer says how close the match was."""

import csv
import hashlib
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from shipsmart.core.expression import Node, Percent, Sum, parse
from shipsmart.rules.sources import TariffSource

HEADING = 4
LEVELS = {2: "chapter", 4: "heading", 6: "subheading"}


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty found in a table. `spread` names the range when the code was too short to decide."""

    text: str
    matched: str
    exact: bool
    spread: str = ""
    bound: bool = False


class Tariff:
    """One schedule: code prefixes and their duty texts; `~` marks an upper bound, `?` a text nobody can compute.

    A row may name where it was read: its `source` is a key of `sources`. Others rest on the table's rule.
    """

    def __init__(self, name: str, text: str, sources: Mapping[str, TariffSource] | None = None) -> None:
        self.name = name
        rows = list(csv.DictReader(text.splitlines()))
        self.duties = {row["hs"]: row["duty"] for row in rows}
        self.column_2 = {row["hs"]: row["column_2"] for row in rows if row.get("column_2")}
        self.programmes = {row["hs"]: row["programmes"] for row in rows if row.get("programmes")}
        self.confidence = {row["hs"]: row["confidence"] for row in rows if row.get("confidence")}
        self.cited = {row["hs"]: row["source"] for row in rows if row.get("source")}
        self.sources = {key: sources[key] for key in set(self.cited.values()) if key in sources} if sources else {}
        self.keys = sorted(self.duties)

    @property
    def sha256(self) -> str:
        """Return the hash over all that decides an answer; the order in which the rows came does not."""
        digest = hashlib.sha256()
        for rows in (
            self.duties,
            self.column_2,
            self.programmes,
            self.confidence,
            *([self.cited] if self.cited else []),
        ):
            digest.update("".join(f"{code}\0{rows[code]}\n" for code in sorted(rows)).encode() + b"\1")
        return digest.hexdigest()

    def find(self, code: str) -> Duty | None:
        """Return the duty of a code: its longest prefix, else the dearest of the lines below it, else None.

        A code shorter than the lines below it may mean any of them, or what the heading says of the rest.
        """
        for length in range(len(code), 1, -1):
            text = self.duties.get(code[:length])
            if text is not None:
                below = self._below(code) if length < len(code) else []
                if below:
                    return self._dearest(code, below + self._heading(code[:length]))
                return Duty(text.removeprefix("~"), code[:length], exact=True, bound=text.startswith("~"))
        below = self._below(code)
        return self._dearest(code, below) if below else None

    def under(self, code: str, symbol: str) -> str | None:
        """Return the duty a programme gives to a code: the dearest of its lines, None where a line has none.

        A cell of `programmes` names the symbols that make the line free, then the reduced duties: `A AU; JP=4%`.
        """
        keys = self._lines(code)
        texts = [self._programme(key, symbol) for key in keys]
        known = [text for text in texts if text is not None]
        return max(known, key=_weight) if known and len(known) == len(texts) else None

    def source_of(self, prefix: str) -> TariffSource | None:
        """Return where the row of a prefix was read, None where the table has no better source than its rule."""
        return self.sources.get(self.cited.get(prefix, ""))

    def free_under(self, code: str, symbol: str) -> bool:
        """Return whether a programme makes every line of a code free."""
        return self.under(code, symbol) == "Free"

    def _lines(self, code: str) -> list[str]:
        """Return the rows that a code may mean."""
        for length in range(len(code), 1, -1):
            if code[:length] in self.duties:
                below = self._below(code) if length < len(code) else []
                return below + self._heading(code[:length]) if below else [code[:length]]
        return self._below(code)

    def _programme(self, key: str, symbol: str) -> str | None:
        free, *reduced = self.programmes.get(key, "").split("; ")
        if self.duties[key] == "Free" or symbol in free.split():
            return "Free"
        return next((duty for name, _, duty in (part.partition("=") for part in reduced) if name == symbol), None)

    def _heading(self, prefix: str) -> list[str]:
        """Return the prefix where it speaks for a heading: a chapter's row is a rough guess beside the lines below."""
        return [prefix] if len(prefix) >= HEADING else []

    def second_column(self, code: str) -> str | None:
        for length in range(len(code), 1, -1):
            if code[:length] in self.column_2:
                return self.column_2[code[:length]].removeprefix("~")
        return None

    def _below(self, code: str) -> list[str]:
        first = bisect_left(self.keys, code)
        last = bisect_left(self.keys, code + ":")
        return self.keys[first:last]

    def _dearest(self, code: str, below: list[str]) -> Duty:
        texts = sorted({self.duties[key].removeprefix("~") for key in below} - {"?"}, key=_weight)
        if not texts:
            return Duty("?", code, exact=False)
        bound = any(self.duties[key].startswith("~") for key in below)
        spread = "" if len(texts) == 1 else f"{texts[0]} to {texts[-1]}"
        unknown = any(self.duties[key] == "?" for key in below)
        return Duty(texts[-1], code, exact=len(texts) == 1 and not unknown, spread=spread, bound=bound)


def _weight(text: str) -> tuple[Decimal, int, str]:
    """Order duties by their percentage; fixed parts count after it, for want of the goods' weight."""
    node = parse(text)
    return (_share(node), 0 if isinstance(node, Percent) else 1, text)


def _share(node: Node) -> Decimal:
    if isinstance(node, Sum):
        return sum((_share(part) for part in node.parts), Decimal(0))
    return node.rate or Decimal(0)


def code_list(text: str) -> dict[str, tuple[str, ...]]:
    """Return the code prefixes of each list in a `list,hs` table."""
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["list"], []).append(row["hs"])
    return {name: tuple(codes) for name, codes in found.items()}


def laid_over(older: Tariff, newer: Tariff) -> Tariff:
    """Return a table in which the newer rows speak for their codes and all below, and the older for the rest."""
    found = Tariff(newer.name, "hs,duty\n")
    kept = {hs for hs in older.duties if not any(hs[:length] in newer.duties for length in range(2, len(hs) + 1))}
    for name in ("duties", "column_2", "programmes", "confidence", "cited"):
        old, new = getattr(older, name), getattr(newer, name)
        setattr(found, name, {hs: part for hs, part in old.items() if hs in kept} | new)
    found.sources = {**older.sources, **newer.sources}
    found.keys = sorted(found.duties)
    return found


def level(prefix: str) -> str:
    """Return how close a match is, in the trade's words: `chapter 61`, `heading 6109`, `tariff line 61091000`."""
    return f"{LEVELS.get(len(prefix), 'tariff line')} {prefix}"
