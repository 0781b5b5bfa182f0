"""Hints of a product's text at the gate: a guess asks, a person's word counts, what is declared is never overruled."""

from datetime import date

import pytest

from shipsmart.catalog.hinted import Hinted
from shipsmart.compliance.gate import examine
from shipsmart.compliance.hinted import HINT_CODES
from shipsmart.documents.snapshots import parse_shipment
from tests.documents.builders import line_data, party_data, shipment_data

LITHIUM = {"un": "UN3481", "packing_instruction": "967", "watt_hours": "15.4", "count": 1}


def found(*hints: Hinted, to: str = "US", **line: object) -> list[tuple[str, bool]]:
    data = shipment_data(lines=[line_data(**line)], consignee=party_data(country=to))
    verdict = examine(parse_shipment(data), evidence={0: hints})
    codes = {*HINT_CODES, "dangerous_goods_undeclared"}
    return [(one.code, one.warning) for one in (*verdict.blocks, *verdict.warnings) if one.code in codes]


def hint(kind: str, words: str, present: bool | None = None) -> Hinted:
    return Hinted(kind, words, present, *(("", None) if present is None else ("ana", date(2026, 11, 22))))


@pytest.mark.parametrize(
    ("present", "line", "expected"),
    [
        (None, {}, [("dangerous_goods_hinted", True)]),
        (True, {}, [("dangerous_goods_undeclared", False)]),
        (False, {}, []),
        (None, {"dangerous_goods": LITHIUM}, []),
        (True, {"dangerous_goods": LITHIUM}, []),
        (False, {"dangerous_goods": LITHIUM}, [("declaration_contradicted", True)]),
        (None, {"description": "Power bank, 10 Ah"}, [("dangerous_goods_undeclared", False)]),
        (False, {"description": "Power bank, 10 Ah"}, [("declaration_contradicted", True)]),
        (False, {"description": "Lithium cell"}, [("dangerous_goods_undeclared", False)]),  # another word was denied
        (False, {"hs_code": "850760"}, [("dangerous_goods_undeclared", False)]),
    ],
)
def test_a_hint_at_lithium_asks_and_a_word_counts(present: bool | None, line: dict, expected: list) -> None:
    assert found(hint("lithium_battery", "power bank", present), **line) == expected


@pytest.mark.parametrize(
    ("present", "to", "expected"),
    [(None, "US", True), (True, "US", True), (False, "US", False), (None, "GB", False)],
)
def test_a_hint_at_restricted_goods_warns_across_a_border(present: bool | None, to: str, expected: bool) -> None:
    warned = [("restricted_goods_hinted", True)] if expected else []
    assert found(hint("food_supplement", "vitamin", present), to=to) == warned


def test_the_finding_names_words_person_and_day() -> None:
    data = shipment_data(lines=[line_data(sku="PB-1")], consignee=party_data(country="DE"))
    said = examine(parse_shipment(data), evidence={0: [hint("lithium_battery", "power bank", True)]}).blocks
    assert [block.message for block in said] == [
        "'PB-1': ana confirmed lithium battery ('power bank') on 2026-11-22; "
        "give UN number, packing instruction and count"
    ]
