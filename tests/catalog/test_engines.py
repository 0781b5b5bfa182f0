"""Which classifier the product uses: words alone, or a model of meaning that the operator gave."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from shipsmart.catalog import engines
from shipsmart.classify import engine


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    engines.classifier.cache_clear()
    yield
    engines.classifier.cache_clear()


def test_words_alone_classify_unless_a_model_is_named() -> None:
    assert engines.classifier() is engine()


@pytest.mark.parametrize(
    ("where", "message"),
    [("/nowhere/at/all", "is no folder: give the one with model.safetensors"), ("", r"vocab\.txt or tokenizer\.json")],
)
def test_a_model_that_is_not_there_is_told(settings: Any, tmp_path: Path, where: str, message: str) -> None:
    settings.CLASSIFY_MODEL = where or str(tmp_path)
    with pytest.raises(engines.NoModel, match=message):
        engines.classifier()
    with pytest.raises(CommandError, match=message):
        call_command("classify", semantic=where or str(tmp_path))


def test_the_check_names_the_setting_and_the_remedy(settings: Any) -> None:
    settings.CLASSIFY_MODEL = "/nowhere/at/all"
    found = [error for error in run_checks() if error.id == "catalog.E001"]
    assert [(error.msg.split(":")[0], error.hint) for error in found] == [
        ("CLASSIFY_MODEL", "Leave it empty to classify by words alone.")
    ]
    settings.CLASSIFY_MODEL = ""
    assert not [error for error in run_checks() if error.id == "catalog.E001"]
