"""What is remembered between quotes (regimes, plans, routes, rows) never shows in an answer."""

import json
import threading
from dataclasses import replace

from hypothesis import given, settings

from shipsmart.core.landed_cost import compute
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
