"""The reasoning of an answer, line by line, as a person would write it."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%").fullmatch

PARTS = {
    "customs_value": "customs value",
    "goods": "goods",
    "freight": "freight",
    "insurance": "insurance",
    "duty": "duty",
    "base_duty": "basic duty",
    "excise": "excise",
    "free_part": "the free part of each piece",
}
STATUS = {
    "complete": "Every figure rests on a rule that was read at its source.",
    "estimate": "This is an estimate: the figures marked [estimate] and the notes say why.",
    "not_computable": "No landed cost can be given, for a part of it is unknown: see below.",
}
TERMS = {"DDP": "duties and taxes prepaid, DDP", "DAP": "duties and taxes paid on delivery, DAP"}
UNITS = {"/ lpa": "per litre of pure alcohol", "of the price with tax": "of the price with this tax inside"}
TOP_UP = "TOP UP TO "
KINDS = {
    "duty": "Duty",
    "additional_duty": "Additional duty",
    "excise": "Excise",
    "import_tax": "Import tax",
    "fee": "Fee",
}


def explain(answer: dict[str, Any]) -> str:
    """Return the reasoning of an answer as plain text: each charge with base, rate, rule, law and day."""
    if "error" in answer and "status" not in answer:
        return f"No answer: {answer['error']['message']}\n"
    lines = [_headline(answer), *_status(answer)]
    if answer.get("scheme"):
        lines.append(f"Scheme applied: {answer['scheme']}.")
    lines.append("")
    for charge in answer["charges"]:
        lines.extend(_charge(charge))
    lines.extend(_totals(answer))
    lines.extend(_rates(answer.get("exchange_rates", [])))
    lines.extend(_alternatives(answer))
    lines.extend(_notes("Notes", answer["warnings"]))
    lines.extend(_notes("Not computable", answer["not_computable"]))
    lines.append(f"Rulebook {answer['rulebook']['version']} ({answer['rulebook']['sha256'][:12]}).")
    return "\n".join(lines) + "\n"


def _headline(answer: dict[str, Any]) -> str:
    name = f"{answer['id']}: landed" if answer.get("id") else "Landed"
    terms = TERMS.get(answer["incoterm"], answer["incoterm"])
    return f"{name} cost in {answer['destination']} under the law of {_moment(answer['at'])} ({terms})."


def _status(answer: dict[str, Any]) -> list[str]:
    # Where no border is crossed nothing was computed, so nothing rests on a rule; the note says it all.
    return [STATUS[answer["status"]]] if answer["charges"] or answer["status"] != "complete" else []


def _moment(text: str) -> str:
    """Return an instant for reading: the day alone where it is midnight of its own zone."""
    found = datetime.fromisoformat(text)
    zone = "UTC" if not found.utcoffset() else f"UTC{text[-6:]}"
    if not (found.hour or found.minute or found.second):
        return f"{found:%Y-%m-%d}"
    return f"{found:%Y-%m-%d %H:%M:%S} {zone}".replace(":00 ", " ")


def _charge(charge: dict[str, Any]) -> list[str]:
    where = f"line {charge['line']}" if charge["line"] is not None else "the consignment"
    guess = " [estimate]" if charge["confidence"] != "verified" else ""
    source = charge["source"]
    link = f", {source['url']}" if source["url"] else ""
    return [
        f"{KINDS[charge['kind']]} on {where}: {_sum(charge)} = {charge['amount']} {charge['currency']}"
        f"{_rounded(charge)}{_quoted(charge)}{guess}",
        f"    {charge['name']} (rule {charge['rule']}, {_period(charge['in_force'])})",
        f"    {source['title']}{link}",
    ]


def _sum(charge: dict[str, Any]) -> str:
    """Return rate and base; an amount per class, entry or quantity has no base in money, so none is claimed."""
    base: dict[str, Any] = charge["base"]
    rate: str = charge["rate"]
    for unit, words in UNITS.items():
        rate = rate.replace(unit, words)
    if rate.endswith("per tariff class"):
        fixed, currency = rate.split(" ")[:2]
        whole = currency == charge["currency"] and Decimal(fixed) == Decimal(charge["amount"])
        return f"{rate}, whatever the value{'' if whole else ', this line bears its share'}"
    if "%" not in charge["rate"].partition(" on ")[0]:
        return rate
    parts = base["made_of"]
    total = f"{_short(base['amount'])} {base['currency']}"
    rate, of = rate.removesuffix(" per entry"), "worked out on"
    if rate.startswith(TOP_UP):
        rate, of = f"what the basic duty lacks to {rate.removeprefix(TOP_UP)}", "of"
    elif _PERCENT(rate):
        of = "of"
    if len(parts) == 1:
        return f"{rate} {of} {_name(next(iter(parts)))} {total}"
    return f"{rate} {of} {total} ({_added(parts)})"


def _added(parts: dict[str, str]) -> str:
    """Return the parts of a base as a sum; what is taken off bears a minus."""
    shown = [
        f"{'- ' if part[0] == '-' else '+ '}{_name(name)} {_short(part.lstrip('-'))}" for name, part in parts.items()
    ]
    return " ".join(shown).removeprefix("+ ")


def _name(part: str) -> str:
    return PARTS.get(part, part.removeprefix("tax:").removeprefix("fee:"))


def _short(amount: str) -> str:
    """Return an amount without the zeros that say nothing: 134.472000 is 134.472, 3.00 stays."""
    whole, point, finer = amount.partition(".")
    return f"{whole}{point}{finer[:2]}{finer[2:].rstrip('0')}" if len(finer) > 2 else amount


def _rounded(charge: dict[str, Any]) -> str:
    """Return a remark where the law rounds in other steps than the smallest coin, for a reader who checks the sum."""
    match = _PERCENT(charge["rate"])
    if match is None:
        return ""
    exact = Decimal(charge["base"]["amount"]) * Decimal(match[1]) / 100
    due = Decimal(charge["amount"])
    return (
        ""
        if abs(exact - due) <= Decimal(1).scaleb(int(due.as_tuple().exponent))
        else " (rounded as the law there says)"
    )


def _quoted(charge: dict[str, Any]) -> str:
    return "" if charge["quote_amount"] == charge["amount"] else f", {charge['quote_amount']} in the currency of sale"


def _period(in_force: dict[str, Any]) -> str:
    if in_force["from"] is None:
        return "given with the request"
    until = f" until {_moment(in_force['until'])}" if in_force["until"] else ""
    return f"in force from {_moment(in_force['from'])}{until}"


def _totals(answer: dict[str, Any]) -> list[str]:
    totals = answer["totals"]
    if totals["landed_cost"] is None:
        return []
    parts = [
        f"{name.replace('_', ' ')} {totals[name]}"
        for name in ("goods", "freight", "insurance", "duty", "additional_duty", "excise", "import_tax", "fees")
        if totals[name].strip("0.")
    ]
    return ["", f"Landed cost: {' + '.join(parts)} = {totals['landed_cost']} {totals['currency']}", ""]


def _rates(rates: list[dict[str, Any]]) -> list[str]:
    lines = []
    for rate in rates:
        source = "given with the request" if rate["source"] == "request" else f"{rate['source']}, {rate['date']}"
        through = f", through {rate['through']}" if rate["through"] else ""
        lines.append(f"Exchange rate: 1 {rate['from']} = {rate['rate']} {rate['to']} ({source}{through})")
    return lines


def _alternatives(answer: dict[str, Any]) -> list[str]:
    return [
        f"Another lawful route: {other['name']} at {other['totals']['landed_cost']} {other['totals']['currency']}"
        f" ({other['status']})"
        for other in answer["alternatives"]
        if other["totals"]["landed_cost"] is not None
    ]


def _notes(title: str, notes: list[dict[str, Any]]) -> list[str]:
    if not notes:
        return []
    return [f"{title}:"] + [
        f"  - {'line ' + note['line'] + ': ' if note['line'] is not None else ''}{note['message']}" for note in notes
    ]
