"""WordPiece as BERT's uncased models use it: words to pieces of the vocabulary, the longest first.

Source: Devlin et al., BERT (2019), and the tokenizer.json of the model.
"""

import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path

LONGEST_WORD = 100
START, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"


class BadVocabulary(ValueError):
    """The files of the model lack the vocabulary; the message names file and remedy."""


class WordPiece:
    """Text to numbers of pieces, START and END around them."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        missing = [name for name in (START, END, UNKNOWN) if name not in vocabulary]
        if missing:
            raise BadVocabulary(f"the vocabulary lacks {', '.join(missing)}; it is none of an uncased BERT model")
        self._numbers = vocabulary

    def encode(self, text: str, *, most: int) -> list[int]:
        """Return at most `most` numbers."""
        found: list[int] = []
        for word in _split(text[: most * LONGEST_WORD]):
            found += self._pieces(word)
            if len(found) >= most - 2:
                break
        return [self._numbers[START], *found[: most - 2], self._numbers[END]]

    def knows(self, text: str) -> bool:
        """Whether any piece of the text is in the vocabulary: what is all unknown has no meaning to compare."""
        unknown = self._numbers[UNKNOWN]
        return any(
            number != unknown
            for word in _split(text[:1000])
            if any(c.isalnum() for c in word)
            for number in self._pieces(word)
        )

    def _pieces(self, word: str) -> list[int]:
        if len(word) > LONGEST_WORD:
            return [self._numbers[UNKNOWN]]
        found, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start and (piece := ("##" if start else "") + word[start:end]) not in self._numbers:
                end -= 1
            if end == start:
                return [self._numbers[UNKNOWN]]
            found.append(self._numbers[piece])
            start = end
        return found


def _split(text: str) -> list[str]:
    """Return words and single marks in small letters without accents; control characters fall away."""
    plain = unicodedata.normalize("NFD", text.lower())
    spaced = []
    for letter in plain:
        kind = unicodedata.category(letter)
        if kind == "Mn" or (kind.startswith("C") and letter not in "\t\n\r"):
            continue
        mark = kind.startswith("P") or letter in "$+<=>^`|~" or "\u4e00" <= letter <= "\u9fff"
        spaced.append(f" {letter} " if mark else letter)
    return "".join(spaced).split()


def read_vocabulary(folder: Path) -> dict[str, int]:
    """Return piece to number from `vocab.txt` or `tokenizer.json`; raises BadVocabulary."""
    plain, rich = folder / "vocab.txt", folder / "tokenizer.json"
    try:
        if plain.exists():
            return {line: number for number, line in enumerate(plain.read_text(encoding="utf-8").splitlines())}
        return dict(json.loads(rich.read_text(encoding="utf-8"))["model"]["vocab"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadVocabulary(f"{folder}: needs vocab.txt or tokenizer.json of the model ({error})") from error
