"""What the exporter's own customs want filed before a parcel leaves: AES in the United States, a declaration in the EU
and the United Kingdom. Data and law: documents/export_filing.toml."""

from decimal import Decimal

from shipsmart.compliance.findings import Block
from shipsmart.documents import figures
from shipsmart.documents.export_filing import EXEMPTION, ITN, Filing, rules_for, table, us_filing
from shipsmart.documents.particulars import missing
from shipsmart.documents.snapshots import PaperShipment
from shipsmart.documents.special_drawing_rights import surely_within

REMEDY = "file in AES and give its number as references.itn, or name the exemption as references.noeei"


def papers_of_destination(shipment: PaperShipment) -> list[Block]:
    """Return warnings for what the destination wants on the invoice, and for a return that names no outbound parcel."""
    country = shipment.consignee.country
    found = [
        Block(
            "invoice_particulars_missing",
            f"invoices to {country} above the low value also name {key.replace('_', ' ')} (CBSA Memorandum D1-4-1); "
            f"give it as references.{key}",
            f"references.{key}",
            warning=True,
        )
        for key in missing(shipment)
    ]
    if shipment.export_reason == "return" and not shipment.reference_of("outbound"):
        message = "the return invoice names the parcel the goods went out with; give its number as references.outbound"
        found.append(Block("outbound_reference_missing", message, "references.outbound", warning=True))
    return found


def filings(shipment: PaperShipment) -> list[Block]:
    """Return a block where a filing in AES is missing, and warnings for declarations a carrier usually files."""
    if shipment.shipper.country == "US":
        return [*_malformed(shipment), *_aes(shipment)]
    return _declaration(shipment)


def _malformed(shipment: PaperShipment) -> list[Block]:
    found = []
    itn, claimed = shipment.reference_of("itn"), shipment.reference_of("noeei")
    if itn and not ITN.fullmatch(itn.upper().replace("AES", "").strip()):
        message = f"{itn!r} is no number of AES: X and 14 digits, as in X20261122123456"
        found.append(Block("export_filing_missing", message, "references.itn"))
    if claimed and not EXEMPTION.fullmatch(claimed.strip()):
        message = f"{claimed!r} is no exemption of 15 CFR part 30, as in 30.37(a)"
        found.append(Block("export_filing_missing", message, "references.noeei"))
    return found


def _aes(shipment: PaperShipment) -> list[Block]:
    filing = us_filing(shipment)
    if filing is None or shipment.reference_of("itn"):
        return []
    rules = table()["us"]
    found = [] if filing.legend else [_missing(shipment, filing)]
    if filing.legend == rules["low_value_legend"] and shipment.consignee.country in rules["controlled_goods"]:
        message = (
            f"goods on the Commerce Control List are filed in AES at any value when they go to "
            f"{shipment.consignee.country} (15 CFR 758.1(b)(10), estimate); {REMEDY}"
        )
        found.append(Block("export_filing_missing", message, "references.itn", warning=True))
    return found


def _missing(shipment: PaperShipment, filing: Filing) -> Block:
    rules = table()["us"]
    goods = ", ".join(
        f"{code or 'no code'}: {figures.money(value, shipment.currency)} {shipment.currency}"
        for code, value in filing.above[:5]
    )
    if shipment.consignee.country in rules["always"]:
        why = f"exports to {shipment.consignee.country} are filed at any value (15 CFR 758.1(b)(1))"
    else:
        limit = rules["limit"]
        why = f"goods above {limit['amount']} {limit['currency']} of one Schedule B number are filed (15 CFR 30.37(a))"
    if filing.unknown:
        message = f"{why}, and no rate of {shipment.currency} is known here to compare {goods}; if above, {REMEDY}"
    else:
        message = f"{why}; {goods}: {REMEDY}"
    return Block("export_filing_missing", message, "references.itn", warning=filing.unknown)


def _declaration(shipment: PaperShipment) -> list[Block]:
    rules = rules_for(shipment)
    if rules is None or shipment.reference_of("mrn") or shipment.export_reason == "gift":
        return []
    limit = rules["limit"]
    amount, currency = Decimal(limit["amount"]), limit["currency"]
    light = shipment.gross_weight_g <= rules["limit_g"]
    if light and surely_within(shipment.goods_total, shipment.currency, limit=amount, limit_currency=currency):
        return []
    message = (
        f"goods above {limit['amount']} {currency} or 1000 kg (or too near to tell) need an electronic export "
        f"declaration ({rules['source']}); let the carrier file it, or file it and give its number as references.mrn"
    )
    return [Block("export_declaration_needed", message, "references.mrn", warning=True)]
