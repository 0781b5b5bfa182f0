"""`manage.py classify`: a line in, a line out, whatever the line."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from shipsmart.catalog.management.commands.classify import MAX_LINE, answers, read_history


def run(*lines: str | bytes, country: str = "") -> list[dict[str, Any]]:
    data = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    return list(answers(io.BytesIO(data), country=country))


def test_an_answer_has_the_keys_of_the_contract() -> None:
    (answer,) = run('{"id": 7, "title": "Scented soy candle", "category": "Home > Candles"}')
    assert set(answer) == {"id", "candidates", "decision"}
    assert (answer["id"], answer["decision"]) == (7, "accept")
    assert set(answer["candidates"][0]) == {"hs_code", "confidence", "why"}
    assert answer["candidates"][0]["hs_code"] == "340600"
    assert len(answer["candidates"]) <= 5


def test_a_bad_line_is_answered_with_an_error_and_the_rest_goes_on() -> None:
    found = run(
        "rubbish", "[1]", '{"id": "a"}', '{"id": "b", "title": ["x"]}', b"\xff\xfe", "", '{"id": 2, "title": "mug"}'
    )
    assert [(line["id"], "error" in line) for line in found] == [
        (None, True),
        (None, True),
        ("a", True),
        ("b", True),
        (None, True),
        (2, False),
    ]
    assert found[2]["error"] == {"code": "bad_item", "message": "title is missing"}


def test_deep_nesting_and_numbers_that_are_none_are_bad_lines() -> None:
    found = run("[" * 100_000, '{"id": NaN, "title": "mug"}', '{"id": {"a": 1}, "title": "mug"}')
    assert ["error" in line for line in found] == [True, True, True]


def test_a_country_adds_the_national_code_or_null() -> None:
    found = run(
        '{"id": 1, "title": "cotton tee"}',
        '{"id": 2, "title": "laptop computer"}',
        '{"id": 3, "title": "?"}',
        country="BR",
    )
    assert [line["national_code"] for line in found] == ["61091000", None, None]


def test_a_hundred_kilobytes_of_text_are_answered() -> None:
    text = "red 🎉 cotton shoes for dog " * 4_000
    (answer,) = run(json.dumps({"id": 1, "title": text, "description": text}))
    assert answer["decision"] in {"review", "abstain"}
    assert json.dumps(answer).isascii()


def test_a_line_beyond_two_megabytes_is_refused_and_the_next_is_read() -> None:
    found = run(b"x" * (2 * MAX_LINE + 5), '{"id": 2, "title": "mug"}')
    assert [line["id"] for line in found] == [None, 2]
    assert "cut the description" in found[0]["error"]["message"]


class Pipe(io.BytesIO):
    """Gives what somebody wrote piece by piece, and counts the reads."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__()
        self.pieces, self.reads = list(pieces), 0

    def read1(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        return self.pieces.pop(0) if self.pieces else b""


def test_a_line_is_answered_before_the_next_is_written() -> None:
    pipe = Pipe(b'{"id": 1, "title": "mug"}\n', b'{"id": 2, "title": "mug"}\n')
    found = answers(pipe)
    assert (next(found)["id"], pipe.reads) == (1, 1)
    assert (next(found)["id"], pipe.reads) == (2, 2)
    assert list(found) == []


def test_lines_cut_anywhere_are_put_together() -> None:
    whole = '{"id": 1, "title": "Caneca de cerâmica"}\n\n{"id": 2, "title": "açaí em pó"}'.encode()
    expected = list(answers(io.BytesIO(whole)))
    assert [line["id"] for line in expected] == [1, 2]
    for place in range(1, len(whole)):
        assert list(answers(Pipe(whole[:place], whole[place:]))) == expected


def test_too_long_a_line_is_refused_once_however_it_comes() -> None:
    pieces = [b"x" * (MAX_LINE // 2)] * 5
    found = list(answers(Pipe(*pieces, b'x\n{"id": 2, "ti', b'tle": "mug"}\n', b"y" * (MAX_LINE + 1))))
    assert [(line["id"], "error" in line) for line in found] == [(None, True), (2, False), (None, True)]


def test_a_history_brings_decided_codes_first(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text('{"title": "Tote Lisboa", "hs_code": "6307.90", "by": "anna"}\n\n')
    data = io.BytesIO(b'{"id": 1, "title": "tote lisboa red"}')
    (answer,) = answers(data, memory=read_history(str(path)))
    assert (answer["candidates"][0]["hs_code"], answer["decision"]) == ("630790", "accept")


@pytest.mark.parametrize("line", ["rubbish", "[]", '{"title": "a"}', '{"title": "a", "hs_code": "999999"}'])
def test_a_history_line_that_is_no_decision_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text(f'{{"title": "a", "hs_code": "630790"}}\n{line}\n')
    with pytest.raises(CommandError, match="line 2"):
        read_history(str(path))
