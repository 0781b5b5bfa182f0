"""Which nomenclature serves a destination: the one imported last, else the one that ships inside (US, BR, EU)."""

from shipsmart.catalog import imported
from shipsmart.classify.national import Table, authority, packaged


def table_for(country: str) -> Table | None:
    """Return the nomenclature of a destination, None when it must be imported first (README of the feeds)."""
    whose = authority(country)
    return imported.ask(whose) or packaged(whose)
