import json
from datetime import timedelta
from decimal import Decimal

import pytest

from shipsmart.api.models import IdempotentQuote
from shipsmart.merchants.models import Merchant
from shipsmart.quotes.models import Quote
from shipsmart.rating.models import FeeRule

QUOTES = "landed-cost/quotes"


def test_a_quote_is_answered_in_the_shape_of_the_contract(api, request_body):
    response = api.post(QUOTES, request_body(id="cart 7"))
    answer = response.json()
    assert response.status_code == 200
    assert answer["id"] == "cart 7"
    assert answer["status"] == "complete"
    assert answer["scheme"] == "EU_IOSS"
    # 60.00 goods + 10.00 freight; EUR 3 of flat duty, 19 % VAT on the supply of 70.00 alone = 13.30.
    assert answer["totals"]["duty"] == "3.00"
    assert answer["totals"]["import_tax"] == "13.30"
    assert answer["totals"]["landed_cost"] == "86.30"
    assert answer["quote_id"].startswith("q_")
    assert len(answer["signature"]) == 64


def test_a_stored_quote_is_read_as_it_was_given(api, request_body):
    given = api.post(QUOTES, request_body(id="cart 7")).json()
    assert api.get(f"{QUOTES}/{given['quote_id']}").json() == given


def test_the_moment_is_kept_when_the_request_named_none(api, request_body):
    body = request_body()
    del body["at"]
    given = api.post(QUOTES, body).json()
    stored = json.loads(Quote.objects.get(quote_id=given["quote_id"]).request_text)["request"]
    assert stored["at"] == given["at"]
    assert api.post(f"landed-cost/replay/{given['quote_id']}").json()["same"] is True


def test_a_replay_gives_the_same_bytes_or_says_what_differs(api, request_body):
    given = api.post(QUOTES, request_body()).json()
    replayed = api.post(f"landed-cost/replay/{given['quote_id']}").json()
    assert replayed == {
        "quote_id": given["quote_id"],
        "same": True,
        "changed": [],
        "rulebooks": {"old": given["rulebook"], "new": given["rulebook"]},
    }
    row = Quote.objects.get(quote_id=given["quote_id"])
    row.answer_text = row.answer_text.replace('"import_tax":"13.30"', '"import_tax":"13.29"')
    row.save()
    replayed = api.post(f"landed-cost/replay/{given['quote_id']}").json()
    assert (replayed["same"], replayed["changed"]) == (False, ["local_totals", "totals"])


def test_an_answer_is_verified_and_an_altered_one_is_not(api, request_body):
    given = api.post(QUOTES, request_body(id="x")).json()
    assert api.post("landed-cost/verify", given).json() == {"quote_id": given["quote_id"], "valid": True}
    given["totals"]["duty"] = "0.00"
    assert api.post("landed-cost/verify", given).json()["valid"] is False
    assert api.post("landed-cost/verify", {}).json() == {"quote_id": None, "valid": False}
    assert api.post("landed-cost/verify", {"signature": 7, "a": [1.5, None]}).json()["valid"] is False


def test_the_reasoning_is_told_in_plain_words(api, request_body):
    given = api.post(QUOTES, request_body()).json()
    response = api.get(f"{QUOTES}/{given['quote_id']}/explain")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "Landed cost: goods 60.00 + freight 10.00 + duty 3.00 + import tax 13.30 = 86.30 EUR" in (
        response.content.decode()
    )


def test_a_stranger_finds_nothing_of_it(api, stranger, request_body):
    quote_id = api.post(QUOTES, request_body()).json()["quote_id"]
    tries = [
        stranger.get(f"{QUOTES}/{quote_id}"),
        stranger.get(f"{QUOTES}/{quote_id}/explain"),
        stranger.post(f"landed-cost/replay/{quote_id}"),
    ]
    assert [response.status_code for response in tries] == [404, 404, 404]
    assert {response.json()["error"]["code"] for response in tries} == {"unknown_quote"}


@pytest.fixture
def fees(merchant: Merchant) -> None:
    """One fee for every carrier, and one of DHL for Germany alone."""
    FeeRule.objects.create(merchant=merchant, name="handling", flat=Decimal("1.50"), currency="EUR")
    FeeRule.objects.create(
        merchant=merchant,
        carrier="dhl_express",
        country="DE",
        name="duty paid",
        percent=Decimal("0.02"),
        minimum=Decimal("15.00"),
        currency="EUR",
    )


def test_the_merchants_own_fees_are_part_of_it(api, request_body, fees):
    answer = api.post(QUOTES, request_body()).json()
    assert (answer["totals"]["fees"], answer["totals"]["landed_cost"]) == ("1.50", "87.80")
    named = api.post(f"{QUOTES}?carrier=dhl_express", request_body()).json()
    assert (named["totals"]["fees"], named["totals"]["landed_cost"]) == ("16.50", "102.80")
    assert api.post(f"landed-cost/replay/{named['quote_id']}").json()["same"] is True


def test_another_merchants_fees_are_not(stranger, request_body, fees):
    assert stranger.post(QUOTES, request_body()).json()["totals"]["fees"] == "0.00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": None}, "currency"),
        ({"ship_to": {"country": "de"}}, "ship_to.country"),
        ({"ship_to": None}, "ship_to"),
        ({"ship_to": "DE"}, "ship_to"),
        ({"ship_to": {"country": "DE", "planet": "Earth"}}, "ship_to.planet"),
        ({"lines": []}, "lines"),
        ({"lines": [{"quantity": 1, "unit_price": "1"}] * 1001}, "lines"),
        ({"lines": [{"quantity": 0, "unit_price": "1"}]}, "lines[0].quantity"),
        ({"lines": [{"quantity": 1, "unit_price": "-1"}]}, "lines[0].unit_price"),
        ({"lines": [{"quantity": 1, "unit_price": 1.5}]}, "lines[0].unit_price"),
        ({"lines": [{"quantity": 1, "unit_price": "1e999999"}]}, "lines[0].unit_price"),
        ({"lines": [{"quantity": 1, "unit_price": "NaN"}]}, "lines[0].unit_price"),
        ({"lines": [{"quantity": 1, "unit_price": "1", "hs_code": "12345678901"}]}, "lines[0].hs_code"),
        ({"lines": [{"quantity": 1, "unit_price": "1", "hs_code": "610910"}]}, "lines[0].origin"),
        ({"at": "2026-11-10T12:00:00"}, "at"),
        ({"at": 5}, "at"),
    ],
)
def test_bad_input_names_its_field(api, request_body, changes, field):
    response = api.post(QUOTES, request_body(**changes))
    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["code"], error["details"]["field"]) == ("invalid_request", field)
    assert Quote.objects.count() == 0


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b'{"id": "\xff"}', "not_json"),
        (b'{"id": "\\ud800"}', "not_json"),
        (b'{"freight": NaN}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"null", "not_an_object"),
    ],
)
@pytest.mark.parametrize("path", [QUOTES, "landed-cost/verify", "papers"])
def test_what_is_no_json_object_is_refused(api, path, raw, code):
    response = api.post(path, raw)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == code


@pytest.mark.parametrize("path", [QUOTES, "landed-cost/verify", "papers"])
@pytest.mark.parametrize("size", [1024 * 1024 + 1, 3 * 1024 * 1024])
def test_a_body_over_a_mebibyte_is_refused(api, path, size):
    response = api.post(path, b" " * size)
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "body_too_large"


def test_sums_that_cannot_be_stored_are_refused(api, request_body):
    line = {"quantity": 1, "unit_price": "999999999999", "origin": "CN"}
    response = api.post(QUOTES, request_body(lines=[line]))
    assert (response.status_code, response.json()["error"]["code"]) == (422, "amount_too_large")


def test_what_the_law_does_not_tell_is_said(api, request_body):
    answer = api.post(QUOTES, request_body(ship_to={"country": "AQ"})).json()
    assert answer["status"] == "not_computable"
    assert answer["totals"]["landed_cost"] is None
    assert api.get(f"{QUOTES}/{answer['quote_id']}").json() == answer


def test_a_bad_carrier_is_refused(api, request_body):
    response = api.post(f"{QUOTES}?carrier=a%20b", request_body())
    assert response.json()["error"]["details"] == {"field": "carrier"}


class TestIdempotencyKey:
    def test_the_same_request_gives_the_same_answer_once(self, api, request_body):
        first = api.post(QUOTES, request_body(id="1"), Idempotency_Key="k-1")
        again = api.post(QUOTES, request_body(id="1"), Idempotency_Key="k-1")
        assert again.content == first.content
        assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
        assert Quote.objects.count() == 1

    def test_another_request_is_a_conflict(self, api, request_body):
        api.post(QUOTES, request_body(), Idempotency_Key="k-1")
        response = api.post(QUOTES, request_body(freight="11.00"), Idempotency_Key="k-1")
        assert (response.status_code, response.json()["error"]["code"]) == (409, "idempotency_key_reused")
        assert api.post(f"{QUOTES}?carrier=ups", request_body(), Idempotency_Key="k-1").status_code == 409

    def test_it_belongs_to_one_merchant(self, api, stranger, request_body):
        ours = api.post(QUOTES, request_body(), Idempotency_Key="k-1").json()
        theirs = stranger.post(QUOTES, request_body(), Idempotency_Key="k-1").json()
        assert ours["quote_id"] != theirs["quote_id"]

    def test_it_is_free_again_after_a_day(self, api, request_body):
        first = api.post(QUOTES, request_body(), Idempotency_Key="k-1").json()
        for row in IdempotentQuote.objects.all():
            row.created_at -= timedelta(hours=24, seconds=1)
            row.save()
        later = api.post(QUOTES, request_body(freight="11.00"), Idempotency_Key="k-1").json()
        assert later["quote_id"] != first["quote_id"]
        assert IdempotentQuote.objects.count() == 1

    def test_a_refused_request_does_not_use_it_up(self, api, request_body):
        assert api.post(QUOTES, request_body(lines=[]), Idempotency_Key="k-1").status_code == 400
        assert api.post(QUOTES, request_body(), Idempotency_Key="k-1").status_code == 200

    @pytest.mark.parametrize("given", ["", "x" * 256, "tab\there"])
    def test_a_malformed_one_is_refused(self, api, request_body, given):
        response = api.post(QUOTES, request_body(), Idempotency_Key=given)
        assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_idempotency_key")


def test_two_at_once_with_one_key_get_one_answer(api, merchant, request_body, monkeypatch):
    """The second is past the look-up when the first one stores: the database decides, the loser reads."""
    from shipsmart.api import operations

    once = operations.Once("k-1", "0" * 64)
    first, _ = operations.make_quote(merchant, request_body(), once=once)
    real, calls = operations._earlier, []

    def late(*arguments):
        calls.append(arguments)
        return None if len(calls) == 1 else real(*arguments)

    monkeypatch.setattr(operations, "_earlier", late)
    second, repeated = operations.make_quote(merchant, request_body(), once=once)
    assert (second, repeated) == (first, True)
    assert Quote.objects.count() == 1
