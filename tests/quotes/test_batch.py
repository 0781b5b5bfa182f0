"""The batch: every line answered, in order, on one core or two, in constant memory."""

import io
import json
import tracemalloc
from itertools import islice
from typing import Any

import pytest

from shipsmart.quotes import batch
from shipsmart.quotes.batch import LONGEST_LINE, Progress, answers, lines_of

REQUEST = {
    "at": "2026-11-10T12:00:00+00:00",
    "ship_from": {"country": "BR"},
    "ship_to": {"country": "GB"},
    "currency": "GBP",
    "lines": [{"quantity": 1, "unit_price": "100.00", "hs_code": "610910", "origin": "BR"}],
    "schemes": ["GB_VAT"],
}


def asked(count: int, **changes: Any) -> list[bytes]:
    return [json.dumps(REQUEST | {"id": str(n)} | changes).encode() + b"\n" for n in range(count)]


def found(lines: Any, **options: Any) -> list[Any]:
    return [json.loads(one.text) for one in answers(lines, **options)]


def test_answers_come_in_order_whatever_stands_between() -> None:
    lines = asked(3)
    lines[1:1] = [b"\n", b"rubbish\n", b'{"id": "\xff"}\n', b'\xef\xbb\xbf{"id": "bom"}\n', b"[" * 100_000 + b"\n"]
    got = found(lines)
    assert [one.get("id") for one in got] == ["0", None, None, "bom", None, "1", "2"]
    assert [one.get("error", {}).get("code") for one in got] == [
        None, "not_json", "not_json", "invalid_request", "not_json", None, None,
    ]  # fmt: skip


def test_two_processes_give_the_same_answers_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "CHUNK", 10)  # so that far more chunks are asked than may be under way
    lines = asked(250)
    lines[120] = b"rubbish\n"
    one, two = found(lines), found(lines, processes=2)
    assert [row.pop("quote_id", None) for row in one] != [row.pop("quote_id", None) for row in two]
    assert one == two


@pytest.mark.parametrize(
    ("number", "field"),
    [("1e999999", "lines[0].unit_price"), ("9" * 5000, "lines[0].unit_price"), ("NaN", "lines[0].unit_price")],
)
def test_a_number_that_no_program_can_hold_is_refused_by_its_field(number: str, field: str) -> None:
    line = json.dumps(REQUEST).replace('"100.00"', number).encode()
    assert found([line])[0]["error"]["details"]["field"] == field


def test_a_line_without_end_is_refused_and_the_next_is_answered() -> None:
    source = io.BytesIO(b'{"id": "' + b"x" * (2 * LONGEST_LINE + 5) + b'"}\n' + asked(1)[0])
    got = found(lines_of(source))
    assert [one.get("error", {}).get("code") for one in got] == ["line_too_long", None]


def test_memory_does_not_grow_with_the_number_of_lines() -> None:
    endless = (line for _ in range(40) for line in asked(50))
    stream = answers(endless)
    for _ in islice(stream, 500):
        pass
    tracemalloc.start()
    for _ in islice(stream, 500):
        pass
    first = tracemalloc.get_traced_memory()[0]
    for _ in islice(stream, 500):
        pass
    grown = tracemalloc.get_traced_memory()[0] - first
    tracemalloc.stop()
    assert grown < 100_000


def test_progress_tells_counts_and_share_and_is_silent_unless_asked() -> None:
    lines = [*asked(59), b"rubbish\n"]
    for shown in (True, False):
        out = io.StringIO()
        told = Progress(out=out, total_bytes=sum(map(len, lines)), shown=shown)
        for one in answers(lines):
            told.add(one)
        assert "60 answered, 1 refused" in told.summary()
        assert ("answered" in out.getvalue()) is shown
