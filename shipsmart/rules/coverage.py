"""How wide the tables are: for each place, how its base duty of given codes is found, and how sure it is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shipsmart.rules.book import Rulebook
from shipsmart.rules.plans import BaseRule

CHAPTER = 2


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of `codes`: how many duties were read at a source, are estimates, are a fallback for all goods or unknown.

    The four parts add up to `codes`. `by_chapter` counts those of `verified` and `estimate` that no row closer than
    a chapter's decides.
    """

    country: str
    codes: int
    verified: int
    estimate: int
    fallback: int
    unknown: int
    by_chapter: int


def coverage(book: Rulebook, *, codes: Iterable[str], at: datetime) -> list[Coverage]:
    """Return the coverage of every place in order of its code."""
    asked = sorted(set(codes))
    return [_of(country, book.compiler.base_of(country, at), asked) for country in book.countries]


def _of(country: str, base: BaseRule, codes: list[str]) -> Coverage:
    kinds = Counter(part for code in codes for part in _kinds(base, code))
    return Coverage(
        country=country,
        codes=len(codes),
        verified=kinds["verified"],
        estimate=kinds["estimate"],
        fallback=kinds["fallback"],
        unknown=kinds["unknown"],
        by_chapter=kinds["chapter"],
    )


def _kinds(base: BaseRule, code: str) -> tuple[str, ...]:
    if base.everything is not None or base.tariff is None:
        return (base.stamp.confidence if base.everything is not None else "fallback",)
    found = base.tariff.find(code)
    if found is None:
        return ("fallback",)
    if found.text == "?":
        return ("unknown",)
    sure = base.tariff.confidence.get(found.matched) or base.stamp.confidence
    sure = "estimate" if found.spread or found.bound else sure
    return (sure, "chapter") if len(found.matched) == CHAPTER else (sure,)


def table(found: Iterable[Coverage]) -> str:
    """Return a coverage as a text for a terminal: per cent of the codes by place, the surest places first."""
    rows = ["place  verified  estimate  fallback  unknown  by chapter"]
    for one in sorted(found, key=lambda one: (-one.verified, one.country)):
        parts = (one.verified, one.estimate, one.fallback, one.unknown, one.by_chapter)
        shares = [f"{100 * part // one.codes}%" if one.codes else "-" for part in parts]
        rows.append("{:5}  {:>8}  {:>8}  {:>8}  {:>7}  {:>10}".format(one.country, *shares))
    return "\n".join(rows) + "\n"
