"""Finding listed names that a party's name may mean: by spelling of the whole, and by words in any order.

An index of all names is held in memory. The spelling is compared with every name (rapidfuzz does 30,000 in some
milliseconds); words are looked up by their consonants, rare words counting more than common ones.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from shipsmart.compliance.screening.names import Name, joined_pairs, read, readings
from shipsmart.compliance.wording import table

MOST_CANDIDATES = 150
# So many consonants in one order are no chance: Abdelkader Benyoussef, Abd al-Qadir Bin Yusuf.
MANY_CONSONANTS = 8
PATRONYMIC = re.compile(r"(?<=\w{3})(?:[oeiy]vi?t?ch|[oei]vych|[oeiy]vna|ichna)$")


@dataclass(frozen=True, slots=True)
class Listed:
    """One name of one entry of a list; an entry has as many as it has aliases."""

    source: str
    entry: str
    name: str
    kind: str = ""
    program: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A listed name that a party may be, with a score from 0 to 100: likeness, not probability."""

    listed: Listed
    score: int


class NameIndex:
    """All listed names, ready to be searched; built once, never changed."""

    def __init__(self, names: Iterable[Listed]) -> None:
        self.listed = list(names)
        self.names = [read(listed.name) for listed in self.listed]
        self.ordered = [name.ordered for name in self.names]
        self.by_joined: dict[str, list[int]] = defaultdict(list)
        self.by_joined_consonants: dict[str, list[int]] = defaultdict(list)
        self.by_consonants: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self.names):
            self.by_joined[name.joined].append(number)
            for key in {name.joined_consonants, name.whole_consonants}:
                self.by_joined_consonants[key].append(number)
            for consonants in set(name.consonants):
                self.by_consonants[consonants].append(number)
        self.weights = {key: self._weight(len(found)) for key, found in self.by_consonants.items()}
        self.rare = self._weight(0)
        self.totals = [sum(self._weights_of(name)) for name in self.names]

    def search(self, text: str) -> list[Match]:
        """Return what the name may mean, the likest first, the best name of each entry only.

        Names alike go by the alphabet, so that another order of the list gives the same match and keeps its decision.
        """
        found: Counter[int] = Counter()
        for name in readings(text):
            for number, score in self._found(name) if name.joined else ():
                found[number] = max(found[number], score)
        best: dict[tuple[str, str], Match] = {}
        for number, score in sorted(found.items(), key=lambda pair: (-pair[1], self.listed[pair[0]].name)):
            listed = self.listed[number]
            best.setdefault((listed.source, listed.entry), Match(listed, score))
        return list(best.values())

    def _found(self, name: Name) -> list[tuple[int, int]]:
        """Return names alike in spelling or words, also where two words are one on the list."""
        several = 3 <= len(name.words) <= 5
        pairs = [pair for pair in joined_pairs(name) if self._knows_pair(name, pair)] if several else []
        return [*self._by_spelling(name).items(), *(hit for one in (name, *pairs) for hit in self._by_words(one))]

    def _knows_pair(self, name: Name, pair: Name) -> bool:
        """Return whether the list has the joined word."""
        joined = set(pair.consonants) - set(name.consonants)
        return any(key in self.by_consonants for key in joined)

    def _by_spelling(self, name: Name) -> dict[int, int]:
        """Return names spelt alike as a whole; a name of one short word must be the same."""
        cutoff = 100 if len(name.joined) < 6 else table("screening")["spelling"]
        alike = process.extract(
            name.ordered, self.ordered, scorer=fuzz.ratio, processor=None, score_cutoff=cutoff, limit=50
        )
        exact = dict.fromkeys(self.by_joined.get(name.joined, ()), 100)
        return {number: int(score) for _, score, number in alike} | self._by_sound(name) | exact

    def _by_sound(self, name: Name) -> dict[int, int]:
        """Return names whose consonants are the same as a whole, wherever the words are parted."""
        found = {}
        for key in {name.joined_consonants, name.whole_consonants}:
            for number in self.by_joined_consonants.get(key, ()) if len(key) >= 4 else ():
                listed = self.names[number]
                alike = JaroWinkler.similarity("".join(name.particles), "".join(listed.particles))
                surely = len(key) >= MANY_CONSONANTS or name.unvowelled != listed.unvowelled
                if surely or alike >= table("screening")["word"]:
                    found[number] = 95
        return found

    def _by_words(self, name: Name) -> list[tuple[int, int]]:
        limits = table("screening")
        weights = self._weights_of(name)
        shared: Counter[int] = Counter()
        for key, weight in dict(zip(name.consonants, weights, strict=True)).items():
            for number in self.by_consonants.get(key, ()):
                shared[number] += weight  # type: ignore[assignment] - weights are fractions
        least, enough = limits["party_within"] * 0.9, limits["rare_enough"] * self.rare * 0.9
        likely = [number for number, weight in shared.items() if weight >= min(least * self.totals[number], enough)]
        likely.sort(key=lambda number: -shared[number] / self.totals[number])
        found = []
        for number in likely[:MOST_CANDIDATES]:
            score = self._score(name, weights, number)
            if score:
                found.append((number, score))
        return found

    def _score(self, name: Name, weights: Sequence[float], number: int) -> int:
        """Return 0 to 100 for two names whose words are paired; 0 when too little of either is in the other."""
        limits = table("screening")
        listed = self.names[number]
        in_listed = [max(_alike(name, at, listed, other) for other in range(len(listed.words))) for at in _all(name)]
        in_name = [max(_alike(name, at, listed, other) for at in _all(name)) for other in _all(listed)]
        listed_weights = self._weights_of(listed)
        of_listed = sum(map(_times, in_name, listed_weights)) / sum(listed_weights)
        of_name = sum(map(_times, in_listed, weights)) / sum(weights)
        if min(len(listed.words), len(name.words)) == 1:
            whole = len(listed.words) == len(name.words) and len(name.joined) >= 5
            return int(100 * min(of_listed, of_name)) if whole and min(of_listed, of_name) >= 0.95 else 0
        if of_listed >= limits["listed_found"] and (of_name >= 0.4 or len(listed.words) > 2):
            return int(100 * (0.7 * of_listed + 0.3 * of_name))
        rare = sum(weights) >= limits["rare_enough"] * self.rare
        within = limits["party_within" if name.unvowelled == listed.unvowelled else "party_within_unvowelled"]
        if of_name >= limits["listed_found"] and (of_listed >= within or rare):
            return int(100 * (0.7 * of_name + 0.3 * of_listed))
        return 0

    def _weight(self, count: int) -> float:
        return math.log(1 + (len(self.names) + 1) / (count + 1))

    def _weights_of(self, name: Name) -> list[float]:
        """Return the weight of each word: rare ones more than common ones, a father's name little."""
        share = table("screening")["patronymic"]
        return [
            self.weights.get(key, self.rare) * (share if PATRONYMIC.search(word) else 1)
            for word, key in zip(name.words, name.consonants, strict=True)
        ]


def _all(name: Name) -> range:
    return range(len(name.words))


def _times(likeness: float, weight: float) -> float:
    return likeness * weight


def _alike(name: Name, at: int, listed: Name, other: int) -> float:
    """Return how far two words are the same, 0 or from the threshold of `data/screening.toml` to 1."""
    word, word_listed = name.words[at], listed.words[other]
    if word == word_listed:
        return 1.0
    limits = table("screening")
    likeness = JaroWinkler.similarity(word, word_listed)
    if name.consonants[at] == listed.consonants[other]:
        # A script without vowels has nothing more to compare.
        needed = limits["consonants" if len(name.consonants[at]) > 2 else "few_consonants"]
        if (name.unvowelled != listed.unvowelled) or likeness >= needed:
            return max(likeness, 0.97)
        return 0.0
    return likeness if likeness >= limits["word"] and min(len(word), len(word_listed)) > 3 else 0.0
