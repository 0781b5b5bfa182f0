"""Where imported nomenclatures are asked for: quotes, above us, knows the files and says so when it is ready.

A dotted path, imported when the first nomenclature is asked for: loading the classifier takes a tenth of a second.
"""

from typing import Any

from django.utils.module_loading import import_string

_path: list[str] = []


def use(path: str) -> None:
    """Have the function at `path` asked for the imported nomenclature of `US`, `EU` and so on."""
    _path[:] = [path]


def ask(authority: str) -> Any:
    """Return the table imported last, None when none was."""
    return import_string(_path[0])(authority) if _path else None
