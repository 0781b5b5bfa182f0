"""Which letters UPS can draw on a label. Pure. Source: the Shipping description, LabelSpecification.CharacterSet."""

from collections.abc import Iterable

from integrations.carriers.ups.codes import CHARACTER_SETS
from integrations.kit.fields import refused
from shipsmart.ports import Party

# Typographers' marks are in none of the sets; the typewriter's say the same.
_TYPEWRITER = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "})  # noqa: RUF001


def typed(text: str) -> str:
    """Return a text with plain quotes and dashes."""
    return text.translate(_TYPEWRITER)


def character_set(parties: Iterable[tuple[str, Party]]) -> str:
    """Return the one character set that holds all names and addresses, "" for UPS's own (Latin-1).

    `parties` come with their names for messages. Raises IntegrationError naming the field whose letters UPS would print
    as question marks: nothing is transliterated here, for a guess at a name is an invented name.
    """
    found = [(field, typed(text)) for role, party in parties for field, text in _printed(role, party)]
    for codec, code in CHARACTER_SETS:
        if all(_holds(codec, text) for _, text in found):
            return code
    field, text = next(row for row in found if not _holds("latin-1", row[1]))
    raise refused(
        f"{field} is written in letters that UPS cannot print beside the rest of the label: {text[:40]!r}; "
        "write it in Latin letters",
        code="unprintable_text",
        field=field,
    )


def _printed(role: str, party: Party) -> list[tuple[str, str]]:
    names = ("name", "company", "address1", "address2", "city")
    return [(f"{role} {name}", getattr(party, name)) for name in names]


def _holds(codec: str, text: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
