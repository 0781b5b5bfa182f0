"""The rulebook: an immutable release of the law, held in memory, with its version and hash."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from shipsmart.core.errors import BadExpression
from shipsmart.core.expression import parse
from shipsmart.core.law import RateSet, Regime
from shipsmart.rules.compiling import KINDS, Compiler
from shipsmart.rules.dated import BadRule, Rule, read_rule
from shipsmart.rules.local_rates import LocalTable, with_state_rates
from shipsmart.rules.sources import TariffSource, read_sources
from shipsmart.rules.tariff import Tariff, code_list, laid_over

DATA = Path(__file__).parent / "data"
MAX_REGIMES = 4000
MAX_DAYS = 1000
UNKNOWN_REGION = "?"
SOURCES = "tariff/sources.toml"


@dataclass(frozen=True, eq=False)
class Rulebook:
    """All rules of one release; regimes are built once per place and period and then kept."""

    version: str
    sha256: str
    compiler: Compiler = field(repr=False)
    exchange: tuple[RateSet, ...] = field(repr=False)
    regimes: dict[tuple[str, str | None, int], Regime] = field(default_factory=dict, repr=False, compare=False)
    changes: dict[str, tuple[list[datetime], frozenset[str]]] = field(default_factory=dict, repr=False, compare=False)
    days: dict[date, tuple[RateSet, ...]] = field(init=False, default_factory=dict, repr=False, compare=False)

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Return every rule by its id."""
        return self.compiler.rules

    @property
    def countries(self) -> tuple[str, ...]:
        """Return the jurisdictions that have rules, in order of their codes."""
        return tuple(sorted(r.folder.upper() for r in self.rules.values() if r.kind == "jurisdiction"))

    def rule(self, rule_id: str) -> Rule:
        """Return one rule, like `gb/vat`; raises BadRule for an unknown id."""
        if rule_id not in self.rules:
            raise BadRule(f"no rule {rule_id!r}; its file would be rules/data/{rule_id}.toml", rule=rule_id)
        return self.rules[rule_id]

    def regime(self, country: str, *, region: str | None, at: datetime) -> Regime:
        """Return the law of a place at an instant; raises NoRuleInForce."""
        known = self.changes.get(country)
        if known is None:
            rules = self.compiler.rules_of(country)
            known = self.changes[country] = (_instants(rules), _regions(rules))
        instants, regions = known
        if region is not None and region not in regions:
            # Regions that no rule mentions share one regime, so that made-up ones cannot fill the memory.
            region = UNKNOWN_REGION if regions else None
        key = (country, region, bisect_right(instants, at))
        found = self.regimes.get(key)
        if found is None:
            if len(self.regimes) >= MAX_REGIMES:
                self.regimes.clear()
            found = self.regimes[key] = self.compiler.regime(country, region, at)
        return found

    def rate_sets(self, at: datetime) -> tuple[RateSet, ...]:
        """Return the stored sets, the newest of the day or before first, later ones after them."""
        day = at.date()
        found = self.days.get(day)
        if found is None:
            if len(self.days) >= MAX_DAYS:
                self.days.clear()
            found = tuple(sorted(self.exchange, key=lambda s: (s.day > day, abs((s.day - day).days), s.source)))
            self.days[day] = found
        return found

    def with_exchange_rates(self, rates: Iterable[RateSet]) -> "Rulebook":
        """Return a copy that also knows newer rates; the law and its hash stay what they are."""
        return replace(self, exchange=(*rates, *self.exchange))

    def with_tariff(self, name: str, table: "str | Tariff") -> "Rulebook":
        """Return a copy in which one tariff is replaced or added; version and hash follow from its rows alone.

        `table` is the text of a `hs,duty[,column_2][,programmes][,confidence]` table, or a Tariff. What the copy
        answers is never taken from the memory of this book. Raises BadRule for a table that cannot be used.
        """
        tariff = _tariff(name, table) if isinstance(table, str) else table
        for code, duty in (*tariff.duties.items(), *tariff.column_2.items()):
            _check_row(name, code, duty)
        sha256 = hashlib.sha256(f"{self.sha256}\0{name}\0{tariff.sha256}".encode()).hexdigest()
        old = self.compiler
        compiler = Compiler(old.rules, {**old.tariffs, name: tariff}, old.lists, old.local_rates)
        version = f"{self.version.partition('+')[0]}+{sha256[:8]}"
        return replace(self, version=version, sha256=sha256, compiler=compiler, regimes={}, changes={})

    def local_table(self, rule_id: str, at: datetime) -> LocalTable | None:
        """Return the table of local rates that serves beside a state's tax at an instant, or None."""
        tables = self.compiler.local_rates.get(rule_id, ())
        return next((table for table in reversed(tables) if table.effective <= at), None)

    def with_local_rates(self, rule_id: str, *tables: LocalTable) -> "Rulebook":
        """Return a copy in which the tables answer for the local rates beside a state's tax; raises BadRule."""
        old, ordered = self.compiler, tuple(sorted(tables, key=lambda one: one.effective))
        rules = {**old.rules, rule_id: with_state_rates(self.rule(rule_id), ordered)}
        parts = "\0".join((self.sha256, rule_id, *(table.sha256 for table in ordered)))
        sha256 = hashlib.sha256(parts.encode()).hexdigest()
        compiler = Compiler(rules, old.tariffs, old.lists, {**old.local_rates, rule_id: ordered})
        version = f"{self.version.partition('+')[0]}+{sha256[:8]}"
        return replace(self, version=version, sha256=sha256, compiler=compiler, regimes={}, changes={})


def load_rulebook(folder: Path = DATA) -> Rulebook:
    """Return the rulebook read from a folder; raises BadRule when a file breaks the schema."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.*"))}
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    rules: dict[str, Rule] = {}
    for name, content in files.items():
        if name.endswith(".toml") and not name.startswith(("tariff/", "exchange/")):
            rule = read_rule(content.decode(), name.removesuffix(".toml"))
            if rule.kind not in KINDS:
                raise BadRule(f"{name}: kind {rule.kind!r} is not one of {', '.join(KINDS)}", rule=rule.id)
            rules[rule.id] = rule
    compiler = Compiler(rules, _tariffs(files), _lists(files))
    return Rulebook(_version(rules), digest.hexdigest(), compiler, _exchange(files))


@lru_cache(maxsize=1)
def current() -> Rulebook:
    """Return the rulebook that ships inside, read once per process."""
    return load_rulebook()


def _tariff(name: str, text: str, sources: Mapping[str, TariffSource] | None = None) -> Tariff:
    head = text.partition("\n")[0].strip().split(",")
    if not {"hs", "duty"} <= set(head):
        raise BadRule(f"tariff {name!r}: the first line must name the columns hs and duty, not {head}", tariff=name)
    return Tariff(name, text, sources)


def _check_row(name: str, code: str, duty: str) -> None:
    """Refuse a row that would only fail at a checkout: a code that is no code, a duty nobody can read."""
    if not (2 <= len(code) <= 10 and code.isascii() and code.isdigit()):
        raise BadRule(f"tariff {name!r}: {code!r} is no code of 2 to 10 digits", tariff=name, hs=code)
    if duty != "?":
        try:
            parse(duty.removeprefix("~"))
        except BadExpression as error:
            raise BadRule(f"tariff {name!r}, {code}: {error.message}", tariff=name, hs=code) from error


def _version(rules: Mapping[str, Rule]) -> str:
    """Return the day of the last check among the rules: a release is as new as the newest look at a source."""
    return max((rule.checked for rule in rules.values()), default=date.min).isoformat()


def _tariffs(files: Mapping[str, bytes]) -> dict[str, Tariff]:
    """Return every table by its name; `mx.until_2026` is `mx` with the rows that the law had before laid over it."""
    names = [n for n in files if n.startswith("tariff/") and n.endswith(".csv") and not n.endswith("_lists.csv")]
    sources = read_sources(files[SOURCES].decode()) if SOURCES in files else {}
    found = {name[7:-4]: _sourced(name[7:-4], files[name].decode(), sources) for name in names}
    for name in [name for name in found if "." in name]:
        base = name.partition(".")[0]
        if base not in found:
            raise BadRule(f"tariff {name!r}: there is no table {base!r} to lay it over", tariff=name)
        found[name] = laid_over(found[base], found[name])
    return found


def _sourced(name: str, text: str, sources: Mapping[str, TariffSource]) -> Tariff:
    found = _tariff(name, text, sources)
    unknown = sorted(set(found.cited.values()) - set(found.sources))
    if unknown:
        raise BadRule(f"tariff {name!r}: no [{unknown[0]}] in tariff/sources.toml", tariff=name)
    return found


def _lists(files: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, content in files.items():
        if name.startswith("tariff/") and name.endswith("_lists.csv"):
            found.update(code_list(content.decode()))
    return found


def _exchange(files: Mapping[str, bytes]) -> tuple[RateSet, ...]:
    return tuple(rate_set(content.decode()) for name, content in files.items() if name.startswith("exchange/"))


def rate_set(text: str) -> RateSet:
    """Return one day's exchange rates from JSON: base, day, source, url, purpose and rates as text."""
    data = json.loads(text)
    return RateSet(
        base=data["base"],
        day=date.fromisoformat(data["day"]),
        source=data["source"],
        url=data["url"],
        rates={code: Decimal(rate) for code, rate in data["rates"].items()},
        purpose=data.get("purpose", "customs"),
    )


def _regions(rules: Iterable[Rule]) -> frozenset[str]:
    """Return every region that the rules of a place tell apart."""
    fields = [entry.fields for rule in rules for entry in rule.entries]
    return frozenset(name for one in fields for key in ("regions", "not_regions") for name in one.get(key, ()))


def _instants(rules: Iterable[Rule]) -> list[datetime]:
    # One zone for all: comparing instants of the same zone is several times faster.
    return sorted({entry.effective.astimezone(UTC) for rule in rules for entry in rule.entries})
