"""Search by words over the texts of the nomenclature (BM25): finds a heading where our dictionary has no name."""

import math
from collections import defaultdict
from collections.abc import Iterable

from shipsmart.classify.nomenclature import Nomenclature

TITLE, OTHER = 2.0, 0.6  # a word of the subheading itself weighs more than one of its national lines
K1, B = 1.2, 0.6
TOO_COMMON = 0.12  # of all codes: such a word finds nothing
MOST_WORDS = 48

Postings = dict[str, list[int]]


class WordIndex:
    """For each word the codes it speaks for; the weights are worked out when asked, so that loading is quick."""

    def __init__(self, nomenclature: Nomenclature) -> None:
        self.codes = [entry.hs_code for entry in nomenclature.entries]
        self._title: Postings = defaultdict(list)
        self._other: Postings = defaultdict(list)
        lengths = []
        for number, entry in enumerate(nomenclature.entries):
            title = entry.title.split()
            other = set(entry.english.split()).union(entry.portuguese.split()).difference(title)
            for word in title:
                self._title[word].append(number)
            for word in other:
                self._other[word].append(number)
            lengths.append(TITLE * len(title) + OTHER * len(other))
        mean = sum(lengths) / max(len(lengths), 1)
        self._norms = [K1 * (1 - B + B * length / mean) for length in lengths]

    def search(self, wanted: Iterable[tuple[str, float]], *, most: int = 20) -> list[tuple[str, float, list[str]]]:
        """Return the best codes for the weighted words, each with its score and the words that found it."""
        scores: dict[int, float] = {}
        used = [(word, weight) for word, weight in wanted if self._finds(word)][:MOST_WORDS]
        for word, weight in used:
            idf = self._idf(word)
            for postings, count in ((self._title, TITLE), (self._other, OTHER)):
                for number in postings.get(word, ()):
                    points = weight * idf * count * (K1 + 1) / (count + self._norms[number])
                    scores[number] = scores.get(number, 0.0) + points
        best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
        words = [word for word, _ in used]
        return [(self.codes[n], score, [w for w in words if self._speaks_for(w, n)]) for n, score in best]

    def _found(self, word: str) -> int:
        return len(self._title.get(word, ())) + len(self._other.get(word, ()))

    def _finds(self, word: str) -> bool:
        return 0 < self._found(word) <= TOO_COMMON * len(self.codes)

    def _idf(self, word: str) -> float:
        found = self._found(word)
        return math.log(1 + (len(self.codes) - found + 0.5) / (found + 0.5))

    def _speaks_for(self, word: str, number: int) -> bool:
        return number in self._title.get(word, ()) or number in self._other.get(word, ())
