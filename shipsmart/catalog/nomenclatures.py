"""Which nomenclature serves a destination: the one imported last, else the one that ships inside (US, BR, EU)."""

from collections.abc import Callable

from shipsmart.classify.national import Table, authority, packaged

Source = Callable[[str], Table | None]


def _nothing_imported(_authority: str) -> Table | None:
    return None


_source: list[Source] = [_nothing_imported]


def use(source: Source) -> None:
    """Have `source` asked for the imported nomenclature of `US`, `EU` and so on; quotes, above us, knows the files."""
    _source[0] = source


def table_for(country: str) -> Table | None:
    """Return the nomenclature of a destination, None when it must be imported first (README of the feeds)."""
    whose = authority(country)
    return _source[0](whose) or packaged(whose)
