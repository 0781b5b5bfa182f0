"""Our dictionary names only codes that exist and never contradicts itself."""

from collections import defaultdict
from pathlib import Path

import pytest

from shipsmart.classify import engine
from shipsmart.classify.reading import GROUPS
from shipsmart.classify.thesaurus import BadThesaurus, Kind, read_facts, read_kinds

KINDS = list(read_kinds())


def test_every_code_exists_in_hs_2022() -> None:
    known = engine().nomenclature
    assert [(k.where, c.hs_code) for _, k in KINDS for c in k.choices if c.hs_code not in known] == []


def test_every_condition_names_a_known_fact() -> None:
    facts = {fact for _, meanings in read_facts().items() for fact in meanings} | set(GROUPS)
    used = {(kind.where, fact) for _, kind in KINDS for c in kind.choices for fact in (*c.facts, *c.absent)}
    assert {pair for pair in used if pair[1] not in facts} == set()


def test_no_name_of_one_language_leads_to_two_headings_without_a_condition() -> None:
    headings: dict[tuple[str, str], set[str]] = defaultdict(set)
    for phrase, names in engine().kinds.items():
        for name in names:
            for language in name.languages:
                headings[language, " ".join(phrase)].add(_usual(name.kind))
    assert {name: sorted(codes) for name, codes in headings.items() if len(codes) > 1} == {}


def _usual(kind: Kind) -> str:
    return next((c.hs_code[:4] for c in kind.choices if c.bare), kind.choices[-1].hs_code[:4])


def test_it_is_as_large_as_promised() -> None:
    assert len(KINDS) >= 2_200
    assert len({name for names, _ in KINDS for name in names["en"]}) >= 4_000
    assert len({c.hs_code for _, kind in KINDS for c in kind.choices}) >= 1_600
    assert all(any(names.values()) for names, _ in KINDS)


@pytest.mark.parametrize(
    ("row", "message"), [("12345,a,b,c", "one.csv:2: '12345'"), ("610910,a,b", "one.csv:2: needs codes")]
)
def test_a_bad_row_is_named_with_file_and_line(tmp_path: Path, row: str, message: str) -> None:
    (tmp_path / "one.csv").write_text(f"codes,en,pt,es\n{row}\n")
    with pytest.raises(BadThesaurus, match=message):
        list(read_kinds(tmp_path))
