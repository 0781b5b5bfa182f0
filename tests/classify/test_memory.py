"""A merchant's own decisions come back first for like products, and only for them."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

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


COLOURS = ("black", "azul", "rojo", "mint", "verde", "burgundy", "branco")
SIZES = (
    "XL",
    "42",
    "350 ml",
    "10x20cm",
    "P",
    "size M",
    "3XL",
    "tamanho G",
    "0.5kg",
    "10 x 20 cm",
    "16 oz",
    "1 litre",
    "12 inch",
    "64 GB",
)
MARKS = ("!", " ✨", "🎉🎉", " -", " (new)", "™", " | ", "…")
TITLES = (
    "Leather wallet for men with coin pocket", "Camiseta de algodão feminina manga curta", "Ceramic coffee mug",
    "Cadeira de balanço de madeira", "Funda de silicona para iPhone", "Scarf", "Stainless steel water bottles",
)  # fmt: skip


def _plural(word: str) -> str:
    """Return the plural of a noun written with plain letters; of its small words a title has none."""
    small = word.lower() in {"for", "with", "para", "de", "men"} or not word.isascii() or not word.isalpha()
    return word if small or word.lower().endswith("s") else f"{word}s"


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str]:
    """A title and the same product written otherwise."""
    title = draw(st.sampled_from(TITLES))
    found = draw(st.permutations(title.split())) if draw(st.booleans()) else title.split()
    for change in draw(st.lists(st.sampled_from([str.upper, str.title, _bare, _plural]), max_size=3, unique=True)):
        found = [change(word) for word in found]
    extra = draw(st.lists(st.sampled_from([*COLOURS, *SIZES]), max_size=3))
    text = " ".join([*found, *extra])
    return title, text + draw(st.sampled_from([*MARKS, ""]))


@settings(max_examples=150, deadline=None)
@given(edited())
@example(("Scarf", "Scarf 350 ml!"))
def test_a_corrected_product_written_otherwise_comes_back_first_always(pair: tuple[str, str]) -> None:
    title, other = pair
    decisions = [Decision(one, "610910") for one in TITLES if one != title]
    memory = Memory([*decisions[:3], Decision(title, "950300"), *decisions[3:]])
    answer = classify(Item(other), memory=memory)
    assert answer.candidates[0].hs_code == "950300", other


@pytest.mark.parametrize("title", ["红色连衣裙", "🎉🎉", "Ж", "платье", "ドレス 赤"])
def test_a_title_in_a_script_we_cannot_read_is_remembered_as_it_stands(title: str) -> None:
    memory = Memory([Decision(title, "950300")])
    assert classify(Item(f" {title} "), memory=memory).candidates[0].hs_code == "950300"
    assert memory.recall("другое") is None


@pytest.mark.parametrize("title", ["", "   ", "\x00", "🎉", "a" * 100_000, "for for for"])
def test_rubbish_recalls_nothing_and_breaks_nothing(title: str) -> None:
    assert Memory([Decision("", "950300"), Decision("mug", "691200")]).recall(title) is None


def test_an_empty_memory_and_a_code_of_an_older_edition_change_nothing() -> None:
    plain = classify(Item("Ceramic coffee mug"))
    assert classify(Item("Ceramic coffee mug"), memory=Memory([])) == plain
    assert classify(Item("Ceramic coffee mug"), memory=Memory([Decision("Ceramic coffee mug", "999999")])) == plain
