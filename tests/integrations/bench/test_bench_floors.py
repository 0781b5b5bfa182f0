"""The floors do the same work as what is measured against them."""

from datetime import UTC, datetime

import pytest

from integrations.bench import flat, landed_cost, papers, screening
from shipsmart.documents.render import render_paper
from shipsmart.quotes import landed

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
CARTS = {
    "the measured one": landed_cost.cart(),
    "fifty lines": landed_cost.big_cart(),
    "freight that does not divide": landed_cost.cart(freight="10.01"),
}


@pytest.mark.parametrize("name", CARTS)
def test_the_flat_arithmetic_gives_the_engines_amounts(name):
    answer, floor = landed.answer(CARTS[name], now=NOW), flat.germany(CARTS[name])
    for key in ("goods", "freight", "customs_value", "duty", "import_tax", "landed_cost"):
        assert floor[key] == answer["totals"][key], key
    charged = {(charge["line"], charge["kind"]): charge["amount"] for charge in answer["charges"]}
    for line in floor["lines"]:
        assert (line["duty"], line["tax"]) == (charged[line["line"], "duty"], charged[line["line"], "import_tax"])


def test_the_measured_cart_is_computed_whole():
    answer = landed.answer(landed_cost.cart(), now=NOW)
    assert answer["not_computable"] == []
    assert len(answer["charges"]) == 6


def test_the_drawn_pages_bear_the_same_words_in_the_same_places():
    shipment = papers.sample()
    for kind in papers.KINDS:
        (ours,) = papers.read_back(render_paper(kind, shipment).pdf)
        (floor,) = papers.read_back(papers.draw([ours]))
        assert len(ours.texts) > 20
        assert [text[4] for text in floor.texts] == [text[4] for text in ours.texts]
        assert len(floor.boxes) == len(ours.boxes)
        for (x, y, size, bold, _), (ours_x, ours_y, ours_size, ours_bold, _) in zip(
            floor.texts, ours.texts, strict=True
        ):
            assert (x, y, size, bold) == (
                pytest.approx(ours_x, abs=0.1),
                pytest.approx(ours_y, abs=0.1),
                pytest.approx(ours_size),
                ours_bold,
            )


def test_every_labelled_party_is_found_and_hardly_an_everyday_name_is():
    index = screening.filled(3_000)
    pairs = [(listed, written) for listed, written, _ in screening.labelled()]
    assert [pair for pair in pairs if not screening.is_found(index, *pair)] == []
    alarms = [name for name in screening.everyday() if index.search(name)]
    assert len(alarms) <= 5  # of 500: Chloe Young has the sounds of Yong Chol
