"""Texts made to deceive or to break, in every text field of the contract."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from shipsmart.compliance.gate import check
from shipsmart.compliance.release import release
from shipsmart.documents import fonts
from shipsmart.documents.reading import ShipmentInvalid
from shipsmart.documents.snapshots import parse_shipment
from shipsmart.documents.typesetting import typesetter
from tests.documents.builders import line_data, party_data, shipment_data, shipper_data
from tests.documents.reading_back import text_of

Path = tuple[str | int, ...]
TAX_ID = {"type": "EORI", "number": "DE1234567", "country": "DE"}
BATTERY = {"un": "UN3481", "packing_instruction": "967", "watt_hours": "7.4", "count": 1}
WORDS = {"incoterm", "currency", "export_reason", "invoice_date"}  # one of a few, or a day: refused by any other text
FIGURES = {
    "freight",
    "insurance",
    "discount",
    "other_charges",
    "unit_price",
    "watt_hours",
    "duty",
    "import_tax",
    "fees",
}


def full(**changes: Any) -> dict[str, Any]:
    """Return a shipment with every key of the contract filled; it gets every paper but the return invoice."""
    line = line_data(national_code="61091000", preference="EU_UK", origin="GB", dangerous_goods=dict(BATTERY))
    base = {
        "importer": party_data(company="Import GmbH", region="BY", address2="2. Stock", tax_ids=[dict(TAX_ID)]),
        "seller": shipper_data(region="Yorkshire", address2="Unit 2"),
        "carrier": "royal_mail",
        "waybill": "",
        "lines": [line],
        "references": {"order": "#1", "outbound": "1Z"},
    }
    return shipment_data(**(base | changes))


def places(value: Any, at: Path = ()) -> Iterator[Path]:
    """Yield where texts stand that a person may write."""
    if isinstance(value, dict):
        for key, held in value.items():
            yield from places(held, (*at, key))
    elif isinstance(value, list):
        for index, held in enumerate(value):
            yield from places(held, (*at, index))
    elif isinstance(value, str) and at[-1] not in WORDS | FIGURES:
        yield at


def holding(text: str, at: Path) -> dict[str, Any]:
    data = copy.deepcopy(full())
    held: Any = data
    for key in at[:-1]:
        held = held[key]
    held[at[-1]] = text
    return data


def field(at: Path) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in at)[1:]


ALL = list(places(full()))
REFUSED = {
    "control character": ("a\x07", "unprintable_text"),
    "null byte": ("\x00", "unprintable_text"),
    "right-to-left override": ("a\u202e", "unprintable_text"),
    "left-to-right override": ("a\u202d", "unprintable_text"),
    "isolate": ("\u2067", "unprintable_text"),
    "half of a pair": ("\ud800", "unprintable_text"),
    "no character": ("\ufdd0", "unprintable_text"),
    "private letter": ("\ue000", "unprintable_text"),
    "hidden tag": ("\U000e0041", "unprintable_text"),
    "flood of marks": ("a" + "\u0301\u0328" * 9, "unprintable_text"),
    "ten million letters": ("x" * 10_000_000, "text_too_long"),
}


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_text_is_refused_by_the_name_of_its_field(text, code):
    for at in ALL:
        with pytest.raises(ShipmentInvalid) as caught:
            parse_shipment(holding(text, at))
        problems = {(problem["where"], problem["code"]) for problem in caught.value.problems()}
        short = at[-1] in {"country", "un", "origin"} and len(text) < 100
        assert (field(at), code) in problems or (short and (field(at), "text_too_long") in problems), at


@pytest.mark.parametrize("text", ["😀", "👩‍🚀", "𒀀"], ids=["emoji", "emoji of three", "cuneiform"])
def test_what_no_font_prints_is_blocked_with_the_field_and_a_remedy(text):
    for at in ALL:
        if at[-1] in {"quote_id", "id", "parcel"}:  # printed nowhere; an id must be the same in both places
            continue
        blocks = {block["where"]: block for block in _blocks(holding(text, at))}
        named = blocks.get(field(at)) or blocks[field(at).rsplit(".", 1)[0]]
        assert len(re.split("[;:,] ", named["message"])) > 1, named


def _blocks(data: dict[str, Any]) -> list[dict[str, str]]:
    try:
        return [block.as_dict() for block in check(parse_shipment(data))]
    except ShipmentInvalid as problem:
        return problem.problems()


@pytest.mark.parametrize("blank", ["\u3164", "\u2800\u2800", "\u00a0", ".", "-", "\u200b"])
@pytest.mark.parametrize("key", ["name", "address1", "city", "postcode"])
def test_a_blank_that_looks_like_a_text_is_still_missing(blank, key):
    found = check(parse_shipment(full(consignee=party_data(**{key: blank}))))
    assert ("party_incomplete", f"consignee.{key}") in {(block.code, block.where) for block in found}


def test_a_blank_without_width_hides_no_forbidden_word():
    found = check(parse_shipment(full(lines=[line_data(description="heavy fire\u200bworks for gardens")])))
    assert [block.code for block in found] == ["restricted_goods"]


def test_markup_is_printed_on_every_paper_and_obeyed_on_none():
    hostile = '<img src="file:///etc/hosts"> {{ title }} &lt;'
    free = ("name", "company", "address1", "address2")
    data = full(
        lines=[line_data(description=hostile, sku=hostile, preference="EU_UK", origin="GB", dangerous_goods=BATTERY)],
        references={"order": hostile},
        consignee=party_data(**dict.fromkeys(free, hostile)),
        shipper=shipper_data(**dict.fromkeys(free, hostile)),
    )
    released = release(parse_shipment(data))
    assert {paper.kind for paper in released.papers} == {
        "commercial_invoice", "packing_list", "waybill", "cn22", "label", "origin_statement", "dangerous_goods_note",
    }  # fmt: skip
    for paper in released.papers:
        assert hostile.replace(" ", "") in text_of(paper.pdf).replace(" ", ""), paper.kind
        assert b"/Subtype /Image" not in paper.pdf and "localhost" not in text_of(paper.pdf), paper.kind


@pytest.mark.parametrize(("letter", "count"), [("x", 1001), ("数", 251)])
def test_descriptions_that_are_too_long_together_are_refused(letter, count):
    line = line_data(description=letter * 1000)
    with pytest.raises(ShipmentInvalid) as caught:
        parse_shipment(full(lines=[line] * count))
    assert [(found["where"], found["code"]) for found in caught.value.problems()] == [("lines", "text_too_long")]
    assert len(parse_shipment(full(lines=[line] * (count - 1))).lines) == count - 1


@pytest.mark.parametrize("template", ["commercial_invoice", "packing_list"])
def test_no_tag_of_a_template_is_left_open(template):
    # The parser knows no self-closed tags: each page would stand within the one before, and 200 deep is the end.
    assert not re.search(r"<pdf:[^>]*/>", (settings.BASE_DIR / f"templates/documents/{template}.html").read_text())


def test_a_text_without_blanks_is_set_in_time_that_grows_with_its_length(monkeypatch):
    setter = typesetter("DE", ["数" * 1000])
    asked = []
    monkeypatch.setattr(fonts, "font_for", lambda face, chars, **_: asked.append(face) or "Helvetica")
    assert len(setter.wrap("数" * 1000, 180, 7.5)) > 20
    assert asked == ["NotoSansJP"]
