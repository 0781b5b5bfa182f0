import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.kit.descriptions import shortened, spread
from shipsmart.ports import IntegrationError

POWER_BANK = "Power bank 10000 mAh, portable charger for phones (contains lithium-ion battery UN3480)"


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Handmade  ceramic mug", 30, "Handmade ceramic mug"),
        (POWER_BANK, 35, "Power bank, lithium-ion battery"),
        (POWER_BANK, 70, "Power bank 10000 mAh, lithium-ion battery UN3480, portable charger"),
        ("Bluetooth speaker with built-in lithium ion battery", 30, "Bluetooth speaker, lithium"),
        ("Toy car with built-in lithium ion battery, size M", 35, "Toy car, lithium battery, size M"),
        ("Case for mobile phones with magnet closure and leather strap", 30, "Case, magnet leather"),
        ("Women's long-sleeved T-shirt of organic cotton jersey, round neck", 30, "Women's long-sleeved T-shirt"),
        ("Large set of kitchen knives with wooden handles", 30, "Large set kitchen knives"),
        ("Toy car without battery, for children of three years", 24, "Toy car without battery"),
        ("Soft premium knitted women's organic cotton T-shirt, short sleeve", 30, "women's organic cotton T-shirt"),
        ("T-shirt, knitted, cotton, women's, short sleeve, navy", 30, "T-shirt, knitted, cotton, navy"),
    ],
)
def test_the_noun_and_what_customs_must_see_stay(text, limit, short):
    assert shortened(text, limit, "description") == short
    assert len(short) <= limit


@pytest.mark.parametrize("text", ["Donaudampfschifffahrtsgesellschaftskapitänsmütze", " "])
def test_what_cannot_be_said_so_short_is_refused_not_cut(text):
    with pytest.raises(IntegrationError):
        shortened(text, 20, "description")


def test_upss_three_pieces_hold_the_whole_text():
    pieces = spread(POWER_BANK, width=35, count=3, field="description")
    assert " ".join(pieces) == POWER_BANK
    assert all(len(piece) <= 35 for piece in pieces)


@given(st.text(alphabet="abcde ,-()lithium", min_size=1, max_size=200), st.integers(5, 80))
def test_no_word_is_ever_broken_and_no_limit_passed(text, limit):
    words = set(text.replace(",", " ").replace("(", " ").replace(")", " ").split())
    try:
        found = shortened(text, limit, "description")
    except IntegrationError:
        return
    assert 0 < len(found) <= limit
    if found != " ".join(text.split()):
        assert set(found.replace(",", " ").replace("(", " ").replace(")", " ").split()) <= words
