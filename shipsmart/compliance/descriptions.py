"""Descriptions that customs refuse: stop words of ICS2 and texts that say nothing.

A stop word alone is refused by the EU's system; within a longer text it is a reason to look again. A word we have not
seen in print on a customs' list only warns.
Source: Delegated Regulation (EU) 2015/2446, Annex B, data element 18 05 000 000; data/ics2_stop_words.toml.
"""

import re
from functools import cache

from shipsmart.compliance.wording import plain, table


@cache
def _terms(mode: str) -> dict[str, str]:
    """Return the terms of a mode (`block` or `warn`) by their plain form, singular and plural."""
    lists = [part for part in table("ics2_stop_words").values() if isinstance(part, dict) and part.get("mode") == mode]
    terms: dict[str, str] = {}
    for term in [term for part in lists for term in part["terms"]]:
        key = plain(term).strip()
        for form in {key, key.removesuffix("s"), f"{key}s"}:
            terms.setdefault(form, term)
    return terms


def refused(description: str) -> str:
    """Return why the description alone will be refused, or "" when it will not."""
    words = plain(description).strip()
    letters = [char for char in words if char.isalpha()]
    if not description.strip():
        return "there is no description"
    if len(letters) < 2 or (words.isascii() and len(letters) < 3):
        return f"{description!r} is too short to tell what it is"
    if len(set(letters)) == 1:
        return f"{description!r} repeats one letter"
    if re.fullmatch(r"[\w-]+\.(?:jpe?g|png|pdf|docx?|xlsx?|txt)", description.strip(), re.IGNORECASE):
        return f"{description!r} is the name of a file"
    distinct = " ".join(dict.fromkeys(re.sub(r"\b\d+\b", " ", words).split()))
    term = _terms("block").get(words) or _terms("block").get(distinct)
    if term:
        return f"{description!r} is on the list of terms that say too little (list of {version()})"
    return ""


def weak_terms(description: str) -> list[str]:
    """Return the stop words that stand within a longer description, and those that only warn where they stand alone."""
    text = plain(description)
    return sorted({term for form, term in (_terms("warn") | _terms("block")).items() if f" {form} " in text})


def suggestion(description: str) -> str:
    """Return what to write instead, or a general hint."""
    better: dict[str, str] = table("ics2_stop_words")["better"]
    words = plain(description).strip()
    return next((hint for term, hint in better.items() if plain(term).strip() == words), _general())


def version() -> str:
    return str(table("ics2_stop_words")["version"])


def _general() -> str:
    return "say what it is, of what material and for what use"
