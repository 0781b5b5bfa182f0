"""Text without the marks that have no shape. Plain Python: checkouts ask for it too."""

import re
import unicodedata

JOINERS = "\u200c\u200d"
# Variation selectors, and joiners behind letters that do not join.
JOINING = "\u0600-\u06ff\u0750-\u077f\u0900-\u09ff\u0b80-\u0bff\u0c00-\u0c7f\u0e80-\u109f\u1780-\u17ff"
SHAPELESS = re.compile(f"[\ufe00-\ufe0f\U000e0100-\U000e01ef]|(?<![{JOINING}])[{JOINERS}]")


def printable(text: str) -> str:
    """Return the text composed (NFC) and without marks that have no shape (zero-width spaces, direction marks).

    Joiners stay where they tell how letters are joined: in Arabic and in the writings that are shaped.
    """
    composed = SHAPELESS.sub("", unicodedata.normalize("NFC", text))
    return "".join(char for char in composed if unicodedata.category(char) != "Cf" or char in JOINERS)
