"""From dated rules to a Regime: everything in force in one place at one instant."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from shipsmart.core.codes import agreement_key
from shipsmart.core.errors import NoRuleInForce
from shipsmart.core.expression import parse
from shipsmart.core.law import AdditionalDuty, Regime, Route, Tax, TaxRate
from shipsmart.rules import fields as read
from shipsmart.rules.dated import BadRule, Entry, Rule
from shipsmart.rules.local_rates import Localities, LocalTable
from shipsmart.rules.plans import Agreement, BaseRule, Planner
from shipsmart.rules.tariff import Tariff

KINDS = ("jurisdiction", "route", "tax", "tax_rate", "fee", "additional_duty", "base_duty", "preference",
         "excise")  # fmt: skip
JURISDICTION = frozenset(
    ("currency", "customs_value", "also", "formal_above", "rounding", "rounding_step", "rounding_scope", "value_step",
     "regions", "warnings", "excise", "clock")
)  # fmt: skip
ADDITIONAL = frozenset(
    ("order", "duty", "origins", "not_origins", "hs", "list", "not_hs", "not_list", "doubtful_list", "group", "unless",
     "not_preference", "notice")
)  # fmt: skip
PREFERENCE = frozenset(("ids", "origins", "duty", "programme", "hs", "not_hs", "quotas", "proof_limit"))
# Alcohol and tobacco bear an excise nearly everywhere; a place that has none says `excise = []`.
EXCISE = ("2203", "2204", "2205", "2206", "2207", "2208", "2401", "2402", "2403", "2404")
Live = list[tuple[Rule, Entry]]


class Compiler:
    """Builds regimes from the rules of a folder and of the folders it also belongs to."""

    def __init__(
        self,
        rules: Mapping[str, Rule],
        tariffs: Mapping[str, Tariff],
        lists: Mapping[str, tuple[str, ...]],
        local_rates: Mapping[str, tuple[LocalTable, ...]] | None = None,
    ):
        self.rules = rules
        self.tariffs = tariffs
        self.lists = lists
        # By rule of the state's tax, in order of time.
        self.local_rates = local_rates or {}
        self.folders: dict[str, list[Rule]] = {}
        # Lists of thousands of codes become sets once per value, not once per state and period.
        self.made: dict[tuple[str, datetime], AdditionalDuty] = {}
        self.moved: dict[tuple[str, int], list[Rule]] = {}
        for rule in rules.values():
            self.folders.setdefault(rule.folder, []).append(rule)

    def rules_of(self, country: str) -> list[Rule]:
        """Return the rules that can apply in a country: its own and those of the unions its history names."""
        folder = country.lower()
        own = list(self.folders.get(folder, ()))
        home = self.rules.get(f"{folder}/jurisdiction")
        for union, clock in sorted({pair for entry in (home.entries if home else ()) for pair in _unions(entry)}):
            own.extend(self._of_union(union, clock))
        return own

    def _of_union(self, union: str, clock: int) -> list[Rule]:
        """Return the rules of a union by the clock of a member: each begins at the member's own midnight."""
        if not clock:
            return self.folders.get(union, [])
        if (union, clock) not in self.moved:
            self.moved[union, clock] = [rule.by_clock(clock) for rule in self.folders.get(union, ())]
        return self.moved[union, clock]

    def regime(self, country: str, region: str | None, at: datetime) -> Regime:
        """Return the law of a place at an instant; raises NoRuleInForce."""
        home, entry, live = self._at(country, at)
        read.check_fields(home, entry, JURISDICTION)
        warnings = dict(entry.fields.get("warnings", {}))
        known = entry.fields.get("regions")
        if known and region not in known:
            wrong = "is missing" if region is None else f"is not one of those known in {country}"
            warnings["region_missing"] = f"ship_to.region {wrong}; taxes that depend on it follow the general rate"
        taxes = self._taxes(live, region)
        rates = tuple((tax, tax.rates) for tax in taxes)
        excise = tuple(entry.fields.get("excise", EXCISE))
        excises = tuple(read.excise(rule, found) for rule, found in _sorted(live, "excise"))
        planner = Planner(
            self._base(live, country), self._additional(live), self._agreements(live), rates, excise, excises
        )
        return Regime(
            country=country,
            region=region,
            currency=entry.fields["currency"],
            customs_value=entry.fields["customs_value"],
            stamp=entry.stamp(home),
            routes=self._routes(live),
            taxes=taxes,
            fees=tuple(read.fee(rule, found) for rule, found in _sorted(live, "fee")),
            rounding=read.rounding(entry.fields),
            formal_above=read.limit(entry.fields, home, name="formal_above"),
            plan=planner.plan,
            warnings=tuple(warnings.items()),
            without_region=_regional(live) if region is None else frozenset(),
        )

    def base_of(self, country: str, at: datetime) -> BaseRule:
        """Return where the base duties of a place come from at an instant; raises NoRuleInForce."""
        return self._base(self._at(country, at)[2], country)

    def _at(self, country: str, at: datetime) -> tuple[Rule, Entry, Live]:
        """Return the jurisdiction of a place, what it says at an instant, and all rules then in force there."""
        home = self.rules.get(f"{country.lower()}/jurisdiction")
        if home is None:
            raise NoRuleInForce(
                f"no rules for {country!r}; add rules/data/{country.lower()}/ (see rules/README.md)", country=country
            )
        entry = home.on(at)
        near = [*self.folders[home.folder]]
        for union, clock in _unions(entry):
            near += self._of_union(union, clock)
        return home, entry, [(rule, found) for rule in near if (found := rule.find(at))]

    def _taxes(self, live: Live, region: str | None) -> tuple[Tax, ...]:
        reduced: dict[str, list[TaxRate]] = {}
        for rule, entry in live:
            if rule.kind == "tax_rate":
                read.check_fields(rule, entry, frozenset(read.RATE_FIELDS))
                rate = read.tax_rate(rule, entry)
                if not rate.regions or region in rate.regions:
                    reduced.setdefault(entry.fields["tax"], []).append(rate)
        taxes = []
        for rule, entry in _sorted(live, "tax"):
            only, never = entry.fields.get("regions"), entry.fields.get("not_regions", ())
            if (only and region not in only) or region in never:
                continue
            rates = (*reduced.get(rule.stem, ()), _general_rate(rule, entry))
            tax = read.tax(rule, entry, rates)
            if entry.fields.get("local"):
                local = Localities(str(region), self.local_rates.get(rule.id, ()), confidence=entry.confidence)
                tax = replace(tax, local=local.find)
            taxes.append(tax)
            self._known(live, rule.id, _named(taxes[-1].base))
        return tuple(taxes)

    def _routes(self, live: Live) -> tuple[Route, ...]:
        """Return the lawful ways in; raises BadRule where one names a tax or a fee that the place never had."""
        found = tuple(read.route(rule, entry) for rule, entry in _sorted(live, "route"))
        for route in found:
            parts = [part for names in route.tax_base.values() for part in names]
            self._known(live, route.stamp.rule, [*route.taxes, *filter(None, route.tax_base), *_named(parts)])
        return found

    def _known(self, live: Live, rule_id: str, names: list[str]) -> None:
        """Refuse names of taxes and fees for which the folders of a place hold no file."""
        known = {rule.stem for folder in {rule.folder for rule, _ in live} for rule in self.folders[folder]}
        unknown = sorted(set(names) - known)
        if unknown:
            raise BadRule(f"{rule_id}.toml names a tax or fee {unknown[0]!r} that has no file here", rule=rule_id)

    def _base(self, live: Live, country: str) -> BaseRule:
        found = [(rule, entry) for rule, entry in live if rule.kind == "base_duty"]
        if not found:
            raise NoRuleInForce(
                f"no base duty is in force in {country}; add rules/data/{country.lower()}/base_duty.toml"
            )
        rule, entry = found[0]
        read.check_fields(rule, entry, frozenset(("table", "all", "default", "column_2")))
        table = entry.fields.get("table")
        if table is not None and table not in self.tariffs:
            raise BadRule(f"{rule.id}.toml: no tariff table {table!r} in rules/data/tariff", rule=rule.id)
        return BaseRule(
            stamp=entry.stamp(rule),
            tariff=None if table is None else self.tariffs[table],
            everything=entry.fields.get("all"),
            default=entry.fields.get("default"),
            column_2=bool(entry.fields.get("column_2", False)),
        )

    def _additional(self, live: Live) -> tuple[AdditionalDuty, ...]:
        found = []
        for rule, entry in _sorted(live, "additional_duty"):
            key = (rule.id, entry.effective)
            if key not in self.made:
                self.made[key] = self._one_additional(rule, entry)
            found.append(self.made[key])
        return tuple(found)

    def _one_additional(self, rule: Rule, entry: Entry) -> AdditionalDuty:
        read.check_fields(rule, entry, ADDITIONAL)
        get = entry.fields.get
        codes = (*get("hs", ()), *self._listed(get("list", ()), rule))
        spared = (*get("not_hs", ()), *self._listed(get("not_list", ()), rule))
        doubtful = self._listed(get("doubtful_list", ()), rule)
        return AdditionalDuty(
            stamp=entry.stamp(rule),
            duty=parse(entry.fields["duty"]),
            text=entry.fields["duty"],
            origins=frozenset(get("origins", ())),
            not_origins=frozenset(get("not_origins", ())),
            covers=read.covers(codes) if codes else None,
            touches=read.touches(codes) if codes else None,
            spares=read.covers(spared) if spared else None,
            group=get("group", rule.stem),
            unless=frozenset(get("unless", ())),
            not_preference=frozenset(agreement_key(name) for name in get("not_preference", ())),
            doubtful=read.covers(doubtful) if doubtful else None,
            notice=get("notice", ""),
        )

    def _listed(self, names: Iterable[str], rule: Rule) -> tuple[str, ...]:
        found: list[str] = []
        for name in names:
            if name not in self.lists:
                raise BadRule(f"{rule.id}.toml: no code list {name!r} in rules/data/tariff", rule=rule.id)
            found.extend(self.lists[name])
        return tuple(found)

    def _agreements(self, live: Live) -> dict[str, Agreement]:
        found = {}
        for rule, entry in live:
            if rule.kind != "preference":
                continue
            read.check_fields(rule, entry, PREFERENCE)
            get = entry.fields.get
            if "duty" not in entry.fields and "programme" not in entry.fields:
                raise BadRule(
                    f"{rule.id}.toml: a preference names its 'duty' or a 'programme' of a table", rule=rule.id
                )
            ids = frozenset(agreement_key(name) for name in (rule.stem, *entry.fields.get("ids", ())))
            agreement = Agreement(
                stamp=entry.stamp(rule),
                ids=ids,
                origins=frozenset(entry.fields["origins"]),
                duty=get("duty"),
                programme=get("programme"),
                hs=tuple(get("hs", ())),
                not_hs=tuple(get("not_hs", ())),
                quotas=tuple(get("quotas", ())),
                proof_limit=read.limit(entry.fields, rule, name="proof_limit"),
            )
            found.update(dict.fromkeys(ids, agreement))
            for name in _pairs(rule.folder, agreement.origins):
                found.setdefault(name, agreement)
        return found


def _regional(live: Live) -> frozenset[str]:
    """Return the registrations for taxes that hold in some regions only."""
    fields = [entry.fields for rule, entry in live if rule.kind == "tax" and entry.fields.get("regions")]
    return frozenset(one["scheme"] for one in fields if "scheme" in one)


def _unions(home: Entry) -> list[tuple[str, int]]:
    """Return the unions a place belongs to, each with the hours that the place is ahead of the union's clock."""
    return [(union, int(home.fields.get("clock", 0))) for union in home.fields.get("also", ())]


def _pairs(folder: str, origins: frozenset[str]) -> list[str]:
    """Return the plain names of an agreement by its two parties, either way round: `EU-GB`, `UKEU`."""
    home = ("GB", "UK") if folder == "gb" else (folder.upper(),)
    away = [name for origin in sorted(origins) for name in ((origin, "UK") if origin == "GB" else (origin,))]
    return [pair for here in home for there in away for pair in (here + there, there + here)]


def _sorted(live: Live, kind: str) -> Live:
    """Return the rules of one kind in the order they name; the name breaks ties, so that order is never chance."""
    return sorted(
        ((rule, entry) for rule, entry in live if rule.kind == kind),
        key=lambda pair: (pair[1].fields.get("order", 50), pair[0].id),
    )


def _named(parts: Iterable[str]) -> list[str]:
    """Return the ids of the taxes and fees that stand among the parts of a base."""
    return [part.partition(":")[2] for part in parts if ":" in part]


def _general_rate(rule: Rule, entry: Entry) -> TaxRate:
    if "rate" not in entry.fields:
        raise BadRule(f"{rule.id}.toml lacks 'rate'; a zero rate must be written down", rule=rule.id)
    return TaxRate(stamp=entry.stamp(rule), rate=read.ratio(entry.fields["rate"], rule))
