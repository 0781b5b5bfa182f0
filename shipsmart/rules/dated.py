"""Dated rules: one TOML file is one rule, its values in force from an instant until the next one."""

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from shipsmart.core.errors import NoRuleInForce, ShipSmartError
from shipsmart.core.law import Stamp

STATUSES = ("enacted", "announced", "suspended", "litigated")
CONFIDENCES = ("verified", "estimate")
IN_FORCE = ("enacted", "litigated")
HEAD = frozenset(("title", "kind", "checked", "source", "source_title", "status", "confidence", "note", "values"))
COMMON = frozenset(("effective", "repealed", "source", "source_title", "status", "confidence", "note"))


class BadRule(ShipSmartError):  # noqa: N818
    """A rule file that breaks the schema: the message names the file, the entry and the remedy."""

    code = "bad_rule"


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated value of a rule."""

    effective: datetime
    until: datetime | None
    repealed: bool
    status: str
    confidence: str
    source: str
    source_title: str
    fields: Mapping[str, Any]

    def stamp(self, rule: "Rule") -> Stamp:
        """Return what the answer says about where a figure comes from."""
        return Stamp(
            rule=rule.id,
            name=rule.title,
            source={"title": self.source_title, "url": self.source},
            in_force={
                "from": self.effective.isoformat(),
                "until": None if self.until is None else self.until.isoformat(),
            },
            confidence=self.confidence,
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its history; `id` is the path below the data folder without its ending, like `de/vat`."""

    id: str
    kind: str
    title: str
    checked: date
    entries: tuple[Entry, ...]
    pending: tuple[Entry, ...]

    @property
    def folder(self) -> str:
        return self.id.partition("/")[0]

    @property
    def stem(self) -> str:
        return self.id.rpartition("/")[2]

    def on(self, at: datetime) -> Entry:
        """Return the value in force at an instant; raises NoRuleInForce before the first and after a repeal."""
        found = self.find(at)
        if found is None:
            raise NoRuleInForce(
                f"{self.title} has no value in force on {at.isoformat()}; add one to rules/data/{self.id}.toml",
                rule=self.id,
                at=at.isoformat(),
            )
        return found

    def by_clock(self, hours: int) -> "Rule":
        """Return the rule as it holds where the clock is so many hours ahead: the same days, other instants.

        Union law begins with the first hour of a day, and the customs office that accepts the entry has its own
        midnight (Regulation 1182/71, article 4; Union Customs Code, articles 77 and 172).
        """
        ahead = timedelta(hours=hours)
        entries = tuple(
            replace(
                one,
                effective=_moved(one.effective, ahead),
                until=None if one.until is None else _moved(one.until, ahead),
            )
            for one in self.entries
        )
        return replace(self, entries=entries)

    def find(self, at: datetime) -> Entry | None:
        """Return the value in force at an instant, or None."""
        position = bisect_right([entry.effective for entry in self.entries], at) - 1
        if position < 0 or self.entries[position].repealed:
            return None
        return self.entries[position]


def _moved(instant: datetime, ahead: timedelta) -> datetime:
    """Return the instant at which a clock that much ahead shows the same day and hour."""
    return instant.replace(tzinfo=timezone((instant.utcoffset() or timedelta()) + ahead))


def read_rule(text: str, rule_id: str) -> Rule:
    """Return the rule written in a TOML text; raises BadRule for anything undated, unsourced or out of order."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise BadRule(f"{rule_id}.toml is not TOML: {error}", rule=rule_id) from error
    for key in ("title", "kind", "checked", "values"):
        if key not in data:
            raise BadRule(f"{rule_id}.toml lacks {key!r}; every rule file has one", rule=rule_id)
    unknown = sorted(data.keys() - HEAD)
    if unknown:
        raise BadRule(f"{rule_id}.toml: unknown head field {unknown[0]!r}", rule=rule_id)
    if not isinstance(data["checked"], date) or isinstance(data["checked"], datetime):
        raise BadRule(f"{rule_id}.toml: 'checked' must be a date like 2026-11-22", rule=rule_id)
    raw = [_entry(value, data, f"{rule_id}.toml values[{i}]") for i, value in enumerate(data["values"])]
    live = [entry for entry in raw if entry.status != "announced"]
    pending = tuple(entry for entry in raw if entry.status == "announced")
    return Rule(rule_id, data["kind"], data["title"], data["checked"], _chain(live, rule_id), pending)


def _chain(entries: list[Entry], rule_id: str) -> tuple[Entry, ...]:
    for earlier, later in zip(entries, entries[1:], strict=False):
        if later.effective <= earlier.effective:
            raise BadRule(
                f"{rule_id}.toml: {later.effective.isoformat()} overlaps the value before it; order values by time",
                rule=rule_id,
            )
    ends: list[datetime | None] = [*(entry.effective for entry in entries[1:]), *([None] if entries else [])]
    return tuple(
        Entry(e.effective, end, e.repealed, e.status, e.confidence, e.source, e.source_title, e.fields)
        for e, end in zip(entries, ends, strict=True)
    )


def _entry(value: Mapping[str, Any], head: Mapping[str, Any], where: str) -> Entry:
    effective = value.get("effective")
    if not isinstance(effective, datetime) or effective.tzinfo is None:
        raise BadRule(f"{where}: 'effective' must be an instant with offset, like 2026-07-01T00:00:00+02:00")
    merged = {key: value.get(key, head.get(key)) for key in ("source", "source_title", "status", "confidence")}
    if not merged["source"] or not merged["source_title"]:
        raise BadRule(f"{where}: name 'source' (an address) and 'source_title'")
    status, confidence = merged["status"], merged["confidence"]
    for name, found, allowed in (("status", status, STATUSES), ("confidence", confidence, CONFIDENCES)):
        if found not in allowed:
            raise BadRule(f"{where}: {name} is one of {', '.join(allowed)}, not {found!r}; every value has one")
    return Entry(
        effective=effective,
        until=None,
        repealed=bool(value.get("repealed", False)) or status == "suspended",
        status=status,
        confidence=confidence,
        source=merged["source"],
        source_title=merged["source_title"],
        fields={key: part for key, part in value.items() if key not in COMMON},
    )
