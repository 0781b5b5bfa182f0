from datetime import date

import pytest

from shipsmart.classify import Item, classify, engine
from shipsmart.classify.editions import _rows, edition_on, successors


def test_every_successor_is_a_code_of_2022_and_no_row_is_idle() -> None:
    known = engine().nomenclature
    for (_, old), found in _rows().items():
        assert found.codes, old
        assert all(code in known for code in found.codes), old
        assert found.codes != (old,)


@pytest.mark.parametrize(
    ("old", "edition", "codes"),
    [
        ("620193", "", ("620140",)),
        ("851712", "", ("851713", "851714")),
        ("442190", "2012", ("442191", "442199")),
        ("851712", "2012", ("851713", "851714")),
        ("854370", "2017", ("854340", "854370")),
        ("040310", "", ("040320",)),
        ("340220", "2012", ("340250",)),
        ("340220", "2007", ("340250",)),
        ("850780", "2007", ("850750", "850760", "850780")),
        ("090420", "", ("090421", "090422")),
    ],
)
def test_an_older_code_leads_to_the_codes_it_became(old: str, edition: str, codes: tuple[str, ...]) -> None:
    found = successors(old, edition=edition)
    assert found is not None
    assert found.codes == codes
    assert found.only == (codes[0] if len(codes) == 1 else "")


def test_a_code_that_did_not_change_has_no_successor() -> None:
    assert successors("610910") is None
    assert successors("442190", edition="2017") is None


def test_editions_begin_on_their_day() -> None:
    days = (date(2021, 12, 31), date(2022, 1, 1), date(2027, 12, 31), date(2028, 1, 1))
    assert [edition_on(day) for day in days] == ["2017", "2022", "2022", "2028"]
    with pytest.raises(ValueError, match="2006-12-31"):
        edition_on(date(2006, 12, 31))


def test_a_given_code_of_an_older_edition_counts_as_its_successor() -> None:
    answer = classify(Item("Quilted anorak for men, nylon", ncm="6201.93.00"))
    assert answer.candidates[0].hs_code == "620140"
    assert any("620193 of HS 2017" in why for why in answer.candidates[0].why)
