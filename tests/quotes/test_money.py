"""Amounts as each language writes them: what we fill in must be what Babel would have written."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from shipsmart.quotes.wording import money

CURRENCIES = ("EUR", "USD", "GBP", "JPY", "KRW", "BRL", "KWD", "TND", "CHF", "HUF", "CLP", "ISK", "INR", "XXX", "ZZZ")
amounts = st.decimals(min_value=0, max_value=10**11, allow_nan=False, allow_infinity=False, places=3)


@given(amounts, st.sampled_from(CURRENCIES), st.sampled_from(("en", "de", "fr", "es", "pt")))
def test_it_writes_what_babel_writes(amount: Decimal, currency: str, language: str) -> None:
    assert money(amount, currency, language) == format_currency(amount, currency, locale=language)


@pytest.mark.parametrize(
    ("amount", "shown"), [("0", "€0.00"), ("9.995", "€10.00"), ("1234.5", "€1,234.50"), ("1E+3", "€1,000.00")]
)
def test_amounts_round_over_into_another_shape(amount: str, shown: str) -> None:
    assert money(Decimal(amount), "EUR", "en-GB") == shown


@pytest.mark.parametrize(("locale", "shown"), [("pt-BR", "R$ 1,00"), ("de_AT", "1,00 R$"), ("ja", "R$1.00")])
def test_a_language_we_have_no_words_for_reads_english(locale: str, shown: str) -> None:
    assert money(Decimal(1), "BRL", locale) == shown.replace(" ", "\N{NO-BREAK SPACE}")
