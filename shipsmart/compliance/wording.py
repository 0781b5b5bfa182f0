"""Comparing words of descriptions: case, accents and punctuation do not count, whole words do."""

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@cache
def table(name: str) -> dict[str, Any]:
    """Return one of the tables beside this module; each carries its version."""
    with (DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=10_000)
def plain(text: str) -> str:
    """Return the text in lower case without accents, its words parted by single blanks and fenced by one each side."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    # What has no shape parts no word: a zero-width blank within "vape" would hide it otherwise.
    letters = "".join(
        char for char in decomposed if not unicodedata.combining(char) and unicodedata.category(char) != "Cf"
    )
    return " " + " ".join(re.findall(r"[^\W_]+", letters)) + " "


def contains(text: str, words: str) -> bool:
    """Return whether the words stand in the text as whole words."""
    return plain(words) in plain(text)
