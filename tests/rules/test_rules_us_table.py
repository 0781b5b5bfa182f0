"""The US table that ships inside against the schedule as the USITC published it, when that is at hand."""

import csv
import os
import re
from pathlib import Path

import pytest

from shipsmart.rules import current

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SHIPSMART_SHARED", ROOT.parent / "shared"))
SCHEDULE = SHARED / "data" / "us" / "hts_2026_revision_4.csv"
PLAIN = re.compile(r"Free|[\d.]+%")


@pytest.mark.skipif(not SCHEDULE.exists(), reason="the published schedule is not beside the repository")
def test_every_plain_rate_of_the_published_schedule_is_in_the_table():
    table = current().compiler.tariffs["us"]
    with SCHEDULE.open(encoding="utf-8-sig", newline="") as file:
        rated = [
            (row["HTS Number"].replace(".", ""), row["General Rate of Duty"].strip()) for row in csv.DictReader(file)
        ]
    plain = [(code, rate) for code, rate in rated if code and code[:2] < "98" and PLAIN.fullmatch(rate)]
    assert len(plain) > 10_000
    assert [(code, rate) for code, rate in plain if (duty := table.find(code)) is None or duty.text != rate] == []
