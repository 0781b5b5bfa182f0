"""The rulebook in force: the packaged law with what was imported laid over it, swapped whole.

`integrations.feeds` writes releases below `VAR_DIR/rulebook` and turns the pointer; this module only reads. A release
never changes once it stands; a generation is a numbered list of releases; the pointer names one generation. Readers
therefore see one whole rulebook or another, whatever dies in the middle of an import.
"""

import hashlib
import json
import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from shipsmart import rules
from shipsmart.core.errors import ShipSmartError
from shipsmart.core.law import RateSet
from shipsmart.rules.book import Rulebook, rate_set
from shipsmart.rules.compiling import Compiler
from shipsmart.rules.dated import Entry, Rule
from shipsmart.rules.local_rates import LocalTable, with_state_rates
from shipsmart.rules.tariff import Tariff, laid_over

POINTER = "in_force"
GENERATIONS = "generations"
CHECK_EVERY_S = 2.0
MAX_DAYS = 4000
log = logging.getLogger(__name__)


class RulebookDamaged(ShipSmartError):
    """An imported release is missing or is not what was imported."""

    code = "rulebook_damaged"


@dataclass(frozen=True, eq=False)
class ImportedRulebook(Rulebook):
    """A rulebook with imported tariffs and exchange rates; the order of its rate sets is kept per day.

    The ECB's history holds thousands of sets: sorting them for each quote would cost more than the quote.
    """

    days: dict[date, tuple[RateSet, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def rate_sets(self, at: datetime) -> tuple[RateSet, ...]:
        day = at.date()
        known = self.days.get(day)
        if known is None:
            if len(self.days) >= MAX_DAYS:
                self.days.clear()
            known = self.days[day] = super().rate_sets(at)
        return known


@dataclass(frozen=True, slots=True)
class Release:
    """One import as it stands on disk: `about` is its release.json, `path` its folder."""

    path: Path
    about: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, str]:
        """What a later import of the same file replaces: kind, name and the instant it takes effect."""
        return str(self.about["kind"]), str(self.about["name"]), str(self.about["effective"])

    def content(self) -> str:
        """Return the table or the rates as text; raises RulebookDamaged when a byte differs from what was imported."""
        file = self.path / str(self.about["file"])
        try:
            raw = file.read_bytes()
        except OSError as error:
            raise RulebookDamaged(f"{file} cannot be read: {error}; import it again", file=str(file)) from error
        if hashlib.sha256(raw).hexdigest() != self.about["content_sha256"]:
            raise RulebookDamaged(f"{file} is not what was imported; import it again", file=str(file))
        return raw.decode()


def folder() -> Path:
    """Return where imported releases live."""
    return Path(settings.VAR_DIR) / "rulebook"


def in_force(root: Path) -> int:
    """Return the number of the generation in force; 0 is the packaged rulebook. Raises RulebookDamaged."""
    try:
        return int((root / POINTER).read_text())
    except FileNotFoundError:
        return 0
    except ValueError as error:
        raise RulebookDamaged(f"{root / POINTER} does not hold a number; run `feeds undo`") from error


def generation(root: Path, number: int) -> dict[str, Any]:
    """Return a generation's file: number, previous and the releases' paths; raises RulebookDamaged."""
    if number == 0:
        return {"number": 0, "previous": 0, "releases": []}
    file = root / GENERATIONS / f"{number:06d}.json"
    try:
        found: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise RulebookDamaged(f"{file} cannot be read: {error}; run `feeds undo`", file=str(file)) from error
    return found


def releases(root: Path, number: int) -> list[Release]:
    """Return the releases of a generation, in the order in which they apply; raises RulebookDamaged."""
    found = []
    for path in generation(root, number)["releases"]:
        try:
            found.append(Release(root / path, json.loads((root / path / "release.json").read_text())))
        except (OSError, ValueError) as error:
            raise RulebookDamaged(f"{root / path} cannot be read: {error}; run `feeds undo`") from error
    return found


def digest_of(base: Rulebook, found: Iterable[Release]) -> str:
    """Return the SHA-256 over the packaged rulebook and everything that decides an answer in the releases."""
    digest = hashlib.sha256(base.sha256.encode())
    for release in found:
        about = release.about
        parts = [str(about.get(k)) for k in ("kind", "name", "effective", "merge", "title", "url", "content_sha256")]
        digest.update("\0".join(parts).encode())
    return digest.hexdigest()


def build(base: Rulebook, root: Path, number: int) -> Rulebook:
    """Return the packaged rulebook under a generation of imports; generation 0 is `base` itself.

    A tariff takes effect at its instant and ends where the next one begins, so that old days keep their old law.
    """
    found = [one for one in releases(root, number) if one.about["kind"] != "nomenclature"]
    if not found:
        return base
    known = dict(base.rules)
    tables = dict(base.compiler.tariffs)
    for release in found:
        if release.about["kind"] == "tariff":
            _lay_tariff(release, known, tables)
    compiler = Compiler(known, tables, base.compiler.lists, _local_rates(found, known))
    digest = digest_of(base, found)
    # The version follows from the content alone: a replay under the same hash must give the same bytes.
    return ImportedRulebook(f"{base.version}+{digest[:8]}", digest, compiler, _exchange(base, found))


def _lay_tariff(release: Release, known: dict[str, Rule], tables: dict[str, Tariff]) -> None:
    about = release.about
    rule = known.get(about["rule"])
    if rule is None:
        raise RulebookDamaged(f"{release.path}: the rulebook has no rule {about['rule']!r} to carry this tariff")
    effective = datetime.fromisoformat(about["effective"])
    before = rule.find(effective)
    older = tables.get(before.fields.get("table", "")) if before is not None else None
    table = Tariff(f"{about['name']}@{release.path.name}", release.content())
    if about["merge"] and older is not None:
        table = overlaid(older, table)
    tables[table.name] = table
    fields = {key: part for key, part in (before.fields if before else {}).items() if key not in ("table", "all")}
    fields |= {"table": table.name}
    if table.column_2:
        fields["column_2"] = True
    merged = bool(about["merge"]) and before is not None
    title = f"{about['title']}; other codes: {before.source_title}" if merged and before else about["title"]
    confidence = before.confidence if merged and before else "verified"
    entry = Entry(effective, None, False, "enacted", confidence, about["url"], title, fields)
    known[rule.id] = replace(rule, entries=_chain([e for e in rule.entries if e.effective != effective] + [entry]))


def _local_rates(found: Iterable[Release], known: dict[str, Rule]) -> dict[str, tuple[LocalTable, ...]]:
    """Return the tables of local sales taxes by the state's rule, which takes on the state rate that they name."""
    tables: dict[str, list[LocalTable]] = {}
    for release in found:
        about = release.about
        if about["kind"] != "sales_tax":
            continue
        if about["rule"] not in known:
            raise RulebookDamaged(f"{release.path}: the rulebook has no rule {about['rule']!r} for these local rates")
        effective = datetime.fromisoformat(about["effective"])
        table = LocalTable(release.content(), effective=effective, title=about["title"], url=about["url"])
        tables.setdefault(about["rule"], []).append(table)
    ordered = {rule: tuple(sorted(some, key=lambda one: one.effective)) for rule, some in tables.items()}
    for rule, some in ordered.items():
        known[rule] = with_state_rates(known[rule], some)
    return ordered


def _chain(entries: list[Entry]) -> tuple[Entry, ...]:
    """Return the entries in order of time, each ended by the next."""
    ordered = sorted(entries, key=lambda e: e.effective)
    ends: list[datetime | None] = [*(e.effective for e in ordered[1:]), None]
    return tuple(replace(entry, until=end) for entry, end in zip(ordered, ends, strict=True))


def overlaid(older: Tariff, newer: Tariff) -> Tariff:
    """Return a table in which the newer rows speak for their codes and all below, and the older for the rest."""
    found = laid_over(older, newer)
    found.confidence |= dict.fromkeys(newer.duties, "verified")
    return found


def _exchange(base: Rulebook, found: Iterable[Release]) -> tuple[RateSet, ...]:
    """Return all rate sets; of the same source, day and purpose the one imported last."""
    sets = {(one.source, one.base, one.day, one.purpose): one for one in base.exchange}
    for release in found:
        if release.about["kind"] == "exchange":
            for line in release.content().splitlines():
                one = rate_set(line)
                sets[one.source, one.base, one.day, one.purpose] = one
    return tuple(sets.values())


class _Memory:
    """What this process last read: the book, the pointer's stamp, and when it was last looked at."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.book: Rulebook | None = None
        self.stamp: tuple[Any, ...] = ()
        self.checked = 0.0


_memory = _Memory()


def current() -> Rulebook:
    """Return the rulebook in force. Never raises: while imports cannot be read the last good rulebook stays.

    The pointer is looked at every two seconds at most; whoever comes while another thread reads a new rulebook gets
    the old one.
    """
    book = _memory.book
    if book is not None and time.monotonic() - _memory.checked < CHECK_EVERY_S:
        return book
    if not _memory.lock.acquire(blocking=book is None):
        return book or rules.current()
    try:
        return _refreshed()
    finally:
        _memory.lock.release()


def forget() -> None:
    """Let the next `current()` look at the pointer at once; for the process that has just imported, and for tests."""
    with _memory.lock:
        _memory.checked = 0.0


def _refreshed() -> Rulebook:
    root = folder()
    stamp = _stamp(root)
    base = rules.current()
    if _memory.book is None or stamp != _memory.stamp:
        try:
            _memory.book = build(base, root, in_force(root))
        except (ShipSmartError, OSError, ValueError, KeyError):
            log.exception("the imported rulebook cannot be read, the last good one stays in force")
            _memory.book = _memory.book or base
        _memory.stamp = stamp
    _memory.checked = time.monotonic()
    return _memory.book


def _stamp(root: Path) -> tuple[Any, ...]:
    try:
        found = (root / POINTER).stat()
    except OSError:
        return (str(root), None)
    return (str(root), found.st_mtime_ns, found.st_ino)


def find(sha256: str) -> Rulebook | None:
    """Return the rulebook of a hash, so that an old quote is replayed under its own law; None when it is gone."""
    base = rules.current()
    if sha256 == base.sha256:
        return base
    root = folder()
    for file in sorted((root / GENERATIONS).glob("*.json"), reverse=True):
        number = int(file.stem)
        laid = [one for one in releases(root, number) if one.about["kind"] != "nomenclature"]
        if laid and digest_of(base, laid) == sha256:
            return _built(base, root, number)
    return None


@lru_cache(maxsize=2)
def _built(base: Rulebook, root: Path, number: int) -> Rulebook:
    return build(base, root, number)
