"""Hints at goods that carriers and countries restrict, from the words of a text alone: a person or a rule decides.

`data/hints.csv` has a kind of goods and the words for it in three languages, our own. *Without battery* is no hint, and
what stands after *for* is another thing: *tray for knives* hints at no blade.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shipsmart.classify.folding import words
from shipsmart.classify.phrases import Phrases
from shipsmart.classify.reading import TOKENS, Item

FILE = Path(__file__).parent / "data" / "hints.csv"
LANGUAGES = ("en", "pt", "es")
WITHOUT = frozenset(["without", "no", "sem", "sin", "non", "nao", "zero", "free"])
FOR = frozenset(["for", "para", "compatible", "compativel"])


@dataclass(frozen=True)
class Hint:
    """A kind of goods, such as `lithium_battery`, and the words that hint at it."""

    kind: str
    words: str


@cache
def _phrases() -> Phrases[str]:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Phrases((words(term), row["hint"]) for row in rows for lang in LANGUAGES for term in row[lang].split(";"))


def hints(item: Item) -> tuple[Hint, ...]:
    """Return each kind once, in the order of the text: title, material, category, description."""
    found: dict[str, str] = {}
    for place, text in (("title", item.title), ("title", item.material), ("category", item.category),
                        ("description", item.description)):  # fmt: skip
        tokens = words(text)[: TOKENS[place]]
        cut = next((n for n, word in enumerate(tokens) if word in FOR and n > 0), len(tokens))
        for match in _phrases().find(tokens):
            before = tokens[match.start - 1] if match.start else ""
            if before in WITHOUT or (place == "title" and match.start > cut):
                continue
            for kind in match.meanings:
                found.setdefault(kind, match.phrase)
    return tuple(Hint(kind, phrase) for kind, phrase in found.items())
