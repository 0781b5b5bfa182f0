"""How far the charges may lie from the answer while nobody has decided the HS code of a product: lowest to highest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from msgspec import structs

from shipsmart.core.request import LandedCostRequest
from shipsmart.quotes.breakdown import charges_total

MOST_LINES = 4  # without a code: what more of them cost the checkout is not worth it
MOST_CODES = 3  # of the suggestions for one product


@dataclass(frozen=True)
class Possible:
    """A cart whose lines without a code were given each its cheapest, and each its dearest, suggested code."""

    low: LandedCostRequest
    high: LandedCostRequest
    codes: tuple[str, ...]

    def band(self, request: LandedCostRequest, answer: Mapping[str, Any], *, compute: Any) -> dict[str, Any]:
        """Return the charges at the least and at the most, in the cart's currency, the answer's own among them."""
        terms = {"freight": request.freight, "incoterm": request.incoterm, "transport": request.transport}
        sums = [charges_total(compute(one._replace(**terms))) for one in (self.low, self.high)]
        sums.append(charges_total(answer))
        return {
            "low": str(min(sums)),
            "high": str(max(sums)),
            "currency": answer["totals"]["currency"],
            "codes": list(self.codes),
        }


def possible(request: LandedCostRequest, suggested: Sequence[tuple[str, ...]], *, compute: Any) -> Possible | None:
    """Return the extremes over the codes suggested for each line (in order of the lines), None when none helps.

    Each open line is tried with each of its codes while the others stay as they are: duties of different lines do not
    depend on each other but for thresholds on the whole.
    """
    open_lines = [n for n, line in enumerate(request.lines) if not line.hs_code and suggested[n]][:MOST_LINES]
    if not open_lines:
        return None
    low, high = request, request
    named: list[str] = []
    for n in open_lines:
        codes = suggested[n][:MOST_CODES]
        costs: dict[str, Decimal] = {code: charges_total(compute(_with(request, n, code))) for code in codes}
        low = _with(low, n, min(codes, key=costs.__getitem__))
        high = _with(high, n, max(codes, key=costs.__getitem__))
        named += codes
    return Possible(low, high, tuple(dict.fromkeys(named)))


def _with(request: LandedCostRequest, number: int, code: str) -> LandedCostRequest:
    lines = list(request.lines)
    lines[number] = structs.replace(lines[number], hs_code=code)
    return request._replace(lines=tuple(lines))
