import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipsmart.documents import plain_rows
from shipsmart.documents.render import render_paper
from shipsmart.documents.sheets import Room, divide
from shipsmart.documents.snapshots import parse_shipment
from tests.documents.builders import party_data, shipment_data

HEIGHTS = st.lists(st.floats(min_value=10, max_value=400), min_size=1, max_size=120)


@given(heights=HEIGHTS, first=st.floats(min_value=-200, max_value=600))
def test_every_row_stands_on_exactly_one_sheet_in_order_and_fits(heights, first):
    space = Room(first=first, next=650, closing=200)
    sheets = divide(heights, space)
    assert [index for sheet in sheets for index in sheet] == list(range(len(heights)))
    for number, sheet in enumerate(sheets):
        room = space.first if number == 0 else space.next
        used = sum(heights[index] for index in sheet) + (space.closing if number == len(sheets) - 1 else 0)
        assert used <= room + 0.01 or (number == 0 and not sheet) or len(sheet) == 1


def test_the_closing_block_moves_on_with_the_last_row():
    assert divide([100.0, 100.0], Room(first=250, next=650, closing=100)) == [range(0, 1), range(1, 2)]


def test_a_head_too_long_for_its_column_is_broken_so_that_the_table_stays_a_fast_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left_to_the_engine = []
    original = plain_rows.PlainRows.overflows

    def overflows(rows: plain_rows.PlainRows, width: float) -> bool:
        found = original(rows, width)
        left_to_the_engine.append(found)
        return found

    monkeypatch.setattr(plain_rows.PlainRows, "overflows", overflows)
    for country in ("FR", "PL", "DE", "BR", "ES"):
        shipment = parse_shipment(shipment_data(consignee=party_data(country=country)))
        for kind in ("commercial_invoice", "packing_list"):
            render_paper(kind, shipment)
    assert len(left_to_the_engine) > 20
    assert not any(left_to_the_engine)
