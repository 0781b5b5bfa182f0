"""The shopper's language: our words for the pages, dates, money and countries through Babel."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

WORDS_DIR = Path(__file__).resolve().parent / "words"
DEFAULT = "en"
# Where the browser names no language of ours: the language most people read in the destination.
BY_COUNTRY = {
    **dict.fromkeys(("BR", "PT", "AO", "MZ", "CV"), "pt"),
    **dict.fromkeys(("DE", "AT", "LI", "CH"), "de"),
    **dict.fromkeys(("FR", "MC", "SN", "CI"), "fr"),
    **dict.fromkeys(("ES", "MX", "AR", "CL", "CO", "PE", "UY", "EC", "BO", "PY", "CR", "GT"), "es"),
}


@dataclass(frozen=True)
class Language:
    """One language of the shopper's pages; `words` is the table of its TOML file."""

    code: str
    words: Mapping[str, Any]

    def money(self, amount: Decimal, currency: str) -> str:
        """Return an amount with the digits its currency has (ISO 4217)."""
        return format_currency(amount, currency, locale=self.code)

    def country(self, code: str) -> str:
        return str(Locale(self.code).territories.get(code, code))

    def moment(self, at: datetime) -> str:
        return format_datetime(at, "d MMM y, HH:mm", locale=self.code)

    def day(self, at: datetime) -> str:
        return format_date(at.date(), "long", locale=self.code)


@cache
def languages() -> Mapping[str, Language]:
    """Return every language of the pages by its code."""
    files = sorted(WORDS_DIR.glob("*.toml"))
    return {path.stem: Language(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in files}


def choose(request: HttpRequest, *, country: str = "", locale: str = "") -> Language:
    """Return the language asked for by `?lang=`, else that of the order (`locale`), else the browser's, else the
    destination's, else English."""
    wanted = [request.GET.get("lang", ""), locale.lower()]
    wanted += [code for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())]
    wanted += [BY_COUNTRY.get(country, DEFAULT)]
    known = (languages().get(code.split("-")[0].lower()) for code in wanted)
    return next((language for language in known if language), languages()[DEFAULT])
