"""Amounts in carriers' prices: their fee for paying duties ahead, the value to insure by parcel."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from shipsmart.core.money import allocate, minor_unit

# Carriers name the row in words ("DUTY TAX PAID", "Duties and Taxes Forwarding Surcharge"); codes differ by country.
_DUTY_FEE = re.compile(r"\b(?:dut(?:y|ies)|ddp|disbursement|customs advancement)\b", re.IGNORECASE)


def duty_fee(rows: Iterable[tuple[str, Decimal]]) -> Decimal | None:
    """Return the sum of the itemised rows (name, amount) that pay for advancing duties; None when there is none.

    A carrier that does not itemise leaves its fee inside the price: the quote is then no lower than the label.
    """
    found = [amount for name, amount in rows if _DUTY_FEE.search(name)]
    return sum(found, Decimal(0)) if found else None


def shares(value: Decimal, count: int, currency: str) -> list[Decimal]:
    """Return the goods' value over so many boxes in whole minor units that add up: prices depend on the sum only."""
    step = minor_unit(currency)
    return allocate(value.quantize(step, ROUND_HALF_UP), [Decimal(1)] * count, step=step)
