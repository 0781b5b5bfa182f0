"""What people type, read strictly."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from shipsmart.core.errors import ShipSmartError


class Unreadable(ShipSmartError):
    """A field that does not hold what it should; the text names the field."""

    code = "unreadable_field"


def one_line(text: str, *, most: int) -> str:
    """Return what was typed without control characters (no database takes all of them), at most `most` long."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()[:most]


def whole_number(text: str, *, name: str) -> int:
    """Return a number of units from 0 upwards. Raises Unreadable."""
    given = text.strip()
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Unreadable(_("%(name)s: say how many units in whole numbers, from 0") % {"name": name})
    return int(given)


def ids(given: Iterable[str]) -> list[int]:
    """Return the row ids among what a form sent; anything else is none of ours and falls away."""
    return [int(pk) for pk in given if pk.isascii() and pk.isdigit() and len(pk) < 19]
