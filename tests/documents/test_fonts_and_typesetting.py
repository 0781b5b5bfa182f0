from importlib.util import find_spec

import pytest

from shipsmart.documents import embedding, fonts, shaping
from shipsmart.documents.render import render_paper
from shipsmart.documents.shapeless import printable
from shipsmart.documents.snapshots import parse_shipment
from shipsmart.documents.typesetting import typesetter
from tests.documents.builders import party_data, shipment_data
from tests.documents.reading_back import text_of


def test_characters_without_a_font_are_named():
    assert fonts.unprintable("abc \ue000", "DE") == "\ue000"
    with pytest.raises(fonts.UnprintableText) as caught:
        typesetter("DE", ["\U00010330"]).runs("\U00010330\u0d85")
    assert caught.value.code == "unprintable_text"


def test_han_characters_take_the_forms_of_the_country():
    assert fonts.face_for("直", "JP") == "NotoSansJP"
    assert fonts.face_for("直", "TW") == "NotoSansTC"
    assert fonts.face_for("直", "CN") == "NotoSansSC"


def test_lines_never_exceed_their_width():
    setter = typesetter("JP", ["東京都千代田区 Donaudampfschifffahrtsgesellschaft"])
    lines = setter.wrap("東京都千代田区 Donaudampfschifffahrtsgesellschaft", 40, 8)
    assert all(setter.width(line, 8) <= 40 for line in lines)
    assert "".join(lines).replace(" ", "") == "東京都千代田区Donaudampfschifffahrtsgesellschaft"


def test_invisible_marks_are_not_printed():
    assert printable("a\u200bb\u200ec") == "abc"


@pytest.mark.parametrize(
    ("country", "name"),
    [("TH", "น้ำทิพย์ ใจดี"), ("IN", "विद्यार्थी क्षितिज"), ("MM", "မောင်မောင်"), ("KH", "ភ្នំពេញ"), ("LA", "ວຽງຈັນ")],
)
def test_writings_that_are_shaped_read_back_as_written(country, name):
    shipment = parse_shipment(shipment_data(consignee=party_data(name=name, country=country)))
    for kind in ("label", "commercial_invoice"):
        assert name in text_of(render_paper(kind, shipment).pdf)


def test_joined_arabic_letters_read_back_as_letters_and_keep_their_joiners():
    name = "محمد می‌خواهم"
    shipment = parse_shipment(shipment_data(consignee=party_data(name=name, country="AE")))
    words = text_of(render_paper("label", shipment).pdf).split()
    assert "محمد" in words
    assert "میخواهم" in words  # the joiner parts the letters on paper and is no letter itself


@pytest.mark.parametrize("kind", ["label", "commercial_invoice", "waybill"])
def test_arabic_signs_of_several_letters_read_back_letter_by_letter(kind):
    shipment = parse_shipment(shipment_data(consignee=party_data(name="عبدالله الإمام لؤلؤة الأول", country="AE")))
    words = text_of(render_paper(kind, shipment).pdf).split()
    assert {"عبدالله", "الإمام", "لؤلؤة", "الأول"} <= set(words)


INDIC = ("justmytype_intl_south_asia", "justmytype_intl_africa")


@pytest.mark.skipif(not all(map(find_spec, INDIC)), reason="the font packages of the lock are not installed")
@pytest.mark.parametrize(
    ("country", "name"),
    [("IN", "தமிழ்ச்செல்வி"), ("BD", "শ্রীমতী সুলতানা"), ("IN", "శ్రీనివాస్"), ("ET", "አበበ ቢቂላ"), ("LK", "க்ஷ ஸ்ரீ கொ")],
)
def test_names_of_southern_asia_and_ethiopia_print_as_written(country, name):
    shipment = parse_shipment(shipment_data(consignee=party_data(name=name, country=country)))
    for kind in ("label", "commercial_invoice"):
        assert name in text_of(render_paper(kind, shipment).pdf)


@pytest.mark.parametrize("name", ["გიორგი", "Արամ"])
def test_writings_without_a_font_are_named_before_anything_is_printed(name):
    assert fonts.unprintable(name, "GE") == "".join(dict.fromkeys(name))


def test_signs_of_one_text_are_the_same_in_any_order():
    first = typesetter("TH", ["สมชาย", "ใจดี"]).composed("สมชาย ใจดี")
    assert first == typesetter("TH", ["ใจดี", "สมชาย"]).composed("สมชาย ใจดี")
    assert all(shaping.is_sign(char) for char in first.replace(" ", ""))


def test_a_below_vowel_hangs_below_its_letter_and_takes_no_room():
    file = str(fonts.file_of("NotoSansThai"))
    plain, marked = shaping.clusters(file, "ร")[0], shaping.clusters(file, "รุ")[0]
    assert (marked.letters, len(marked.glyphs), marked.advance) == ("รุ", 2, plain.advance)


def test_fonts_cut_for_a_text_are_forgotten_in_time(monkeypatch):
    monkeypatch.setattr(embedding, "CUT_FONTS_KEPT", 2)
    names = [fonts.font_for("NotoSansHebrew", letter) for letter in "אבגד"]
    assert [embedding.is_registered(name) for name in names] == [False, False, True, True]
