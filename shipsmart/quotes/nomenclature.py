"""The imported nomenclatures as tables of national lines, read once per release."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from shipsmart.classify.national import Table, parted
from shipsmart.quotes import rulebook
from shipsmart.quotes.rulebook import Release

BRAZIL_DIGITS = 8
_tables: dict[Path, Table] = {}  # a release never changes


def imported_nomenclature(authority: str) -> Table | None:
    """Return the imported nomenclature in force of `US`, `EU`, `BR` and so on; None when none was imported."""
    root = rulebook.folder()
    if not (root / rulebook.POINTER).exists():
        return None
    now = datetime.now(UTC)
    found = [
        release
        for release in rulebook.releases(root, rulebook.in_force(root))
        if release.key[:2] == ("nomenclature", authority.lower()) and datetime.fromisoformat(release.key[2]) <= now
    ]
    if not found:
        return None
    latest = max(found, key=lambda release: release.key[2])
    if latest.path not in _tables:
        _tables[latest.path] = _table(authority, latest)
    return _tables[latest.path]


def _table(authority: str, release: Release) -> Table:
    rows = csv.DictReader(StringIO(release.content()))
    flat = "levels" not in (rows.fieldnames or ())
    lines = _by_prefix(list(rows)) if flat else ((row["code"], row["levels"]) for row in rows)
    return Table.of(authority, lines, source=str(release.about.get("title", "")))


def _by_prefix(rows: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the lines of a list where a shorter code stands above the longer ones (NCM), those in force today."""
    today = datetime.now(UTC).date().isoformat()
    texts = {r["code"]: r["description"].lstrip("- ") for r in rows if not r["until"] or r["until"] >= today}
    full = [code for code in texts if len(code) == BRAZIL_DIGITS]
    paths = ((code, " > ".join(texts[code[:n]] for n in range(4, 9) if code[:n] in texts)) for code in full)
    return parted(paths)
