"""Goods that may not be sent: by HS prefix or word and by destination; and goods that are dangerous in the air."""

from dataclasses import dataclass
from typing import Any

from shipsmart.compliance.wording import contains, plain, table
from shipsmart.core.codes import EU
from shipsmart.documents.needs import is_postal
from shipsmart.documents.snapshots import PaperLine, PaperShipment


@dataclass(frozen=True, slots=True)
class Restriction:
    """A rule that a line of goods falls under; `action` is `block`, `permit` or `warn`."""

    name: str
    action: str
    source: str
    is_estimate: bool


def restrictions(line: PaperLine, shipment: PaperShipment) -> list[Restriction]:
    """Return the rules of data/restricted.toml that the line falls under on its way."""
    rules = table("restricted")["goods"]
    return [
        Restriction(
            name=rule["name"],
            action=rule["action"],
            source=rule["source"],
            is_estimate=rule.get("confidence") == "estimate",
        )
        for rule in rules
        if _travels_under(rule, shipment)
        and line.origin in rule.get("origins", (line.origin,))
        and _is_named(rule, line)
    ]


def _travels_under(rule: dict[str, Any], shipment: PaperShipment) -> bool:
    to = shipment.consignee
    destinations = rule.get("destinations")
    if destinations and to.country not in destinations and not ("EU" in destinations and to.country in EU):
        return False
    places = rule.get("places")
    if places and not any(contains(f"{to.city} {to.region}", place) for place in places):
        return False
    return rule.get("carriers") != "post" or is_postal(shipment)


def _is_named(rule: dict[str, Any], line: PaperLine) -> bool:
    if line.hs_code and line.hs_code.startswith(tuple(rule.get("hs", ()))):
        return True
    if any(contains(line.description, phrase) for phrase in rule.get("without", ())):
        return False
    words = rule.get("words", ())
    return any(contains(line.description, word) or contains(line.description, f"{word}s") for word in words)


def dangerous_by_code(line: PaperLine) -> bool:
    """Whether the HS code alone says that the goods are dangerous in the air."""
    return line.hs_code.startswith(tuple(table("dangerous")["hs"]))


def dangerous_word(line: PaperLine) -> str:
    """Return the word of the description that says the goods are dangerous in the air, "" for none."""
    data = table("dangerous")
    text = plain(line.description)
    for phrase in data["without"]:
        text = text.replace(plain(phrase), " ")
    return next((word for word in data["words"] if plain(word) in text), "")
