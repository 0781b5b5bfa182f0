"""The fixed words of the papers, in English and in the language of the destination."""

import tomllib
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "labels.toml"


@cache
def _table() -> dict[str, dict[str, str]]:
    with TABLE.open("rb") as file:
        return dict(tomllib.load(file))


@cache
def language_for(country: str) -> str:
    """Return the language printed beside the English for a destination, or "" when English alone is printed."""
    return next((language for language, countries in _table()["languages"].items() if country in countries), "")


def english(key: str) -> str:
    return _table()["en"][key]


def local(key: str, country: str) -> str:
    """Return the word in the destination's language, or "" when it is the same as the English or not known."""
    word = _table().get(language_for(country), {}).get(key, "")
    return "" if word == english(key) else word
