"""Goods descriptions within a carrier's length: the noun stays, what customs must see stays, the adjectives go."""

import re

from integrations.kit.fields import refused, required
from shipsmart.core.codes import words

# "Speaker with a battery", "shirt of cotton": the noun stands before the preposition, but not in "set of knives".
_COUNTED = (
    "set",
    "pair",
    "pack",
    "box",
    "bag",
    "bottle",
    "jar",
    "tin",
    "can",
    "tube",
    "roll",
    "kit",
    "piece",
    "pieces",
)
_OF = "".join(rf"(?<!\b{word})" for word in _COUNTED) + r"\sof\s"
_PREPOSITION = rf"\s(?:with|for|including|containing|made (?:of|from))\s|{_OF}"
SEPARATORS = re.compile(rf"\s*(?:[,;:|/(\[]|\)|\]|\s[-–—]\s|{_PREPOSITION})\s*", re.IGNORECASE)  # noqa: RUF001
# Words that decide how goods may travel or be cleared: never shortened away.
WEIGHTY = re.compile(
    r"lithium|li-ion|batter|UN ?\d{4}|magnet|alcohol|perfume|aerosol|leather|ivory|medic|cosmetic|food|seed|plant",
    re.IGNORECASE,
)
MEASURE = re.compile(r"\d|^(?:mah|wh|cm|mm|ml|kg|g|oz|inch|pcs|pack)$", re.IGNORECASE)
FILLERS = words(
    "a an the of for with and in new best original premium great nice beautiful super amazing our your by to high "
    "quality edition official genuine style contains"
)
SHORTEST = 3


def shortened(text: str, limit: int, field: str) -> str:
    """Return a description of at most `limit` characters, whole words only.

    A description that fits is untouched. Otherwise: filler words go, then the parts after commas, dashes, brackets,
    "with", "for" and "of" from the back, then adjectives from the front of the first part ("soft knitted cotton
    T-shirt" → "cotton T-shirt": the noun stands last in an English compound). Parts with a weighty word (lithium,
    UN3481) stay.
    Raises IntegrationError when no meaningful text is left.
    """
    found = " ".join(required(text, field).split())
    if len(found) <= limit:
        return found
    parts = [_without_fillers(part) for part in SEPARATORS.split(found) if part.strip()]
    parts = [part for part in parts if part] or [found]
    weighty = [(at, word) for at, part in enumerate(parts[1:]) for word in part.split() if WEIGHTY.search(word)]
    for fewest in (2, 1):
        for kept in range(len(weighty), -1 if not weighty else 0, -1):
            tail = _told(weighty[:kept])
            head = _head(parts[0].split(), limit - len(tail), fewest)
            if head:
                return _with_what_fits(head + tail, parts[1:], limit)
    raise refused(
        f"{field} cannot be said in {limit} characters: {found[:80]!r}; give the product a shorter customs description",
        code="wrong_length",
        field=field,
    )


def spread(text: str, *, width: int, count: int, field: str) -> list[str]:
    """Return a description over at most `count` pieces of `width` characters, broken at blanks."""
    limit = width * count
    while limit >= width:
        pieces = _pieces(shortened(text, limit, field), width)
        if len(pieces) <= count and all(len(piece) <= width for piece in pieces):
            return pieces
        limit -= 5
    return [shortened(text, width, field)]


def _told(weighty: list[tuple[int, str]]) -> str:
    """Return weighty words behind commas; those of one part stay together."""
    by_part: dict[int, list[str]] = {}
    for at, word in weighty:
        by_part.setdefault(at, []).append(word)
    return "".join(f", {' '.join(found)}" for found in by_part.values())


def _without_fillers(part: str) -> str:
    return " ".join(word for word in part.split() if word.lower() not in FILLERS)


def _head(name: list[str], room: int, fewest: int) -> str:
    """Return the noun phrase within `room`, measures and then leading adjectives dropped; "" when it does not fit."""
    kept = list(name)
    while len(" ".join(kept)) > room and len(kept) > min(fewest, len(name)):
        measures = [at for at in range(len(kept) - 1, 0, -1) if MEASURE.search(kept[at])]
        adjectives = [at for at, word in enumerate(kept[:-1]) if not WEIGHTY.search(word)]
        del kept[(measures or adjectives or [0])[0]]
    head = " ".join(kept)
    return head if SHORTEST <= len(head) <= room else ""


def _with_what_fits(text: str, parts: list[str], limit: int) -> str:
    for part in parts:
        if part not in text and len(text) + 2 + len(part) <= limit:
            text = f"{text}, {part}"
    return text


def _pieces(text: str, width: int) -> list[str]:
    pieces: list[str] = []
    for word in text.split():
        if pieces and len(pieces[-1]) + 1 + len(word) <= width:
            pieces[-1] = f"{pieces[-1]} {word}"
        else:
            pieces.append(word)
    return pieces
