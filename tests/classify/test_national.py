from pathlib import Path

import pytest

from shipsmart.classify import Item, engine
from shipsmart.classify.build import lines_of_taric
from shipsmart.classify.national import (
    DIGITS,
    BadNationalTable,
    Outcome,
    Table,
    authority,
    packaged,
    parted,
    settle,
    told_by,
)

SHIRTS = Table.of("US", [
    ("6109100012", "Men's or boys' > T-shirts > Men's (338)"),
    ("6109100014", "Men's or boys' > T-shirts > Boys' (338)"),
    ("6109100027", "Men's or boys' > Other (338)"),
    ("6109100040", "Women's or girls' > Women's (339)"),
    ("6109100045", "Women's or girls' > Girls' (339)"),
    ("6109901007", "Containing 70 percent or more by weight of silk"),
    ("6109901013", "Of man-made fibers"),
    ("6109901090", "Other"),
    ("9401690000", ""),
])  # fmt: skip


def outcome(hs_code: str, *, facts: str = "", words: str = "", answers: dict[str, str] | None = None) -> Outcome:
    given = answers or {}
    return settle(SHIRTS, hs_code, told=told_by(facts.split(), words.split(), given), answers=given)


def test_the_only_line_needs_no_question() -> None:
    assert outcome("940169").code == "9401690000"


@pytest.mark.parametrize(
    ("facts", "words", "code"),
    [
        ("men", "t shirt", "6109100012"),
        ("men kid", "t shirt", "6109100014"),
        ("women", "", "6109100040"),
        ("women kid", "", "6109100045"),
    ],
)
def test_what_the_text_tells_leads_down_the_tree(facts: str, words: str, code: str) -> None:
    assert outcome("610910", facts=facts, words=words).code == code


def test_who_wears_it_is_asked_once_for_all_countries() -> None:
    asked = outcome("610910").question
    assert asked is not None
    assert asked.key == "wearer"
    assert [option.value for option in asked.options] == ["boy", "girl", "man", "woman"]
    assert outcome("610910", answers={"wearer": "girl"}).code == "6109100045"


def test_a_place_in_the_tree_is_asked_by_its_own_words_and_answered_by_a_code() -> None:
    asked = outcome("610910", facts="men").question
    assert asked is not None
    assert [(option.value, option.label) for option in asked.options] == [
        ("6109100012", "T-shirts"),
        ("6109100027", "Other"),
    ]
    assert outcome("610910", facts="men", answers={asked.key: "6109100027"}).code == "6109100027"


def test_a_share_that_no_title_tells_is_never_assumed() -> None:
    assert outcome("610990", facts="silk").code == ""
    assert outcome("610990", facts="synthetic").code == "6109901013"


def test_an_answer_goes_before_the_text() -> None:
    assert outcome("610910", facts="men", words="t shirt", answers={"wearer": "woman"}).code == "6109100040"


def test_an_answer_of_an_older_edition_is_asked_again() -> None:
    asked = outcome("610910", facts="men").question
    assert asked is not None
    assert outcome("610910", facts="men", answers={asked.key: "6109109999"}).question == asked


def test_a_code_of_no_line_has_neither_code_nor_question() -> None:
    assert outcome("847130") == Outcome()


def test_a_narrower_word_in_a_branch_asks_for_more_than_its_material() -> None:
    chairs = Table.of("US", [("9401612010", "Of teak"), ("9401612090", "Other")])
    told = told_by(["wood"], ["wooden", "chair"], {})
    assert settle(chairs, "940161", told=told).code == ""
    assert settle(chairs, "940161", told=told_by(["wood"], ["teak", "chair"], {})).code == "9401612010"


def test_a_given_ncm_is_kept_when_it_is_one_of_the_lines() -> None:
    table = Table.of("BR", [("85189010", "De alto-falantes"), ("85189090", "Outras")])
    assert settle(table, "851890", told=told_by([], [], {}), given="85189090").code == "85189090"
    assert settle(table, "851890", told=told_by([], [], {}), given="85189099").code == ""


def test_a_line_that_is_no_code_names_itself() -> None:
    with pytest.raises(BadNationalTable, match="line 1: '61.09'"):
        Table.of("US", [("61.09", "")])


def test_levels_that_all_lines_share_fall_away() -> None:
    lines = [("6109100010", "Apparel > Shirts > T-shirts"), ("6109100090", "Apparel > Shirts > Other")]
    assert list(parted(lines)) == [("6109100010", "T-shirts"), ("6109100090", "Other")]


@pytest.mark.parametrize("country", ["US", "EU", "BR"])
def test_nearly_every_hs_code_has_lines_in_the_packaged_tables(country: str) -> None:
    table = packaged(country)
    assert table is not None
    assert {len(code) for code in table.codes} == {DIGITS[country]}
    known = [entry.hs_code for entry in engine().nomenclature.entries]
    assert sum(code in table.lines for code in known) / len(known) > 0.99


@pytest.mark.parametrize("country", ["US", "EU", "BR"])
def test_every_line_can_be_reached_by_answers(country: str) -> None:
    table = packaged(country)
    assert table is not None
    for hs_code in list(table.lines)[::97]:
        told, answers, reached = told_by([], [], {}), {}, Outcome()
        for _ in range(12):
            reached = settle(table, hs_code, told=told, answers=answers)
            if reached.question is None:
                break
            answers[reached.question.key] = reached.question.options[-1].value
            told = told_by([], [], answers)
        assert reached.code in table.codes, hs_code


def test_members_of_the_union_share_a_nomenclature_and_others_need_an_import() -> None:
    assert [authority("de"), authority("XI"), authority("GB")] == ["EU", "EU", "GB"]
    assert packaged("GB") is None
    item = Item("cotton t-shirt")
    assert engine().national("610910", item, table=None) == Outcome()


def test_lines_with_others_below_them_are_not_declarable(tmp_path: Path) -> None:
    file = tmp_path / "taric.csv"
    rows = ["code,hier,text,path,hs6", "6109100000,6,x,A > x,610910", "6109100010,10,y,A > x > y,610910",
            "6110110000,6,z,A > z,611011"]  # fmt: skip
    file.write_text("\n".join(rows))
    assert [code for code, _ in lines_of_taric(file)] == ["6109100010", "6110110000"]
