"""Names of the dictionary whose words are all or mostly in the text, in whatever order."""

import math
from collections import defaultdict
from collections.abc import Iterable

from shipsmart.classify.folding import telling
from shipsmart.classify.phrases import Phrases
from shipsmart.classify.thesaurus import Name

LEAST = 0.6  # of a name's weight of words must be in the text
MOST = 10
MOST_NAMES = 900  # a word of more names finds nothing by itself


class LooseNames:
    """An index of the names of two words and more by their words; rare words weigh more."""

    def __init__(self, names: Phrases[Name]) -> None:
        self._postings: dict[str, list[int]] = defaultdict(list)
        self._names: list[tuple[Name, ...]] = []
        self._words: list[tuple[str, ...]] = []
        for phrase, meanings in names.items():
            parts = tuple(dict.fromkeys(telling(phrase)))
            if len(parts) < 2:
                continue
            for part in parts:
                self._postings[part].append(len(self._names))
            self._names.append(tuple(meanings))
            self._words.append(parts)
        total = len(self._names) + 1
        self._weights = {word: math.log(total / len(found)) for word, found in self._postings.items()}
        self._sums = [sum(self._weights[word] for word in parts) for parts in self._words]

    def search(self, wanted: Iterable[tuple[str, float]]) -> list[tuple[tuple[Name, ...], float, str]]:
        """Return the names best covered: all they mean, the share covered (0 to 1), and the words found."""
        scores: dict[int, float] = {}
        for word, weight in wanted:
            postings = self._postings.get(word, ())
            if len(postings) <= MOST_NAMES:
                points = weight * self._weights.get(word, 0.0)
                for number in postings:
                    scores[number] = scores.get(number, 0.0) + points
        covered = [(points / self._sums[n], n) for n, points in scores.items() if points >= LEAST * self._sums[n]]
        best = sorted(covered, key=lambda pair: (-pair[0], -len(self._words[pair[1]]), pair[1]))[:MOST]
        return [(self._names[n], min(share, 1.0), " ".join(self._words[n])) for share, n in best]
