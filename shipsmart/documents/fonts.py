"""Which embedded font prints which character, and how wide a text comes out.

The faces come from font packages (Noto, SIL Open Font License), never from the machine: a paper has the same bytes
everywhere. The packages ship variable fonts, while a PDF needs fixed outlines: Noto Sans prints from its regular
default as it is, its bold is cut once and kept on disk, East Asian faces (10 to 18 MB) are cut per text to the
characters it needs, and writings that must be shaped get a font of their signs (`shaping.py`).
"""

import hashlib
import io
import logging
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

from shipsmart.core.errors import ShipSmartError
from shipsmart.documents import shaping
from shipsmart.documents.embedding import is_registered, register
from shipsmart.documents.shapeless import printable

LAYOUT_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "HVAR", "VVAR", "MVAR", "vhea", "vmtx", "VORG", "meta", "DSIG")
EAST_ASIAN_FIRST = {"JP": "NotoSansJP", "KR": "NotoSansKR", "CN": "NotoSansSC", "SG": "NotoSansSC"}
EAST_ASIAN_FIRST |= dict.fromkeys(("TW", "HK", "MO"), "NotoSansTC")


class UnprintableText(ShipSmartError):  # noqa: N818 - the name is part of the interface
    """No embedded font has these characters; the paper would show boxes instead."""

    code = "unprintable_text"


class FontMissing(ShipSmartError):  # noqa: N818 - the name is part of the interface
    """The package that carries a font is not installed."""

    code = "font_missing"


@dataclass(frozen=True, slots=True)
class Face:
    """A font file; `cut` says its default is not the regular weight, so that it is cut to size per text."""

    name: str
    package: str
    path: str
    cut: bool = False

    @property
    def file(self) -> Path | None:
        spec = find_spec(self.package)
        folders = spec.submodule_search_locations if spec else None
        return next((Path(folder) / self.path for folder in folders), None) if folders else None


SOUTH_ASIA = "justmytype_intl_south_asia"
FACES = (
    Face("NotoSans", "justmytype_western_core", "fonts/ofl/notosans/NotoSans[wdth,wght].ttf"),
    Face("NotoSansArabic", "justmytype_intl_rtl", "fonts/ofl/notosansarabic/NotoSansArabic[wdth,wght].ttf"),
    Face("NotoSansHebrew", "justmytype_intl_rtl", "fonts/ofl/notosanshebrew/NotoSansHebrew[wdth,wght].ttf", cut=True),
    Face("NotoSansJP", "justmytype_intl_cjk", "fonts/ofl/notosansjp/NotoSansJP[wght].ttf", cut=True),
    Face("NotoSansSC", "justmytype_intl_cjk", "fonts/ofl/notosanssc/NotoSansSC[wght].ttf", cut=True),
    Face("NotoSansTC", "justmytype_intl_cjk", "fonts/ofl/notosanstc/NotoSansTC[wght].ttf", cut=True),
    Face("NotoSansKR", "justmytype_intl_cjk", "fonts/ofl/notosanskr/NotoSansKR[wght].ttf", cut=True),
    Face("NotoSansSymbols2", "justmytype_western_core", "fonts/ofl/notosanssymbols2/NotoSansSymbols2-Regular.ttf"),
    Face("NotoSansThai", "justmytype_intl_sea", "fonts/ofl/notosansthai/NotoSansThai[wdth,wght].ttf"),
    Face("NotoSansLao", "justmytype_intl_sea", "fonts/ofl/notosanslao/NotoSansLao[wdth,wght].ttf"),
    Face("NotoSansMyanmar", "justmytype_intl_sea", "fonts/ofl/notosansmyanmar/NotoSansMyanmar[wdth,wght].ttf"),
    Face("NotoSansKhmer", "justmytype_intl_sea", "fonts/ofl/notosanskhmer/NotoSansKhmer[wdth,wght].ttf"),
    Face("NotoSansBengali", SOUTH_ASIA, "fonts/ofl/notosansbengali/NotoSansBengali[wdth,wght].ttf"),
    Face("NotoSansTamil", SOUTH_ASIA, "fonts/ofl/notosanstamil/NotoSansTamil[wdth,wght].ttf"),
    Face("NotoSansTelugu", SOUTH_ASIA, "fonts/ofl/notosanstelugu/NotoSansTelugu[wdth,wght].ttf"),
    Face("NotoSansEthiopic", "justmytype_intl_africa", "fonts/ofl/notosansethiopic/NotoSansEthiopic[wdth,wght].ttf"),
)
# It tells every step of cutting a font; ours are cut in the middle of a request.
logging.getLogger("fontTools").setLevel(logging.WARNING)
BY_NAME = {face.name: face for face in FACES}


def file_of(name: str) -> Path:
    """Return the file of a face; raises FontMissing naming the package to install."""
    face = BY_NAME[name]
    if face.file is None:
        raise FontMissing(f"the font {name} is not here; install {face.package}", font=name)
    return face.file


@cache
def coverage(name: str) -> frozenset[int]:
    """Return the code points a face has a glyph for; none when its package is not installed."""
    from fontTools.ttLib import TTFont as FontFile  # noqa: PLC0415 - 100 ms, and only once per process

    file = BY_NAME[name].file
    if file is None:
        return frozenset()
    with FontFile(file, lazy=True) as font:
        return frozenset(font.getBestCmap())


# Writings that must be shaped and are not (`shaping.BLOCKS` has those that are): what the engine would print of them
# can be read by nobody although fonts have the glyphs. Gurmukhi to Oriya, Kannada to Sinhala, Tibetan, Mongolian,
# Tai Tham, Balinese to Batak, and the later Indic blocks.
NEEDS_SHAPING = (
    (0x0A00, 0x0B7F), (0x0C80, 0x0DFF), (0x0F00, 0x0FFF), (0x1800, 0x18AF), (0x1A20, 0x1AAF), (0x1B00, 0x1BFF),
    (0xA980, 0xA9DF), (0xAA00, 0xAA5F), (0xAA80, 0xAADF), (0xABC0, 0xABFF), (0x11000, 0x114DF),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def face_for(char: str, country: str) -> str:
    """Return the face that prints the character as the country writes it, or "" when none does."""
    if any(start <= ord(char) <= end for start, end in NEEDS_SHAPING):
        return ""
    shaped = shaping.shaping_face(char)
    if shaped:
        return shaped if ord(char) in coverage(shaped) else ""
    first = EAST_ASIAN_FIRST.get(country)
    names = [face.name for face in FACES]
    if first:
        names.insert(names.index("NotoSansJP"), first)
    return next((name for name in names if ord(char) in coverage(name)), "")


def unprintable(text: str, country: str = "") -> str:
    """Return the characters of the text that no font can print, each once, in their order."""
    return "".join(dict.fromkeys(char for char in printable(text) if not face_for(char, country)))


def font_for(name: str, chars: Iterable[str], *, bold: bool = False) -> str:
    """Return the registered reportlab name of a face that can print these characters."""
    face = BY_NAME[name]
    if face.cut:
        return _cut_font(name, "".join(sorted(set(chars))))
    return _bold_font() if bold and name == "NotoSans" else _whole_font(name)


@cache
def _whole_font(name: str) -> str:
    return register(name, str(file_of(name)))


@cache
def _bold_font() -> str:
    source = file_of("NotoSans")
    folder = Path(settings.VAR_DIR) / "fonts"
    target = folder / f"NotoSans-Bold-{source.stat().st_size}.ttf"
    if not target.exists():
        data = _static(source, "NotoSans-Bold", chars=None, wght=700, wdth=100)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(data)
        os.replace(file.name, target)  # noqa: PTH105 - two processes may cut it at once; the last one wins whole
    return register("NotoSans-Bold", str(target))


def _cut_font(name: str, chars: str) -> str:
    alias = f"{name}-{hashlib.sha256(chars.encode()).hexdigest()[:10]}"
    if is_registered(alias):
        return alias
    axes = {"wght": 400, "wdth": 100} if name == "NotoSansHebrew" else {"wght": 400}
    return register(alias, io.BytesIO(_static(file_of(name), alias, chars=chars, **axes)), cut=True)


def composed_font(name: str, signs: dict[int, shaping.Cluster]) -> str:
    """Return the registered name of a font that holds these signs of a face, each under its character."""
    alias = f"{name}-{hashlib.sha256(repr(signs).encode()).hexdigest()[:10]}"
    if is_registered(alias):
        return alias
    font = shaping.composed_font(str(file_of(name)), alias, signs)
    letters = {code: sign.letters for code, sign in signs.items()}
    return register(alias, io.BytesIO(font), letters=letters, cut=True)


def _static(source: Path, name: str, *, chars: str | None, **axes: float) -> bytes:
    """Return a font file of fixed weight, of all characters or of those given; the same bytes for the same input.

    It takes a PostScript name of its own: viewers confuse two embedded fonts of one name.
    """
    from fontTools import subset  # noqa: PLC0415 - slow to import and seldom needed
    from fontTools.ttLib import TTFont as FontFile  # noqa: PLC0415
    from fontTools.varLib import instancer  # noqa: PLC0415

    font = FontFile(source, lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    for table in LAYOUT_TABLES:
        if table in font:
            del font[table]
    if chars is not None:
        options = subset.Options(notdef_outline=True, hinting=False, layout_features=[])
        cutter = subset.Subsetter(options)
        cutter.populate(text=chars + " ")
        cutter.subset(font)
    instancer.instantiateVariableFont(font, axes, inplace=True, overlap=instancer.OverlapMode.KEEP_AND_DONT_SET_FLAGS)
    for record in font["name"].names:
        if record.nameID in (1, 4, 6, 16):
            record.string = name
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
