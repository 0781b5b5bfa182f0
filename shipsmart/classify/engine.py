"""From the text of a product to HS codes with reasons, and whether a machine may decide alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from shipsmart.classify import nomenclature, thesaurus
from shipsmart.classify.confidence import Evidence, Scale, load_scale
from shipsmart.classify.index import WordIndex
from shipsmart.classify.reading import ALTERING, Item, Reading, read
from shipsmart.classify.thesaurus import Kind

MOST = 5
TOLD, GUESSED, ALTERNATIVE = 1.0, 0.75, 0.45  # a code whose facts are in the text, the usual one, another possible one
TEXT_WEIGHT = 0.55  # of the search by words beside the dictionary
GIVEN = 1.6  # of a code the shop gave


@dataclass(frozen=True)
class Candidate:
    """A code, how likely it is right (0 to 1) and why it is here."""

    hs_code: str
    confidence: float
    why: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """At most five candidates, the best first; `accept`, `review` or `abstain`; what an answer would decide."""

    candidates: tuple[Candidate, ...]
    decision: str
    questions: tuple[str, ...] = ()
    evidence: Evidence | None = None


@dataclass
class _Score:
    points: float = 0.0
    named: float = 0.0
    told: bool = False
    both: bool = False
    mixed: bool = False
    phrase: str = ""
    why: list[str] = field(default_factory=list)


class Engine:
    """Everything loaded once; `classify` may be called from many threads."""

    def __init__(self, *, scale: Scale | None = None) -> None:
        self.nomenclature = nomenclature.load()
        self.facts = thesaurus.read_facts()
        self.kinds = thesaurus.index(thesaurus.read_kinds())
        self.words = WordIndex(self.nomenclature)
        self.scale = scale or load_scale()

    def classify(self, item: Item) -> Answer:
        reading = read(item, kinds=self.kinds, facts=self.facts)
        scores: dict[str, _Score] = {}
        questions = self._by_names(reading, scores)
        agree = self._by_words(reading, scores)
        given = self._by_given(item.ncm, scores)
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1].points, pair[0]))[: MOST + 1]
        if not ranked:
            return Answer((), "abstain")
        evidence = _evidence(ranked, scores, agree=agree, given=given, reading=reading)
        sure = self.scale.probability(evidence)
        return Answer(self._candidates(ranked[:MOST], sure), self.scale.decision(evidence, sure), questions, evidence)

    def national_code(self, hs_code: str, *, country: str, ncm: str = "") -> str | None:
        """Return the national code when the nomenclature of the country has one child, or the shop gave a child."""
        if hs_code not in self.nomenclature:
            return None
        children = self.nomenclature.national_codes(hs_code, country)
        given = "".join(filter(str.isdigit, ncm))
        if country == "BR" and given in children:
            return given
        return children[0] if len(children) == 1 else None

    def _by_names(self, reading: Reading, scores: dict[str, _Score]) -> tuple[str, ...]:
        questions: dict[str, None] = {}
        for kind, mention in reading.kinds.items():
            mixed = contradictory(kind, reading)
            for hs_code, share, told, reason in choose(kind, reading):
                score = scores.setdefault(hs_code, _Score())
                points = mention.weight * share
                score.points = max(score.points, points) + 0.3 * min(score.points, points)
                if points > score.named:
                    score.named, score.phrase = points, mention.phrase
                score.told = score.told or told
                score.both = score.both or {"title", "category"} <= mention.places
                score.mixed = score.mixed or mixed
                places = " and ".join(sorted(mention.places, reverse=True))
                score.why.append(f"“{mention.phrase}” in the {places}, our dictionary {kind.where}; {reason}")
            if kind.asks and not kind.asks & reading.facts:
                questions[f"{kind.name}: {', '.join(sorted(kind.asks))}?"] = None
        return tuple(questions)[:3]

    def _by_words(self, reading: Reading, scores: dict[str, _Score]) -> str:
        """Add the search over the nomenclature; return the heading it likes best."""
        found = self.words.search(reading.search)
        if not found:
            return ""
        top = found[0][1]
        for hs_code, points, used in found:
            score = scores.setdefault(hs_code, _Score())
            score.points += TEXT_WEIGHT * points / top * min(1.0, top / 12)
            score.why.append(f"words of the heading: {', '.join(used[:6])}")
        return found[0][0][:4]

    def _by_given(self, ncm: str, scores: dict[str, _Score]) -> str:
        hs_code = "".join(filter(str.isdigit, ncm))[:6]
        if hs_code not in self.nomenclature:
            return ""
        score = scores.setdefault(hs_code, _Score())
        score.points += GIVEN
        score.why.insert(0, f"the shop gave NCM {ncm}")
        return hs_code

    def _candidates(self, ranked: list[tuple[str, _Score]], sure: float) -> tuple[Candidate, ...]:
        rest = sum(score.points for _, score in ranked[1:]) or 1.0
        made = []
        for place, (hs_code, score) in enumerate(ranked):
            confidence = sure if place == 0 else min(sure, 0.7 * (1 - sure) * score.points / rest)
            why = (*score.why[:4], f"heading {hs_code}: {self.nomenclature.text(hs_code)}")
            made.append(Candidate(hs_code, round(confidence, 4), why))
        return tuple(made)


def choose(kind: Kind, reading: Reading) -> Iterable[tuple[str, float, bool, str]]:
    """Yield the codes of a kind that the text allows, each with its share, whether the text told, and the rule."""
    bare = [choice for choice in kind.choices if choice.bare]
    for choice in kind.choices:
        if not choice.bare and choice.holds(reading.facts, reading.text):
            said = [f"{fact} (“{reading.fact_words[fact]}”)" for fact in choice.facts]
            said += [f"“{word}”" for word in choice.words] + [f"not {fact}" for fact in choice.absent]
            yield choice.hs_code, TOLD, True, f"rule: {' and '.join(said)}"
            yield from ((b.hs_code, ALTERNATIVE, False, "the usual code of this kind") for b in bare[:2])
            return
    asks = ", ".join(sorted(kind.asks))
    for place, choice in enumerate(bare):
        if place:
            yield choice.hs_code, ALTERNATIVE, False, "possible too; the text does not tell them apart"
        elif asks:
            yield choice.hs_code, GUESSED, False, f"the usual code; not told: {asks}"
        else:
            yield choice.hs_code, TOLD, len(bare) == 1, "this kind has one code"
    others = dict.fromkeys(c.hs_code for c in kind.choices if not c.bare)
    for hs_code in others:
        yield hs_code, ALTERNATIVE * 0.8, False, f"if the answer were different ({asks})"


def contradictory(kind: Kind, reading: Reading) -> bool:
    """Whether facts of the text lead to different codes of the kind, neither rule being a finer form of the other."""
    holding = [c for c in kind.choices if not c.bare and c.holds(reading.facts, reading.text)]
    first = set(holding[0].facts) if holding else set()
    return any(c.hs_code != holding[0].hs_code and not set(c.facts) <= first for c in holding[1:])


def _evidence(
    ranked: list[tuple[str, _Score]], scores: dict[str, _Score], *, agree: str, given: str, reading: Reading
) -> Evidence:
    best, score = ranked[0]
    second = ranked[1][1].points if len(ranked) > 1 else 0.0
    rival = next((s.points for code, s in ranked[1:] if code[:4] != best[:4]), 0.0)
    rivals = {code[:4] for code, other in scores.items() if other.named > score.named / 4 and code[:4] != best[:4]}
    return Evidence(
        points=score.points,
        margin=(score.points - second) / max(score.points, 1e-9),
        heading_margin=(score.points - rival) / max(score.points, 1e-9),
        told=score.told,
        named=score.named > 0,
        agrees=agree == best[:4],
        both=score.both,
        mixed=score.mixed,
        rivals=min(len(rivals), 4) / 4,
        altered=bool((reading.title & ALTERING).difference(score.phrase.split())),
        covered=len(score.phrase.split()) / max(reading.length, 1),
        length=min(reading.length, 20) / 20,
        described=reading.described,
        given=given == best,
    )


@cache
def engine() -> Engine:
    """Return the engine of this process, loaded at the first call."""
    return Engine()


def classify(item: Item) -> Answer:
    return engine().classify(item)
