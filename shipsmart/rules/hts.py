"""The US tariff schedule as published (USITC's CSV): its duty texts in our grammar, its lines as a prefix table."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from shipsmart.core.errors import BadExpression
from shipsmart.core.expression import parse

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)(?: (\d{1,2})/([1-9]\d?))?\s?%(?: on (?:the )?.*)?")
_GRANTED = re.compile(r"([^()]+?)\s*\(([^()]*)\)")
_CENTS = re.compile(r"(\d+(?:\.\d+)?)¢\s?(each|/.+)")
_DOLLARS = re.compile(r"\$(\d+(?:\.\d+)?)\s?(each|/.+)")
_UNITS = {
    "each": "each", "/no.": "each", "/kg": "kg", "/liter": "liter", "/pr.": "pr", "/doz.": "doz", "/t": "t",
    "/pf.liter": "pf.liter", "/pf. liter": "pf.liter", "/gross": "144 pcs", "/doz. pr.": "doz",
    "/kg on drained weight": "~kg", "/kg on contents and container": "~kg",
    "/kg on entire contents of container": "~kg", "/kg of total sugars": "~kg", "/clean kg": "~kg",
    "/pf.liter on ethyl alcohol content": "pf.liter",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DutyText:
    """A duty in our grammar; `bound` says that it is the most the law can ask, not exactly what it asks."""

    text: str
    bound: bool


def duty_text(published: str) -> DutyText | None:
    """Return a published rate in our grammar, or None where no expression can carry it.

    `1.5¢/kg` becomes `0.015 USD / kg`. Rates on parts of an article (a watch's case, strap, battery) become the
    highest of them on the whole value, and weights of a part the whole weight: an upper bound. A fraction becomes
    ten decimals: `33 1/3%` is 33.3333333333 %, a cent off in 30 million dollars.
    """
    text = " ".join(published.replace("\u00a2", "¢").split())
    if text.lower() == "free":
        return DutyText("Free", bound=False)
    shares: list[tuple[Decimal, bool]] = []
    fixed: list[str] = []
    bound = False
    for part in text.split("+"):
        term = part.strip()
        if m := _PERCENT.fullmatch(term):
            shares.append((_with_fraction(m[1], m[2], m[3]), " on " in term))
            continue
        price = _price(term)
        if price is None:
            return None
        bound = bound or price.startswith("~")
        fixed.append(price.removeprefix("~"))
    bound = bound or any(of_part for _, of_part in shares)
    if shares:
        fixed.append(f"{max(share for share, _ in shares).normalize():f}%")
    return _readable(" + ".join(fixed), bound=bound)


def _with_fraction(whole: str, numerator: str | None, denominator: str | None) -> Decimal:
    if numerator is None or denominator is None:
        return Decimal(whole)
    return Decimal(whole) + (Decimal(numerator) / Decimal(denominator)).quantize(Decimal("1e-10"))


def _price(term: str) -> str | None:
    cents, dollars = _CENTS.fullmatch(term), _DOLLARS.fullmatch(term)
    match = cents or dollars
    unit = _UNITS.get(match[2].strip().lower().replace("/ ", "/")) if match else None
    if match is None or unit is None:
        return None
    amount = Decimal(match[1]) / (100 if cents else 1)
    mark = "~" if unit.startswith("~") else ""
    return f"{mark}{amount.normalize():f} USD / {unit.removeprefix('~')}"


def _readable(text: str, *, bound: bool) -> DutyText | None:
    try:
        parse(text)
    except BadExpression:
        return None
    return DutyText(text, bound)


@dataclass(frozen=True, slots=True)
class TariffRow:
    """A line of the schedule: its code, the general and column 2 duties, and the programmes that make it free."""

    hs: str
    general: str
    other: str
    programmes: str


def rated_lines(rows: Iterable[Mapping[str, str]]) -> tuple[list[TariffRow], list[tuple[str, str]]]:
    """Return the rated lines of chapters 1 to 97 and what could not be read, as (code, published text)."""
    lines: list[TariffRow] = []
    unread: list[tuple[str, str]] = []
    for row in rows:
        code = row["HTS Number"].replace(".", "")
        published = row["General Rate of Duty"].strip()
        if not published or not code or code >= "98":
            continue
        general = duty_text(published)
        if general is None:
            unread.append((row["HTS Number"], published))
        column_2 = duty_text(row["Column 2 Rate of Duty"].strip())
        lines.append(TariffRow(code, _written(general), _written(column_2), _programmes(row["Special Rate of Duty"])))
    return lines, unread


def _written(duty: DutyText | None) -> str:
    if duty is None:
        return "?"
    return f"~{duty.text}" if duty.bound else duty.text


def _programmes(special: str) -> str:
    """Return the cell of `programmes`: symbols under which a line is free, then reduced duties, `A AU; JP=4%`."""
    free: set[str] = set()
    reduced: dict[str, str] = {}
    for published, symbols in granted(special)[0]:
        if published == "Free":
            free.update(symbols)
        else:
            reduced.update(dict.fromkeys(symbols, published))
    return programmes_cell(free, reduced)


def programmes_cell(free: Iterable[str], reduced: Mapping[str, str]) -> str:
    """Return a cell of `programmes` as `shipsmart.rules.tariff.Tariff.under` reads it."""
    parts = [f"{symbol}={duty}" for symbol, duty in sorted(reduced.items())]
    return "; ".join([" ".join(sorted(free)), *parts])


def granted(special: str) -> tuple[list[tuple[str, list[str]]], str]:
    """Return the preferential duties of a line in our grammar with their symbols, and what could not be read of it."""
    found: list[tuple[str, list[str]]] = []
    left = special
    for match in _GRANTED.finditer(special):
        duty = duty_text(match[1].strip())
        if duty is not None and not duty.bound:
            found.append((duty.text, [symbol.strip() for symbol in match[2].split(",") if symbol.strip()]))
            left = left.replace(match[0], " ", 1)
    left = " ".join(left.split())
    return found, "" if left.lower() == "free" else left


def folded(lines: Iterable[TariffRow]) -> list[TariffRow]:
    """Return fewer rows that say the same by longest prefix: equal children fold into their common parent."""
    rows = {line.hs: line for line in lines}
    for length in (8, 6, 4):
        parents: dict[str, list[TariffRow]] = {}
        for hs, row in rows.items():
            if len(hs) > length:
                parents.setdefault(hs[:length], []).append(row)
        for parent, children in parents.items():
            first = children[0]
            same = all(
                (c.general, c.other, c.programmes) == (first.general, first.other, first.programmes) for c in children
            )
            if same and parent not in rows:
                for child in children:
                    del rows[child.hs]
                rows[parent] = TariffRow(parent, first.general, first.other, first.programmes)
    return [rows[hs] for hs in sorted(rows)]
