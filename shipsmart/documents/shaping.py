"""Writings whose letters change shape and place beside each other: Thai, Lao, Khmer, Burmese, Devanagari, Bengali,
Tamil and Telugu.

The PDF engines set one glyph after the other. HarfBuzz says which glyphs stand where; each cluster of letters (what a
reader takes for one sign) becomes one glyph of a font made for the text, under a character of the private use area.
From there on a text is a plain string again: it is measured, broken and drawn like any other, and read back out of the
PDF the cluster gives the letters it was made of.
"""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import uharfbuzz

from shipsmart.core.errors import ShipSmartError

FIRST, LAST = 0xE000, 0xF8FF
# Face -> the blocks it shapes. Noto Sans itself carries Devanagari.
BLOCKS = {
    "NotoSans": "\u0900-\u097f\u1cd0-\u1cff\ua8e0-\ua8ff",
    "NotoSansThai": "\u0e00-\u0e7f",
    "NotoSansLao": "\u0e80-\u0eff",
    "NotoSansMyanmar": "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f",
    "NotoSansBengali": "\u0980-\u09ff",
    "NotoSansTamil": "\u0b80-\u0bff",
    "NotoSansTelugu": "\u0c00-\u0c7f",
    "NotoSansKhmer": "\u1780-\u17ff\u19e0-\u19ff",
}
RUNS = {face: re.compile(f"[{block}](?:[{block}\u200c\u200d]*[{block}\u200d])?") for face, block in BLOCKS.items()}
LETTERS = {face: re.compile(f"[{block}]") for face, block in BLOCKS.items()}


class TooManyClusters(ShipSmartError):  # noqa: N818 - the name says what happened
    """A text holds more different signs than one font of our making can carry."""

    code = "unprintable_text"


@dataclass(frozen=True, slots=True, order=True)
class Cluster:
    """Letters printed as one sign: glyphs of the face with their places, and its advance, in font units."""

    letters: str
    glyphs: tuple[tuple[int, int, int], ...]
    advance: int


def shaping_face(char: str) -> str:
    """Return the face that shapes the character, or "" when it needs no shaping that is done here."""
    return next((face for face, letters in LETTERS.items() if letters.match(char)), "")


def is_sign(char: str) -> bool:
    return chr(FIRST) <= char <= chr(LAST)


def runs_of(face: str, texts: Iterable[str]) -> frozenset[str]:
    """Return the stretches of the texts that a face shapes."""
    return frozenset(run for text in texts if not text.isascii() for run in RUNS[face].findall(text))


def clusters(file: str, text: str) -> list[Cluster]:
    """Return the signs of a stretch of one writing, in drawing order."""
    font = uharfbuzz.Font(_face(file))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    starts = sorted({info.cluster for info in buffer.glyph_infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    glyphs: dict[int, list[tuple[int, int, int]]] = {}
    advances = dict.fromkeys(starts, 0)
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        x = advances[info.cluster] + place.x_offset
        glyphs.setdefault(info.cluster, []).append((info.codepoint, x, place.y_offset))
        advances[info.cluster] += place.x_advance
    return [Cluster(text[at : ends[at]], tuple(glyphs[at]), advances[at]) for at in starts]


@cache
def _face(file: str) -> Any:
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(file))


def composed_font(file: str, name: str, signs: dict[int, Cluster]) -> bytes:
    """Return a TrueType font with one glyph for each sign at its character; the same bytes for the same signs."""
    from fontTools import subset  # noqa: PLC0415 - slow to import and seldom needed
    from fontTools.pens.ttGlyphPen import TTGlyphPen  # noqa: PLC0415
    from fontTools.ttLib import TTFont as FontFile  # noqa: PLC0415

    font = FontFile(file, recalcTimestamp=False)
    for tag in (
        "GSUB",
        "GPOS",
        "GDEF",
        "BASE",
        "STAT",
        "HVAR",
        "VVAR",
        "MVAR",
        "avar",
        "fvar",
        "gvar",
        "cvar",
        "DSIG",
        "meta",
    ):
        if tag in font:
            del font[tag]
    old = font.getGlyphOrder()
    for code, sign in signs.items():
        pen = TTGlyphPen(font.getGlyphSet())
        for glyph, x, y in sign.glyphs:
            pen.addComponent(old[glyph], (1, 0, 0, 1, x, y))
        made = f"sign{code:04X}"
        font["glyf"][made] = pen.glyph()
        font["glyf"][made].recalcBounds(font["glyf"])
        font["hmtx"][made] = (sign.advance, getattr(font["glyf"][made], "xMin", 0))
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update({code: f"sign{code:04X}" for code in signs})
    options = subset.Options(notdef_outline=True, hinting=False, layout_features=[], recalc_bounds=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[0x20, *signs])
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4, 6, 16):
            record.string = name
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
