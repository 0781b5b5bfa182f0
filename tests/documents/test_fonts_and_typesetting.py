import pytest

from shipsmart.documents import fonts
from shipsmart.documents.typesetting import typesetter


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
    assert fonts.printable("a\u200bb\u200ec") == "abc"
