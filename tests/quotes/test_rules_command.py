"""`manage.py rules`: what a person sees of the rulebook in a terminal."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shipsmart.quotes import rulebook
from shipsmart.rules.coverage import Coverage, table


def told(*words: str) -> list[str]:
    out = StringIO()
    call_command("rules", *words, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture(autouse=True)
def packaged(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path
    rulebook.forget()


def test_coverage_names_every_place_once_with_the_surest_first():
    lines = told("coverage")
    assert lines[0].split()[:2] == ["place", "verified"]
    assert lines[1].split() == ["CL", "100%", "0%", "0%", "0%", "0%"]
    assert sorted(line.split()[0] for line in lines[1:]) == list(rulebook.current().countries)


def test_check_ends_with_its_counts():
    assert told("check")[-1].endswith("not verified at the source")


def test_an_unknown_verb_is_refused_by_name():
    with pytest.raises(CommandError, match="'colour'"):
        told("colour")


def test_a_coverage_of_no_codes_divides_nothing():
    assert table([Coverage("CO", 0, 0, 0, 0, 0, 0)]).splitlines()[1].split() == ["CO", "-", "-", "-", "-", "-"]
