"""What is remembered between quotes (regimes, plans, routes, rows) never shows in an answer."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from shipsmart.core.answer import _moment, _shown
from shipsmart.core.landed_cost import compute
from shipsmart.core.money import MINOR_UNITS
from shipsmart.core.request import parse_request
from shipsmart.rules import current
from shipsmart.rules.compiling import Compiler
from tests.core.test_landed_cost_properties import NOW, carts


def parsed(cart):
    lines = [{k: v for k, v in line.items() if v is not None} for line in cart["lines"]]
    return parse_request({**cart, "at": "2026-11-10T12:00:00+00:00", "lines": lines}, now=NOW)


def forgetful():
    """Return the rulebook in force with nothing remembered."""
    book = current()
    compiler = Compiler(book.compiler.rules, book.compiler.tariffs, book.compiler.lists)
    return replace(book, compiler=compiler, regimes={}, changes={})


def text(request, law):
    return json.dumps(compute(request, law=law).as_answer())


@settings(max_examples=40)
@given(cart=carts)
def test_an_answer_from_memory_has_the_bytes_of_a_fresh_one(cart):
    request = parsed(cart)
    first, again = text(request, current()), text(request, current())
    assert first == again == text(request, forgetful())


@settings(max_examples=15)
@given(cart=carts)
def test_another_rulebook_is_never_answered_from_the_memory_of_the_first(cart):
    request, old = parsed(cart), current()
    text(request, old)
    swapped = old.with_tariff("eu", "hs,duty\n61,90%\n64,90%\n42,90%\n")
    fresh = forgetful().with_tariff("eu", "hs,duty\n61,90%\n64,90%\n42,90%\n")
    found = text(request, swapped)
    assert found == text(request, fresh)
    assert json.loads(found)["rulebook"]["sha256"] == swapped.sha256 != old.sha256


def test_answers_share_nothing_that_a_caller_could_change():
    request = parsed(
        {
            "ship_from": {"country": "CN"},
            "ship_to": {"country": "DE"},
            "currency": "EUR",
            "freight": "9.00",
            "lines": [{"quantity": 2, "unit_price": "100.00", "hs_code": "640399", "origin": "CN"}],
        }
    )
    before = text(request, current())
    spoilt = compute(request, law=current()).as_answer()
    for charge in spoilt["charges"]:
        for part in (charge["base"]["made_of"], charge["base"], charge["source"], charge["in_force"], charge):
            part.clear()
    assert text(request, current()) == before


def test_threads_that_fill_the_memory_together_give_the_same_bytes():
    request = parsed(
        {
            "ship_from": {"country": "CN"},
            "ship_to": {"country": "CA", "region": "QC"},
            "currency": "EUR",
            "freight": "9.00",
            "lines": [{"quantity": 2, "unit_price": "100.00", "hs_code": "640399", "origin": "CN"}] * 3,
        }
    )
    book, found = forgetful(), []
    threads = [threading.Thread(target=lambda: found.extend(text(request, book) for _ in range(20))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {text(request, current())}
    assert len(found) == 80


@given(
    amount=st.one_of(
        st.decimals(min_value=0, max_value=10**9, places=2),
        st.decimals(min_value=0, max_value=10**6, places=4),
        st.decimals(min_value=0, max_value=1, places=12),
        st.sampled_from(
            [Decimal(text) for text in ("1.5E-7", "0", "0E-9", "12.3400", "12.0001", "1E+3", "0.00000049")]
        ),
    ),
    step=st.sampled_from(MINOR_UNITS),
)
def test_an_amount_is_shown_in_minor_units_or_to_six_decimals(amount, step):
    rounded = amount.quantize(step)
    plain = rounded if rounded == amount else amount.quantize(Decimal("0.000001"))
    assert _shown(amount, step) == str(plain)


@given(at=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_moment_is_written_as_iso_8601_in_utc(at):
    assert _moment(at) == at.isoformat()
    assert _moment(at.replace(microsecond=0)) == at.replace(microsecond=0).isoformat()
