"""What a worker's processes load once, before they part: they share its memory, and none pays for loading it again."""

import gc
import logging
from collections.abc import Callable

from shipsmart.inbox import operations

log = logging.getLogger(__name__)
_loaders: list[Callable[[], object]] = []


def register(load: Callable[[], object]) -> None:
    """Have `load` called before a worker forks (called from an app's `ready`). It must not touch the database:
    a connection that two processes share belongs to neither."""
    if load not in _loaders:
        _loaders.append(load)


def load_all() -> None:
    """Load the code of every handler and what was registered; what fails is loaded when it is needed, and says so then.

    The garbage collector leaves all of it alone from now on: looking through it would copy the shared pages.
    """
    for load in (operations.registered, *_loaders):
        try:
            load()
        except Exception:
            log.exception("%s could not be loaded before the worker's processes parted", load)
    gc.collect()
    gc.freeze()
