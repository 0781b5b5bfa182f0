"""Gather the candidates of a text from every source, with the signs that speak for each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shipsmart.classify.index import WordIndex
from shipsmart.classify.loose import LooseNames
from shipsmart.classify.nomenclature import Nomenclature
from shipsmart.classify.ranking import Signs
from shipsmart.classify.reading import Mention, Reading
from shipsmart.classify.shop import CHAPTERS, RESIDUAL, Shop
from shipsmart.classify.thesaurus import Kind

TOLD, GUESSED, ALTERNATIVE = 1.0, 0.75, 0.45  # a code whose facts are in the text, the usual one, another possible one
_PARTS = """
    part spare replacement accessory controller board sensor module repuesto peca acessorio kit
"""
PARTS = frozenset(_PARTS.split())
MOST_SIBLINGS = 12  # of a heading that is named or found by words
BOOK = "490199"


@dataclass(frozen=True)
class Near:
    """What a model of meaning finds, the nearest first: kinds, HS codes, likeness (0 to 1), the text it is near to."""

    kinds: Sequence[tuple[Kind, float, str]] = ()
    lines: Sequence[tuple[str, float, str]] = ()


@dataclass
class Found:
    """The pool of candidates, and what acceptance looks at besides: see Evidence."""

    pool: dict[str, Signs] = field(default_factory=lambda: defaultdict(Signs))
    named: dict[str, float] = field(default_factory=dict)
    phrase: dict[str, str] = field(default_factory=dict)
    both: set[str] = field(default_factory=set)
    mixed: set[str] = field(default_factory=set)
    questions: dict[str, None] = field(default_factory=dict)
    given: str = ""
    likes: str = ""  # the heading that the search by words likes best


@dataclass(frozen=True)
class Sources:
    """All that is loaded once."""

    nomenclature: Nomenclature
    words: WordIndex
    loose: LooseNames
    shop: Shop
    headings: dict[str, list[str]]

    def gather(self, reading: Reading, *, given: str, near: Near | None = None) -> Found:
        """Return the pool; `near`: what a model of meaning found, when the extra is on."""
        found = Found()
        for kind, mention in reading.kinds.items():
            self._name(found, kind, mention, reading)
        self._loosely(found, reading)
        self._by_words(found, reading)
        if near:
            self._by_meaning(found, near, reading)
        if given in self.nomenclature:
            found.given = given
            found.pool[given].given = 1.0
            found.pool[given].why.insert(0, f"the shop gave {given}")
        self._relatives(found, reading)
        self._fitting(found, reading)
        return found

    def _name(self, found: Found, kind: Kind, mention: Mention, reading: Reading) -> None:
        mixed = contradictory(kind, reading)
        for hs_code, share, told, reason in choose(kind, reading):
            signs = found.pool[hs_code]
            for place, strength in mention.places.items():
                setattr(signs, place, max(getattr(signs, place), min(strength, 3.0) * share))
            signs.told = max(signs.told, float(told))
            signs.only_for = max(signs.only_for, float(mention.only_for))
            signs.early = max(signs.early, 1.0 / (1 + mention.start))
            points = mention.weight * share
            if points > found.named.get(hs_code, 0.0):
                found.named[hs_code], found.phrase[hs_code] = points, mention.phrase
            if {"title", "category"} <= mention.places.keys():
                found.both.add(hs_code)
            if mixed:
                found.mixed.add(hs_code)
            places = " and ".join(sorted(mention.places, reverse=True))
            signs.why.append(f"“{mention.phrase}” in the {places}, our dictionary {kind.where}; {reason}")
        if kind.asks and not kind.asks & reading.facts:
            found.questions[f"{kind.name}: {', '.join(sorted(kind.asks))}?"] = None

    def _loosely(self, found: Found, reading: Reading) -> None:
        for names, covered, phrase in self.loose.search(reading.search):
            for name in names:
                if name.kind in reading.kinds:
                    continue
                for hs_code, share, _, reason in choose(name.kind, reading):
                    signs = found.pool[hs_code]
                    if covered * share > signs.loose:
                        signs.loose = covered * share
                        signs.why.append(f"the words of “{phrase}”, our dictionary {name.kind.where}; {reason}")

    def _by_words(self, found: Found, reading: Reading) -> None:
        results = self.words.search(reading.search, most=30)
        if not results:
            return
        top = results[0][1]
        found.likes = results[0][0][:4]
        headings: dict[str, float] = defaultdict(float)
        for hs_code, points, used in results:
            signs = found.pool[hs_code]
            signs.words, signs.strong_words = points / top, points / 20
            headings[hs_code[:4]] += points
            signs.why.append(f"words of the heading: {', '.join(used[:6])}")
        most = max(headings.values())
        for hs_code, signs in found.pool.items():
            signs.heading_words = headings.get(hs_code[:4], 0.0) / most

    def _by_meaning(self, found: Found, near: Near, reading: Reading) -> None:
        meaning: dict[str, float] = {}
        wording: dict[str, float] = {}
        for place, (kind, likeness, name) in enumerate(near.kinds):
            for code, share, _, _ in choose(kind, reading):
                meaning[code[:4]] = max(meaning.get(code[:4], 0.0), likeness)
                signs = found.pool[code]
                signs.nearest = max(signs.nearest, 0.0 if place else share)
                signs.why.append(f"near in meaning to “{name[:60]}” ({likeness:.0%}), our dictionary {kind.where}")
        for code, likeness, text in near.lines:
            wording[code[:4]] = max(wording.get(code[:4], 0.0), likeness)
            found.pool[code].why.append(f"near in meaning to “{text[:60]}” ({likeness:.0%})")
        for code, signs in found.pool.items():
            signs.meaning, signs.wording = meaning.get(code[:4], 0.0), wording.get(code[:4], 0.0)

    def _relatives(self, found: Found, reading: Reading) -> None:
        """Add other codes of the named headings, and what is often mistaken for the best two."""
        named = sorted(found.named, key=lambda code: (-found.named[code], code))
        looked = dict.fromkeys(code[:4] for code in [*named[:3], *(c for c in found.pool if found.pool[c].loose > 0.7)])
        for heading in [*looked][:4] + ([found.likes] if found.likes else []):
            for code in self.headings.get(heading, ())[:MOST_SIBLINGS]:
                found.pool[code].why = found.pool[code].why or [f"another code of heading {heading}"]
        strength: dict[str, float] = defaultdict(float)
        for code in found.pool:
            strength[code[:4]] = max(strength[code[:4]], found.named.get(code, 0.0))
        top = found.named[named[0]] if named else 1.0
        for code, signs in found.pool.items():
            signs.family = min(strength[code[:4]] / top, 1.0)
        for rank, code in enumerate(dict.fromkeys(code for code in named[:4])):
            rivals, why = self.shop.rivals_of(code)
            for place, rival in enumerate(rivals):
                signs = found.pool[rival]
                signs.rival = max(signs.rival, 1.0 / (1 + 0.4 * place + 0.6 * rank))
                signs.why = signs.why or [f"beside {code}: {why}"]

    def _fitting(self, found: Found, reading: Reading) -> None:
        """Add what departments and materials speak for, and mark how well each candidate fits them."""
        chapters = self.shop.chapters(reading.department)
        for code, weight in self.shop.common.items():
            if weight >= 3 and chapters.get(code[:2], 0.0) >= 0.4:
                found.pool[code].why = found.pool[code].why or ["common in this department of a shop"]
        for fact, code in RESIDUAL.items():
            if fact in reading.facts:
                found.pool[code].residual = 1.0
                found.pool[code].why = found.pool[code].why or [f"an article of {reading.fact_words.get(fact, fact)}"]
        if reading.work:
            found.pool[BOOK].work = reading.work
            found.pool[BOOK].why.append("the title reads like that of a book")
        stuff = {CHAPTERS[fact] for fact in reading.facts if fact in CHAPTERS}
        replacement = "part" in reading.facts or bool(reading.title & PARTS)
        for code, signs in found.pool.items():
            chapter = code[:2]
            signs.common = self.shop.common.get(code, 0) / 4
            signs.department = chapters.get(chapter, 0.0)
            signs.material = float(chapter in stuff)
            signs.clash = float(bool(stuff) and chapter in _MATERIALS and chapter not in stuff)
            signs.part = float(replacement and self.nomenclature.is_part(code))
            signs.other = float(code.endswith(("90", "99")))


_STUFFS = """
    cotton wool silk linen synthetic artificial leather plastic rubber wood glass ceramic steel
"""
STUFFS = frozenset(_STUFFS.split())
_MATERIALS = frozenset(CHAPTERS.values())


def choose(kind: Kind, reading: Reading) -> Iterable[tuple[str, float, bool, str]]:
    """Yield the codes of a kind that the text allows, each with its share, whether the text told, and the rule."""
    bare = [choice for choice in kind.choices if choice.bare]
    others = dict.fromkeys(c.hs_code for c in kind.choices if not c.bare)
    asks = ", ".join(sorted(kind.asks))
    for choice in kind.choices:
        if not choice.bare and choice.holds(reading.facts, reading.text):
            said = [f"{fact} (“{reading.fact_words[fact]}”)" for fact in choice.facts]
            said += [f"“{word}”" for word in choice.words] + [f"not {fact}" for fact in choice.absent]
            yield choice.hs_code, TOLD, True, f"rule: {' and '.join(said)}"
            yield from ((b.hs_code, ALTERNATIVE, False, "the usual code of this kind") for b in bare[:2])
            for hs_code in others:
                if hs_code != choice.hs_code:
                    yield hs_code, ALTERNATIVE / 2, False, f"if the answer were different ({asks})"
            return
    other = sorted(STUFFS & kind.asks and STUFFS & reading.facts)
    for place, choice in enumerate(bare):
        if other and not place:
            yield choice.hs_code, TOLD, len(bare) == 1, f"rule: {other[0]}, none of {asks}"
        elif place:
            yield choice.hs_code, ALTERNATIVE, False, "possible too; the text does not tell them apart"
        elif asks:
            yield choice.hs_code, GUESSED, False, f"the usual code; not told: {asks}"
        else:
            yield choice.hs_code, TOLD, len(bare) == 1, "this kind has one code"
    for hs_code in others:
        yield hs_code, ALTERNATIVE * (0.4 if other else 0.8), False, f"if the answer were different ({asks})"


def contradictory(kind: Kind, reading: Reading) -> bool:
    """Whether facts of the text lead to different codes of the kind, neither rule being a finer form of the other."""
    holding = [c for c in kind.choices if not c.bare and c.holds(reading.facts, reading.text)]
    first = set(holding[0].facts) if holding else set()
    return any(c.hs_code != holding[0].hs_code and not set(c.facts) <= first for c in holding[1:])
