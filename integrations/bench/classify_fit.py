"""Fit the confidence scale of the classifier to labelled products and show how it holds on others.

    python -m integrations.bench.classify_fit --fit a.jsonl --check b.jsonl

A line has `title`, `category`?, `material`?, `hs6`. Prints the `[weights]` for
`shipsmart/classify/data/calibration.toml` and, for the products kept aside, precision and share over the confidence
asked for. The weight of a code given by the shop is not fitted (labelled sets have none): it stays as it is.
"""

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from integrations.bench.classify_quality import Labelled, labelled
from shipsmart.classify import Engine, Item, engine
from shipsmart.classify.confidence import Evidence

ROUNDS, STEP, SHRINK = 1500, 0.5, 0.002
NAMES = ("constant", *(field.name for field in fields(Evidence)))
Row = tuple[tuple[float, ...], bool, bool]


def rows_of(loaded: Engine, products: Sequence[Labelled]) -> Iterator[Row]:
    """Yield the features, whether the first code is right, and whether the rules allow to accept it."""
    for product in products:
        answer = loaded.classify(product.item)
        if answer.evidence:
            right = answer.candidates[0].hs_code == product.hs_code
            yield answer.evidence.features(), right, answer.evidence.plain


def fit(rows: Sequence[Row], *, fixed: dict[int, float]) -> list[float]:
    """Return weights by plain gradient descent, drawn a little towards zero."""
    weights = [fixed.get(n, 0.0) for n in range(len(rows[0][0]))]
    for _ in range(ROUNDS):
        slopes = [0.0] * len(weights)
        for features, right, _plain in rows:
            gap = right - 1 / (1 + math.exp(-sum(w * f for w, f in zip(weights, features, strict=True))))
            for n, value in enumerate(features):
                slopes[n] += gap * value
        for n, slope in enumerate(slopes):
            if n not in fixed:
                weights[n] += STEP * (slope / len(rows) - SHRINK * (n > 0) * weights[n])
    return weights


def curve(rows: Sequence[Row], weights: Sequence[float]) -> Iterator[tuple[float, int, int]]:
    """Yield, for each confidence asked for, how many would be accepted and how many of them are right."""
    scored = [
        (1 / (1 + math.exp(-sum(w * f for w, f in zip(weights, features, strict=True)))), right, plain)
        for features, right, plain in rows
    ]
    for percent in range(30, 100, 5):
        taken = [right for sure, right, plain in scored if plain and sure >= percent / 100]
        yield percent / 100, len(taken), sum(taken)


def products(paths: Sequence[Path]) -> Iterator[Labelled]:
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts = {name: row.get(name) or "" for name in ("category", "material", "language")}
            item = Item(row["title"], **texts)
            yield Labelled(item, row["hs6"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", type=Path, nargs="+", required=True)
    parser.add_argument("--check", type=Path, nargs="+", required=True)
    parser.add_argument("--own", action="store_true", help="fit to every second product of our own set too")
    asked = parser.parse_args()
    loaded, own = engine(), labelled()
    given = NAMES.index("given")
    to_fit = [*products(asked.fit), *(own[::2] if asked.own else [])]
    weights = fit(list(rows_of(loaded, to_fit)), fixed={given: loaded.scale.weights[given]})
    print("[weights]", *(f"{name} = {weight:.3f}" for name, weight in zip(NAMES, weights, strict=True)), sep="\n")  # noqa: T201
    for title, group in (("fitted", to_fit), ("kept aside", list(products(asked.check))), ("own half", own[1::2])):
        print(f"{title}: {len(group)} products")  # noqa: T201
        for asked_for, taken, right in curve(list(rows_of(loaded, group)), weights):
            print(f"  from {asked_for:.2f}: {taken} accepted, {right} right")  # noqa: T201


if __name__ == "__main__":
    main()
