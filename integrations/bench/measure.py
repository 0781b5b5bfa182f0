"""Results, and how a figure is taken: a warm-up, then the median of five runs."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

RUNS = 5


@dataclass(frozen=True)
class Result:
    """One line of the report; `ratio` is value to against_value. `setup` says what was measured, on what."""

    name: str
    value: float
    unit: str
    against: str | None = None
    against_value: float | None = None
    setup: str = ""

    def as_dict(self) -> dict[str, Any]:
        ratio = round(self.value / self.against_value, 4) if self.against_value else None
        return {**asdict(self), "ratio": ratio}


def median_of(take: Callable[[], float], *, runs: int = RUNS) -> float:
    """Return the median of `runs` values after one that does not count, to four significant digits."""
    take()
    return short(statistics.median(take() for _ in range(runs)))


def medians_of(first: Callable[[], float], second: Callable[[], float], *, runs: int = RUNS) -> tuple[float, float]:
    """Return both medians, taken in turns: what slows the machine down for a moment slows both."""
    first(), second()
    pairs = [(first(), second()) for _ in range(runs)]
    return short(statistics.median(a for a, _ in pairs)), short(statistics.median(b for _, b in pairs))


def per_second(work: Callable[[], object], *, seconds: float = 0.5) -> float:
    """Return how often `work` is done in a second of this thread's own CPU time: one core, whoever else is at work."""
    done, batch, started = 0, 1, time.thread_time()
    while (spent := time.thread_time() - started) < seconds:
        for _ in range(batch):
            work()
        done += batch
        batch = min(2 * batch, 64, done) if spent < seconds / 4 else batch  # reading the clock must not count
    return done / spent


def short(value: float) -> float:
    return float(f"{value:.4g}")
