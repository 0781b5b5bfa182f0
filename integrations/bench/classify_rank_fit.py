"""Fit the weights of the ranking to labelled products: gradient descent on the likelihood of code and heading.

    python -m integrations.bench.classify_rank_fit --fit a.jsonl b.jsonl

Every second row of our own sets is added. Prints `[weights]` for `shipsmart/classify/data/ranking.toml` and how many
of the right codes were in the pool at all.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from integrations.bench.classify_fit import products
from integrations.bench.classify_quality import Labelled, tuning
from shipsmart.classify import Engine, engine
from shipsmart.classify.ranking import SIGNS, load_ranker

ROUNDS, STEP, SHRINK = 60, 0.15, 0.002
HEADING = 0.7  # weight of the heading's likelihood beside the code's


@dataclass(frozen=True)
class Case:
    """The signs of each candidate, which are right at six and which at four digits."""

    rows: list[tuple[tuple[int, float], ...]]
    exact: list[int]
    heading: list[int]


def cases(loaded: Engine, labelled: Sequence[Labelled]) -> list[Case]:
    made = []
    for product in labelled:
        _, found = loaded.gather(product.item)
        codes = list(found.pool)
        rows = [tuple((n, v) for n, v in enumerate(found.pool[code].values()) if v) for code in codes]
        exact = [n for n, code in enumerate(codes) if code == product.hs_code]
        heading = [n for n, code in enumerate(codes) if code[:4] == product.hs_code[:4]]
        made.append(Case(rows, exact, heading))
    return made


def slope(case: Case, weights: Sequence[float]) -> list[float]:
    """Return how the weighted log-likelihood of the case changes with each weight."""
    points = [sum(weights[n] * v for n, v in row) for row in case.rows]
    top = max(points)
    raised = [math.exp(p - top) for p in points]
    total = sum(raised)
    pull = [0.0] * len(raised)
    for right, weight in ((case.exact, 1.0), (case.heading, HEADING)):
        if right:
            mass = sum(raised[n] for n in right)
            for n, value in enumerate(raised):
                pull[n] -= weight * value / total
            for n in right:
                pull[n] += weight * raised[n] / mass
    slopes = [0.0] * len(weights)
    for row, force in zip(case.rows, pull, strict=True):
        for n, value in row:
            slopes[n] += force * value
    return slopes


def fit(found: Sequence[Case], start: Sequence[float], *, fixed: frozenset[int]) -> list[float]:
    """Return weights after Adam's steps over the whole set, drawn a little towards zero."""
    weights, mean, spread = list(start), [0.0] * len(start), [0.0] * len(start)
    useful = [case for case in found if case.rows and (case.exact or case.heading)]
    for turn in range(1, ROUNDS + 1):
        slopes = [0.0] * len(weights)
        for case in useful:
            for n, value in enumerate(slope(case, weights)):
                slopes[n] += value / len(useful)
        for n, raw in enumerate(slopes):
            value = raw - SHRINK * weights[n]
            mean[n] = 0.9 * mean[n] + 0.1 * value
            spread[n] = 0.99 * spread[n] + 0.01 * value * value
            if n not in fixed:
                move = (mean[n] / (1 - 0.9**turn)) / (math.sqrt(spread[n] / (1 - 0.99**turn)) + 1e-8)
                weights[n] += STEP * move / math.sqrt(turn)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path, help="write the weights here too")
    asked = parser.parse_args()
    found = cases(engine(), [*products(asked.fit), *tuning()])
    weights = fit(found, load_ranker().weights, fixed=frozenset([SIGNS.index("given"), SIGNS.index("work")]))
    exact, heading = sum(bool(c.exact) for c in found), sum(bool(c.heading) for c in found)
    print(f"# {len(found)} products; in the pool: code {exact}, heading {heading}")  # noqa: T201
    text = "\n".join(["[weights]", *(f"{name} = {weight:.3f}" for name, weight in zip(SIGNS, weights, strict=True))])
    print(text)  # noqa: T201
    if asked.out:
        asked.out.write_text(
            f"# Fitted by integrations/bench/classify_rank_fit.py; on what stands in README.md.\n{text}\n"
        )


if __name__ == "__main__":
    main()
