"""The classifier on our own labelled products, and how many it does in a second."""

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import cache, partial

from integrations.bench.classify_quality import Quality, abstention, kept_aside, labelled, measure, wilson
from integrations.bench.measure import Result, median_of, short
from shipsmart.catalog.engines import INSTALLED, NoModel, with_meaning
from shipsmart.classify import Engine, engine
from shipsmart.classify.engine import AT_ONCE

SHARES = (
    "top1_hs6",
    "top5_hs6",
    "top1_hs4",
    "top1_hs2",
    "top5_hs4",
    "top5_hs2",
    "accepted_precision_hs6",
    "accepted_share",
    "calibration_error",
)


def batch(loaded: Callable[[], Engine], name: str) -> list[Result]:
    """Products in a second of one process, which is what one of the two cores does."""
    items = [product.item for product in labelled()]
    try:
        ready = loaded()
    except NoModel:
        return []  # the extra is not installed here: nothing to measure

    def once() -> float:
        started = time.perf_counter()
        for start in range(0, len(items), AT_ONCE):
            ready.classify_all(items[start : start + AT_ONCE])
        return len(items) / (time.perf_counter() - started)

    return [Result(name, median_of(once), "products/s", setup=f"{len(items)} products, one process")]


@cache
def _quality() -> Quality:
    return measure(engine(), kept_aside())


def share(name: str) -> list[Result]:
    """One of the shares; nothing when it cannot be said (the precision of nothing accepted)."""
    found = asdict(_quality())
    setup = (
        f"{found['products']} products and rulings of our own that nothing was tuned on, {found['accepted']} accepted"
    )
    if name == "accepted_precision_hs6" and found[name] is not None:
        bound = wilson(round(found[name] * found["accepted"]), found["accepted"])
        setup += f"; at least {bound:.3f} (Wilson, 95 %)"
    return [] if found[name] is None else [Result(f"classify.{name}", short(found[name]), "share", setup=setup)]


def curve() -> list[Result]:
    """Right at six digits among what is answered from a confidence on."""
    answered = [(engine().classify(product.item), product.hs_code) for product in kept_aside()]
    return [
        Result(f"classify.right_from_{least:.1f}", short(right), "share", setup=f"{taken:.0%} of them answered")
        for least, taken, right in abstention(answered)[::2]
    ]


BENCHMARKS: dict[str, Callable[[], list[Result]]] = {
    "classify.batch": partial(batch, engine, "classify.batch"),
    "classify.batch_semantic": partial(batch, partial(with_meaning, INSTALLED), "classify.batch_semantic"),
    **{f"classify.{name}": partial(share, name) for name in SHARES},
    "classify.abstention": curve,
}
