"""Checks of the parties: addresses that reach, phones that ring, tax ids that are there and well formed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shipsmart.compliance.findings import Block
from shipsmart.compliance.tax_ids import is_well_formed
from shipsmart.compliance.wording import plain, table
from shipsmart.core.codes import COUNTRIES, EU, customs_union
from shipsmart.documents.needs import is_postal
from shipsmart.documents.snapshots import PaperShipment, Party

LONGEST_NAME = 200  # letters; names are screened up to here
ROLES = ("shipper", "consignee", "importer", "seller")
# Terms that ICS2 refuses in the name of a party.
NO_NAME = frozenset(
    {"n a", "na", "none", "unknown", "private", "private person", "customer", "consumer", "test", "xxx"}
)
# Numbers the addressee's customs ask for: destination -> types of which one must be there, who says so, and whether a
# parcel may be tried without (the courier then asks the addressee).
RECIPIENT_IDS: dict[str, tuple[tuple[str, ...], str, bool]] = {
    "BR": (("CPF", "CNPJ"), "Instrução Normativa RFB 1737/2017, article 8", False),
    "KR": (("PCCC",), "Korea Customs Service, notice on express and postal consignments", False),
    "CL": (("RUT",), "Servicio Nacional de Aduanas, Compendio de Normas", True),
    "MX": (("RFC", "CURP"), "Reglas Generales de Comercio Exterior 3.7", True),
    "TR": (("TCKN", "VKN"), "Customs Law 4458, decision 2009/15481", True),
    "IN": (("KYC", "PAN", "GSTIN", "IEC"), "CBIC circular 07/2015", True),
}
# Numbers the seller must hold for the tax it took at checkout.
SCHEME_IDS = {
    "VOEC": ("VOEC",),
    "AU_GST": ("ARN", "ABN", "GST"),
    "NZ_GST": ("IRD", "GST"),
    "SG_GST": ("GST",),
    "GB_VAT": ("VAT",),
    "CH_VAT": ("UID", "VAT"),
}


@dataclass(frozen=True, slots=True)
class PartyHit:
    """A party's name that resembles a listed one: which, on which list, how alike (0 to 100), what was decided."""

    subject: str
    listed: str
    source: str
    score: int
    decision: str


def screened(shipment: PaperShipment, screen: Callable[[Sequence[str]], Sequence[PartyHit]]) -> list[Block]:
    """Return a block for each name of a party that `screen` finds on a list and nobody cleared."""
    names = []
    for role in ROLES:
        party: Party | None = getattr(shipment, role)
        for key in ("name", "company") if party else ():
            text = getattr(party, key)
            names += [(f"{role}.{key}", text)] if text else []
    return resembling(names, screen)


def resembling(names: Sequence[tuple[str, str]], screen: Callable[[Sequence[str]], Sequence[PartyHit]]) -> list[Block]:
    """Return a block for each listed name that a name, given with where it stands, resembles and nobody cleared."""
    hits: dict[str, list[PartyHit]] = {}
    for hit in screen([text for _, text in names]):
        hits.setdefault(hit.subject, []).append(hit)
    return [_resembles(hit, where, text) for where, text in names for hit in hits.get(text[:LONGEST_NAME], ())]


def _resembles(hit: PartyHit, where: str, text: str) -> Block:
    decided = "it was blocked" if hit.decision == "blocked" else "a person must clear it or block it"
    message = f"{text[:80]!r} resembles {hit.listed[:80]!r} ({hit.source}; {hit.score} of 100); {decided}"
    return Block("party_screened", message, where)


def addresses(shipment: PaperShipment) -> list[Block]:
    """Return a block for each part of an address that is missing at its destination."""
    found = []
    for role in ROLES:
        party: Party | None = getattr(shipment, role)
        if party is not None:
            found += [
                Block(
                    "party_incomplete",
                    f"the {role} has no {what}; give it, nobody delivers or clears without",
                    f"{role}.{key}",
                )
                for key, what in _gaps(party, role)
            ]
    return found


def _gaps(party: Party, role: str) -> list[tuple[str, str]]:
    rules = table("addresses")
    required = {"address1": "street and house number", "city": "city"}
    if party.country not in rules["no_postcode"]:
        required["postcode"] = "postcode"
    if party.country in rules["region"] and role in {"consignee", "importer"}:
        required["region"] = "state or province"
    gaps = [(key, what) for key, what in required.items() if not plain(getattr(party, key)).strip()]
    names = {plain(party.name).strip(), plain(party.company).strip()}
    if names == {""} or names & NO_NAME:
        gaps.insert(0, ("name", "name that tells who it is"))
    if party.country not in COUNTRIES:
        gaps.append(("country", f"country of ISO 3166 ({party.country!r} is none)"))
    return gaps


def phones(shipment: PaperShipment) -> list[Block]:
    """Return blocks for phones that cannot ring: the consignee's always, the shipper's where a courier collects."""
    roles = ["consignee"] if is_postal(shipment) or shipment.carrier == "table" else ["shipper", "consignee"]
    found = []
    for role in roles:
        phone = getattr(shipment, role).phone
        digits = re.sub(r"\D", "", phone)
        if len(digits) < 6 or len(set(digits)) == 1:
            said = f"{phone!r} is no phone number" if phone else f"the {role} has no phone number"
            found.append(
                Block(
                    "phone_missing", f"{said}; customs and courier ring it before they return a parcel", f"{role}.phone"
                )
            )
    return found


def tax_ids(shipment: PaperShipment) -> list[Block]:
    """Return blocks for missing and malformed numbers."""
    return [*_malformed(shipment), *_eori(shipment), *_ioss(shipment), *_recipient(shipment), *_seller(shipment)]


def _malformed(shipment: PaperShipment) -> list[Block]:
    found = []
    for role in ROLES:
        party: Party | None = getattr(shipment, role)
        for index, tax_id in enumerate(party.tax_ids if party else ()):
            if not is_well_formed(tax_id):
                said = f"{tax_id.number!r} is no valid {tax_id.type} number"
                message = f"{said}: its form or check digit is wrong; copy it again"
                found.append(Block("tax_id_malformed", message, f"{role}.tax_ids[{index}]"))
    return found


def _eori(shipment: PaperShipment) -> list[Block]:
    """Return blocks where an EORI must be given: exporters out of the EU and the UK, importers of record within them.

    Source: Regulation (EU) 952/2013, article 9; Taxation (Cross-border Trade) Act 2018, section 14 (United Kingdom).
    """
    found = []
    exporters = (shipment.shipper, shipment.sold_by)
    if shipment.export_reason == "sale" and asks_eori(shipment.shipper.country) and not _any_id(exporters, "EORI"):
        message = (
            f"an exporter in {shipment.shipper.country} needs an EORI number; give it, or apply for one at customs"
        )
        found.append(Block("eori_missing", message, "shipper.tax_ids"))
    importer = shipment.importer_of_record
    is_business = shipment.importer is not None or importer.tax_id("VAT") is not None
    if is_business and asks_eori(shipment.consignee.country) and not importer.tax_id("EORI"):
        message = f"a business that imports into {shipment.consignee.country} needs an EORI number; ask for it"
        found.append(Block("eori_missing", message, f"{_importer_role(shipment)}.tax_ids"))
    return found


def asks_eori(country: str) -> bool:
    """Whether exporters and importers of record there need an EORI."""
    return customs_union(country) in {"EU", "GB"}


def _ioss(shipment: PaperShipment) -> list[Block]:
    """Return a block when IOSS was collected and no IOSS number goes with the parcel."""
    if not _scheme(shipment).endswith("IOSS") or shipment.consignee.country not in EU:
        return []
    if _any_id(_sellers(shipment), "IOSS"):
        return []
    message = (
        "VAT was collected under IOSS, but neither seller nor shipper has an IOSS number; give it, or VAT is due again"
    )
    return [Block("ioss_missing", message, "seller.tax_ids" if shipment.seller else "shipper.tax_ids")]


def _importer_role(shipment: PaperShipment) -> str:
    return "importer" if shipment.importer else "consignee"


def _recipient(shipment: PaperShipment) -> list[Block]:
    country = shipment.consignee.country
    types, law, warning = RECIPIENT_IDS.get(country, ((), "", True))
    if not types or _any_id((shipment.consignee, shipment.importer_of_record), *types):
        return []
    message = f"{country} asks the addressee's {' or '.join(types)} ({law}); ask the addressee for it"
    return [Block("tax_id_missing", message, f"{_importer_role(shipment)}.tax_ids", warning=warning)]


def _seller(shipment: PaperShipment) -> list[Block]:
    scheme = _scheme(shipment)
    types = next((types for name, types in SCHEME_IDS.items() if name in scheme), ())
    if not types or _any_id(_sellers(shipment), *types):
        return []
    message = f"tax was collected under {scheme}, but the seller has no {' or '.join(types)} number; give it"
    return [Block("tax_id_missing", message, "seller.tax_ids" if shipment.seller else "shipper.tax_ids")]


def _scheme(shipment: PaperShipment) -> str:
    return shipment.collected.scheme.upper() if shipment.collected else ""


def _sellers(shipment: PaperShipment) -> tuple[Party, ...]:
    return (shipment.shipper, shipment.sold_by, shipment.importer_of_record)


def _any_id(parties: tuple[Party, ...], *types: str) -> bool:
    return any(party.tax_id(*types) for party in parties)
