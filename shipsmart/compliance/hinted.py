"""What the text of a product hints at, as evidence at the gate: a guess asks and never stops, a person's word counts.

Nothing said: a warning that asks. Confirmed: dangerous goods must be declared, restricted ones are looked at. Denied:
nothing more is asked, unless what is declared says otherwise.
"""

from collections.abc import Mapping, Sequence

from shipsmart.catalog.hinted import Hinted
from shipsmart.compliance.findings import Block
from shipsmart.compliance.wording import plain, table
from shipsmart.documents.needs import is_dutiable
from shipsmart.documents.snapshots import PaperLine, PaperShipment

Evidence = Mapping[int, Sequence[Hinted]]  # by number of the line, from 0
NONE: Evidence = {}
HINT_CODES = frozenset({"dangerous_goods_hinted", "restricted_goods_hinted", "declaration_contradicted"})


def findings(shipment: PaperShipment, evidence: Evidence) -> list[Block]:
    """Return what the hints at the goods of each line ask for."""
    return [
        finding
        for index, hints in evidence.items()
        for hint in hints
        if (finding := (_of_danger if is_dangerous(hint) else _of_restriction)(shipment, index, hint))
    ]


def denied(word: str, hints: Sequence[Hinted]) -> Hinted | None:
    """Return the hint by which a person denied what the word of a description says, None when nobody did."""
    said = plain(word).strip()
    no = [hint for hint in hints if hint.present is False and is_dangerous(hint)]
    return next((hint for hint in no if said in hint.words or plain(hint.words).strip() in said), None)


def is_dangerous(hint: Hinted) -> bool:
    return hint.kind in table("dangerous")["hints"]


def _of_danger(shipment: PaperShipment, index: int, hint: Hinted) -> Block | None:
    line, where = shipment.lines[index], f"lines[{index}].dangerous_goods"
    declared = line.dangerous_goods
    if hint.present is False and declared:
        message = (
            f"{name_of(line)}: {_said(hint)}, but {declared.un or 'dangerous goods'} is declared; correct the one that "
            "is wrong"
        )
        return Block("declaration_contradicted", message, where, warning=True)
    if declared or hint.present is False:
        return None
    if hint.present:
        message = f"{name_of(line)}: {_said(hint)}; give UN number, packing instruction and count"
        return Block("dangerous_goods_undeclared", message, where)
    message = f"{name_of(line)}: {_hints(hint)}, and nothing is declared; confirm or deny it on the product's page"
    return Block("dangerous_goods_hinted", message, where, warning=True)


def _of_restriction(shipment: PaperShipment, index: int, hint: Hinted) -> Block | None:
    line, where, to = shipment.lines[index], f"lines[{index}]", shipment.consignee.country
    if hint.present is False or not is_dutiable(shipment):
        return None
    if hint.present is None:
        message = f"{_hints(hint)}, which may be restricted in {to}; confirm or deny it on the product's page"
    else:
        message = f"{_said(hint)}; look whether it may go to {to}, and enclose what is asked for"
    return Block("restricted_goods_hinted", f"{name_of(line)}: {message}", where, warning=True)


def _hints(hint: Hinted) -> str:
    return f"{hint.words!r} hints at {hint.kind.replace('_', ' ')}"


def _said(hint: Hinted) -> str:
    verb = "confirmed" if hint.present else "denied"
    return f"{hint.actor} {verb} {hint.kind.replace('_', ' ')} ({hint.words!r}) on {hint.on:%Y-%m-%d}"


def name_of(line: PaperLine) -> str:
    return repr((line.sku or line.description)[:60])
