"""Codes of older editions of the Harmonized System brought to HS 2022, from a table of what changed.

`data/editions.csv` was written by us from general knowledge of the amendments of 2012, 2017 and 2022 and holds goods
that shops sell, not every change; confidence `estimate`. The binding tables are the WCO's correlation tables:
https://www.wcoomd.org/en/topics/nomenclature/instrument-and-tools/hs-nomenclature-2022-edition/correlation-tables-hs-2017-2022.aspx
"""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "editions.csv"
CURRENT = "2022"
# In force from, and until the next begins. 2028 is announced (WCO, 2026-01-21); its tables are not in the package.
IN_FORCE = {edition: date(int(edition), 1, 1) for edition in ("2007", "2012", "2017", "2022", "2028")}
OLDER = ("2017", "2012", "2007")


class BadEditions(ValueError):
    """The table of editions cannot be used; the message names the row."""


@dataclass(frozen=True, slots=True)
class Successors:
    """The codes of HS 2022 that an older code became, one or more, and in words what parts them."""

    codes: tuple[str, ...]
    what: str
    edition: str

    @property
    def only(self) -> str:
        """The one successor, "" when there are several and a person must choose."""
        return self.codes[0] if len(self.codes) == 1 else ""


def edition_on(day: date) -> str:
    """Return the edition in force on a day; raises ValueError before the first one known."""
    known = [edition for edition, start in IN_FORCE.items() if start <= day]
    if not known:
        raise ValueError(f"no edition of the Harmonized System before 2007 is known, and {day} is earlier")
    return known[-1]


def successors(hs_code: str, *, edition: str = "") -> Successors | None:
    """Return what became of a code at six digits; None when nothing is known to have changed.

    Without an edition every older one is looked through, the latest first. A code that still exists may have lost part
    of its goods: name the edition to be told.
    """
    rows = _rows()
    # What an edition changed holds for the codes of every edition before it that kept them: 2007, 2012, 2017.
    later = sorted(one for one in OLDER if one >= edition) if edition else OLDER
    return next((known for one in later if (known := rows.get((one, hs_code[:6])))), None)


@cache
def _rows() -> dict[tuple[str, str], Successors]:
    with FILE.open(encoding="utf-8", newline="") as file:
        made = {}
        for row in csv.DictReader(file):
            key = (row["edition"], row["old"])
            if key in made or row["edition"] not in IN_FORCE:
                raise BadEditions(f"editions.csv: {key} stands there twice, or is of no edition known")
            made[key] = Successors(tuple(row["new"].split()), row["what"], row["edition"])
        return made
