"""Arabic and Hebrew on a line: letters joined, drawn from the left, and read back letter by letter.

A reader of the PDF turns the drawn order round, glyph by glyph. A glyph of several letters would come back with its
letters the wrong way, so none is set: the word Allah stays four letters, and the sign for lam and alef, which Arabic
writing cannot do without, is read as the alef while a mark without width behind it is read as the lam.
"""

from collections.abc import Sequence
from typing import TypeVar

from arabic_reshaper import ArabicReshaper
from xhtml2pdf.bidi import MIRRORS, display_order, needs_bidi

T = TypeVar("T")
LAM_ALEF = frozenset(map(chr, range(0xFEF5, 0xFEFD)))
# The font has an empty glyph for this direction mark; `embedding.py` lets it be read as a lam.
LAM_MARK = "\u200f"
JOINERS = "\u200c\u200d"
_reshaper = ArabicReshaper({"ARABIC LIGATURE ALLAH": "no"})

__all__ = ["LAM_ALEF", "LAM_MARK", "drawing_order", "joined", "needs_bidi", "visual"]


def joined(text: str) -> str:
    """Return the text with Arabic letters in the forms they take beside each other, joiners taken out."""
    shaped = str(_reshaper.reshape(text)) if needs_bidi(text) else text
    return "".join(char for char in shaped if char not in JOINERS)


def visual(text: str) -> str:
    """Return the characters in drawing order; the direction of the line is that of its first strong letter."""
    if not needs_bidi(text):
        return text
    shaped = joined(text)
    return "".join(char for char, _ in drawing_order(shaped, shaped))


def drawing_order(text: str, marks: Sequence[T]) -> list[tuple[str, T]]:
    """Return the characters of a line of joined letters from the left, each with its mark (a style, say)."""
    order, levels = display_order(text, None)
    drawn: list[tuple[str, T]] = []
    for index in order:
        char = MIRRORS.get(text[index], text[index]) if levels[index] & 1 else text[index]
        drawn.append((char, marks[index]))
        if char in LAM_ALEF:
            drawn.append((LAM_MARK, marks[index]))
    return drawn
