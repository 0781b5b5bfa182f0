"""Which agreement a claimed preference falls under, and the words the exporter states the origin with."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from shipsmart.core.codes import EU, agreement_key, customs_union
from shipsmart.documents import figures
from shipsmart.documents.snapshots import PaperLine, PaperShipment
from shipsmart.documents.special_drawing_rights import surely_within

LONG_ENOUGH = 4  # letters of a name that a longer text may begin with
TABLE = Path(__file__).parent / "agreements.toml"


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement of agreements.toml that holds between two customs territories.

    `limit` is amount, currency and the type of number an exporter of the EU or of a GSP country must have above it.
    `parties` are the customs territories whose origin may be stated (none: that of the exporter alone). `criterion`
    says which origin criteria the statement names, "" when none; `elements` are further words; `low_value` the values
    up to which the destination wants no full certification. Unconfirmed: its own words were not seen in print.
    """

    key: str
    name: str
    text: str
    number_types: tuple[tuple[str, tuple[str, ...]], ...]
    limit: tuple[Decimal, str, str] | None = None
    parties: frozenset[str] = frozenset()
    union_name: str = "European Union"
    criterion: str = ""
    elements: tuple[str, ...] = ()
    low_value: tuple[tuple[str, str], ...] = ()
    is_confirmed: bool = True


@cache
def _table() -> dict[str, dict[str, Any]]:
    with TABLE.open("rb") as file:
        data = tomllib.load(file)
    return {key: value for key, value in data.items() if isinstance(value, dict)}


def agreement_for(preference: str, shipment: PaperShipment) -> Agreement | None:
    """Return the agreement that a preference names, if it holds between origin and destination of the shipment."""
    start, end = customs_union(shipment.shipper.country), customs_union(shipment.consignee.country)
    for key, row in _table().items():
        if (
            _names(preference, key, *row["aliases"])
            and end in row["to"]
            and (start in row["from"] or not row["from"])
            and start != end
        ):
            types = (
                tuple((union, tuple(names)) for union, names in row["number_types"].items())
                if "number_types" in row
                else ()
            )
            limit = row.get("limit")
            above = (Decimal(limit["amount"]), limit["currency"], limit["number"]) if limit else None
            return Agreement(
                key=key,
                name=row["name"],
                text=row["statement"],
                number_types=types,
                limit=above,
                parties=frozenset(row["from"]),
                union_name=row.get("union_name", "European Union"),
                criterion=row.get("criterion", ""),
                elements=tuple(row.get("elements", ())),
                low_value=tuple(row.get("low_value", {}).items()),
                is_confirmed=row.get("confidence") != "estimate",
            )
    return None


def _names(preference: str, *names: str) -> bool:
    """Whether a merchant's text names the agreement: by a name of it, or beginning with one (`EU-UK TCA`)."""
    wanted = agreement_key(preference)
    keys = [agreement_key(name) for name in names]
    return wanted in keys or any(len(key) >= LONG_ENOUGH and wanted.startswith(key) for key in keys)


def unknown_claims(shipment: PaperShipment) -> list[int]:
    """Return the positions of the lines that claim a preference for which no statement is known here."""
    return [
        index
        for index, line in enumerate(shipment.lines)
        if line.preference and agreement_for(line.preference, shipment) is None
    ]


def claims(shipment: PaperShipment) -> list[tuple[Agreement, list[PaperLine]]]:
    """Return each agreement claimed with its lines, in the order they are first claimed."""
    found: dict[Agreement, list[PaperLine]] = {}
    for line in shipment.lines:
        agreement = agreement_for(line.preference, shipment) if line.preference else None
        if agreement:
            found.setdefault(agreement, []).append(line)
    return list(found.items())


def number_needed(agreement: Agreement, shipment: PaperShipment) -> str:
    """Return the type of the exporter's number that the statement needs and that is not there, or "".

    Below the limit any exporter may state the origin. An exporter outside the EU gives the number of his own country
    where the agreement names one.
    """
    if agreement.limit is None:
        return ""
    amount, currency, kind = agreement.limit
    lines = next(lines for claimed, lines in claims(shipment) if claimed == agreement)
    value = sum((shipment.line_total(line) for line in lines), Decimal(0))
    if surely_within(value, shipment.currency, limit=amount, limit_currency=currency):
        return ""
    start = customs_union(shipment.shipper.country)
    types = dict(agreement.number_types)
    needed = (kind,) if start == "EU" or not types else types.get(start, ())
    held = not needed or shipment.sold_by.tax_id(*needed) or shipment.shipper.tax_id(*needed)
    return "" if held else needed[0]


def ineligible(shipment: PaperShipment) -> list[int]:
    """Return the positions of lines whose origin is none that the claimed agreement knows: no exporter may state it."""
    found = []
    for index, line in enumerate(shipment.lines):
        agreement = agreement_for(line.preference, shipment) if line.preference else None
        allowed = (agreement.parties if agreement else None) or {customs_union(shipment.shipper.country)}
        if agreement and line.origin and customs_union(line.origin) not in allowed:
            found.append(index)
    return found


def criterion_missing(agreement: Agreement, shipment: PaperShipment) -> bool:
    """Return whether the statement names an origin criterion that the shipment does not give, and needs it."""
    if not agreement.criterion or shipment.reference_of("origin_criterion"):
        return False
    amount, _, currency = dict(agreement.low_value).get(shipment.consignee.country, "").partition(" ")
    small = amount and surely_within(
        shipment.goods_total, shipment.currency, limit=Decimal(amount), limit_currency=currency
    )
    return not small


def statement(agreement: Agreement, shipment: PaperShipment) -> list[str]:
    """Return the statement's paragraphs with the exporter's number (a dash when there is none) and the origin."""
    start = customs_union(shipment.shipper.country)
    types = dict(agreement.number_types).get(start, ("REX",))
    tax_id = shipment.sold_by.tax_id(*types) or shipment.shipper.tax_id(*types)
    lines = next(lines for claimed, lines in claims(shipment) if claimed == agreement)
    origins = {agreement.union_name if line.origin in EU else figures.country_name(line.origin) for line in lines}
    importer = shipment.importer_of_record
    words = {
        "number": tax_id.number if tax_id else "-",
        "origin": ", ".join(sorted(origins)),
        "criterion": shipment.reference_of("origin_criterion") or "________",
        "importer": ", ".join(text for text in (importer.company, importer.name, *figures.contact(importer)) if text),
    }
    paragraphs = [agreement.text, *agreement.elements]
    return [paragraph.format(**words) for paragraph in paragraphs if paragraph]
