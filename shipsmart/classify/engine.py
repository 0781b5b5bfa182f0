"""From the text of a product to HS codes with reasons, and whether a machine may decide alone."""

from dataclasses import dataclass
from functools import cache

from shipsmart.classify import nomenclature, thesaurus
from shipsmart.classify.confidence import Evidence, Scale, load_scale
from shipsmart.classify.gathering import Found, Sources
from shipsmart.classify.index import WordIndex
from shipsmart.classify.loose import LooseNames
from shipsmart.classify.ranking import Ranker, load_ranker, slate
from shipsmart.classify.reading import ALTERING, Item, Reading, read
from shipsmart.classify.shop import load_shop

MOST = 5


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


class Engine:
    """Everything loaded once; `classify` may be called from many threads."""

    def __init__(self, *, scale: Scale | None = None, ranker: Ranker | None = None) -> None:
        self.nomenclature = nomenclature.load()
        self.facts = thesaurus.read_facts()
        self.kinds = thesaurus.index(thesaurus.read_kinds())
        self.sources = Sources(
            nomenclature=self.nomenclature,
            words=WordIndex(self.nomenclature),
            loose=LooseNames(self.kinds),
            shop=load_shop(),
            headings=self.nomenclature.headings(),
        )
        self.scale = scale or load_scale()
        self.ranker = ranker or load_ranker()

    def gather(self, item: Item) -> tuple[Reading, Found]:
        """Return what the text says and the pool of candidates with their signs."""
        reading = read(item, kinds=self.kinds, facts=self.facts)
        given = "".join(filter(str.isdigit, item.ncm))[:6]
        return reading, self.sources.gather(reading, given=given)

    def classify(self, item: Item) -> Answer:
        reading, found = self.gather(item)
        if not speaks(found):
            return Answer((), "abstain")
        shares = self.ranker.shares(found.pool)
        chosen = slate(shares, most=MOST)
        evidence = _evidence(chosen[0], shares, found=found, reading=reading)
        sure = self.scale.probability(evidence)
        candidates = self._candidates(chosen, shares, sure, found)
        decision = self.scale.decision(evidence, sure)
        if decision == "accept" and found.given not in ("", chosen[0]):
            decision = "review"  # the shop says otherwise: a person looks
        return Answer(candidates, decision, tuple(found.questions)[:3], evidence)

    def national_code(self, hs_code: str, *, country: str, ncm: str = "") -> str | None:
        """Return the national code when the nomenclature of the country has one child, or the shop gave a child."""
        if hs_code not in self.nomenclature:
            return None
        children = self.nomenclature.national_codes(hs_code, country)
        given = "".join(filter(str.isdigit, ncm))
        if country == "BR" and given in children:
            return given
        return children[0] if len(children) == 1 else None

    def _candidates(
        self, chosen: list[str], shares: dict[str, float], sure: float, found: Found
    ) -> tuple[Candidate, ...]:
        rest = sum(shares[code] for code in chosen[1:]) or 1.0
        made = []
        for place, hs_code in enumerate(chosen):
            confidence = sure if place == 0 else min(sure, 0.7 * (1 - sure) * shares[hs_code] / rest)
            why = (*found.pool[hs_code].why[:4], f"heading {hs_code}: {self.nomenclature.text(hs_code)}")
            made.append(Candidate(hs_code, round(confidence, 4), why))
        return tuple(made)


def speaks(found: Found) -> bool:
    """Whether any word of the text led to a candidate; what shops usually sell is no answer to rubbish."""
    return any(
        s.title or s.category or s.description or s.loose or s.words or s.given or s.work for s in found.pool.values()
    )


def _evidence(best: str, shares: dict[str, float], *, found: Found, reading: Reading) -> Evidence:
    second = max((share for code, share in shares.items() if code != best), default=0.0)
    heading = sum(share for code, share in shares.items() if code[:4] == best[:4])
    named = found.named.get(best, 0.0)
    rivals = {code[:4] for code, other in found.named.items() if other > named / 4 and code[:4] != best[:4]}
    phrase = found.phrase.get(best, "").split()
    return Evidence(
        share=shares[best],
        margin=shares[best] - second,
        heading=heading,
        named=min(named, 3.0),
        told=bool(found.pool[best].told),
        agrees=found.likes == best[:4],
        both=best in found.both,
        mixed=best in found.mixed,
        rivals=min(len(rivals), 4) / 4,
        altered=bool((reading.title & ALTERING).difference(phrase)),
        covered=min(len(phrase) / max(reading.length, 1), 1.0),
        length=min(reading.length, 20) / 20,
        described=reading.described,
        given=bool(found.pool[best].given),
    )


@cache
def engine() -> Engine:
    """Return the engine of this process, loaded at the first call."""
    return Engine()


def classify(item: Item) -> Answer:
    return engine().classify(item)
