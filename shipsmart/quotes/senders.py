"""Where the goods of a cart leave from: the merchant's address, a hub of its own, or a place that only the store knows.

Duties and freight are those from there, so it is part of what a quote promises, and of what a label must keep.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shipsmart.ports import Party

PLACE = ("address1", "address2", "district", "city", "region", "postcode", "country")


@dataclass(frozen=True)
class Sender:
    """The consignor. `key` is what a quote remembers of it; empty for the merchant's own address."""

    party: Party
    key: str = ""


def key_of(country: str, postcode: str) -> str:
    """Return what names a place: country and postcode, however they are written."""
    return f"{country.upper()}:{''.join(postcode.split()).upper()}"[:24]


def sender_of(home: Party, hubs: Mapping[str, Party], origin: Party | None) -> Sender:
    """Return who sends goods that lie at `origin` (None: nobody said where).

    `hubs` by key. A place that is no hub is home when it is in the same country: a store may write the address in
    another way. In another country the prices from there are asked for, and the order waits for the hub to be named.
    """
    if origin is None or not origin.country:
        return Sender(home)
    key = key_of(origin.country, origin.postcode)
    if key in hubs:
        return Sender(hubs[key], key)
    if origin.country == home.country:
        return Sender(home)
    return Sender(replace(home, **{name: getattr(origin, name) for name in PLACE}), key)
