"""Find many phrases in a text at once; of phrases that overlap the longest counts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Found(Generic[T]):
    """A phrase at `start` of the words, `length` words long, and all that it stands for."""

    start: int
    length: int
    phrase: str
    meanings: tuple[T, ...]


class Phrases(Generic[T]):
    """A dictionary of phrases of several words."""

    def __init__(self, entries: Iterable[tuple[Sequence[str], T]]) -> None:
        self._meanings: dict[tuple[str, ...], list[T]] = {}
        self._longest: dict[str, int] = {}
        for phrase, meaning in entries:
            key = tuple(phrase)
            if not key:
                continue
            self._meanings.setdefault(key, []).append(meaning)
            self._longest[key[0]] = max(self._longest.get(key[0], 0), len(key))

    def __len__(self) -> int:
        return len(self._meanings)

    def items(self) -> Iterator[tuple[tuple[str, ...], list[T]]]:
        yield from self._meanings.items()

    def find(self, words: Sequence[str]) -> list[Found[T]]:
        """Return what is found from left to right, longest first where phrases begin alike or lie inside each other."""
        found: list[Found[T]] = []
        end = 0
        for start, word in enumerate(words):
            for length in range(min(self._longest.get(word, 0), len(words) - start), 0, -1):
                if start + length <= end:
                    break  # inside the one before
                key = tuple(words[start : start + length])
                meanings = self._meanings.get(key)
                if meanings:
                    found.append(Found(start, length, " ".join(key), tuple(meanings)))
                    end = start + length
                    break
        return found
