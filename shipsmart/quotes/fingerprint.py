"""What links an order to the quote it was placed on: the callback knows no cart id, the order no quote id."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

from shipsmart.ports import Party


class Goods(Protocol):
    @property
    def variant_id(self) -> str: ...
    @property
    def quantity(self) -> int: ...


def units_of(lines: Iterable[Goods]) -> Counter[str]:
    """Return variant → units; a variant may stand on several lines (gift wrapping, engraving)."""
    units: Counter[str] = Counter()
    for line in lines:
        units[line.variant_id] += line.quantity
    return units


def fingerprint(connection_id: int, ship_to: Party, quantities: Mapping[str, int]) -> str:
    """Return a hash of store, destination and what is bought; names, phones and the order of lines do not matter."""
    goods = sorted((variant, quantity) for variant, quantity in quantities.items() if quantity)
    return hashlib.sha256(repr((connection_id, _place(ship_to), goods)).encode()).hexdigest()


def place_key(connection_id: int, ship_to: Party) -> str:
    """Return a hash of store and destination alone: what the parts of a cart that was asked about apart share."""
    return hashlib.sha256(repr((connection_id, _place(ship_to))).encode()).hexdigest()


def _place(ship_to: Party) -> tuple[str, str]:
    return ship_to.country.upper(), ship_to.postcode.replace(" ", "").upper()
