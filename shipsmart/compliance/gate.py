"""The gate before any label: what is missing, wrong or forbidden, and where to mend it. It fills nothing in.

Blocks stop label and papers; warnings are for a person to look at. Denied parties are found by a function handed in:
the gate itself reads no database.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shipsmart.compliance import export_checks, goods_checks, hinted, party_checks, payer_checks
from shipsmart.compliance.findings import Block
from shipsmart.documents import fonts
from shipsmart.documents.needs import is_dutiable
from shipsmart.documents.snapshots import PaperShipment


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found: `blocks` must be mended first, `warnings` may be shipped after a look."""

    blocks: tuple[Block, ...]
    warnings: tuple[Block, ...]


def check(shipment: PaperShipment) -> list[Block]:
    """Return the reasons why the shipment may not go, each once, in the order of the shipment's parts."""
    return list(examine(shipment).blocks)


def examine(
    shipment: PaperShipment,
    *,
    screen: Callable[[Sequence[str]], Sequence[party_checks.PartyHit]] | None = None,
    evidence: hinted.Evidence = hinted.NONE,
) -> Verdict:
    """Return blocks and warnings together; `screen` gives the hits of names on lists of denied parties, `evidence` is
    what the texts of the products hint at and what people said of it."""
    findings = [
        *party_checks.addresses(shipment),
        *party_checks.phones(shipment),
        *goods_checks.weights(shipment),
        *export_checks.filings(shipment),
        *_unprintable(shipment),
        *(party_checks.screened(shipment, screen) if screen else ()),
    ]
    for index in range(len(shipment.lines)):
        findings += goods_checks.danger(shipment, index, evidence.get(index, ()))
    asked = {finding.where for finding in findings if finding.code == "dangerous_goods_undeclared"}
    findings += [one for one in hinted.findings(shipment, evidence) if one.where not in asked]
    if is_dutiable(shipment):
        findings += [
            finding for index in range(len(shipment.lines)) for finding in goods_checks.customs_data(shipment, index)
        ]
        findings += [*party_checks.tax_ids(shipment), *payer_checks.payer(shipment)]
        findings += [*goods_checks.origin_statements(shipment), *export_checks.papers_of_destination(shipment)]
    once = dict.fromkeys(findings)
    return Verdict(
        blocks=tuple(finding for finding in once if not finding.warning),
        warnings=tuple(finding for finding in once if finding.warning),
    )


def _unprintable(shipment: PaperShipment) -> list[Block]:
    """Return a block for each text that no font of ours can print."""
    found = []
    for where, text in _texts(shipment):
        missing = fonts.unprintable(text, shipment.consignee.country)
        if missing:
            codes = " ".join(f"U+{ord(char):04X}" for char in missing[:5])
            symbols = all(unicodedata.category(char)[0] in "SM" for char in missing)
            name = unicodedata.name(missing[0], "").lower()
            remedy = f"leave it out, or say it in words ({name})" if symbols else "write it in Latin letters"
            message = f"no font of ours prints {missing[:5]!r} ({codes}); {remedy}"
            found.append(Block(code="unprintable_text", message=message, where=where))
    return found


def place_of(text: str, shipment: PaperShipment) -> str:
    """Return the field that holds a text of a paper, or one that is a part of it; "" for none."""
    fields = [(where, held) for where, held in _texts(shipment) if held and (held in text or text in held)]
    return max(fields, key=lambda field: len(field[1]))[0] if text and fields else ""


def _texts(shipment: PaperShipment) -> list[tuple[str, str]]:
    keys = ("name", "company", "address1", "address2", "city", "region", "postcode", "phone", "email")
    texts = [
        (f"lines[{index}].{key}", getattr(line, key))
        for index, line in enumerate(shipment.lines)
        for key in ("description", "sku", "hs_code", "national_code", "origin", "preference")
    ]
    texts += [
        (f"lines[{index}].dangerous_goods.{key}", getattr(line.dangerous_goods, key))
        for index, line in enumerate(shipment.lines)
        if line.dangerous_goods
        for key in ("un", "packing_instruction")
    ]
    texts += [(f"parcels[{index}].id", parcel.id) for index, parcel in enumerate(shipment.parcels)]
    for role in ("shipper", "consignee", "importer", "seller"):
        party = getattr(shipment, role)
        if party:
            texts += [(f"{role}.{key}", getattr(party, key)) for key in keys]
            texts += [
                (f"{role}.tax_ids[{n}]", f"{tax.type} {tax.number} {tax.country}")
                for n, tax in enumerate(party.tax_ids)
            ]
    if shipment.collected:
        texts.append(("collected.scheme", shipment.collected.scheme))
    texts += [(key, getattr(shipment, key)) for key in ("reference", "invoice_number", "service", "carrier")]
    return texts + [(f"references.{key}", f"{key} {text}") for key, text in shipment.references]
