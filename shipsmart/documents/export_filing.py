"""The filing that the customs of the exporter's country ask for, and the words the papers carry about it.

`references.itn` is the number of a filing in the US Automated Export System, `references.noeei` an exemption the
merchant claims himself (as in `30.37(h)`), `references.mrn` that of an EU or UK export declaration.
Data: export_filing.toml.
"""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from shipsmart.core.codes import customs_union
from shipsmart.documents.snapshots import PaperShipment
from shipsmart.documents.special_drawing_rights import has_rate, surely_within

TABLE = Path(__file__).parent / "export_filing.toml"
ITN = re.compile(r"X[0-9]{14}")
EXEMPTION = re.compile(r"(?:NOEEI)?\s*§?\s*(30\.[0-9]{1,2}(?:\([a-z0-9]{1,2}\))*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filing:
    """What is known of a filing: the legend for the papers ("" when it must be filed first), and goods above the limit.

    `unknown` says that a value could not be compared with the limit: no rate of its currency is known here.
    """

    legend: str
    above: tuple[tuple[str, Decimal], ...] = ()
    unknown: bool = False


@cache
def table() -> dict[str, dict[str, Any]]:
    with TABLE.open("rb") as file:
        return tomllib.load(file)


def rules_for(shipment: PaperShipment) -> dict[str, Any] | None:
    """Return the rules of the exporter's customs territory, None where none are known or nothing is exported."""
    start, end = shipment.shipper.country, shipment.consignee.country
    territory = customs_union(start).lower()
    return table().get(territory) if start != end and customs_union(start) != customs_union(end) else None


def us_filing(shipment: PaperShipment) -> Filing | None:
    """Return how a parcel out of the United States stands with the AES; None when it leaves from elsewhere."""
    rules = rules_for(shipment) if shipment.shipper.country == "US" else None
    if rules is None:
        return None
    to = shipment.consignee.country
    known = _given(shipment) or rules["by_destination"].get(to, "")
    if known:
        return Filing(known)
    values = by_code(shipment)
    if to in rules["always"]:
        return Filing("", tuple(values.items()))
    limit, currency = Decimal(rules["limit"]["amount"]), rules["limit"]["currency"]
    above = tuple(
        (code, value)
        for code, value in values.items()
        if not surely_within(value, shipment.currency, limit=limit, limit_currency=currency)
    )
    if above and not has_rate(shipment.currency):
        return Filing("", above, unknown=True)
    return Filing("" if above else rules["low_value_legend"], above)


def _given(shipment: PaperShipment) -> str:
    """Return the legend for the number or the exemption that the merchant gave, "" for none that is well formed."""
    itn = shipment.reference_of("itn").upper().replace("AES", "").strip()
    claimed = EXEMPTION.fullmatch(shipment.reference_of("noeei").strip())
    if ITN.fullmatch(itn):
        return f"AES {itn}"
    return f"NOEEI § {claimed[1].lower()}" if claimed else ""


def by_code(shipment: PaperShipment) -> dict[str, Decimal]:
    """Return the value of the goods under each tariff number as it is given."""
    values: dict[str, Decimal] = {}
    for line in shipment.lines:
        values[line.hs_code] = values.get(line.hs_code, Decimal(0)) + shipment.line_total(line)
    return values


def legend(shipment: PaperShipment) -> str:
    """Return what the papers say of the filing, "" when there is nothing to say."""
    filing = us_filing(shipment)
    if filing:
        return filing.legend
    number = shipment.reference_of("mrn")
    return f"MRN {number}" if number and rules_for(shipment) else ""
