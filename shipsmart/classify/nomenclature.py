"""The codes of HS 2022, the words to search them by and their national digits. `build.py` makes the file."""

import csv
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "data" / "nomenclature.csv"
COLUMNS = ("hs_code", "text", "title", "english", "portuguese", "br", "us")
NATIONAL = {"BR": "br", "US": "us"}


_PARTS = frozenset(["part", "accessory"])


def _rest_first(hs_code: str) -> tuple[int, str]:
    return (0 if hs_code.endswith(("90", "99")) else 1, hs_code)


class Entry(NamedTuple):
    """One HS code. `br` and `us` have the digits after the sixth that the country adds, parted by spaces."""

    hs_code: str
    text: str
    title: str
    english: str
    portuguese: str
    br: str
    us: str


class Nomenclature:
    """All HS codes in force, in order."""

    def __init__(self, entries: list[Entry]) -> None:
        self.entries = entries
        self._by_code = {entry.hs_code: entry for entry in entries}

    def __contains__(self, hs_code: str) -> bool:
        return hs_code in self._by_code

    def is_part(self, hs_code: str) -> bool:
        """Whether the subheading is one of parts or accessories."""
        return not _PARTS.isdisjoint(self._by_code[hs_code].title.split())

    def headings(self) -> dict[str, list[str]]:
        """Return the codes of each heading, the ones for the rest first: what a listing is when nothing tells more."""
        found: dict[str, list[str]] = {}
        for entry in self.entries:
            found.setdefault(entry.hs_code[:4], []).append(entry.hs_code)
        return {heading: sorted(codes, key=_rest_first) for heading, codes in found.items()}

    def text(self, hs_code: str) -> str:
        return self._by_code[hs_code].text

    def national_codes(self, hs_code: str, country: str) -> tuple[str, ...]:
        """Return the codes a declaration in the country may bear; empty where no nomenclature of it ships."""
        endings = getattr(self._by_code[hs_code], NATIONAL[country]) if country in NATIONAL else ""
        return tuple(hs_code + ending for ending in endings.split())


def load(path: Path = FILE) -> Nomenclature:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if tuple(next(rows)) != COLUMNS:
            raise ValueError(f"{path.name} must have the columns {', '.join(COLUMNS)}; make it again with build.py")
        return Nomenclature([Entry(*row) for row in rows])
