"""The agreements under which goods enter a destination at a lower duty, by the names merchants know them."""

from collections.abc import Iterator
from datetime import datetime

from shipsmart.core.codes import agreement_key, customs_union
from shipsmart.quotes import rulebook

MEMBER = {"EU": "DE"}  # a union's tariff is one: any member's law names its agreements


def destinations() -> frozenset[str]:
    """Return the customs territories that have law here: `EU`, else a country's own code."""
    return frozenset(customs_union(country) for country in rulebook.current().countries)


def agreements_into(destination: str, *, origin: str, at: datetime) -> tuple[str, ...]:
    """Return the names of the agreements in force for goods of `origin` ("": of any), in order."""
    return tuple(sorted({names[0] for names in _in_force(destination, origin, at)}))


def is_known(name: str, destination: str, *, origin: str, at: datetime) -> bool:
    """Return whether an agreement of that name (case and punctuation aside) covers goods of `origin` there."""
    wanted = agreement_key(name)
    return any(wanted in map(agreement_key, names) for names in _in_force(destination, origin, at))


def _in_force(destination: str, origin: str, at: datetime) -> Iterator[tuple[str, ...]]:
    for rule in rulebook.current().compiler.rules_of(MEMBER.get(destination, destination)):
        entry = rule.find(at) if rule.kind == "preference" else None
        if entry and (not origin or origin in entry.fields["origins"]):
            yield (*entry.fields.get("ids", ()), rule.stem)
