"""Names made comparable: letters of other scripts in Latin ones, words without accents, their consonants alone.

Cyrillic, Greek, Arabic (with Persian) and Hebrew letters are transliterated by the tables below, roughly as the lists'
own authors do (BGN/PCGN); all other scripts by AnyAscii, letter by letter: Chinese in pinyin, Korean in the revised
romanisation with k, t and p for its plain stops. Japanese names in Han characters come out as Chinese reads them: they
are found only where a list gives them in Japanese.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from anyascii import anyascii

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
HEBREW = dict(zip("אבגדהזחטיכךלמםנןסעפףקרתו", "-bgdhzhtykklmmnns-ppkrtw", strict=True)) | {
    "צ": "ts", "ץ": "ts", "ש": "sh", "א": "", "ע": "",
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
LETTERS = CYRILLIC | GREEK | ARABIC | HEBREW | LATIN
# A name of two to four Chinese or Korean characters begins with that of the family.
HAN = "[\u3400-\u9fff\uac00-\ud7a3]"
FAMILY_FIRST = re.compile(f"(?<!{HAN})({HAN})({HAN}{{1,3}})(?!{HAN})")
HANGUL = re.compile("[\uac00-\ud7a3]")
PLAIN_STOP = re.compile("^[gdb]|(?<!n)g$|[db]$")
ARABIC_ARTICLE = re.compile(r"(?<![^\W_])ال(?=\w{2})")
# Abdul Jawad, Abdel-Jawad, Abdeljawad and عبد الجواد are the servant (abd) of the same.
SERVANT = re.compile(r"abd(?:ul|el|al|oul|ol|il)(?=\w{2})|abd(?:ul|el|al|oul|ol|il)$")
# Haraka and Harakat are one word, alone and bound to the next.
BOUND_ENDING = re.compile(r"(?<=\w{4})at$")
GLUED_ARTICLE = re.compile(r"^[ae]l(?=\w{5})")
# Arabic and Hebrew write no short vowels, the writings of India not the one in every consonant.
ABJAD = re.compile("[\u0590-\u05ff\u0600-\u06ff\u0900-\u0eff]")
# Volkonskij and Volkonskiy are written for one Cyrillic ending.
ENDING_J = re.compile(r"(?<=\w{2}[eiy])j$")
ARTICLES = frozenset({"al", "el", "ul"})
# Letters that Ukrainians and Persians read otherwise than Russians and Arabs: Hryhorenko, Reza.
OTHER_READING = str.maketrans({"г": "h", "ض": "ز", "ظ": "ز", "ذ": "ز", "ث": "س"})
SOUNDS = (
    ("shch", "s"), ("sch", "s"), ("tch", "s"), ("chn", "kn"), ("chr", "kr"), ("chl", "kl"), ("sh", "s"),
    ("ch", "s"), ("zh", "s"), ("th", "t"), ("dh", "d"),
    ("kh", "k"), ("gh", "g"), ("ph", "f"), ("ts", "s"), ("tz", "s"), ("ck", "k"), ("x", "ks"), ("q", "k"), ("c", "k"),
    ("z", "s"), ("v", "f"), ("j", "g"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A name ready to compare: its words, each word's consonants, and whether its script writes no vowels."""

    words: tuple[str, ...]
    consonants: tuple[str, ...]
    unvowelled: bool = False
    particles: tuple[str, ...] = ()  # all words with those left out (bin, de), but for the Arabic article

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

    @property
    def whole_consonants(self) -> str:
        """Return the consonants with those of the particles: Bin Yusuf and Benyoussef are the same."""
        return "".join(map(consonants, self.particles))


def latin(text: str) -> str:
    """Return the text in small Latin letters without accents."""
    text = FAMILY_FIRST.sub(r"\1 \2", ARABIC_ARTICLE.sub("", text.casefold()))
    text = HANGUL.sub(lambda syllable: PLAIN_STOP.sub(_hard, anyascii(syllable[0]).lower()), text)
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    for pair, sound in GREEK_PAIRS.items():
        letters = letters.replace(pair, sound)
    letters = "".join(LETTERS.get(char, char) for char in letters)
    return letters if letters.isascii() else "".join(map(_other_script, letters))


def _other_script(char: str) -> str:
    return anyascii(char).lower() if unicodedata.category(char)[0] in "LM" else char


def _hard(stop: re.Match[str]) -> str:
    return {"g": "k", "d": "t", "b": "p"}[stop[0]]


@lru_cache(maxsize=4096)
def read(text: str) -> Name:
    """Return the name to compare; words that tell nothing (Ltd, Mr, al) are left out unless nothing else is there."""
    plain = re.sub(r"['’`ʼʻ‘\u0640-]", lambda mark: " " if mark[0] == "-" else "", latin(text))
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=\b\w)\.(?=\w\b)", "", plain))
    words = [ENDING_J.sub("y", part) for word in words for part in SERVANT.sub("abd ", word).split()]
    telling = tuple(word for word in words if word not in _ignored()) or tuple(words)
    return Name(
        telling,
        tuple(consonants(word) for word in telling),
        unvowelled=bool(ABJAD.search(text)),
        particles=tuple(word for word in words if word not in ARTICLES),
    )


def readings(text: str) -> list[Name]:
    """Return the name as it is read, and as Ukrainians or Persians read its letters where that differs."""
    other = text.casefold().translate(OTHER_READING)
    return [read(text)] if other == text.casefold() else [read(text), read(other)]


def joined_pairs(name: Name) -> list[Name]:
    """Return the name with two neighbouring words in one, for each pair: Gholam Reza is Gholamreza."""
    words = name.words
    merged = [(*words[:at], words[at] + words[at + 1], *words[at + 2 :]) for at in range(len(words) - 1)]
    return [Name(pair, tuple(map(consonants, pair)), name.unvowelled, name.particles) for pair in merged]


@lru_cache(maxsize=100_000)
def consonants(word: str) -> str:
    """Return the consonants of a word as they sound, once each in a row: Mohammed, Muhammad and mhmd are alike."""
    if not word.isascii() or word.isdigit():
        return word
    word = BOUND_ENDING.sub("", word)
    for letters, sound in SOUNDS:
        word = word.replace(letters, sound)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyw]|(?<=.)h$", "", word)) or word[:1]


@cache
def _ignored() -> frozenset[str]:
    return frozenset(table("screening")["ignored"])
