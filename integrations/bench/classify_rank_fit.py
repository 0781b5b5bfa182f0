"""Fit the weights of the ranking to labelled products: Adam on the likelihood of code and heading.

    python -m integrations.bench.classify_rank_fit --fit a.jsonl b.jsonl --check a.jsonl

Every second row of our own sets is added. With `--check` it first says what share of that file would be right when
each fifth of all is left out of the fit in turn: no row is judged by weights that have seen it. `--semantic`: fit with
the extra on. `--out` writes `[weights]`, which go to `shipsmart/classify/data/ranking.toml` or `ranking_semantic.toml`.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from integrations.bench.classify_fit import products
from integrations.bench.classify_quality import Labelled, tuning
from shipsmart.classify import Engine, engine
from shipsmart.classify.ranking import SIGNS, slate

ROUNDS, STEP, SHRINK = 300, 0.1, 0.002
HEADING = 0.7  # weight of the heading's likelihood beside the code's
MEANING = ("meaning", "wording", "nearest")
BY_HAND = {"given": 4.0, "work": 6.0}  # no labelled product has a code of its shop, and few are books
FOLDS = 5


@dataclass(frozen=True)
class Case:
    """The candidates of a product, a row of signs for each, and the right code."""

    codes: list[str]
    signs: Any
    right: str


def cases(loaded: Engine, labelled: Sequence[Labelled]) -> list[Case]:
    made = []
    for product in labelled:
        pool = loaded.gather(product.item, *loaded.near([product.item]))[1].pool
        signs = np.array([pool[code].values() for code in pool]).reshape(len(pool), len(SIGNS))
        made.append(Case(list(pool), signs, product.hs_code))
    return made


class Likelihood:
    """All cases in one matrix, so that a step of the descent is a few products."""

    def __init__(self, found: Sequence[Case]) -> None:
        known = [case for case in found if any(code[:4] == case.right[:4] for code in case.codes)]
        self.count = len(known)
        self.signs = np.concatenate([case.signs for case in known])
        sizes = [len(case.codes) for case in known]
        self.of = np.repeat(np.arange(len(known)), sizes)
        self.starts = np.cumsum([0, *sizes[:-1]])
        self.right = [
            (np.array([code[:digits] == case.right[:digits] for case in known for code in case.codes]), weight)
            for digits, weight in ((6, 1.0), (4, HEADING))
        ]

    def slope(self, weights: Any) -> Any:
        """Return how the mean weighted log-likelihood changes with each weight."""
        points = self.signs @ weights
        raised = np.exp(points - np.maximum.reduceat(points, self.starts)[self.of])
        share = raised / np.add.reduceat(raised, self.starts)[self.of]
        pull = np.zeros(len(share))
        for right, weight in self.right:
            mass = np.add.reduceat(share * right, self.starts)[self.of]
            has = mass > 0
            pull += weight * (np.divide(share * right, mass, out=np.zeros(len(share)), where=has) - share * has)
        return self.signs.T @ pull / self.count


def fit(found: Sequence[Case], *, semantic: bool) -> Any:
    """Return the weights, drawn a little towards zero; those by hand stay."""
    fixed = {**BY_HAND, **({} if semantic else dict.fromkeys(MEANING, 0.0))}
    weights = np.array([fixed.get(name, 0.0) for name in SIGNS])
    free = np.array([name not in fixed for name in SIGNS], float)
    likelihood, mean, spread = Likelihood(found), np.zeros(len(SIGNS)), np.zeros(len(SIGNS))
    for turn in range(1, ROUNDS + 1):
        slope = likelihood.slope(weights) - SHRINK * weights
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.99 * spread + 0.01 * slope**2
        move = (mean / (1 - 0.9**turn)) / (np.sqrt(spread / (1 - 0.99**turn)) + 1e-8)
        weights = weights + STEP * free * move / np.sqrt(turn)
    return weights


def shown(case: Case, weights: Any) -> list[str]:
    points = case.signs @ weights
    raised = np.exp(points - points.max(initial=0.0))
    return slate(dict(zip(case.codes, (raised / max(raised.sum(), 1e-9)).tolist(), strict=True)), most=5)


def left_out(check: Sequence[Case], others: Sequence[Case], *, semantic: bool) -> Iterator[tuple[Case, list[str]]]:
    """Yield each case with the five shown by weights that were fitted without its fifth."""
    mixed = random.Random(1).sample(check, len(check))  # noqa: S311 - the same folds each time
    for fold in range(FOLDS):
        weights = fit([*others, *(c for n, c in enumerate(mixed) if n % FOLDS != fold)], semantic=semantic)
        yield from ((case, shown(case, weights)) for case in mixed[fold::FOLDS])


def shares(judged: Sequence[tuple[Case, list[str]]]) -> str:
    def of(right: Iterator[bool]) -> str:
        return f"{100 * sum(right) / len(judged):.1f}"

    first = [(case.right, five[0] if five else "") for case, five in judged]
    parts = [f"HS{n} {of(right[:n] == code[:n] for right, code in first)}" for n in (2, 4, 6)]
    parts.append(f"HS6 of five {of(case.right in five for case, five in judged)}")
    parts.append(f"heading of five {of(case.right[:4] in {c[:4] for c in five} for case, five in judged)}")
    return f"{len(judged)} products: {', '.join(parts)}"


def loaded_with(folder: Path | None) -> Engine:
    if folder is None:
        return engine()
    from shipsmart.classify.semantic import load  # noqa: PLC0415 - needs the extra

    return Engine(semantic=load(folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", type=Path, nargs="*", default=[])
    parser.add_argument("--check", type=Path, nargs="*", default=[], help="of those to fit, to be judged left out")
    parser.add_argument("--semantic", type=Path, help="folder of the model: fit with the extra on")
    parser.add_argument("--out", type=Path, help="write the weights here too")
    asked = parser.parse_args()
    loaded, semantic = loaded_with(asked.semantic), asked.semantic is not None
    by_file = {path: cases(loaded, list(products([path]))) for path in asked.fit}
    own = cases(loaded, tuning())
    for path in asked.check:
        others = [case for other, found in by_file.items() if other != path for case in found]
        judged = list(left_out(by_file[path], [*own, *others], semantic=semantic))
        print(f"# left out: {path.name}: {shares(judged)}")  # noqa: T201
    weights = fit([*own, *(case for found in by_file.values() for case in found)], semantic=semantic)
    text = "\n".join(["[weights]", *(f"{name} = {weight:.3f}" for name, weight in zip(SIGNS, weights, strict=True))])
    print(text)  # noqa: T201
    if asked.out:
        asked.out.write_text(
            f"# Fitted by integrations/bench/classify_rank_fit.py; on what stands in README.md.\n{text}\n"
        )


if __name__ == "__main__":
    main()
