"""Choose the threshold of `accept` on one part of the labelled products and report on the other.

    python -m integrations.bench.classify_accept listings.jsonl invoices.jsonl

The parts are made by a hash of the title, so no eye had a hand in them: the threshold is the lowest of a grid that
keeps the share right at six digits on the first part, and what it gives on the second part is printed beside it.
"""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

from integrations.bench.classify_fit import products
from integrations.bench.classify_quality import RULINGS, Labelled, labelled, wilson
from shipsmart.classify import engine

GRID = tuple(percent / 100 for percent in range(50, 100, 2))
WANTED = 0.97  # asked of the first part, so that 95 % is kept on the second
Judged = tuple[float, bool]  # confidence, right at six digits


def first_part(title: str) -> bool:
    return hashlib.sha256(f"accept:{title}".encode()).digest()[0] % 2 == 0


def judged(items: Sequence[Labelled]) -> list[Judged]:
    """Return confidence and truth of the answers that the rule may accept at all."""
    found = []
    for product in items:
        answer = engine().classify(product.item)
        if answer.evidence and answer.evidence.plain:
            best = answer.candidates[0]
            found.append((best.confidence, best.hs_code == product.hs_code))
    return found


def counted(found: Sequence[Judged], threshold: float) -> tuple[int, int]:
    """Return how many are accepted from a threshold on, and how many of them are right."""
    taken = [right for sure, right in found if sure >= threshold]
    return len(taken), sum(taken)


def chosen(found: Sequence[Judged]) -> float:
    """Return the lowest threshold from which on every higher one keeps the share wanted; 1 when none does."""
    best = 1.0
    for threshold in reversed(GRID):
        taken, right = counted(found, threshold)
        if taken and right / taken < WANTED:
            break
        if taken:
            best = threshold
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*")
    everything = [*labelled(), *labelled(RULINGS), *products(parser.parse_args().files)]
    parts = {
        part: [product for product in everything if first_part(product.item.title) is part] for part in (True, False)
    }
    threshold = chosen(judged(parts[True]))
    for name, part in (("chosen on", True), ("reported on", False)):
        taken, right = counted(judged(parts[part]), threshold)
        print(f"{name}: {len(parts[part])} products, from {threshold:.2f}: {taken} accepted, {right} right, "  # noqa: T201
              f"at least {wilson(right, taken):.3f} (Wilson, 95 %)")  # fmt: skip


if __name__ == "__main__":
    main()
