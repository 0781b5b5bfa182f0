"""Where single rows of a tariff table were read: a page or law, its title and the day somebody last looked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from shipsmart.rules.dated import BadRule

FIELDS = frozenset(("title", "url", "checked"))


@dataclass(frozen=True, slots=True)
class TariffSource:
    """One source of duties; `checked` is the day on which its figures were last read there."""

    title: str
    url: str
    checked: date


def read_sources(text: str) -> dict[str, TariffSource]:
    """Return the sources of `data/tariff/sources.toml` by their key; raises BadRule naming key and field."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRule(f"tariff/sources.toml: {error}", rule="tariff/sources") from error
    return {key: _source(key, fields) for key, fields in found.items()}


def _source(key: str, fields: object) -> TariffSource:
    if not isinstance(fields, Mapping) or set(fields) != FIELDS:
        raise BadRule(f"tariff/sources.toml, [{key}]: give {', '.join(sorted(FIELDS))} and nothing else", source=key)
    title, url, checked = fields["title"], fields["url"], fields["checked"]
    if not isinstance(title, str) or not title.strip():
        raise BadRule(f"tariff/sources.toml, [{key}]: title must say which law or page it is", source=key)
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise BadRule(f"tariff/sources.toml, [{key}]: url must be an address, not {url!r}", source=key)
    if not isinstance(checked, date) or isinstance(checked, datetime):
        raise BadRule(f"tariff/sources.toml, [{key}]: checked must be a day like 2026-11-22", source=key)
    return TariffSource(title, url, checked)
