"""Returns and edits over the API: the answers of `landedcost revise`, for the merchant's own quotes only."""

import io
import json

import pytest
from django.core.management import call_command

QUOTES, REVISE = "landed-cost/quotes", "landed-cost/revise"


@pytest.fixture
def quoted(api, request_body):
    """Two T-shirts at 30.00 with 10.00 freight under IOSS: EUR 3.00 of flat duty, 19 % of 70.00 = 13.30 of VAT."""
    return api.post(QUOTES, request_body()).json()


def test_a_return_gives_back_what_was_charged_on_the_pieces(api, quoted):
    found = api.post(REVISE, {"quote_id": quoted["quote_id"], "returned": {"a": 1}}).json()
    rows = {row["kind"]: (row["charged"], row["kept"], row["refundable"]) for row in found["charges"]}
    # The flat duty stands while one piece stays; 19 % of 30.00 is 5.70, the freight and its VAT stay.
    assert rows == {"duty": ("3.00", "3.00", "0.00"), "import_tax": ("13.30", "7.60", "5.70")}
    assert found["totals"]["refund"] == "35.70"
    assert found["quote_id"] == quoted["quote_id"]


def test_an_edit_computes_the_changed_order_under_the_original_law(api, quoted):
    body = {"quote_id": quoted["quote_id"], "kind": "edit", "kept": {"a": 3}, "freight": "12.00"}
    found = api.post(REVISE, body).json()
    # 90.00 + 12.00 + 3.00 + 19 % of 102.00 (19.38) = 124.38 instead of 86.30: to be paid.
    assert found["totals"] == {"currency": "EUR", "charged": "86.30", "kept": "124.38", "refundable": "-38.08"}
    assert found["answer"]["at"] == quoted["at"]


def test_the_answer_is_that_of_the_command(api, quoted, monkeypatch):
    body = {"quote_id": quoted["quote_id"], "kept": {"a": 0}, "freight_refunded": True}
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(body)))
    call_command("landedcost", "revise", stdout=out)
    assert api.post(REVISE, body).json() == json.loads(out.getvalue())


def test_a_quote_that_was_not_stored_here_is_revised_from_request_and_answer(api, quoted, request_body):
    body = {"request": request_body(), "answer": quoted, "returned": {"a": 2}}
    assert api.post(REVISE, body).json()["totals"]["refund"] == "74.40"  # 60.00 + 3.00 + 11.40


def test_a_stranger_sees_no_quote_of_others(stranger, quoted):
    response = stranger.post(REVISE, {"quote_id": quoted["quote_id"], "kept": {"a": 0}})
    assert (response.status_code, response.json()["error"]["code"]) == (404, "unknown_quote")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kept": {"a": 3}}, "kept.a"),
        ({"kept": {"b": 1}}, "kept.b"),
        ({"kept": {"a": -1}}, "kept.a"),
        ({"kept": {"a": True}}, "kept.a"),
        ({"kept": {"a": 1.5}}, "kept.a"),
        ({"kept": {"a": 10**30}}, "kept.a"),
        ({"kept": []}, "kept"),
        ({"kept": None}, "kept"),
        ({"returned": {"a": 1}}, "kept"),
        ({"kept": None, "returned": {"a": 3}}, "kept.a"),
        ({"kept_before": {"a": "1"}}, "kept_before.a"),
        ({"freight_refunded": "yes"}, "freight_refunded"),
        ({"kind": "exchange"}, "kind"),
        ({"kind": "edit", "kept": {"a": 0}}, "kept"),
        ({"kind": "edit", "freight": "NaN"}, "freight"),
        ({"quote_id": 7}, "quote_id"),
        ({"pieces": 1}, "pieces"),
    ],
)
def test_bad_input_names_its_field(api, quoted, changes, field):
    response = api.post(REVISE, {"quote_id": quoted["quote_id"], "kept": {"a": 1}, **changes})
    assert response.status_code == 400
    assert response.json()["error"]["details"]["field"] == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"at": "yesterday"}, "answer.at"),
        ({"at": 5}, "answer.at"),
        ({"at": "2026-11-10T12:00:00"}, "answer.at"),
        ({"rulebook": "2026"}, "answer.rulebook"),
        ({"rulebook": {}}, "answer.rulebook.sha256"),
        ({"totals": None}, "answer.totals"),
        ({"totals": {"landed_cost": "much"}}, "answer.totals.landed_cost"),
        ({"charges": "none"}, "answer.charges"),
        ({"charges": [5]}, "answer.charges[0]"),
        ({"charges": [{"kind": "fee", "rule": "merchant.x", "name": "x"}]}, "answer.charges[0].amount"),
        ({"charges": []}, "answer"),
    ],
)
def test_what_is_no_answer_of_ours_is_refused_by_its_field(api, quoted, request_body, changes, field):
    body = {"request": request_body(), "answer": {**quoted, **changes}, "kept": {"a": 1}}
    response = api.post(REVISE, body)
    assert response.status_code == 400
    assert response.json()["error"]["details"]["field"] == field


def test_a_request_that_cannot_be_read_is_named_too(api, quoted, request_body):
    for request, field in (({}, "request.ship_from"), (request_body(lines=[{}]), "request.lines[0].quantity")):
        response = api.post(REVISE, {"request": request, "answer": quoted, "kept": {}})
        assert response.json()["error"]["details"]["field"] == field


def test_an_answer_of_a_rulebook_that_is_gone_is_refused(api, quoted, request_body):
    answer = {**quoted, "rulebook": {"version": "1", "sha256": "0" * 64}}
    response = api.post(REVISE, {"request": request_body(), "answer": answer, "kept": {"a": 1}})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "revision_refused")
