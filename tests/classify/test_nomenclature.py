"""The table of codes: complete, small and made again from the published files."""

from pathlib import Path

import pytest

from shipsmart.classify import engine
from shipsmart.classify.build import build, endings
from shipsmart.classify.nomenclature import FILE, load


def test_all_codes_of_hs_2022_are_there_and_the_file_stays_small() -> None:
    assert len(engine().nomenclature.entries) == 5_612
    assert FILE.stat().st_size < 4_000_000


def test_national_codes_are_the_children_of_a_code() -> None:
    known = engine().nomenclature
    assert known.national_codes("420222", "BR") == ("42022210", "42022220")
    assert known.national_codes("610910", "BR") == ("61091000",)
    assert known.national_codes("610910", "JP") == ()


def test_an_eight_digit_line_without_children_becomes_ten_digits() -> None:
    assert endings({"01019030", "0101904000", "01019040", "010190"}, 10) == "3000 4000"


def test_a_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("hs_code,text\n010121,horses\n")
    with pytest.raises(ValueError, match="must have the columns"):
        load(tmp_path / "other.csv")


def test_the_table_is_built_from_the_published_files(tmp_path: Path) -> None:
    texts = {
        "hts": "hts,code,indent,text,path,hs6\n,0901210010,2,x,Coffee: > Roasted: > Not decaf > Arabica,090121\n",
        "ncm": "ncm,hs6,text,path\n09012100,090121,x,Café > Café torrado > Não descafeinado\n",
        "hs": "section,hscode,description,parent,level\nII,0901,Coffee,09,4\nII,090121,Coffee; roasted,0901,6\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    (row,) = build(hts=tmp_path / "hts", ncm=tmp_path / "ncm", hs=tmp_path / "hs")
    assert row == {
        "hs_code": "090121",
        "text": "Coffee > Arabica",
        "title": "coffee roasted",
        "english": "decaf arabica",
        "portuguese": "cafe torrado nao descafeinado",
        "br": "00",
        "us": "0010",
    }


def test_the_search_finds_a_heading_that_our_dictionary_lacks() -> None:
    ((code, points, used), *_) = engine().sources.words.search([("asinine", 1.0), ("reindeer", 1.0), ("camel", 1.0)])
    assert (code, used) == ("010613", ["camel"])
    assert points > 0
