"""Returns and edits under the law of the original day: amounts worked out by hand."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from shipsmart.core.errors import BadRevision
from shipsmart.quotes import landed
from shipsmart.quotes.operations import fallback_answer
from shipsmart.quotes.revising import RevisionRefused, revise_edit, revise_return

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def sold(country: str, currency: str, *lines: tuple[str, int, str, str], **changes: Any) -> tuple[Any, Any]:
    """Return a request and its answer; a line is (id, quantity, unit price, HS code), all of Chinese origin."""
    request = {
        "at": "2026-11-10T12:00:00+00:00",
        "ship_from": {"country": "CN"},
        "ship_to": {"country": country},
        "currency": currency,
        "lines": [{"id": i, "quantity": q, "unit_price": p, "hs_code": c, "origin": "CN"} for i, q, p, c in lines],
        **changes,
    }
    return request, landed.answer(request, now=NOW)


def rows(found: Any) -> dict[tuple[str, str | None], tuple[str, str, str]]:
    return {(row["kind"], row["line"]): (row["charged"], row["kept"], row["refundable"]) for row in found["charges"]}


def test_a_flat_duty_of_a_class_stands_while_one_piece_of_it_stays() -> None:
    request, answer = sold(
        "DE", "EUR", ("a", 3, "20.00", "610910"), ("b", 1, "30.00", "610910"), schemes=["EU_IOSS"], freight="9.00"
    )
    found = revise_return(request, answer, kept={"a": 0})
    # EUR 3 for the class, shared 60 to 30: all of it stands, for b stays.
    assert rows(found)["duty", "a"] == ("2.00", "2.00", "0.00")
    assert rows(found)["duty", "b"] == ("1.00", "1.00", "0.00")
    both = revise_return(request, answer, kept={"a": 0, "b": 0})
    assert [row["refundable"] for row in both["charges"] if row["kind"] == "duty"] == ["2.00", "1.00"]
    assert "falls away" in both["charges"][0]["why"]


def test_the_sellers_tax_on_freight_stands_unless_the_freight_is_given_back() -> None:
    request, answer = sold("GB", "GBP", ("a", 2, "50.00", "610910"), schemes=["GB_VAT"], freight="10.00")
    # 20 % of 110.00 is 22.00; of what stays with all goods gone, 10.00 of freight, 2.00.
    assert rows(revise_return(request, answer, kept={"a": 0}))["import_tax", "a"] == ("22.00", "2.00", "20.00")
    refunded = revise_return(request, answer, kept={"a": 0}, freight_refunded=True)
    assert rows(refunded)["import_tax", "a"] == ("22.00", "0.00", "22.00")
    assert refunded["totals"]["refund"] == "132.00"


def test_a_return_never_moves_the_original_consignment_under_a_threshold() -> None:
    request, answer = sold("DE", "EUR", ("a", 2, "80.00", "610910"))
    found = revise_return(request, answer, kept={"a": 1})
    # 160.00 pays 12 % and 19 % of 179.20; of the 80.00 that stays half, though 80.00 alone would pay EUR 3.
    assert rows(found)["duty", "a"] == ("19.20", "9.60", "9.60")
    assert rows(found)["import_tax", "a"] == ("34.05", "17.03", "17.02")
    assert found["governing"]["routes"] == [
        {"rule": "eu/standard", "name": found["governing"]["routes"][0]["name"], "lines": ["a"]}
    ]
    assert "not applied" in found["governing"]["why"]
    assert [warning["code"] for warning in found["warnings"]] == ["duty_needs_a_claim"]


def test_an_edit_before_dispatch_counts_the_thresholds_anew() -> None:
    request, answer = sold("DE", "EUR", ("a", 2, "80.00", "610910"))
    found = revise_edit(request, answer, kept={"a": 1})
    assert found["totals"] == {"currency": "EUR", "charged": "213.25", "kept": "98.77", "refundable": "114.48"}
    by_rule = {(row["kind"], row["rule"]): (row["charged"], row["kept"]) for row in found["charges"]}
    assert by_rule["duty", "eu/base_duty"] == ("19.20", "0.00")
    assert by_rule["duty", "eu/low_value"] == ("0.00", "3.00")
    assert by_rule["import_tax", "de/vat"] == ("34.05", "15.77")


def test_the_law_of_the_original_day_governs_a_later_return() -> None:
    # On 2026-05-11 Brazil still took 20 % up to USD 50; the day after it was nothing.
    request, answer = sold(
        "BR",
        "USD",
        ("a", 2, "20.00", "610910"),
        at="2026-05-11T12:00:00-03:00",
        schemes=["BR_REMESSA_CONFORME"],
        ship_to={"country": "BR", "region": "SP"},
    )
    assert rows(revise_return(request, answer, kept={"a": 1}))["duty", "a"] == ("8.00", "4.00", "4.00")


def test_partial_returns_add_up_to_the_whole_to_the_cent() -> None:
    request, answer = sold("GB", "GBP", ("a", 7, "99.99", "610910"), ("b", 1, "0.01", "420221"), freight="3.33")
    given = Decimal(0)
    before: dict[str, int] = {}
    for kept in (5, 4, 1, 0):
        found = revise_return(request, answer, kept={"a": kept}, kept_before=before)
        given += Decimal(found["totals"]["refund"])
        before = {"a": kept}
    whole = revise_return(request, answer, kept={"a": 0})
    assert given == Decimal(whole["totals"]["refund"])
    for row in whole["charges"]:
        assert Decimal(row["charged"]) == Decimal(row["kept"]) + Decimal(row["refundable"])


def test_what_was_returned_before_cannot_come_back_again() -> None:
    request, answer = sold("GB", "GBP", ("a", 3, "10.00", "610910"))
    with pytest.raises(BadRevision, match="2 pieces cannot stay of 1"):
        revise_return(request, answer, kept={"a": 2}, kept_before={"a": 1})
    with pytest.raises(BadRevision, match="no line 'z'"):
        revise_return(request, answer, kept={"z": 0})


def test_a_fee_for_the_entry_stands() -> None:
    request, answer = sold("US", "USD", ("a", 1, "500.00", "420221"), at="2026-03-10T12:00:00-05:00")
    fees = [row for row in revise_return(request, answer, kept={"a": 0})["charges"] if row["kind"] == "fee"]
    assert [(row["charged"], row["refundable"]) for row in fees] == [("2.69", "0.00")]


def test_an_answer_that_is_not_of_its_request_is_refused() -> None:
    request, answer = sold("GB", "GBP", ("a", 3, "10.00", "610910"))
    with pytest.raises(RevisionRefused, match="not those of its request"):
        revise_return({**request, "freight": "5.00"}, answer, kept={"a": 1})
    gone = {**answer, "rulebook": {"version": "x", "sha256": "0" * 64}}
    with pytest.raises(RevisionRefused, match="another law"):
        revise_return(request, gone, kept={"a": 1})


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    def call(given: Any) -> tuple[Any, int]:
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(given)))
        out, code = io.StringIO(), 0
        try:
            call_command("landedcost", "revise", stdout=out)
        except SystemExit as ended:
            code = int(ended.code or 0)
        return json.loads(out.getvalue()), code

    return call


def test_the_command_takes_what_was_returned(run: Any) -> None:
    request, answer = sold("GB", "GBP", ("a", 2, "50.00", "610910"), schemes=["GB_VAT"])
    found, code = run({"request": request, "answer": answer, "returned": {"a": 1}})
    assert (code, found["totals"]["refund"]) == (0, "60.00")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "kept"),
        ({"kept": {"a": -1}}, "kept.a"),
        ({"kept": {"a": 1}, "kind": "gift"}, "kind"),
        ({"kept": {"a": 1}, "answer": {}}, "answer.at"),
        ({"kept": {"a": 1}, "colour": 1}, "colour"),
        ({"returned": {"a": 3}}, "kept.a"),
    ],
)
def test_a_wrong_field_of_a_revision_is_named(run: Any, changes: Any, field: str) -> None:
    request, answer = sold("GB", "GBP", ("a", 2, "50.00", "610910"))
    found, code = run({"request": request, "answer": answer, **changes})
    assert (code, found["error"]["details"]["field"]) == (2, field)


@pytest.mark.django_db
def test_a_stored_quote_is_revised_by_its_id_and_the_carriers_fee_stands(run: Any, connection: Any, cart: Any) -> None:
    shown = fallback_answer(connection, cart)
    shown.keep()
    ddp = next(option for option in shown.options if option.service_code.endswith("DDP"))
    kept = {"kept": dict.fromkeys(("1",), 0), "quote_id": ddp.quote_id}
    found, code = run(kept)
    assert (code, found["quote_id"]) == (0, ddp.quote_id)
    assert Decimal(found["totals"]["refund"]) > 0
