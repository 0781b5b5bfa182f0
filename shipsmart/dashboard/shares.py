"""Where the carrier prices of the quotes came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise

from shipsmart.dashboard.labels import PRICE_SOURCES


@dataclass(frozen=True)
class Share:
    source: str
    name: str | Promise
    count: int
    ratio: Decimal
    x: float  # its place in a bar 100 wide
    width: float


def shares(counts: Mapping[str, int]) -> list[Share]:
    """Return each source's share, in our order; unknown sources are kept under their own name."""
    total = sum(counts.values())
    names = {code: words for code, (words, _tone) in PRICE_SOURCES.items()} | {
        code: code for code in counts if code not in PRICE_SOURCES
    }
    found, x = [], 0.0
    for code, name in names.items():
        if count := counts.get(code, 0):
            width = 100 * count / total
            found.append(Share(code, name, count, Decimal(count) / total, round(x, 2), round(width, 2)))
            x += width
    return found
