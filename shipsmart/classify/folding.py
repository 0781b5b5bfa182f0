"""Text of a shop to words that can be compared: no accents, no plurals, the same in English, Portuguese and Spanish."""

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MAX_CHARS = 6_000  # of one field: a title that goes on longer says nothing new
_WORD = re.compile(r"[a-z0-9]+")
_SIZE = re.compile(
    r"\d+(?:[.,x/]?\d+)*(?:mm|cm|m|g|kg|mg|ml|cl|l|oz|lb|in|inch|ft|w|v|mah|ah|hz|gb|tb|mb|pcs|pc|un|und|x|p|d)?"
)
# English words in -oes, which the Portuguese rule (calções, calção) would spoil.
_OES = {"shoes": "shoe", "toes": "toe", "potatoes": "potato", "tomatoes": "tomato", "horseshoes": "horseshoe"}
_KEEP = {
    "gas",
    "bus",
    "lens",
    "mens",
    "canvas",
    "atlas",
    "christmas",
    "pancreas",
    "onibus",
    "virus",
    "tenis",
    "lapis",
    "gps",
}
_IRREGULAR = {"women": "woman", "men": "man", "womens": "woman", "mens": "man", "children": "child", "mice": "mouse",
              "knives": "knife", "shelves": "shelf", "scarves": "scarf", "loaves": "loaf", "leaves": "leaf",
              "feet": "foot", "teeth": "tooth", "lenses": "lens", "gases": "gas"}  # fmt: skip
_ENDINGS = (("ies", "y", 5), ("oes", "ao", 6), ("ais", "al", 5), ("eis", "el", 6), ("ns", "m", 99), ("sses", "ss", 5),
            ("shes", "sh", 5), ("ches", "ch", 5), ("xes", "x", 4), ("zes", "z", 5), ("ores", "or", 6),
            ("iones", "ion", 6), ("ss", "ss", 3), ("us", "us", 4), ("is", "is", 4), ("s", "", 4))  # fmt: skip
_STOP = """
    a an and as at by for from in into of on or per the to with without not than other others nesoi new hot high
    quality free sale style fashion set pcs pc lot piece de da do das dos e em com para por sem ou o os um uma
    no na nos nas ao outro outra el la los las y en con sin un una del al su otro otra que mas
"""
STOP = frozenset(_STOP.split())


@lru_cache(maxsize=60_000)
def stem(word: str) -> str:
    """Return the word without its plural ending; a rough rule, applied alike to what is searched and what is found."""
    if word in _KEEP or word.isdigit():
        return word
    known = _IRREGULAR.get(word) or _OES.get(word)
    if known:
        return known
    for ending, instead, shortest in _ENDINGS:
        if len(word) >= shortest and word.endswith(ending):
            return word[: len(word) - len(ending)] + instead
    return word


def plain(text: str) -> str:
    """Return the text in small letters without accents, emojis or other marks."""
    text = html.unescape(text[:MAX_CHARS]).replace("'s", "").replace("’s", "")
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Return every word of the text in order, folded and stemmed."""
    return [stem(word) for word in _WORD.findall(plain(text))]


def telling(found: Iterable[str]) -> list[str]:
    """Return the words worth searching for: no articles, sizes, single letters or bare numbers."""
    return [word for word in found if len(word) > 1 and word not in STOP and not _SIZE.fullmatch(word)]
