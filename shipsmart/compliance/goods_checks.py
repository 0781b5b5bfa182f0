"""Checks of the goods: codes, origin, values, weights, descriptions, restrictions, dangerous goods."""

import re
from collections.abc import Sequence

from shipsmart.catalog.hinted import Hinted
from shipsmart.compliance import descriptions, restricted
from shipsmart.compliance.findings import Block
from shipsmart.compliance.hinted import denied, is_dangerous
from shipsmart.core.codes import COUNTRIES
from shipsmart.documents import agreements
from shipsmart.documents.needs import is_postal
from shipsmart.documents.snapshots import PaperShipment

# UN number -> the packing instructions it may travel by: alone, with equipment, in equipment.
PACKING_OF = {"3480": ("965",), "3481": ("966", "967"), "3090": ("968",), "3091": ("969", "970")}
LITHIUM_ION = frozenset({"3480", "3481"})
IN_EQUIPMENT = frozenset({"967", "970"})
MOST_WATT_HOURS = 100


def customs_data(shipment: PaperShipment, index: int) -> list[Block]:
    """Return what customs would miss or refuse in one line."""
    return [*_codes(shipment, index), *_description(shipment, index), *_restrictions(shipment, index)]


def _codes(shipment: PaperShipment, index: int) -> list[Block]:
    line, where = shipment.lines[index], f"lines[{index}]"
    found = []
    if not line.hs_code:
        found.append(
            Block(
                "hs_code_missing", f"{_name(shipment, index)} has no HS code; classify the product", f"{where}.hs_code"
            )
        )
    elif not re.fullmatch(r"[0-9]{6,12}", line.hs_code) or line.hs_code[:2] in {"00", "77", "98", "99"}:
        message = f"{line.hs_code!r} is no HS code: 6 to 12 digits of a chapter that exists"
        found.append(Block("hs_code_missing", message, f"{where}.hs_code"))
    if line.national_code and not re.fullmatch(r"[0-9]{8,12}", line.national_code):
        message = f"{line.national_code!r} is no national code: 8 to 12 digits"
        found.append(Block("hs_code_missing", message, f"{where}.national_code"))
    if line.origin not in COUNTRIES:
        said = f"{line.origin!r} is no country" if line.origin else f"{_name(shipment, index)} has no country of origin"
        found.append(Block("origin_missing", f"{said}; give where it was made", f"{where}.origin"))
    if not line.unit_price:
        message = f"{_name(shipment, index)} has no value; gifts and samples are declared at what they would cost"
        found.append(Block("value_missing", message, f"{where}.unit_price"))
    return found


def _description(shipment: PaperShipment, index: int) -> list[Block]:
    text, where = shipment.lines[index].description, f"lines[{index}].description"
    why = descriptions.refused(text)
    if why:
        return [Block("description_too_vague", f"{why}; {descriptions.suggestion(text)}", where)]
    weak = descriptions.weak_terms(text)
    if weak:
        message = f"holds {', '.join(repr(term) for term in weak[:5])}; name the thing more exactly if you can"
        return [Block("description_weak", message, where, warning=True)]
    return []


REMEDIES = {
    "block": "take it out of the shipment",
    "permit": "name the licence or certificate as references.permit, or take it out",
    "estimate": "known from memory only: look it up, then take it out, or say why it may go as references.permit",
    "warn": "look whether it may go, and enclose what is asked for",
}


def _restrictions(shipment: PaperShipment, index: int) -> list[Block]:
    found = []
    for rule in restricted.restrictions(shipment.lines[index], shipment):
        # What we only remember of the law must not bar goods for ever: a person who has looked it up has the last word.
        unsure = rule.action == "block" and rule.is_estimate
        permitted = (rule.action == "permit" or unsure) and shipment.reference_of("permit")
        said = f"{_name(shipment, index)}: {rule.name} to {shipment.consignee.country}"
        remedy = "the permit goes with it" if permitted else REMEDIES["estimate" if unsure else rule.action]
        message = f"{said} ({rule.source}{'; estimate' if rule.is_estimate else ''}); {remedy}"
        warning = rule.action == "warn" or bool(permitted)
        found.append(Block("restricted_goods", message, f"lines[{index}]", warning=warning))
    return found


def origin_statements(shipment: PaperShipment) -> list[Block]:
    """Return a block for each agreement whose statement on origin needs a number of the exporter that is not there,
    and a warning for each preference that no statement is known for."""
    found = []
    for agreement, _ in agreements.claims(shipment):
        number = agreements.number_needed(agreement, shipment)
        if number and agreement.limit:
            amount, currency, _ = agreement.limit
            message = (
                f"originating goods above {amount} {currency} (or too near to tell) under {agreement.name} need the "
                f"exporter's {number} number; register, or ship without the preference"
            )
            found.append(Block("exporter_number_missing", message, "shipper.tax_ids"))
        found += _unsure(agreement, shipment)
    for index in agreements.ineligible(shipment):
        line = shipment.lines[index]
        message = (
            f"{_name(shipment, index)} is of origin {line.origin}, which {line.preference!r} gives no preference; "
            "correct the origin, or leave the preference out"
        )
        found.append(Block("preference_not_originating", message, f"lines[{index}].preference"))
    for index in agreements.unknown_claims(shipment):
        message = (
            f"{_name(shipment, index)}: no statement on origin is known for the preference "
            f"{shipment.lines[index].preference!r} on this way; enclose the proof yourself, or leave the preference out"
        )
        found.append(Block("preference_unknown", message, f"lines[{index}].preference", warning=True))
    return found


def _unsure(agreement: agreements.Agreement, shipment: PaperShipment) -> list[Block]:
    found = []
    if agreements.criterion_missing(agreement, shipment):
        message = (
            f"the statement on origin under {agreement.name} names the origin criterion ({agreement.criterion}); give "
            "it as references.origin_criterion, or write it on the paper"
        )
        found.append(Block("origin_criterion_missing", message, "references.origin_criterion", warning=True))
    if not agreement.is_confirmed:
        message = (
            f"the words of the statement under {agreement.name} were not seen in print by us; compare them with the "
            "agreement and register as exporter before you sign"
        )
        found.append(Block("statement_unconfirmed", message, "lines", warning=True))
    return found


def danger(shipment: PaperShipment, index: int, hints: Sequence[Hinted] = ()) -> list[Block]:
    """Return a block when goods look dangerous and the line does not say how they are packed, or not wholly.

    `hints` are those of the line's product: a word that a person denied there warns only, an HS code never gives way.
    """
    line, where = shipment.lines[index], f"lines[{index}].dangerous_goods"
    goods = line.dangerous_goods
    if goods is None:
        return _undeclared(shipment, index, hints)
    number = goods.un.upper().replace(" ", "").removeprefix("UN")
    missing = [] if re.fullmatch(r"[0-9]{4}", number) else ["UN number of four digits"]
    if not goods.packing_instruction:
        missing.append("packing instruction")
    if number in LITHIUM_ION and goods.watt_hours is None:
        missing.append("watt-hours")
    if number in PACKING_OF and not goods.count:
        missing.append("count of batteries")
    if missing:
        message = f"{_name(shipment, index)}: the declaration lacks {', '.join(missing)}; give it"
        return [Block("dangerous_goods_undeclared", message, where)]
    return _lithium(shipment, index, number)


def _undeclared(shipment: PaperShipment, index: int, hints: Sequence[Hinted]) -> list[Block]:
    line, where = shipment.lines[index], f"lines[{index}].dangerous_goods"
    word = restricted.dangerous_word(line)
    by_code = restricted.dangerous_by_code(line)
    if not (by_code or word):
        return []
    why = f"HS code {line.hs_code}" if by_code else f"the word {word!r}"
    no = next((h for h in hints if h.present is False and is_dangerous(h)), None) if by_code else denied(word, hints)
    said = f"{_name(shipment, index)}: {why} points to dangerous goods"
    if no is None:
        open_hint = any(h.present is None and is_dangerous(h) for h in hints) and not by_code
        way_out = ", or deny it on the product's page" if open_hint else ""
        message = f"{said}; give UN number, packing instruction and count{way_out}"
        return [Block("dangerous_goods_undeclared", message, where)]
    said += f", which {no.actor} denied on {no.on:%Y-%m-%d}"
    if by_code:
        return [Block("dangerous_goods_undeclared", f"{said}; correct the HS code, or declare the goods", where)]
    return [Block("declaration_contradicted", f"{said}; word it otherwise if that is right", where, warning=True)]


def _lithium(shipment: PaperShipment, index: int, number: str) -> list[Block]:
    """Return what speaks against lithium batteries as they are declared.

    Source: IATA Dangerous Goods Regulations, packing instructions 965 to 970; Universal Postal Convention, Regulations,
    article 19-005 (posts carry lithium batteries in equipment only).
    """
    goods, where = shipment.lines[index].dangerous_goods, f"lines[{index}].dangerous_goods"
    if goods is None or number not in PACKING_OF:
        return []
    allowed = PACKING_OF[number]
    instruction = "".join(re.findall(r"[0-9]+", goods.packing_instruction)[:1])
    found = []
    if instruction not in allowed:
        message = (
            f"{_name(shipment, index)}: UN{number} is packed by {' or '.join(allowed)}, not by "
            f"{goods.packing_instruction!r}; correct the one that is wrong"
        )
        found.append(Block("dangerous_goods_undeclared", message, where))
    elif is_postal(shipment) and instruction not in IN_EQUIPMENT:
        message = (
            f"{_name(shipment, index)}: posts carry lithium batteries only inside the equipment (967, 970); "
            "send it by a courier that takes them"
        )
        found.append(Block("restricted_goods", message, where))
    if goods.watt_hours is not None and goods.watt_hours > MOST_WATT_HOURS:
        message = (
            f"{_name(shipment, index)}: a battery above {MOST_WATT_HOURS} Wh is fully regulated (section I); ask the "
            "carrier before you hand it over"
        )
        found.append(Block("dangerous_goods_regulated", message, where, warning=True))
    return found


def weights(shipment: PaperShipment) -> list[Block]:
    """Return blocks for missing weights and for parcels lighter than what lies in them."""
    found = []
    for index, line in enumerate(shipment.lines):
        if not line.net_weight_g:
            message = f"{_name(shipment, index)} has no net weight; weigh one unit"
            found.append(Block("weight_missing", message, f"lines[{index}].net_weight_g"))
    for index, parcel in enumerate(shipment.parcels):
        net_weight_g = sum(line.total_net_weight_g for line in shipment.in_parcel(parcel))
        if not parcel.weight_g:
            message = f"parcel {parcel.id!r} has no weight; weigh it packed"
            found.append(Block("weight_missing", message, f"parcels[{index}].weight_g"))
        elif net_weight_g > parcel.weight_g:
            said = f"parcel {parcel.id!r} weighs {parcel.weight_g} g, but its goods weigh {net_weight_g} g"
            message = f"{said}; weigh both again"
            found.append(Block("weights_do_not_add_up", message, f"parcels[{index}].weight_g"))
    return found


def _name(shipment: PaperShipment, index: int) -> str:
    line = shipment.lines[index]
    return repr((line.sku or line.description)[:60]) if line.sku or line.description else f"line {index + 1}"
