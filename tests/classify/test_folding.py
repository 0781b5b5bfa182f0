"""Words of three languages come to one form."""

import pytest

from shipsmart.classify.folding import MAX_CHARS, telling, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vestidos Longos", ["vestido", "longo"]),
        ("dresses, shoes & boxes", ["dress", "shoe", "box"]),
        ("Calções de ALGODÃO", ["calcao", "de", "algodao"]),
        ("Women's scarves", ["woman", "scarf"]),
        ("pantalón niños", ["pantalon", "nino"]),
        ("🎉 ✨", []),
        ("T-Shirt&nbsp;XL", ["t", "shirt", "xl"]),
    ],
)
def test_text_is_folded_to_comparable_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_sizes_numbers_and_articles_are_not_searched_for() -> None:
    assert telling(words("The 500ml bottle of 12 pcs com tampa 30x40cm")) == ["bottle", "tampa"]


def test_what_stands_after_six_thousand_letters_is_not_read() -> None:
    assert words("a" * MAX_CHARS + " boots") == ["a" * MAX_CHARS]
