"""A small bar chart as numbers for an SVG drawn in the template: no script, no shift of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, GAP = 600, 120, 4


@dataclass(frozen=True)
class Bar:
    day: date
    count: int
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    bar_width: float
    top: int  # the number at the upper edge
    total: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def days(self) -> int:
        return len(self.bars)


def bars(counts: Sequence[tuple[date, int]]) -> Chart:
    """Return bars scaled to a round number above the highest; a day without orders has no height."""
    top = _round_up(max((count for _day, count in counts), default=0))
    slot = WIDTH / max(len(counts), 1)
    drawn = []
    for number, (day, count) in enumerate(counts):
        height = round(HEIGHT * count / top, 1)
        drawn.append(Bar(day, count, round(number * slot + GAP / 2, 1), round(HEIGHT - height, 1), height))
    return Chart(drawn, round(slot - GAP, 1), top, sum(count for _day, count in counts))


def _round_up(highest: int) -> int:
    """Return the next of 4, 5, 10, 20, 50, 100, 200 …"""
    if highest <= 4:
        return 4
    step = 1
    while True:
        for factor in (1, 2, 5):
            if highest <= factor * step:
                return factor * step
        step *= 10
