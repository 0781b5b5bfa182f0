"""Releases on disk: written beside, renamed into place, put in force by turning one pointer.

```
VAR_DIR/rulebook/
  tariff/us/20261201-4f1c0a9b2d3e/     a release: release.json, table.csv, report.json; never changed
  exchange/ecb/…  nomenclature/br/…  sales_tax/us-ks/…
  generations/000003.json              which releases make up a rulebook, and which one came before
  in_force                             the number of the generation in force
```
A process killed at any point leaves the pointer as it was, and at most a folder `.making-…` that the next import
removes.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from integrations.feeds.report import BadFeed, Report
from shipsmart.quotes import rulebook

FILES = {
    "tariff": "table.csv",
    "exchange": "rates.jsonl",
    "nomenclature": "codes.csv",
    "sales_tax": "local_rates.csv",
}
MAKING = ".making-"


@dataclass(frozen=True, slots=True)
class NewRelease:
    """What an import brings: its place, its effect and its content."""

    kind: str
    name: str
    effective: datetime
    content: str
    report: Report
    rule: str = ""
    merge: bool = False

    def about(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "effective": self.effective.isoformat(),
            "rule": self.rule,
            "merge": self.merge,
            "title": self.report.title,
            "url": self.report.url,
            "source_sha256": self.report.sha256,
            "file": FILES[self.kind],
            "content_sha256": hashlib.sha256(self.content.encode()).hexdigest(),
        }


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the one lock of all imports; a second import waits. The kernel lets go of it when a process dies."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def publish(root: Path, *new: NewRelease) -> int:
    """Write releases, make the generation that holds them and put it in force; return the generation's number.

    Each takes the place of the release of the same kind, name and instant. An import that changes nothing makes no new
    generation.
    """
    with locked(root):
        for left in root.glob(f"{MAKING}*"):
            shutil.rmtree(left)
        brought: dict[tuple[str, str, str], str] = {}
        for one in new:
            about = one.about()
            place = Path(one.kind) / one.name / _label(about)
            if not (root / place).exists():
                _write_release(root, place, one, about)
            brought[about["kind"], about["name"], about["effective"]] = place.as_posix()
        now = rulebook.in_force(root)
        standing = rulebook.releases(root, now)
        kept = [one.path.relative_to(root).as_posix() for one in standing if one.key not in brought]
        before = [one.path.relative_to(root).as_posix() for one in standing]
        after = [*kept, *brought.values()]
        if sorted(before) == sorted(after) and before[-len(new) :] == after[-len(new) :]:
            return now
        number = _last(root) + 1
        replace_file(
            root / rulebook.GENERATIONS / f"{number:06d}.json",
            _dumps({"number": number, "previous": now, "releases": after}),
        )
        _point(root, number)
        return number


def undo(root: Path) -> int:
    """Put the generation before the present one in force again; return its number, 0 for the packaged rulebook."""
    with locked(root):
        now = rulebook.in_force(root)
        if now == 0:
            raise BadFeed("the packaged rulebook is in force: there is no import to undo")
        previous = int(rulebook.generation(root, now)["previous"])
        _point(root, previous)
        return previous


def _label(about: Mapping[str, Any]) -> str:
    """Return a name that says the day and is another for whatever differs."""
    day = about["effective"][:10].replace("-", "")
    return f"{day}-{hashlib.sha256(_dumps(about).encode()).hexdigest()[:12]}"


def _write_release(root: Path, place: Path, new: NewRelease, about: Mapping[str, Any]) -> None:
    making = root / f"{MAKING}{os.getpid()}-{secrets.token_hex(4)}"
    making.mkdir()
    try:
        _write(making / about["file"], new.content)
        _write(making / "report.json", _dumps(new.report.as_dict()))
        _write(making / "release.json", _dumps(about))
        _sync_folder(making)
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        making.rename(root / place)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    _sync_folder((root / place).parent)


def _last(root: Path) -> int:
    return max((int(file.stem) for file in (root / rulebook.GENERATIONS).glob("*.json")), default=0)


def _point(root: Path, number: int) -> None:
    replace_file(root / rulebook.POINTER, f"{number}\n")


def replace_file(file: Path, text: str) -> None:
    """Write a file so that readers see the old one or the new one, and a power cut keeps one of them whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    _write(beside, text)
    beside.replace(file)
    _sync_folder(file.parent)


def _write(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _dumps(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
