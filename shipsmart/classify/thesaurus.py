"""Our own dictionary: what a shop calls a product, in three languages, and the codes it may have.

A row of `data/thesaurus/*.csv` is one kind of product: `codes,en,pt,es`, names parted by semicolons. `codes` is read
from left to right and the first that holds is taken: `knit&cotton:610442` needs both facts of `data/facts.csv`,
`~laminated:700729` needs the word in the text, `!women:6103..` needs the fact to be absent, a bare code needs nothing.
Bare codes after the first are alternatives that the text cannot tell apart.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shipsmart.classify.folding import words
from shipsmart.classify.phrases import Phrases

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "pt", "es")


class BadThesaurus(ValueError):
    """A row of the dictionary cannot be used; the message names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A code and what must hold for it."""

    hs_code: str
    facts: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def bare(self) -> bool:
        return not (self.facts or self.absent or self.words)

    def holds(self, facts: frozenset[str], text: frozenset[str]) -> bool:
        return facts.issuperset(self.facts) and text.issuperset(self.words) and facts.isdisjoint(self.absent)


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of product: its first English name, its choices in order, and where it is written."""

    name: str
    choices: tuple[Choice, ...]
    where: str

    @property
    def asks(self) -> frozenset[str]:
        """The facts that decide between its codes."""
        return frozenset(fact for choice in self.choices for fact in choice.facts)


def read_facts(path: Path = DATA / "facts.csv") -> Phrases[str]:
    return Phrases((words(term), row["fact"]) for row in _rows(path) for term in _terms(row))


def fact_rows(path: Path = DATA / "facts.csv") -> Iterator[dict[str, str]]:
    """Yield the rows of the facts: `fact` and its names by language, the usual one first."""
    return _rows(path)


def read_kinds(folder: Path = DATA / "thesaurus") -> Iterator[tuple[dict[str, list[str]], Kind]]:
    """Yield each kind with its names by language."""
    for path in sorted(folder.glob("*.csv")):
        for number, row in enumerate(_rows(path), start=2):
            where = f"{path.name}:{number}"
            if None in row or None in row.values():
                raise BadThesaurus(f"{where}: needs codes, en, pt and es; names are parted by semicolons")
            names = {language: [t.strip() for t in row[language].split(";") if t.strip()] for language in LANGUAGES}
            yield (
                names,
                Kind(next(n for terms in names.values() for n in terms), tuple(_choices(row["codes"], where)), where),
            )


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A kind as some languages call it: “pasta” is food in English and a folder in Portuguese."""

    kind: Kind
    languages: frozenset[str]


def index(kinds: Iterable[tuple[dict[str, list[str]], Kind]]) -> Phrases[Name]:
    """Return all names; what several languages call alike is one name."""
    found: dict[tuple[tuple[str, ...], Kind], set[str]] = {}
    for names, kind in kinds:
        for language, terms in names.items():
            for term in terms:
                found.setdefault((tuple(words(term)), kind), set()).add(language)
    return Phrases((phrase, Name(kind, frozenset(spoken))) for (phrase, kind), spoken in found.items())


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _terms(row: dict[str, str]) -> Iterator[str]:
    for language in LANGUAGES:
        yield from (row[language] or "").split(";")


def _choices(written: str, where: str) -> Iterator[Choice]:
    for part in written.split():
        *conditions, hs_code = part.split(":")
        if len(hs_code) != 6 or not hs_code.isdigit() or len(conditions) > 1:
            raise BadThesaurus(f"{where}: {part!r} is no six-digit code with at most one condition before it")
        facts, absent, wanted = [], [], []
        for need in conditions[0].split("&") if conditions else []:
            if need.startswith("~"):
                wanted += words(need[1:])
            elif need.startswith("!"):
                absent.append(need[1:])
            else:
                facts.append(need)
        yield Choice(hs_code, tuple(facts), tuple(absent), tuple(wanted))
