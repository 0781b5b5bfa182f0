"""Find what is wrong or old in a rulebook: stale checks, values nobody verified, rules that cannot be compiled."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shipsmart.core.errors import ShipSmartError
from shipsmart.rules.book import Rulebook
from shipsmart.rules.dated import Entry, Rule
from shipsmart.rules.vetting import vet

STALE_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: `code` is stale, unsourced, estimate, announced_past or broken."""

    code: str
    rule: str
    message: str


def check(book: Rulebook, *, today: date) -> list[Finding]:
    """Return findings in order of rule; undated and overlapping values never load, so they cannot appear here.

    `today` is given by the caller: the law itself knows no clock.
    """
    found: list[Finding] = []
    for rule in sorted(book.rules.values(), key=lambda r: r.id):
        found.extend(_age(rule, today))
        found.extend(_entries(rule, today))
    found.extend(_sources(book, today))
    found.extend(Finding("broken", rule, message) for rule, message in vet(book.compiler))
    found.extend(_compile(book, today))
    return found


def problems(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that make a rulebook unfit to release; estimates are stated facts, not faults."""
    return [finding for finding in findings if finding.code in ("broken", "unsourced", "announced_past")]


def report(findings: Iterable[Finding]) -> str:
    """Return the findings as a text for a terminal: what is wrong first, estimates counted by country at the end."""
    found = list(findings)
    wrong = problems(found)
    lines = [f"{one.code}: {one.rule}: {one.message}" for one in wrong]
    lines += [f"{one.code}: {one.rule}: {one.message}" for one in found if one.code == "stale"]
    places = Counter(one.rule.partition("/")[0] for one in found if one.code == "estimate")
    if places:
        by_place = ", ".join(f"{place} {count}" for place, count in sorted(places.items()))
        lines.append(f"not verified at the source, by place: {by_place}")
    counts = Counter(one.code for one in found)
    rest = f"{counts['stale']} stale, {counts['estimate']} not verified at the source"
    lines.append(f"{len(found)} findings: {len(wrong)} wrong, {rest}")
    return "\n".join(lines) + "\n"


def _sources(book: Rulebook, today: date) -> list[Finding]:
    """Return the sources of single tariff rows that nobody has read for a year, each once."""
    known = {key: one for tariff in book.compiler.tariffs.values() for key, one in tariff.sources.items()}
    return [
        Finding("stale", "tariff/sources", f"[{key}] last checked on {one.checked}; read it again and date it")
        for key, one in sorted(known.items())
        if today - one.checked > STALE_AFTER
    ]


def _age(rule: Rule, today: date) -> list[Finding]:
    if rule.checked > today + timedelta(days=1):
        return [Finding("stale", rule.id, f"checked on {rule.checked}, a day still to come; date it truly")]
    if today - rule.checked <= STALE_AFTER:
        return []
    return [Finding("stale", rule.id, f"last checked on {rule.checked}; read its source again and date it")]


def _entries(rule: Rule, today: date) -> list[Finding]:
    found = [
        Finding("unsourced", rule.id, f"the source of {entry.effective.date()} is no address: {entry.source!r}")
        for entry in (*rule.entries, *rule.pending)
        if not entry.source.startswith("https://")
    ]
    found += [
        Finding("announced_past", rule.id, f"announced for {entry.effective.date()}: enact it, move it or drop it")
        for entry in rule.pending
        if entry.effective.date() <= today - timedelta(days=90)
    ]
    now = _last(rule)
    if now is not None and now.confidence == "estimate" and not now.repealed:
        found.append(Finding("estimate", rule.id, f"{rule.title}: not verified at the source"))
    return found


def _last(rule: Rule) -> Entry | None:
    return rule.entries[-1] if rule.entries else None


def _compile(book: Rulebook, today: date) -> list[Finding]:
    """Build the law of every place at every instant it changes: a broken file shows here and not at a checkout."""
    found = []
    for country in book.countries:
        instants = {entry.effective for rule in book.compiler.rules_of(country) for entry in rule.entries}
        start = book.rule(f"{country.lower()}/jurisdiction").entries[0].effective
        instants.add(datetime.combine(today, time(12), tzinfo=UTC))
        for at in sorted(instant for instant in instants if instant >= start):
            try:
                regime = book.compiler.regime(country, None, at)
                regime.plan(None, country, None)
            except (ShipSmartError, KeyError, ValueError) as error:
                found.append(Finding("broken", f"{country.lower()}/jurisdiction", f"{at.isoformat()}: {error}"))
    return found
