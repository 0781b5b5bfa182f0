"""Measures of the EU and UK tariffs (the same model): which of them makes the duty of a code on a day.

Measure types (TARIC): 103 third country duty, 105 the same under authorised use, 112 autonomous suspension,
106 customs union duty, 142 tariff preference; 115, 117, 119, 141, 145 and 146 ask for an authorisation or
certificate, 122, 123, 143 for what is left of a quota; 55x and 69x are duties on top that the rulebook's notices cover.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from integrations.feeds.report import Tally, Unread
from integrations.feeds.schedule import Schedule, prefix_of, sorted_rows
from shipsmart.rules.hts import TariffRow, programmes_cell

THIRD_COUNTRY, AUTHORISED, SUSPENSION = "103", "105", "112"
PREFERENCES = ("106", "142")
EVERYONE = "1011"  # erga omnes
# Measures that carry a duty a shipper may have hoped for or must pay: each is listed when it is set aside.
LISTED = ("103", "105", "106", "112", "115", "117", "119", "122", "123", "141", "142", "143", "145", "146",
          "551", "552", "553", "554", "695", "696")  # fmt: skip
REASONS = {
    "115": "suspension that asks for authorised use", "117": "suspension for ships and platforms",
    "119": "suspension that asks for an airworthiness certificate", "141": "suspension of a preference",
    "122": "quota: what is left of it is not known", "123": "quota: what is left of it is not known",
    "143": "preferential quota: what is left of it is not known", "146": "preferential quota under authorised use",
    "145": "preference that asks for authorised use", "305": "VAT, which the rulebook holds",
    "306": "excise, which this engine does not compute",
    "551": "anti-dumping: the notice of the rulebook covers it",
    "552": "anti-dumping: the notice of the rulebook covers it",
    "553": "countervailing duty: the notice of the rulebook covers it",
    "554": "countervailing duty: the notice of the rulebook covers it",
    "695": "additional duty: the notice of the rulebook covers it",
    "696": "additional duty: the notice of the rulebook covers it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: `duty` in the engine's grammar, or None with `problem` where nothing can carry `published`."""

    row: str
    code: str
    type: str
    origin: str
    published: str
    duty: str | None
    problem: str = ""
    start: date | None = None
    end: date | None = None
    conditional: str = ""

    def unread(self, reason: str = "") -> Unread:
        """Return what the report says of this measure."""
        origin = "" if self.origin == EVERYONE else f"{self.origin}: "
        return Unread(self.row, "duty", self.code, origin + self.published, reason or self.problem)


class Chooser:
    """Sorts measures as they come and makes the table at the end; holds only those that count."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.tally = Tally()
        self.duties: dict[str, dict[str, list[Measure]]] = defaultdict(lambda: defaultdict(list))
        self.granted: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))

    def add(self, measure: Measure) -> None:
        reason = self._aside(measure)
        if reason:
            carries = measure.type in LISTED and measure.published
            self.tally.set_aside(reason, measure.unread(reason) if carries else None)
        elif measure.type in PREFERENCES and measure.duty is not None:
            self.granted[prefix_of(measure.code)][measure.origin].add(measure.duty)
            self._taken(measure)
        else:
            self.duties[prefix_of(measure.code)][measure.type].append(measure)

    def _aside(self, measure: Measure) -> str:
        if measure.start is not None and measure.start > self.day:
            return "begins later than the day of the import"
        if measure.end is not None and measure.end < self.day:
            return "ended before the day of the import"
        if measure.type in REASONS or measure.type not in (THIRD_COUNTRY, AUTHORISED, SUSPENSION, *PREFERENCES):
            return REASONS.get(measure.type, f"measure type {measure.type} is no duty of ours")
        if measure.conditional:
            return measure.conditional
        if measure.type in PREFERENCES:
            return "" if measure.duty is not None else f"preference: {measure.problem or 'no duty is given'}"
        return "" if measure.origin == EVERYONE else "third country duty for some countries only"

    def _taken(self, measure: Measure) -> None:
        self.tally.take()
        if measure.end is not None and (self.tally.until is None or measure.end.isoformat() < self.tally.until):
            self.tally.until = measure.end.isoformat()

    def schedule(self) -> Schedule:
        """Return the table: for each code its duty and the origins to which a preference gives it free."""
        general = {code: self._choose(code, by_type) for code, by_type in self.duties.items()}
        rows = []
        for code in sorted(general.keys() | self.granted.keys()):
            duty = next((general[code[:n]] for n in range(len(code), 1, -1) if code[:n] in general), None)
            if duty is None:
                note = "a preference for a code whose third country duty the file does not tell"
                self.tally.partly.append(Unread("", "duty", code, " ".join(sorted(self.granted[code])), note))
                continue
            rows.append(TariffRow(code, duty, "", self._programmes(code)))
        return Schedule(sorted_rows(rows), self.tally)

    def _programmes(self, code: str) -> str:
        """Return what preferences give to a code: its own before those of the codes above it."""
        found: dict[str, set[str]] = {}
        for n in range(2, len(code) + 1):
            found |= self.granted.get(code[:n], {})
        clear = {origin: next(iter(duties)) for origin, duties in found.items() if len(duties) == 1}
        for origin in sorted(self.granted.get(code, {}).keys() - clear.keys()):
            text = " and ".join(sorted(found[origin]))
            note = "several preferential duties at once for one origin: the normal duty is charged"
            self.tally.partly.append(Unread("", "duty", code, f"{origin}: {text}", note))
        free = [origin for origin, duty in clear.items() if duty == "Free"]
        return programmes_cell(free, {origin: duty for origin, duty in clear.items() if duty != "Free"})

    def _choose(self, code: str, by_type: dict[str, list[Measure]]) -> str:
        """Return the duty of a code: suspended, else third country, else under authorised use where nothing else is."""
        order = [kind for kind in (SUSPENSION, THIRD_COUNTRY, AUTHORISED) if by_type.get(kind)]
        if order[0] == SUSPENSION and by_type[SUSPENSION][0].duty is None and len(order) > 1:
            order.remove(SUSPENSION)
        chosen = by_type[order[0]]
        for kind in by_type.keys() - {order[0]}:
            for _ in by_type[kind]:
                self.tally.set_aside(f"measure {kind} beside measure {order[0]}, which decides")
        duties = {one.duty for one in chosen}
        if len(duties) == 1 and chosen[0].duty is not None:
            for one in chosen:
                self._taken(one)
            return chosen[0].duty
        for one in chosen:
            problem = one.problem or "several duties at once for one code"
            self.tally.fail(Unread(one.row, "duty", code, one.published, problem))
        return "?"


def table_of(measures: Iterable[Measure], *, day: date) -> Schedule:
    """Return the schedule in force on a day."""
    chooser = Chooser(day)
    for measure in measures:
        chooser.add(measure)
    return chooser.schedule()
