"""What links an order to the quote it was placed on: the callback knows no cart id, the order no quote id."""

import hashlib
from collections.abc import Mapping

from shipsmart.ports import Party


def fingerprint(connection_id: int, ship_to: Party, quantities: Mapping[str, int]) -> str:
    """Return a hash of store, destination and what is bought; names, phones and the order of lines do not matter."""
    place = (ship_to.country.upper(), ship_to.postcode.replace(" ", "").upper())
    goods = sorted((variant, quantity) for variant, quantity in quantities.items() if quantity)
    return hashlib.sha256(repr((connection_id, place, goods)).encode()).hexdigest()
