"""Fonts embedded so that the letters can be read back: searched, copied, compared."""

import io
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont, makeToUnicodeCMap
from xhtml2pdf.default import DEFAULT_FONT

from shipsmart.documents.right_to_left import LAM_ALEF, LAM_MARK

# Joined Arabic letters stand under characters of their own (presentation forms); what is read back is the letter.
PRESENTATION_FORMS = (range(0xFB50, 0xFE00), range(0xFE70, 0xFF00))
LAM = "\u0644"
# Fonts cut for one text: the oldest is forgotten, or a worker would keep those of every shipment it ever printed.
CUT_FONTS_KEPT = 128
_cut_fonts: OrderedDict[str, None] = OrderedDict()


class ReadableFont(TTFont):  # type: ignore[misc] - reportlab carries no types
    """A TrueType font whose characters may stand for other letters: `letters` says for which."""

    def __init__(self, name: str, file: str | io.BytesIO, letters: Mapping[int, str] | None = None) -> None:
        super().__init__(name, file)
        self.letters = dict(letters or {})

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - reportlab's name
        """Add the font to a document, and write into its table of characters what each is to be read as."""
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        parted = any(ord(LAM_MARK) in subset for subset in subsets)
        for number, subset in enumerate(subsets):
            readings = [self._reads(code, parted=parted) for code in subset]
            if not any(readings):
                continue
            name = (SUBSETN(number) + b"+" + self.face.name + self.face.subfontNameX).decode("pdfdoc")
            lines = makeToUnicodeCMap(name, subset).splitlines()
            for place, (code, letters) in enumerate(zip(subset, readings, strict=True)):
                if letters:
                    written = lines.index(f"<{place:02X}> <{code:04X}>")
                    lines[written] = f"<{place:02X}> <{letters.encode('utf-16-be').hex().upper()}>"
            doc.idToObject[f"toUnicodeCMap:{name}"].content = "\n".join(lines)

    def _reads(self, code: int, *, parted: bool) -> str:
        """Return what a character is read as; `parted`: the lam of lam and alef stands behind as a mark of its own."""
        if parted and chr(code) == LAM_MARK:
            return LAM
        if any(code in forms for forms in PRESENTATION_FORMS):
            letters = unicodedata.normalize("NFKC", chr(code)).strip()
            return letters[1:] if parted and chr(code) in LAM_ALEF else letters
        return self.letters.get(code, "")


def register(alias: str, file: str | io.BytesIO, *, letters: Mapping[int, str] | None = None, cut: bool = False) -> str:
    """Make the font known to reportlab and, as a family of its own, to xhtml2pdf: neither opens a file by itself.

    A `cut` font holds one text's characters only and is forgotten after CUT_FONTS_KEPT others.
    """
    pdfmetrics.registerFont(ReadableFont(alias, file, letters))
    for bold in (0, 1):
        for italic in (0, 1):
            addMapping(alias, bold, italic, alias)
    DEFAULT_FONT[alias.lower()] = alias
    if cut:
        _cut_fonts[alias] = None
        while len(_cut_fonts) > CUT_FONTS_KEPT:
            _forget(_cut_fonts.popitem(last=False)[0])
    return alias


def is_registered(alias: str) -> bool:
    """Return whether the font is still known; a cut one then counts as used last."""
    if alias in _cut_fonts:
        _cut_fonts.move_to_end(alias)
    return alias in pdfmetrics.getRegisteredFontNames()


def _forget(alias: str) -> None:
    pdfmetrics.getFont(alias).unregister()
    DEFAULT_FONT.pop(alias.lower(), None)
