"""`manage.py landedcost` in the shapes of the contract, fed as scripts feed it."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError

from shipsmart.quotes import rulebook
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import fallback_answer

REQUEST = {
    "id": "gb",
    "at": "2026-11-10T12:00:00+00:00",
    "ship_from": {"country": "BR"},
    "ship_to": {"country": "GB"},
    "currency": "GBP",
    "lines": [{"id": "1", "quantity": 1, "unit_price": "100.00", "hs_code": "610910", "origin": "BR"}],
    "freight": "10.00",
    "schemes": ["GB_VAT"],
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call the command with text on standard input; return its lines and exit code."""

    def call(verb: str, text: str, *arguments: str) -> tuple[list[str], int]:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        out = io.StringIO()
        try:
            call_command("landedcost", verb, *arguments, stdout=out, stderr=io.StringIO())
        except SystemExit as ended:
            return out.getvalue().splitlines(), int(ended.code or 0)
        return out.getvalue().splitlines(), 0

    return call


def test_a_quote_is_answered_signed_and_verified(run: Any) -> None:
    lines, code = run("quote", json.dumps(REQUEST))
    answer = json.loads(lines[0])
    assert (code, answer["id"], answer["totals"]["landed_cost"]) == (0, "gb", "132.00")
    assert run("verify", lines[0]) == ([json.dumps({"quote_id": answer["quote_id"], "valid": True})], 0)
    forged = lines[0].replace('"landed_cost": "132.00"', '"landed_cost": "131.00"')
    assert forged != lines[0]
    assert run("verify", forged)[1] == 2


def test_an_answer_with_its_request_replays_to_the_same_bytes(run: Any) -> None:
    answer = json.loads(run("quote", json.dumps(REQUEST))[0][0])
    lines, code = run("replay", json.dumps(answer | {"request": REQUEST}))
    assert (code, json.loads(lines[0])["same"]) == (0, True)


def test_a_quote_with_local_sales_tax_replays_under_the_table_of_its_day(
    run: Any, settings: Any, tmp_path: Any
) -> None:
    settings.VAR_DIR = tmp_path
    table, place = tmp_path / "own.csv", {"country": "US", "region": "TX", "postcode": "75001-1234"}
    asked = json.dumps({**REQUEST, "currency": "USD", "ship_to": place, "schemes": ["US_SALES_TAX:TX"]})
    answers = []
    for rate in ("0.02", "0.01"):
        table.write_text(f"state,zip,rate,valid_from\nTX,75001,{rate},2025-01-01\n")
        call_command("feeds", "salestax", "manual", str(table), stdout=io.StringIO())
        answers.append(json.loads(run("quote", asked)[0][0]))
    replayed = run("replay", json.dumps(answers[0] | {"request": json.loads(asked)}))
    rulebook.forget()
    # 6.25 % of the state and 2 % or 1 % of the city, of 110.00: 6.88 + 2.20 and 6.88 + 1.10.
    assert [answer["totals"]["import_tax"] for answer in answers] == ["9.08", "7.98"]
    assert (replayed[1], json.loads(replayed[0][0])["same"]) == (0, True)


@pytest.mark.parametrize("verb", ["quote", "batch", "explain"])
def test_a_line_without_origin_is_refused_by_name(run: Any, verb: str) -> None:
    line = {"quantity": 1, "unit_price": "100.00", "hs_code": "610910"}
    [said], code = run(verb, json.dumps(REQUEST | {"lines": [REQUEST["lines"][0], line]}))
    error = json.loads(said)["error"]
    assert (code, error["details"]["field"]) == (0 if verb == "batch" else 2, "lines[1].origin")
    assert "where the goods were made" in error["message"]


@pytest.mark.django_db
def test_a_stored_checkout_quote_replays_by_its_id(run: Any, connection: Any, cart: Any) -> None:
    answer = fallback_answer(connection, cart)
    answer.keep()
    lines, code = run("replay", "", answer.options[0].quote_id)
    assert (code, json.loads(lines[0])["same"]) == (0, True)
    Quote.objects.update(answer_text=Quote.objects.get().answer_text.replace('"complete"', '"estimate"'))
    lines, code = run("replay", "", answer.options[0].quote_id)
    assert code == 1
    assert "status" in json.loads(lines[0])["changed"]


def test_a_bad_line_answers_with_its_error_and_the_batch_goes_on(run: Any) -> None:
    good, bad = json.dumps(REQUEST), json.dumps(REQUEST | {"colour": "red", "id": "b"})
    lines, code = run("batch", "\n".join([good, "rubbish", "", bad, good]))
    answers = [json.loads(line) for line in lines]
    assert code == 0
    assert ["error" in answer for answer in answers] == [False, True, True, False]
    assert "colour" in answers[2]["error"]["message"]
    assert answers[2]["id"] == "b"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"id": "\\ud800"}', "[" * 100_000])
def test_what_is_no_request_exits_with_2_and_says_why(run: Any, text: str) -> None:
    lines, code = run("quote", text)
    assert code == 2
    assert json.loads(lines[0])["error"]["message"]


def test_explain_says_the_reasoning_in_words(run: Any) -> None:
    lines, code = run("explain", json.dumps(REQUEST))
    text = "\n".join(lines)
    assert code == 0
    assert "22.00" in text
    assert "20" in text


@pytest.mark.django_db
def test_diff_names_what_a_law_to_come_does_to_stored_quotes(run: Any, connection: Any, cart: Any) -> None:
    fallback_answer(connection, cart).keep()
    assert run("diff", "") == ([], 0)  # the same rulebook, the same moment
    lines, code = run("diff", "", "--against", "no-such-hash")
    assert (code, json.loads(lines[0])["error"]["code"]) == (2, "unknown_rulebook")


@pytest.mark.parametrize("moment", ["yesterday", "2026-12-01", "2026-12-01T00:00:00"])
def test_a_diff_at_no_instant_is_refused_by_name(run: Any, moment: str) -> None:
    [said], code = run("diff", "", "--at", moment)
    assert (code, json.loads(said)["error"]["details"]["field"]) == (2, "at")


@pytest.mark.parametrize("arguments", [("replay", "q_1"), ("diff",)])
def test_a_database_without_tables_is_named_with_its_remedy(run: Any, monkeypatch: Any, arguments: Any) -> None:
    def unready(*_: Any, **__: Any) -> None:
        raise OperationalError("no such table: quotes_quote")

    monkeypatch.setattr("shipsmart.quotes.models.Quote.objects.filter", unready)
    monkeypatch.setattr("shipsmart.quotes.models.Quote.objects.order_by", unready)
    verb, *rest = arguments
    [said], code = run(verb, "", *rest)
    assert (code, json.loads(said)["error"]["code"]) == (2, "database_not_ready")
    assert "manage.py migrate" in json.loads(said)["error"]["message"]
