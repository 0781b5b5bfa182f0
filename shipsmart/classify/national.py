"""From an HS code to the 8 to 10 digits of a destination: down the tree of its nomenclature, asking only what decides.

A branch is taken when the text or an answer confirms it and leaves no other; a rest (*Other*) when everything beside it
is ruled out. Where that does not lead on, `Outcome.question` names what to ask. Nothing is guessed.
"""

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from shipsmart.classify.branches import Branch, Told, branches, stands
from shipsmart.classify.phrases import Phrases
from shipsmart.classify.thesaurus import read_facts

FOLDER = Path(__file__).parent / "data" / "national"
COLUMNS = ("code", "levels")
# Council Regulation (EEC) 2658/87: one nomenclature for all member states. XI: Windsor Framework, goods at risk.
UNION = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI EU".split()  # noqa: SIM905
)
DIGITS = {"US": 10, "EU": 10, "GB": 10, "CA": 10, "AU": 10, "BR": 8}
LONGEST = 90  # letters of one level of text
AXES = ("wearer", "material", "construction")


class BadNationalTable(ValueError):
    """A table of national lines cannot be used; the message names line and remedy."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: what is stored, and the words of the nomenclature for it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """What would lead on. `key` is `wearer`, `material`, `construction` (the same for every country) or names a place
    in one country's tree, such as `US:6109100004-6109100070`; an answer is the `value` of an option."""

    key: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code` once it is certain, else the question and the codes still `possible`; `why` says each step taken.

    Without a `question` and without a code the country's nomenclature is missing or has no line for the HS code.
    """

    code: str = ""
    why: tuple[str, ...] = ()
    question: Question | None = None
    possible: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """The lines of one nomenclature by HS code: national code and the levels of text that part it from its siblings."""

    country: str
    lines: Mapping[str, Sequence[tuple[str, tuple[str, ...]]]]
    source: str = ""
    codes: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, country: str, rows: Iterable[tuple[str, str]], *, source: str = "") -> "Table":
        """Return the table of (code, levels parted by ` > `); raises BadNationalTable."""
        lines: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for number, (code, levels) in enumerate(rows, start=1):
            if not (code.isascii() and code.isdigit() and 6 <= len(code) <= 10):
                raise BadNationalTable(f"{country} line {number}: {code!r} is no code of 6 to 10 digits")
            lines.setdefault(code[:6], []).append((code, tuple(part for part in levels.split(" > ") if part)))
        return cls(country, lines, source, frozenset(code for found in lines.values() for code, _ in found))


def authority(country: str) -> str:
    """Return whose nomenclature serves for a destination: `EU` for its member states, else the country."""
    return "EU" if country.upper() in UNION else country.upper()


def parted(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (code, levels) of lines (code, path), sorted: the levels that the lines of one HS code do not share."""
    grouped: dict[str, dict[str, list[str]]] = {}
    for code, path in rows:
        grouped.setdefault(code[:6], {})[code] = [level.strip(" :") for level in path.split(" > ")]
    for hs_code in sorted(grouped):
        lines = grouped[hs_code]
        shared = 0
        while len(lines) > 1 and shared < 20 and len({tuple(levels[: shared + 1]) for levels in lines.values()}) == 1:
            shared += 1
        for code in sorted(lines):
            levels = lines[code][shared:] if len(lines) > 1 else []
            yield code, " > ".join(_shorten(level) for level in levels)


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " ..."


@cache
def packaged(country: str) -> Table | None:
    """Return the table that ships inside (US, BR, EU), None for any other country."""
    path = FOLDER / f"{country.lower()}.csv"
    if country not in DIGITS or not path.exists():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if tuple(next(rows)) != COLUMNS:
            raise BadNationalTable(f"{path.name} must have the columns code and levels; make it again with build.py")
        return Table.of(country, ((code, levels) for code, levels in rows), source="packaged")


def told_by(text_facts: Iterable[str], words: Iterable[str], answers: Mapping[str, str]) -> Told:
    """Return what is known of a product: facts and words of its text, and what a person answered, which goes first."""
    return Told.of(text_facts, words, {axis: answers[axis] for axis in AXES if axis in answers})


def settle(
    table: Table, hs_code: str, *, told: Told, answers: Mapping[str, str] | None = None, given: str = ""
) -> Outcome:
    """Return the national code of an HS code, or what to ask; `given` is a code the shop declared, kept if it fits."""
    lines = list(table.lines.get(hs_code[:6], ()))
    if not lines:
        return Outcome()
    if given and any(code == given for code, _ in lines):
        return Outcome(given, ("the code given is one of the nomenclature",))
    fits = [line for line in lines if len(given) > 6 and line[0].startswith(given)]
    why: list[str] = [f"the code given leaves {len(fits)} lines"] if fits else []
    return _down(table.country, fits or lines, told=told, answers=answers or {}, why=why)


def _down(
    country: str, lines: list[tuple[str, tuple[str, ...]]], *, told: Told, answers: Mapping[str, str], why: list[str]
) -> Outcome:
    depth = 0
    while len(lines) > 1:
        beside = branches(lines, depth, facts=_facts())
        depth += 1
        if len(beside) == 1:
            lines = list(beside[0].lines)
            continue
        key = f"{country}:{lines[0][0]}-{lines[-1][0]}"
        taken, reason = _taken(beside, told=told, answer=answers.get(key, ""))
        if taken is None:
            alive = [b for b in beside if stands(b, told) is not False]
            asked = _question(key, alive or beside, answered=answers.keys())
            return Outcome("", tuple(why), asked, tuple(code for code, _ in lines))
        why.append(f"“{taken.label}”: {reason}")
        lines = list(taken.lines)
    return Outcome(lines[0][0], tuple(why) or ("the only line of the nomenclature",))


def _taken(beside: Sequence[Branch], *, told: Told, answer: str) -> tuple[Branch | None, str]:
    if answer:
        for branch in beside:
            if branch.lines[0][0] == answer:
                return branch, "answered"
    alive = [(branch, stand) for branch in beside if (stand := stands(branch, told)) is not False]
    if len(alive) == 1:
        branch, stand = alive[0]
        return (
            (branch, "told" if stand else "everything beside it is ruled out") if stand or branch.rest else (None, "")
        )
    sure = [branch for branch, stand in alive if stand]
    unsure = [branch for branch, stand in alive if not stand and not branch.rest]
    if len(sure) == 1 and all(not branch.hidden and not branch.conditions for branch in unsure):
        return sure[0], "told"
    return None, ""


def _question(key: str, alive: Sequence[Branch], *, answered: Collection[str]) -> Question:
    """Return a question on one property, whose answer serves every country, or else on the branches themselves.

    What was answered already and did not decide is not asked in the same words again.
    """
    named = [branch for branch in alive if not branch.rest]
    for axis in AXES:
        if axis not in answered and named and all(set(branch.conditions) == {axis} and branch.pure for branch in named):
            values = sorted({value for branch in named for value in branch.conditions[axis]})
            options = [Option(value, value) for value in values]
            if any(branch.rest for branch in alive):
                options.append(Option("other", "other"))
            return Question(axis, tuple(options))
    return Question(key, tuple(Option(branch.lines[0][0], branch.label) for branch in alive))


@cache
def _facts() -> Phrases[str]:
    return read_facts()
