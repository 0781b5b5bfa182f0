"""Text on paper: which font each run of characters takes, where lines break, in which order letters are drawn."""

import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from reportlab.pdfbase import pdfmetrics

from shipsmart.documents import fonts, shaping
from shipsmart.documents.right_to_left import LAM_MARK, joined, needs_bidi, visual
from shipsmart.documents.shapeless import JOINERS, printable

BASE_FACE = "NotoSans"
BLANK_OR_MARK = frozenset(f" {JOINERS}{LAM_MARK}")
NO_LINE_START = frozenset("、。，．）」』】〕！？：；ー々）】ゝゞァィゥェォッャュョぁぃぅぇぉっゃゅょ,.)]}!?;:")


@lru_cache(maxsize=50_000)
def char_width(font: str, char: str) -> float:
    """Return the advance width of a character in thousandths of the font size."""
    return float(pdfmetrics.getFont(font).stringWidth(char, 1000))


@cache
def latin_widths(*, bold: bool) -> tuple[float, ...]:
    """Return the widths of the first 128 characters in thousandths of the font size."""
    font = fonts.font_for(BASE_FACE, "", bold=bold)
    return tuple(char_width(font, chr(code)) for code in range(128))


@dataclass(frozen=True, slots=True)
class Typesetter:
    """Sets a shipment's texts: `country` decides the forms of Han characters, `chars` what the fonts must hold.

    `shaped` holds the stretches of writings that are shaped, face by face; `wrap` puts their signs in their place.
    """

    country: str
    chars: frozenset[str]
    shaped: tuple[tuple[str, frozenset[str]], ...] = ()
    # Fonts found so far. Kept here and not for the process: a cut font is forgotten after other papers.
    found: dict[tuple[str, bool], str] = field(default_factory=dict, compare=False, repr=False)

    def font(self, char: str, *, bold: bool = False) -> str:
        """Return the font that prints a character; raises UnprintableText."""
        known = self.found.get((char, bold))
        if known is None:
            known = self.found[char, bold] = self._font(char, bold=bold)
        return known

    def _font(self, char: str, *, bold: bool) -> str:
        if shaping.is_sign(char):
            return _signs(self).fonts[char]
        face = fonts.face_for(char, self.country)
        if not face:
            raise fonts.UnprintableText(
                f"no font prints {char!r} (U+{ord(char):04X})", characters=char, field="", country=self.country
            )
        return fonts.font_for(face, _cut_chars(self, face), bold=bold)

    def runs(self, text: str, *, bold: bool = False) -> list[tuple[str, str]]:
        """Return (font, characters) pairs in the order given; blanks and marks stay in the run they follow."""
        fonts_of: list[tuple[str, str]] = []
        for char in text:
            follows = char in BLANK_OR_MARK or unicodedata.combining(char)
            inherits = fonts_of and follows and _has(fonts_of[-1][0], char)
            fonts_of.append((fonts_of[-1][0] if inherits else self.font(char, bold=bold), char))
        return [
            (font, "".join(char for _, char in pairs)) for font, pairs in groupby(fonts_of, key=lambda pair: pair[0])
        ]

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return the width in points of a text set on one line."""
        if text.isascii():
            widths = latin_widths(bold=bold)
            return sum(widths[ord(char)] for char in text) * size / 1000
        total = 0.0
        for font, chars in self.runs(joined(self.composed(text)), bold=bold):
            total += sum(char_width(font, char) for char in chars)
        return total * size / 1000

    def wrap(self, text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
        """Return the lines of a text in reading order; a word wider than the line is broken, never overprinted."""
        text = text if text.isascii() else self.composed(printable(text))
        if self.width(text, size, bold=bold) <= width:
            return [text.strip()]
        # Joined letters are of other widths than alone: such a line is measured anew with each word.
        adds_up = not needs_bidi(text)
        lines: list[str] = []
        line, used = "", 0.0
        for piece in _pieces(text):
            bare = self.width(piece.rstrip(), size, bold=bold) if adds_up else 0.0
            if (used + bare if adds_up else self.width((line + piece).rstrip(), size, bold=bold)) <= width:
                line += piece
                used += self.width(piece, size, bold=bold) if adds_up else 0.0
                continue
            if line.strip():
                lines.append(line.strip())
            line = piece.lstrip()
            while self.width(line.rstrip(), size, bold=bold) > width and len(line) > 1:
                fits = self._fitting(line, width, size, bold=bold)
                lines.append(line[:fits])
                line = line[fits:]
            used = self.width(line, size, bold=bold) if adds_up else 0.0
        return [*lines, line.strip()] if line.strip() or not lines else lines

    def _fitting(self, text: str, width: float, size: float, *, bold: bool) -> int:
        used = 0.0
        for index, char in enumerate(text):
            used += char_width(self.font(char, bold=bold), char) * size / 1000
            if used > width:
                return max(1, index)
        return len(text)

    def composed(self, text: str) -> str:
        """Return the text with the signs of shaped writings in their place; any other text as it is."""
        for face, stretches in self.shaped if not text.isascii() else ():
            if stretches:
                text = shaping.RUNS[face].sub(lambda stretch: _signs(self).written[stretch[0]], text)
        return text

    def markup(self, lines: list[str], *, bold: bool = False) -> SafeString:
        """Return HTML for lines set by `wrap`: everything escaped, only font spans and breaks added."""
        return mark_safe("<br/>".join(self._line_markup(line, bold=bold) for line in lines))  # noqa: S308 - escaped below

    def _line_markup(self, line: str, *, bold: bool) -> str:
        base = fonts.font_for(BASE_FACE, "")
        if line.isascii():
            escaped = str(escape(line))
            return (
                f'<span style="font-family:{fonts.font_for(BASE_FACE, "", bold=True)}">{escaped}</span>'
                if bold
                else escaped
            )
        out = []
        for font, chars in self.runs(line, bold=bold):
            text = str(escape(chars))
            out.append(text if font == base else f'<span style="font-family:{font}">{text}</span>')
        return "".join(out)

    def draw(self, canvas: Any, text: str, *, at: tuple[float, float], size: float, bold: bool = False) -> float:
        """Draw one line with its left end at a point, letters joined and ordered as they are read; return its width."""
        x, y = at
        for font, chars in self.runs(visual(self.composed(printable(text))), bold=bold):
            canvas.setFont(font, size)
            canvas.drawString(x, y, chars)
            x += sum(char_width(font, char) for char in chars) * size / 1000
        return x - at[0]


def typesetter(country: str, texts: list[str]) -> Typesetter:
    """Return the typesetter for texts going to a country."""
    chars = frozenset(printable("".join(texts)))
    faces = [face for face, letters in shaping.LETTERS.items() if any(map(letters.match, chars))]
    printed = [printable(text) for text in texts] if faces else []
    return Typesetter(country, chars, tuple((face, shaping.runs_of(face, printed)) for face in faces))


@dataclass(frozen=True, slots=True)
class Signs:
    """How stretches of shaped writings are written in signs, and the font of each sign."""

    written: dict[str, str]
    fonts: dict[str, str]


@lru_cache(maxsize=16)
def _signs(setter: Typesetter) -> Signs:
    """Give every sign of the texts a character of the private use area; the same texts give the same characters."""
    written: dict[str, str] = {}
    fonts_of: dict[str, str] = {}
    code = shaping.FIRST
    for face, stretches in setter.shaped:
        shaped = {stretch: shaping.clusters(str(fonts.file_of(face)), stretch) for stretch in stretches}
        signs = sorted({sign for signs in shaped.values() for sign in signs})
        codes = {sign: code + place for place, sign in enumerate(signs)}
        code += len(signs)
        if code > shaping.LAST:
            raise shaping.TooManyClusters(f"the texts hold more than {shaping.LAST - shaping.FIRST} different signs")
        font = fonts.composed_font(face, {number: sign for sign, number in codes.items()})
        fonts_of |= dict.fromkeys(map(chr, codes.values()), font)
        written |= {stretch: "".join(chr(codes[sign]) for sign in signs) for stretch, signs in shaped.items()}
    return Signs(written, fonts_of)


@lru_cache(maxsize=256)
def _cut_chars(setter: Typesetter, face: str) -> str:
    if not fonts.BY_NAME[face].cut:
        return ""
    return "".join(sorted(char for char in setter.chars if fonts.face_for(char, setter.country) == face))


def _has(font: str, char: str) -> bool:
    return ord(char) in pdfmetrics.getFont(font).face.charToGlyph


def _is_han(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _pieces(text: str) -> list[str]:
    """Return the unbreakable pieces of a text: words with the blank after them, single East Asian characters."""
    pieces: list[str] = []
    for char in text:
        glued = char in NO_LINE_START or unicodedata.combining(char)
        previous = pieces[-1][-1] if pieces else ""
        if pieces and (glued or not (previous in " -/" or _is_han(char) or _is_han(previous))):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces
