"""What the law says of one line: base duty, additional duties and tax rates by code, origin and agreement."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shipsmart.core.codes import agreement_key
from shipsmart.core.errors import NoRuleInForce
from shipsmart.core.expression import FREE, parse
from shipsmart.core.law import AdditionalDuty, BaseDuty, Excise, Limit, LinePlan, Stamp, Tax, TaxRate
from shipsmart.rules.tariff import Duty, Tariff, level

MEMORY_LIMIT = 5_000
COLUMN_2 = frozenset(("BY", "CU", "KP", "RU"))


@dataclass(frozen=True, slots=True)
class BaseRule:
    """Where base duties come from: a table, one duty for all goods, or a stated fallback."""

    stamp: Stamp
    tariff: Tariff | None
    everything: str | None
    default: str | None
    column_2: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """A preference: who it serves, what duty it gives, and under which names merchants know it.

    `duty` holds for all goods unless `programme` names the column of the tariff table that decides. Goods of `quotas`
    have their preference only within a quota, which nobody can know at a checkout: they pay the normal duty. Over
    `proof_limit` the statement of a seller who is not registered is no proof.
    """

    stamp: Stamp
    ids: frozenset[str]
    origins: frozenset[str]
    duty: str | None
    programme: str | None = None
    hs: tuple[str, ...] = ()
    not_hs: tuple[str, ...] = ()
    quotas: tuple[str, ...] = ()
    proof_limit: Limit | None = None


class Planner:
    """Makes and remembers the line plans of one regime; the memory is bounded."""

    def __init__(
        self,
        base: BaseRule,
        additional: tuple[AdditionalDuty, ...],
        agreements: Mapping[str, Agreement],
        taxes: tuple[tuple[Tax, tuple[TaxRate, ...]], ...],
        excise: tuple[str, ...] = (),
        excises: tuple[Excise, ...] = (),
    ) -> None:
        self.excise = excise
        self.excises = excises
        self.base = base
        self.additional = additional
        self.agreements = agreements
        self.taxes = taxes
        self.memory: dict[tuple[str | None, str, str | None], LinePlan] = {}

    def plan(self, hs_code: str | None, origin: str, preference: str | None) -> LinePlan:
        key = (hs_code, origin, preference)
        known = self.memory.get(key)
        if known is None:
            if len(self.memory) >= MEMORY_LIMIT:
                self.memory.clear()
            known = self.memory[key] = self._make(hs_code, origin, preference)
        return known

    def _make(self, hs_code: str | None, origin: str, preference: str | None) -> LinePlan:
        warnings: list[tuple[str, str]] = []
        country = origin.removeprefix("?")
        if origin != country:
            warnings.append(
                ("origin_missing", f"origin is missing; {country}, where it ships from, is taken for it: give origin")
            )
        if hs_code is None:
            warnings.append(
                ("hs_code_missing", "hs_code is missing; fallback duty and standard rates are used: give hs_code")
            )
        duty_warnings: list[tuple[str, str]] = []
        agreement = self._agreement(preference, country, duty_warnings)
        base = self._preferential(agreement, hs_code, duty_warnings) if agreement else None
        if base is None:
            agreement = None
            base = self._base(hs_code, country, duty_warnings)
        additional = self._additional(hs_code or "", country, preference if agreement else None, duty_warnings)
        return LinePlan(
            base=base,
            additional=additional,
            rates=tuple(_candidates(tax, rates, hs_code or "") for tax, rates in self.taxes),
            hs_class=(hs_code or "")[:6],
            warnings=tuple(warnings),
            duty_warnings=tuple(duty_warnings),
            agreement=agreement_key(preference or "") if agreement else "",
            excise=self._excise(hs_code or ""),
            excises=self._computed(hs_code or ""),
            proof=agreement.proof_limit if agreement else None,
            proof_note=_proof_note(agreement) if agreement else "",
        )

    def _computed(self, code: str) -> tuple[Excise, ...]:
        return tuple(excise for excise in self.excises if _longest(excise.hs, code))

    def _excise(self, code: str) -> str:
        if not _longest(self.excise, code) or self._computed(code):
            return ""
        return f"goods of heading {code[:4]} bear an excise here that this rulebook does not compute: ask the carrier"

    def _agreement(self, preference: str | None, origin: str, notes: list[tuple[str, str]]) -> Agreement | None:
        if preference is None:
            return None
        found = self._named(agreement_key(preference))
        if found is None:
            notes.append(("preference_unknown", f"no agreement {preference!r} is known here; the normal duty is used"))
        elif origin not in found.origins:
            notes.append(("preference_not_for_origin", f"{found.stamp.name} does not cover goods of {origin}"))
            found = None
        return found

    def _named(self, key: str) -> Agreement | None:
        """Return the agreement of a name, or the one whose name it begins with: `UK-IN CETA` begins with `UK-IN`."""
        starts = [name for name in self.agreements if len(name) >= 4 and key.startswith(name)]
        return self.agreements.get(key) or (self.agreements[max(starts, key=len)] if starts else None)

    def _preferential(self, agreement: Agreement, hs_code: str | None, notes: list[tuple[str, str]]) -> BaseDuty | None:
        """Return the duty under an agreement, or None with the reason among the notes: the normal duty then holds."""
        name, code = agreement.stamp.name, hs_code or ""
        if agreement.quotas and _longest(agreement.quotas, code):
            notes.append(
                (
                    "preference_under_quota",
                    f"{name} frees {code} within a quota only; the normal duty is used: ask customs",
                )
            )
            return None
        text = self._preferred(agreement, code)
        if text is None:
            notes.append(("preference_not_for_goods", f"{name} does not free these goods"))
            return None
        duty, normal = parse(text), self._base(hs_code, "", [])
        if normal.duty and normal.duty.rate is not None and duty.rate is not None and normal.duty.rate < duty.rate:
            notes.append(
                ("preference_not_better", f"the normal duty of {normal.text} is lower than {text} under {name}")
            )
            return None
        return BaseDuty(duty, text, code, agreement.stamp)

    def _preferred(self, agreement: Agreement, code: str) -> str | None:
        """Return the duty text of an agreement for a code: its own, or that of its programme in the tariff table."""
        if (agreement.hs and not _longest(agreement.hs, code)) or _longest(agreement.not_hs, code):
            return None
        if agreement.programme is None:
            return agreement.duty
        tariff = self.base.tariff
        normal = tariff.find(code) if tariff and code else None
        if tariff is None or normal is None:
            return None
        if normal.text == "Free":
            return "0%"
        found = tariff.under(code, agreement.programme)
        return agreement.duty or "0%" if found == "Free" else found

    def _base(self, hs_code: str | None, origin: str, notes: list[tuple[str, str]]) -> BaseDuty:
        rule = self.base
        if rule.everything is not None:
            return BaseDuty(parse(rule.everything), rule.everything, "", rule.stamp)
        found = rule.tariff.find(hs_code) if rule.tariff and hs_code else None
        if found is None:
            return self._fallback(hs_code, notes)
        if rule.column_2 and origin in COLUMN_2 and rule.tariff and hs_code:
            text = rule.tariff.second_column(hs_code)
            found = replace(found, text=text) if text else found
        return self._from_table(found, hs_code or "", notes)

    def _from_table(self, found: Duty, hs_code: str, notes: list[tuple[str, str]]) -> BaseDuty:
        stamp = self.base.stamp
        tariff = self.base.tariff
        if found.text == "?":
            problem = f"the duty of {hs_code} cannot be computed from its code: give a rate_override from a ruling"
            return BaseDuty(None, found.text, found.matched, stamp, problem)
        if found.spread:
            notes.append(("hs_code_ambiguous", f"{hs_code} covers duties from {found.spread}; the highest is used"))
        if found.bound:
            notes.append(
                ("duty_upper_bound", f"the duty of {hs_code} falls on parts of the goods; {found.text} is its most")
            )
        # A row may be surer, or less sure, than its table; a range or a bound is never more than an estimate.
        confidence = (tariff.confidence.get(found.matched) if tariff else None) or stamp.confidence
        stamp = replace(stamp, confidence="estimate" if found.spread or found.bound else confidence)
        stamp = replace(stamp, name=f"{stamp.name}, {level(found.matched)}")
        read_at = tariff.source_of(found.matched) if tariff else None
        if read_at is not None:
            stamp = replace(stamp, source={"title": read_at.title, "url": read_at.url})
        node = FREE if found.text == "Free" else parse(found.text)
        return BaseDuty(node, found.text, found.matched, stamp)

    def _fallback(self, hs_code: str | None, notes: list[tuple[str, str]]) -> BaseDuty:
        default = self.base.default
        goods = hs_code or "goods without a code"
        if default is None:
            problem = f"no duty is known for {goods}: import a tariff or give a rate_override"
            return BaseDuty(None, "", "", self.base.stamp, problem)
        notes.append(("duty_by_default", f"no tariff line is stored for {goods}; the fallback of {default} is used"))
        stamp = replace(self.base.stamp, confidence="estimate", name=f"{self.base.stamp.name}: fallback for all goods")
        return BaseDuty(parse(default), default, "", stamp)

    def _additional(
        self, code: str, origin: str, preference: str | None, notes: list[tuple[str, str]]
    ) -> tuple[AdditionalDuty, ...]:
        chosen: list[AdditionalDuty] = []
        groups: set[str] = set()
        for rule in self.additional:
            if (rule.unless & groups) or not _concerns(rule, origin, preference):
                continue
            if rule.spares is not None and rule.spares(code):
                continue
            if rule.covers is not None and not rule.covers(code) and not _may_cover(rule, code, notes):
                continue
            chosen.append(rule)
            if not rule.notice:
                groups.add(rule.group)
        return tuple(chosen)


def _proof_note(agreement: Agreement) -> str:
    limit = agreement.proof_limit
    if limit is None:
        return ""
    return (
        f"{agreement.stamp.name}: over {limit.amount} {limit.currency} a seller's own statement of origin is no proof; "
        "it must come from a registered or approved exporter"
    )


def _concerns(rule: AdditionalDuty, origin: str, preference: str | None) -> bool:
    if (rule.origins and origin not in rule.origins) or origin in rule.not_origins:
        return False
    return not (preference and agreement_key(preference) in rule.not_preference)


def _may_cover(rule: AdditionalDuty, code: str, notes: list[tuple[str, str]]) -> bool:
    """Return whether a code too short to decide is charged: yes, with a note, where listed lines lie below it.

    Without any code only a note is left: the goods may be on the list, and nobody can say.
    """
    if not code and rule.origins and not rule.notice:
        note = (
            "additional_duty_possible",
            f"{rule.group or rule.stamp.rule}: whether it applies depends on the HS code",
        )
        if note not in notes:
            notes.append(note)
        return False
    if rule.touches is None or not rule.touches(code):
        return False
    if not rule.notice:
        notes.append(("additional_duty_doubtful", f"{rule.stamp.name}: {code} is too short to tell; it is charged"))
    return True


def _candidates(tax: Tax, rates: tuple[TaxRate, ...], code: str) -> tuple[TaxRate, ...]:
    """Return the rates to try for a code: closest first, down to the first without a price limit."""
    fitting = [(len(_longest(rate.hs, code)), rate) for rate in rates if not rate.hs or _longest(rate.hs, code)]
    fitting.sort(key=lambda pair: (-pair[0], not pair[1].regions, pair[1].unit_price_limit is None))
    chosen = []
    for _, rate in fitting:
        chosen.append(rate)
        if rate.unit_price_limit is None:
            return tuple(chosen)
    raise NoRuleInForce(
        f"{tax.id} has no rate for goods {code or 'without a code'}; write one down, zero too", tax=tax.id
    )


def _longest(prefixes: tuple[str, ...], code: str) -> str:
    return max((prefix for prefix in prefixes if code.startswith(prefix)), key=len, default="")
