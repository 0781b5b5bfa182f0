"""What the words of a branch of a nomenclature ask for, and whether what is told of a product fits."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from shipsmart.classify.folding import telling, words
from shipsmart.classify.phrases import Phrases
from shipsmart.classify.thesaurus import LANGUAGES, fact_rows

Line = tuple[str, tuple[str, ...]]
_MATERIALS = """
    cotton wool silk linen synthetic artificial leather plastic rubber silicone wood bamboo glass ceramic porcelain
    steel stainless castiron aluminium copper zinc silver gold paper straw jute fur stone textile
"""
MATERIALS = frozenset(_MATERIALS.split())
CONSTRUCTIONS = frozenset(["knit", "woven"])
WEARERS = {
    **dict.fromkeys(["man", "homem", "masculino", "hombre"], "man"),
    **dict.fromkeys(["boy", "menino", "rapaz", "nino"], "boy"),
    **dict.fromkeys(["woman", "lady", "mulher", "feminino", "mujer"], "woman"),
    **dict.fromkeys(["girl", "menina", "nina"], "girl"),
    **dict.fromkeys(["baby", "infant", "bebe"], "baby"),
}
_REST = re.compile(
    r"(?:other|others|outros?|outras?|nesoi|the rest|demais)[\s:.*]*(?:\(\d[\d/]*\))?[\s:.]*", re.IGNORECASE
)
# A figure, a share, a value or an exception: no title tells whether it holds.
_HIDDEN = re.compile(
    r"\d\s*(?:%|percent|mm|cm|m\b|kg|g\b|v\b|w\b|l\b|ml)|\b(?:exceed\w*|less|more|valued?|weighing|containing|contain|not|"
    r"other than|except\w*|without|whether|superior|inferior|exceto|que contenham|nao|não|described|entered|note|nota|"
    r"all white|suspended|ex)\b",
    re.IGNORECASE,
)
_CATEGORY = re.compile(r"\(\d{3}(?:/\d{3})*\)")  # US textile category numbers
_MAN_MADE = re.compile(r"man-?made|sint[eé]tic\w+ ou artificia\w+", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """What is known of a product on each axis (absent: nothing), and the words of its text."""

    axes: Mapping[str, frozenset[str]]
    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, facts: Iterable[str], text: Iterable[str], answers: Mapping[str, str]) -> "Told":
        known = frozenset(facts)
        axes = {
            "wearer": _wearer(known),
            "material": known & MATERIALS,
            "construction": known & CONSTRUCTIONS,
            **{axis: frozenset([value]) for axis, value in answers.items()},
        }
        return cls({axis: values for axis, values in axes.items() if values}, frozenset(text))


def _wearer(facts: frozenset[str]) -> frozenset[str]:
    """Return who wears it: the fact *kid* beside *men* makes a boy of him; *baby* goes before all."""
    if "baby" in facts:
        return frozenset(["baby"])
    young = "kid" in facts
    found = {("boy" if young else "man")} if "men" in facts else set()
    if "women" in facts:
        found.add("girl" if young else "woman")
    return frozenset(found or (["boy", "girl"] if young else []))


@dataclass(frozen=True)
class Branch:
    """One branch: its words, its lines, what it asks for by axis; `rest`: *Other*; `hidden`: asks what no title tells;
    `names`: the words of the article it names; `pure`: asks for its conditions and nothing else."""

    label: str
    lines: Sequence[Line]
    rest: bool = False
    hidden: bool = False
    conditions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    @property
    def pure(self) -> bool:
        return bool(self.conditions) and not self.names and not self.hidden


def branches(lines: Sequence[Line], depth: int, *, facts: Phrases[str]) -> list[Branch]:
    """Return the branches at a depth, in order; a line without a level so deep is a branch of its own."""
    grouped: dict[str, list[Line]] = {}
    for code, levels in lines:
        grouped.setdefault(levels[depth] if len(levels) > depth else f"\0{code}", []).append((code, levels))
    if len(grouped) == 1 and all(len(levels) <= depth for _, levels in lines):
        return [Branch(code, [(code, levels)]) for code, levels in lines]
    return [_branch(label, tuple(found), facts) for label, found in grouped.items()]


def _branch(label: str, lines: Sequence[Line], facts: Phrases[str]) -> Branch:
    if label.startswith("\0"):
        return Branch(lines[0][0], lines, hidden=True)
    shown = _CATEGORY.sub("", label).strip(" :")
    rest, hidden, conditions, names = _asks(shown, facts)
    return Branch(shown, lines, rest, hidden, conditions, names)


@cache
def _first_names() -> frozenset[tuple[str, str]]:
    """Return (fact, phrase) of the usual name in each language: *teak* in a branch asks for more than wood."""
    return frozenset(
        (row["fact"], " ".join(words(row[language].split(";")[0]))) for row in fact_rows() for language in LANGUAGES
    ) | {(fact, fact) for fact in MATERIALS}


def _usual(phrase: str, fact: str) -> bool:
    return (fact, phrase) in _first_names() or fact not in MATERIALS


@lru_cache(maxsize=4096)
def _asks(label: str, facts: Phrases[str]) -> tuple[bool, bool, Mapping[str, frozenset[str]], frozenset[str]]:
    if _REST.fullmatch(label):
        return True, False, {}, frozenset()
    tokens = words(label)
    matches = [match for match in facts.find(tokens) if any(_usual(match.phrase, fact) for fact in match.meanings)]
    found = {fact for match in matches for fact in match.meanings}
    used = {word for match in matches for word in tokens[match.start : match.start + match.length]}
    material = found & MATERIALS
    if _MAN_MADE.search(label):
        material |= {"synthetic", "artificial"}
        used |= {"man", "made", "fiber", "fibre", "sintetica", "artificial", "fibra"}
    wearers = frozenset() if _MAN_MADE.search(label) else frozenset(WEARERS[t] for t in tokens if t in WEARERS)
    conditions = {"wearer": wearers, "material": frozenset(material), "construction": found & CONSTRUCTIONS}
    names = frozenset(telling(tokens)) - used - WEARERS.keys() - {"fiber", "fibre", "material", "other", "garment"}
    asked = {axis: frozenset(values) for axis, values in conditions.items() if values}
    return False, bool(_HIDDEN.search(label)), asked, names


def stands(branch: Branch, told: Told) -> bool | None:
    """Return True when what is told confirms the branch, False when it rules it out, None when neither."""
    fits = [_fits(values, told.axes.get(axis)) for axis, values in branch.conditions.items()]
    if False in fits:
        return False
    if branch.rest or branch.hidden or None in fits:
        return None
    if branch.names:
        return True if branch.names <= told.words else None
    return True if fits else None


def _fits(wanted: frozenset[str], known: frozenset[str] | None) -> bool | None:
    if not known:
        return None
    if known <= wanted:
        return True
    return False if known.isdisjoint(wanted) else None
