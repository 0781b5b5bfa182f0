"""Ranges of postcodes inside a country that cost more and take longer. Pure: no network, no database.

VTEX wants every postcode in one range only: around the zones of a country what is left over is cut into ranges too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from shipsmart.core.errors import ShipSmartError

FIRST_POSTCODE, LAST_POSTCODE = "0", "ZZZZZZZZZZ"  # a whole country; other countries write letters into postcodes
MOST = 200
MOST_EXTRA = Decimal(100_000)
_POSTCODE = re.compile(r"[A-Z0-9]{2,10}")


class BadZone(ShipSmartError):
    """A line that describes no zone; the message says which and how to write it."""

    code = "bad_zone"


@dataclass(frozen=True)
class Zone:
    """`country` alpha-2, both ends of the range included, `extra` on top of the price in the store's currency."""

    country: str
    first: str
    last: str
    extra: Decimal
    days: int = 0


WHOLE = Zone("", FIRST_POSTCODE, LAST_POSTCODE, Decimal(0))


def read(text: str) -> tuple[Zone, ...]:
    """Return the zones of a text, one a line: country, first and last postcode, extra price, extra days if any.

    Raises BadZone for a line that cannot be read, and for ranges that overlap.
    """
    lines = [line.split() for line in text.upper().splitlines() if line.strip()]
    if len(lines) > MOST:
        raise BadZone(f"{len(lines)} zones; at most {MOST} fit into one table")
    zones = tuple(_zone(parts) for parts in lines)
    for before, after in _neighbours(zones):
        if before.country == after.country and after.first <= before.last:
            raise BadZone(f"{after.country} {after.first} lies in {before.first}-{before.last} already; cut one")
    return zones


def _neighbours(zones: Sequence[Zone]) -> Iterator[tuple[Zone, Zone]]:
    ordered = sorted(zones, key=lambda zone: (zone.country, zone.first))
    return zip(ordered, ordered[1:], strict=False)


def _zone(parts: Sequence[str]) -> Zone:
    shown = " ".join(parts)[:80]
    if len(parts) not in (4, 5) or not re.fullmatch(r"[A-Z]{2}", parts[0]):
        raise BadZone(f"{shown!r} is no zone; write country, first and last postcode, price: US 99501 99950 12.00")
    first, last = (part.replace("-", "") for part in parts[1:3])
    if not _POSTCODE.fullmatch(first) or not _POSTCODE.fullmatch(last) or _pattern(first) != _pattern(last):
        raise BadZone(f"{shown!r}: both postcodes are 2 to 10 letters or digits in the same places")
    if last < first:
        raise BadZone(f"{shown!r}: the first postcode comes after the last")
    try:
        extra = Decimal(parts[3])
    except InvalidOperation as error:
        raise BadZone(f"{shown!r}: {parts[3]!r} is no price; write for example 12.00") from error
    if not extra.is_finite() or not 0 <= extra <= MOST_EXTRA or extra != extra.quantize(Decimal("0.01")):
        raise BadZone(f"{shown!r}: the extra price is 0 or more with two decimals")
    days = parts[4] if len(parts) == 5 else "0"
    if not days.isdecimal() or int(days) > 90:
        raise BadZone(f"{shown!r}: {days!r} is no number of days up to 90")
    return Zone(parts[0], first, last, extra, int(days))


def _pattern(postcode: str) -> str:
    return "".join("9" if sign.isdigit() else "A" for sign in postcode)


def cover(country: str, zones: Sequence[Zone]) -> list[Zone]:
    """Return ranges that cover all postcodes of a country, each once: its zones and what lies between them."""
    own = sorted((zone for zone in zones if zone.country == country), key=lambda zone: zone.first)
    ranges, start = [], FIRST_POSTCODE
    for zone in own:
        before = neighbour(zone.first, -1)
        if before is not None and before >= start:
            ranges.append(Zone(country, start, before, Decimal(0)))
        ranges.append(zone)
        after = neighbour(zone.last, 1)
        if after is None:
            return ranges
        start = after
    return [*ranges, Zone(country, start, LAST_POSTCODE, Decimal(0))]


def neighbour(postcode: str, step: int) -> str | None:
    """Return the postcode before (-1) or after (1) in the same pattern: 10000 → 09999, K9Z → L0A; None at its end."""
    signs = list(postcode)
    for place in range(len(signs) - 1, -1, -1):
        order = "0123456789" if signs[place].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        at = order.index(signs[place]) + step
        if 0 <= at < len(order):
            signs[place] = order[at]
            return "".join(signs)
        signs[place] = order[0 if step > 0 else -1]
    return None
