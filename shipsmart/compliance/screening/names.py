"""Names made comparable: letters of other scripts in Latin ones, words without accents, their consonants alone.

Cyrillic, Greek and Arabic letters (with the Persian ones) are transliterated by the tables below, roughly as the lists'
own authors do (BGN/PCGN); East Asian and other scripts are compared as written: the UN and the United Kingdom publish
names in their original script beside the Latin ones.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from shipsmart.compliance.wording import table

CYRILLIC = dict(zip("абвгдезийклмнопрстуфыэіїєґўјћђљњ", "abvgdeziyklmnoprstufyeiiegujcdln", strict=True)) | {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
    "џ": "dz",
}  # fmt: skip
GREEK = dict(zip("αβγδεζηικλμνοπρσςτυφω", "avgdeziiklmnoprsstyfo", strict=True)) | {
    "θ": "th", "ξ": "x", "χ": "ch", "ψ": "ps",
}  # fmt: skip
GREEK_PAIRS = {"ου": "ou", "μπ": "b", "ντ": "d", "γκ": "g", "γγ": "ng", "αυ": "av", "ευ": "ev", "τζ": "tz"}
ARABIC = dict(zip("ابتجحدرزسصضطظعفقكلمنهويىةپگکی", "abtjhdrzssdtz-fqklmnhwyahpgky", strict=True)) | {
    "ث": "th", "خ": "kh", "ذ": "dh", "ش": "sh", "غ": "gh", "چ": "ch", "ژ": "zh", "ء": "", "ع": "", "ؤ": "w", "ئ": "y",
}  # fmt: skip
LATIN = {
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
    "ŋ": "ng",
    "ə": "a",
}
LETTERS = CYRILLIC | GREEK | ARABIC | LATIN
ARABIC_ARTICLE = re.compile(r"(?<![^\W_])ال(?=\w{2})")
# Abdul Jawad, Abdel-Jawad, Abdeljawad and عبد الجواد are the servant (abd) of the same.
SERVANT = re.compile(r"abd(?:ul|el|al|oul|ol|il)(?=\w{2})|abd(?:ul|el|al|oul|ol|il)$")
GLUED_ARTICLE = re.compile(r"^[ae]l(?=\w{5})")
ABJAD = re.compile("[\u0600-\u06ff]")
SOUNDS = (
    ("shch", "s"), ("sch", "s"), ("tch", "s"), ("sh", "s"), ("ch", "s"), ("zh", "s"), ("th", "t"), ("dh", "d"),
    ("kh", "k"), ("gh", "g"), ("ph", "f"), ("ts", "s"), ("tz", "s"), ("ck", "k"), ("x", "ks"), ("q", "k"), ("c", "k"),
    ("z", "s"), ("v", "f"), ("j", "g"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A name ready to compare: its words, each word's consonants, and whether its script writes no vowels."""

    words: tuple[str, ...]
    consonants: tuple[str, ...]
    unvowelled: bool = False

    @property
    def ordered(self) -> str:
        """Return the words in alphabetical order: first and last names stand in any order on lists."""
        return " ".join(sorted(self.words))

    @property
    def joined(self) -> str:
        """Return the words in one: Al-Qaida, Alqaida and al Qaida are the same."""
        return GLUED_ARTICLE.sub("", "".join(self.words))

    @property
    def joined_consonants(self) -> str:
        return "".join(self.consonants)


def latin(text: str) -> str:
    """Return the text in small Latin letters without accents; scripts without a table stay as they are."""
    text = ARABIC_ARTICLE.sub("", text.casefold())
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    for pair, sound in GREEK_PAIRS.items():
        letters = letters.replace(pair, sound)
    return "".join(LETTERS.get(char, char) for char in letters)


@lru_cache(maxsize=4096)
def read(text: str) -> Name:
    """Return the name to compare; words that tell nothing (Ltd, Mr, al) are left out unless nothing else is there."""
    plain = re.sub(r"['’`ʼʻ‘\u0640-]", lambda mark: " " if mark[0] == "-" else "", latin(text))
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=\b\w)\.(?=\w\b)", "", plain))
    words = [part for word in words for part in SERVANT.sub("abd ", word).split()]
    telling = tuple(word for word in words if word not in _ignored()) or tuple(words)
    return Name(telling, tuple(consonants(word) for word in telling), unvowelled=bool(ABJAD.search(text)))


@lru_cache(maxsize=100_000)
def consonants(word: str) -> str:
    """Return the consonants of a word as they sound, once each in a row: Mohammed, Muhammad and mhmd are alike."""
    if not word.isascii() or word.isdigit():
        return word
    for letters, sound in SOUNDS:
        word = word.replace(letters, sound)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyw]|(?<=.)h$", "", word)) or word[:1]


@cache
def _ignored() -> frozenset[str]:
    return frozenset(table("screening")["ignored"])
