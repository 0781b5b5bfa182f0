"""From the signs of each candidate to shares of likelihood, and the five that serve a person best.

The weights are fitted on labelled products by `integrations/bench/classify_rank_fit.py`; README says on which.
"""

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from pathlib import Path

FILE = Path(__file__).parent / "data" / "ranking.toml"
WITH_MEANING = FILE.with_name("ranking_semantic.toml")  # weights for when the extra is on
HEADING_WORTH = 1.2


@dataclass(slots=True)
class Signs:
    """What speaks for one code. All are 0 to about 3; `why` is for people.

    `title`, `category`, `description`: how strongly a name of the dictionary was found there, times the share of this
    code in its kind; `told`: the text told what decides between the codes of the kind; `only_for`: named only after
    *for* or *with*; `early`: named at the beginning; `family`: another code of the heading is named; `loose`: words of
    a name out of order; `words`, `heading_words`: search over the nomenclature; `strong_words`: its absolute score;
    `common`: how common in web shops; `department`: the category speaks for the chapter; `material`, `clash`: the text
    names the material of the chapter, or others only; `residual`: what an article of the material is when nothing else
    is known; `rival`: often mistaken for the best named; `part`: a code for parts beside a word such as *replacement*;
    `work`: the text reads like the title of a book; `given`: the shop gave this code; `other`: a code for the rest;
    `meaning`, `wording`: how near in meaning the text is to a name, or a line of the nomenclature, of the heading (the
    extra); `nearest`: the share of this code in the kind whose name is nearest.
    """

    title: float = 0.0
    category: float = 0.0
    description: float = 0.0
    told: float = 0.0
    only_for: float = 0.0
    early: float = 0.0
    family: float = 0.0
    loose: float = 0.0
    words: float = 0.0
    heading_words: float = 0.0
    strong_words: float = 0.0
    common: float = 0.0
    department: float = 0.0
    material: float = 0.0
    clash: float = 0.0
    residual: float = 0.0
    rival: float = 0.0
    part: float = 0.0
    work: float = 0.0
    given: float = 0.0
    other: float = 0.0
    meaning: float = 0.0
    wording: float = 0.0
    nearest: float = 0.0
    why: list[str] = field(default_factory=list)

    def values(self) -> tuple[float, ...]:
        return _values(self)


SIGNS = tuple(f.name for f in fields(Signs))[:-1]
_values: Callable[[Signs], tuple[float, ...]] = attrgetter(*SIGNS)


@dataclass(frozen=True)
class Ranker:
    """One weight for each sign, in their order."""

    weights: tuple[float, ...]

    def shares(self, pool: Mapping[str, Signs]) -> dict[str, float]:
        """Return for each code its share of likelihood; they add up to 1."""
        points = {
            code: sum(w * s for w, s in zip(self.weights, signs.values(), strict=True)) for code, signs in pool.items()
        }
        top = max(points.values(), default=0.0)
        raised = {code: math.exp(value - top) for code, value in points.items()}
        total = sum(raised.values())
        return {code: value / total for code, value in raised.items()}


def slate(shares: Mapping[str, float], *, most: int) -> list[str]:
    """Return the codes to show: the likeliest code of the likeliest heading first, then what adds most.

    A code adds its own share, and the share of its heading when the heading is not shown yet.
    """
    headings: dict[str, float] = {}
    for code, share in shares.items():
        headings[code[:4]] = headings.get(code[:4], 0.0) + share
    left = sorted(shares, key=lambda code: (-shares[code], code))
    chosen: list[str] = []
    shown: set[str] = set()
    while left and len(chosen) < most:
        worth = HEADING_WORTH if chosen else 0.5
        best = max(left, key=lambda c: shares[c] + (worth * headings[c[:4]] if c[:4] not in shown else 0.0))
        left.remove(best)
        chosen.append(best)
        shown.add(best[:4])
    return chosen[:1] + sorted(chosen[1:], key=lambda code: (-shares[code], code))


def load_ranker(path: Path = FILE) -> Ranker:
    data = tomllib.loads(path.read_text(encoding="utf-8"))["weights"]
    return Ranker(tuple(data[name] for name in SIGNS))
