"""A merchant's own decisions come back first for like products, and only for them."""

import pytest

from shipsmart.classify import Decision, Item, Memory, classify
from shipsmart.classify.memory import essence

TOTE = Decision("Canvas tote “Lisboa” hand printed, black", "630790", by="anna", at="2026-11-01", group="p7")
MEMORY = Memory([Decision("Cork yoga block large", "450390"), TOTE, Decision("Vela de soja 200 g", "340600")])


@pytest.mark.parametrize(
    "title",
    [
        "Canvas tote “Lisboa” hand printed, black",
        "Canvas Tote Lisboa Hand Printed - Navy, L",
        "hand printed canvas tote lisboa",
        "NEW Canvas tote Lisboa, hand printed, size M",
        "Hand printed tote Lisboa canvas bag",
    ],
)
def test_the_same_variants_and_near_duplicates_get_the_decided_code_first(title: str) -> None:
    best = classify(Item(title), memory=MEMORY).candidates[0]
    assert best.hs_code == "630790"
    assert best.why[0].startswith("decided before for “Canvas tote “Lisboa” hand printed, black” by anna 2026-11-01 (")


def test_a_variant_of_the_product_is_recalled_whatever_its_title() -> None:
    assert classify(Item("XL", group="p7"), memory=MEMORY).candidates[0].hs_code == "630790"


@pytest.mark.parametrize("title", ["Canvas sneakers black", "Leather tote", "Scented candle", ""])
def test_other_products_are_not_touched(title: str) -> None:
    assert classify(Item(title), memory=MEMORY) == classify(Item(title))


def test_the_latest_decision_wins() -> None:
    later = Memory([TOTE, Decision(TOTE.title, "420222", group="p7")])
    assert classify(Item(TOTE.title), memory=later).candidates[0].hs_code == "420222"
    assert classify(Item("XL", group="p7"), memory=later).candidates[0].hs_code == "420222"


def test_the_same_words_are_accepted_and_a_near_duplicate_is_looked_at() -> None:
    assert classify(Item("Canvas tote Lisboa hand printed red"), memory=MEMORY).decision == "accept"
    assert classify(Item("Hand printed tote Lisboa canvas bag"), memory=MEMORY).decision == "review"


def test_another_material_is_looked_at() -> None:
    memory = Memory([Decision("Crew neck tee", "610910")])
    assert classify(Item("Crew neck tee polyester"), memory=memory).decision == "review"


def test_confidences_still_add_up_to_one_at_most() -> None:
    found = classify(Item(TOTE.title), memory=MEMORY).candidates
    assert sum(c.confidence for c in found) <= 1.0001
    assert len(found) <= 5


def test_colours_and_sizes_are_not_the_essence_but_all_there_is_may_be() -> None:
    assert essence("Tote bag black XL") == essence("Tote bags red, M")
    assert essence("Black") == {"black"}
