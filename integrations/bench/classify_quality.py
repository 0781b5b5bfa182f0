"""How right the classifier is on labelled products, and how honest: the shares that `make bench` prints."""

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shipsmart.classify import Answer, Engine, Item

LABELLED = Path(__file__).parent / "classify_labelled.csv"
RULINGS = Path(__file__).parent / "classify_rulings.csv"  # texts as customs authorities write them
BINS = 10
KNOWN = 172  # first rows of our own set, older than most of the dictionary


@dataclass(frozen=True)
class Labelled:
    """A product and the HS code that is right for it."""

    item: Item
    hs_code: str
    language: str = ""


@dataclass(frozen=True)
class Quality:
    """Shares of all products, but the precision, which is of those accepted (None when nothing was)."""

    products: int
    top1_hs2: float
    top1_hs4: float
    top1_hs6: float
    top5_hs6: float
    top5_hs4: float
    top5_hs2: float
    accepted: int
    accepted_share: float
    accepted_precision_hs6: float | None
    calibration_error: float


def labelled(path: Path = LABELLED) -> list[Labelled]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Labelled(
                Item(title=r["title"], category=r["category"], material=r["material"], language=r["language"]),
                r["hs_code"],
                r["language"],
            )
            for r in csv.DictReader(file)
        ]


def tuning() -> list[Labelled]:
    """Every second row of our own sets: words and weights may be tuned on them."""
    return [*labelled()[::2], *labelled(RULINGS)[::2]]


def kept_aside() -> list[Labelled]:
    """The rows that nothing was tuned on, those left out that the dictionary's author knew when writing it."""
    tuned = {product.item.title for product in tuning()}
    aside = [*labelled()[KNOWN + 1 :: 2], *labelled(RULINGS)[1::2]]
    return [product for product in aside if product.item.title not in tuned]


def measure(engine: Engine, products: Sequence[Labelled]) -> Quality:
    return judge([(engine.classify(product.item), product.hs_code) for product in products])


def judge(answered: Sequence[tuple[Answer, str]]) -> Quality:
    """Compare answers with the right codes."""
    accepted = [_first(a) == right for a, right in answered if a.decision == "accept"]
    sure = [(a.candidates[0].confidence, _first(a) == right) for a, right in answered if a.candidates]
    return Quality(
        products=len(answered),
        top1_hs2=_share(_first(a)[:2] == right[:2] for a, right in answered),
        top1_hs4=_share(_first(a)[:4] == right[:4] for a, right in answered),
        top1_hs6=_share(_first(a) == right for a, right in answered),
        top5_hs6=_share(any(c.hs_code == right for c in a.candidates) for a, right in answered),
        top5_hs4=_share(any(c.hs_code[:4] == right[:4] for c in a.candidates) for a, right in answered),
        top5_hs2=_share(any(c.hs_code[:2] == right[:2] for c in a.candidates) for a, right in answered),
        accepted=len(accepted),
        accepted_share=len(accepted) / len(answered),
        accepted_precision_hs6=_share(accepted) if accepted else None,
        calibration_error=calibration_error(sure),
    )


def calibration_error(sure: Sequence[tuple[float, bool]]) -> float:
    """Return the mean gap between confidence and truth over ten bins, each weighted by what is in it."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, right in sure:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, right))
    gaps = (abs(sum(c for c, _ in b) - sum(right for _, right in b)) for b in bins)
    return sum(gaps) / max(len(sure), 1)


def wilson(right: int, of: int) -> float:
    """Return the lower bound of the share at 95 % (Wilson); 0 for nothing.

    Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
    """
    if not of:
        return 0.0
    share, z = right / of, 1.96
    middle = share + z * z / (2 * of)
    return (middle - z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))) / (1 + z * z / of)


def abstention(answered: Sequence[tuple[Answer, str]]) -> list[tuple[float, float, float]]:
    """Return, for each confidence asked for, the share answered and the share of those right at six digits."""
    sure = [(a.candidates[0].confidence if a.candidates else 0.0, _first(a) == right) for a, right in answered]
    points = []
    for tenth in range(10):
        taken = [right for confidence, right in sure if confidence >= tenth / 10]
        points.append((tenth / 10, len(taken) / max(len(sure), 1), _share(taken)))
    return points


def _first(answer: Answer) -> str:
    return answer.candidates[0].hs_code if answer.candidates else ""


def _share(hits: Iterable[bool]) -> float:
    listed = list(hits)
    return sum(listed) / max(len(listed), 1)
