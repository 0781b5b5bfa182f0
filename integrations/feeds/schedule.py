"""A tariff schedule ready for the rulebook: rows by code prefix, with what was read and what was not."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from integrations.feeds.report import BadFeed, Tally
from shipsmart.core.errors import BadExpression
from shipsmart.core.expression import parse
from shipsmart.rules.hts import TariffRow

CHAPTERS = frozenset(f"{number:02d}" for number in range(1, 98) if number != 77)  # 77 is kept for later use
UNITS = {
    "DTN": "100 kg", "KGM": "kg", "GRM": "g", "TNE": "t", "NAR": "item", "NPR": "pr", "CEN": "100 item",
    "MIL": "1000 item", "LTR": "l", "HLT": "hl", "LPA": "lpa", "ASV": "% vol/hl",
}  # fmt: skip
_CODE = re.compile(r"\d{2,10}")


@dataclass(frozen=True, slots=True)
class Schedule:
    """What an importer made of a file: `rows` in the engine's grammar, and the tally of what became of each line."""

    rows: list[TariffRow]
    tally: Tally

    def as_csv(self) -> str:
        """Return the table as `shipsmart.rules.tariff.Tariff` reads it; empty columns are left out."""
        names = ["hs", "duty"]
        if any(row.other for row in self.rows):
            names.append("column_2")
        if any(row.programmes for row in self.rows):
            names.append("programmes")
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        for row in self.rows:
            cells = {"hs": row.hs, "duty": row.general, "column_2": row.other, "programmes": row.programmes}
            writer.writerow([cells[name] for name in names])
        return out.getvalue()

    def check_whole(self) -> None:
        """Raise BadFeed unless every chapter of the nomenclature is there: a part must be merged, not swapped in."""
        missing = sorted(CHAPTERS - {row.hs[:2] for row in self.rows})
        if missing:
            raise BadFeed(
                f"the file has no lines for chapters {', '.join(missing[:10])}{' and more' if missing[10:] else ''}: "
                "download it again, or import it with --merge to change only the codes it names",
                chapters=missing,
            )


def code_of(text: str) -> str | None:
    """Return the digits of a commodity code of 2 to 10 digits, or None."""
    digits = text.strip().replace(".", "").replace(" ", "")
    return digits if _CODE.fullmatch(digits) else None


def prefix_of(code: str) -> str:
    """Return a code of ten digits without the pairs of zeros at its end: it then speaks for all codes below it."""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def plain(number: Decimal) -> str:
    """Return a number without exponent and without zeros at its end."""
    return f"{number.normalize():f}"


def amount_text(amount: Decimal, currency: str, unit: str, qualifier: str = "") -> str | None:
    """Return `35.1 EUR / 100 kg` for an amount per unit of measure, None for a unit that no cart can tell.

    A qualifier (net of drained weight, per cent of sugar, gross weight) makes it another quantity than the one that
    merchants know. Codes: TARIC annex of measurement units.
    """
    if not unit:
        return f"{plain(amount)} {currency}"
    written = UNITS.get(unit)
    allowed = ("", "X") if unit == "ASV" else ("",)
    if written is None or qualifier not in allowed:
        return None
    return f"{plain(amount)} {currency} / {written}"


def readable(text: str) -> bool:
    """Return whether the engine can read a duty text."""
    try:
        parse(text)
    except BadExpression:
        return False
    return True


def sorted_rows(rows: Iterable[TariffRow]) -> list[TariffRow]:
    return sorted(rows, key=lambda row: row.hs)
