"""How right the classifier is on labelled products, and how honest: the shares that `make bench` prints."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shipsmart.classify import Answer, Engine, Item

LABELLED = Path(__file__).parent / "classify_labelled.csv"
RULINGS = Path(__file__).parent / "classify_rulings.csv"  # texts as customs authorities write them
BINS = 10


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
    """The rows that nothing was tuned on."""
    return [*labelled()[1::2], *labelled(RULINGS)[1::2]]


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


def _first(answer: Answer) -> str:
    return answer.candidates[0].hs_code if answer.candidates else ""


def _share(hits: Iterable[bool]) -> float:
    listed = list(hits)
    return sum(listed) / max(len(listed), 1)
