"""What an import read, took, set aside and could not read: nothing is dropped silently."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from shipsmart.sheets.errors import BadFile

SHOWN = 20


BadFeed = BadFile  # what reads any file raises it too


@dataclass(frozen=True, slots=True)
class Unread:
    """One cell that no rule of ours can carry: where it stands, its text as published, and why."""

    row: str
    column: str
    code: str
    text: str
    reason: str

    def as_dict(self) -> dict[str, str]:
        return {"row": self.row, "column": self.column, "code": self.code, "text": self.text, "reason": self.reason}


@dataclass(slots=True)
class Tally:
    """Counts rows while a file is read: rows read = taken + unread + set aside.

    `unread` rows carry a figure we cannot compute (the engine will say so); rows set aside carry none that we use,
    counted by reason; those that carry a duty of their own (a quota, an excluded preference) are also listed in
    `passed_over`. `partly` lists single cells that were left out of rows otherwise taken.
    """

    read: int = 0
    taken: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    unread: list[Unread] = field(default_factory=list)
    partly: list[Unread] = field(default_factory=list)
    passed_over: list[Unread] = field(default_factory=list)
    until: str | None = None

    def take(self) -> None:
        self.read += 1
        self.taken += 1

    def set_aside(self, reason: str, cell: Unread | None = None) -> None:
        """Count a row that we do not use; `cell` where it carries a duty, so that a person can find it."""
        self.read += 1
        self.aside[reason] += 1
        if cell is not None:
            self.passed_over.append(cell)

    def fail(self, cell: Unread) -> None:
        self.read += 1
        self.unread.append(cell)


@dataclass(frozen=True, slots=True)
class Report:
    """The report of one import, stored beside what it brought and printed for a person."""

    feed: str
    file: str
    sha256: str
    title: str
    url: str
    effective: str
    tally: Tally
    rows_written: int

    def as_dict(self) -> dict[str, Any]:
        tally = self.tally
        return {
            "feed": self.feed,
            "file": self.file,
            "sha256": self.sha256,
            "title": self.title,
            "url": self.url,
            "effective": {"from": self.effective, "until": tally.until},
            "rows_read": tally.read,
            "taken": tally.taken,
            "not_parsed": len(tally.unread),
            "set_aside": dict(sorted(tally.aside.items())),
            "rows_written": self.rows_written,
            "unread": [cell.as_dict() for cell in tally.unread],
            "partly": [cell.as_dict() for cell in tally.partly],
            "passed_over": [cell.as_dict() for cell in tally.passed_over],
        }

    def as_text(self) -> str:
        """Return the report as a person reads it: counts, reasons, and the first of what could not be read."""
        tally = self.tally
        until = f" until {tally.until}" if tally.until else ""
        lines = [
            f"{self.title} ({self.file})",
            f"  {self.url}",
            f"  SHA-256 {self.sha256}",
            f"  in force from {self.effective}{until}",
            f"  {tally.read} rows read: {tally.taken} taken, {len(tally.unread)} not parsed,"
            f" {sum(tally.aside.values())} set aside; {self.rows_written} rows written",
        ]
        lines += [f"  set aside: {count} x {reason}" for reason, count in tally.aside.most_common()]
        lines += _cells("not parsed", tally.unread)
        lines += _cells("left out of a row that was taken", tally.partly)
        lines += _cells("set aside, with a duty of its own", tally.passed_over)
        return "\n".join(lines) + "\n"


def _cells(heading: str, cells: list[Unread]) -> list[str]:
    lines = [f"  {heading}: {count} x {reason}" for reason, count in Counter(c.reason for c in cells).most_common()]
    lines += [f"    row {c.row}, {c.column}, {c.code}: {c.text[:120]!r}" for c in cells[:SHOWN]]
    if len(cells) > SHOWN:
        lines.append(f"    and {len(cells) - SHOWN} more in report.json")
    return lines
