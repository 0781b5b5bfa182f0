"""From the text of a product to HS codes with reasons, and whether a machine may decide alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from shipsmart.classify import nomenclature, thesaurus
from shipsmart.classify.confidence import Evidence, Scale, load_scale
from shipsmart.classify.editions import successors
from shipsmart.classify.folding import words
from shipsmart.classify.gathering import STUFFS, Found, Near, Sources
from shipsmart.classify.index import WordIndex
from shipsmart.classify.loose import LooseNames
from shipsmart.classify.memory import Memory, Recalled
from shipsmart.classify.national import Outcome, Table, settle, told_by
from shipsmart.classify.ranking import FILE, WITH_MEANING, Ranker, load_ranker, slate
from shipsmart.classify.reading import ALTERING, Item, Reading, read
from shipsmart.classify.shop import load_shop

MOST = 5
AT_ONCE = 32  # products that a model of meaning best reads together
MEANT = 1000  # letters that a model of meaning is given
SURE = 0.6  # likeness from which meaning alone is an answer
SIMILAR = 0.97  # times the likeness of a near duplicate


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


class Neighbours(Protocol):
    """A model of meaning (see semantic/)."""

    def search(self, texts: Sequence[str]) -> list[Near]:
        """Return for each text kinds and HS codes with their likeness, the nearest first."""
        ...


class Engine:
    """Everything loaded once; `classify` may be called from many threads."""

    def __init__(
        self, *, scale: Scale | None = None, ranker: Ranker | None = None, semantic: Neighbours | None = None
    ) -> None:
        self.semantic = semantic
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
        self.ranker = ranker or load_ranker(WITH_MEANING if semantic else FILE)

    def near(self, items: Sequence[Item]) -> list[Near] | list[None]:
        """Return what is near each product in meaning; None without a model."""
        if self.semantic is None:
            return [None] * len(items)
        return self.semantic.search([f"{item.title} {item.category}"[:MEANT] for item in items])

    def gather(self, item: Item, near: Near | None = None) -> tuple[Reading, Found]:
        """Return what the text says and the pool of candidates with their signs."""
        reading = read(item, kinds=self.kinds, facts=self.facts)
        given = "".join(filter(str.isdigit, item.ncm))[:6]
        older = successors(given) if given and given not in self.nomenclature else None
        found = self.sources.gather(reading, given=older.only if older else given, near=near)
        if older and older.only in found.pool:
            found.pool[older.only].why.insert(0, f"the shop gave {given} of HS {older.edition}, now {older.only}")
        return reading, found

    def classify(self, item: Item, *, memory: Memory | None = None) -> Answer:
        """Return the answer; with what the merchant has decided before, its code for a like product stands first."""
        return self.classify_all([item], memory=memory)[0]

    def classify_all(self, items: Sequence[Item], *, memory: Memory | None = None) -> list[Answer]:
        """Return an answer for each product, the same as one by one; a model of meaning reads them together, which
        takes half the time."""
        answers = []
        for item, near in zip(items, self.near(items), strict=True):
            recalled = memory.recall(item.title, group=item.group) if memory else None
            answer = self._classify(item, near)
            answers.append(self._remembering(item, answer, recalled) if recalled else answer)
        return answers

    def _remembering(self, item: Item, answer: Answer, recalled: Recalled) -> Answer:
        decided = recalled.decision
        if decided.hs_code not in self.nomenclature:
            return answer
        sure = round(max(0.99 if recalled.likeness >= 1 else SIMILAR * recalled.likeness, 0.5), 4)
        when = " ".join(part for part in (f"by {decided.by}" if decided.by else "", decided.at) if part)
        why = f"decided before for “{decided.title[:80]}” {when}".rstrip() + f" ({recalled.likeness:.0%} alike)"
        others = [c for c in answer.candidates if c.hs_code != decided.hs_code][: MOST - 1]
        rest = sum(c.confidence for c in others)
        scale = min(1.0, (1 - sure) / rest) if rest else 1.0
        first = Candidate(decided.hs_code, sure, (why, f"heading {decided.hs_code}: {self._text(decided.hs_code)}"))
        lower = tuple(Candidate(c.hs_code, round(c.confidence * scale, 4), c.why) for c in others)
        other_stuff = self._stuff(item.title) ^ self._stuff(decided.title)
        decision = "accept" if recalled.likeness >= 1 and not other_stuff else "review"
        return Answer((first, *lower), decision, answer.questions, answer.evidence)

    def _text(self, hs_code: str) -> str:
        return self.nomenclature.text(hs_code)

    def _stuff(self, title: str) -> frozenset[str]:
        """Return the materials of a title: another material may mean another code."""
        return frozenset(m for match in self.facts.find(words(title)) for m in match.meanings) & STUFFS

    def _classify(self, item: Item, near: Near | None) -> Answer:
        reading, found = self.gather(item, near)
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

    def national(
        self, hs_code: str, item: Item, *, table: Table | None, answers: Mapping[str, str] | None = None
    ) -> Outcome:
        """Return the national code of an HS code for a product, or the question that decides; empty without a table."""
        if table is None:
            return Outcome()
        reading = read(item, kinds=self.kinds, facts=self.facts)
        told = told_by(reading.facts, reading.text, answers or {})
        given = "".join(filter(str.isdigit, item.ncm)) if table.country == "BR" else ""
        return settle(table, hs_code, told=told, answers=answers, given=given if given[:6] == hs_code[:6] else "")

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
        s.title
        or s.category
        or s.description
        or s.loose
        or s.words
        or s.given
        or s.work
        or max(s.meaning, s.wording) >= SURE
        for s in found.pool.values()
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


def classify(item: Item, *, memory: Memory | None = None) -> Answer:
    return engine().classify(item, memory=memory)
