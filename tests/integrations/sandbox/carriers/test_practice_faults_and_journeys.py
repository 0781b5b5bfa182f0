import time

import pytest
import requests

from integrations.sandbox.carriers.faults import FaultBoard


def _buy(practice, document) -> str:
    return practice.dhl("POST", "/shipments", json=document).json()["shipmentTrackingNumber"]


def _events(practice, number: str) -> list[dict]:
    return practice.dhl("GET", f"/shipments/{number}/tracking").json()["shipments"][0]["events"]


def _codes(practice, number: str) -> list[str]:
    return [event["typeCode"] for event in _events(practice, number)]


def test_accept_then_hang_books_the_shipment(practice, dhl_shipment) -> None:
    practice.fault(carrier="dhl_express", operation="ship", kind="accept_then_hang", count=1)
    with pytest.raises(requests.Timeout):
        practice.dhl("POST", "/shipments", json=dhl_shipment("HANG-1"), timeout=0.5)
    assert len(practice.with_reference("HANG-1")) == 1
    query = {"shipmentReference": "HANG-1", "shipperAccountNumber": "123456789"}
    found = practice.dhl("GET", "/tracking", params=query).json()["shipments"]
    assert [s["shipmentTrackingNumber"] for s in found] == [practice.with_reference("HANG-1")[0]["number"]]


def test_a_plain_hang_books_nothing_and_ends_when_cleared(practice, dhl_shipment) -> None:
    practice.fault(carrier="*", operation="ship", kind="hang")
    with pytest.raises(requests.Timeout):
        practice.dhl("POST", "/shipments", json=dhl_shipment("HANG-2"), timeout=0.3)
    assert practice.with_reference("HANG-2") == []
    practice.handle("DELETE", "/faults")
    assert practice.dhl("POST", "/shipments", json=dhl_shipment("HANG-2")).status_code == 201


def test_a_hanging_request_ends_soon_after_its_client_has_gone(practice, dhl_rates) -> None:
    practice.fault(carrier="dhl_express", operation="rates", kind="hang", count=1)
    with pytest.raises(requests.Timeout):
        practice.dhl("POST", "/rates", json=dhl_rates, timeout=0.3)
    deadline = time.monotonic() + 3
    statuses = [None]
    while statuses == [None] and time.monotonic() < deadline:
        entries = practice.handle("GET", "/requests", params={"operation": "rates"})["requests"]
        statuses = [entry["status"] for entry in entries]
        time.sleep(0.05)
    assert statuses == [503]


@pytest.mark.parametrize("status", [500, 429, 503])
def test_an_error_strikes_as_often_as_counted(practice, dhl_rates, status) -> None:
    practice.fault(carrier="dhl_express", operation="rates", kind=f"http_{status}", count=2)
    answers = [practice.dhl("POST", "/rates", json=dhl_rates).status_code for _ in range(3)]
    assert answers == [status, status, 200]
    assert practice.handle("GET", "/faults") == {"faults": []}


def test_ups_errors_have_upss_shape(practice, ups_rates) -> None:
    practice.fault(carrier="ups", operation="rates", kind="http_429", count=1)
    response = practice.ups("POST", "/api/rating/v2409/Shop", json=ups_rates)
    assert response.status_code == 429
    assert response.json()["response"]["errors"][0]["code"] == "10429"


def test_slow_answers_late_but_right(practice, dhl_rates) -> None:
    practice.fault(carrier="dhl_express", operation="rates", kind="slow:0.4", count=1)
    started = time.monotonic()
    assert practice.dhl("POST", "/rates", json=dhl_rates).status_code == 200
    assert time.monotonic() - started >= 0.4


def test_rubbish_is_not_json(practice, dhl_rates) -> None:
    practice.fault(carrier="dhl_express", operation="rates", kind="rubbish", count=1)
    with pytest.raises(requests.JSONDecodeError):
        practice.dhl("POST", "/rates", json=dhl_rates).json()


def test_drop_cuts_the_connection(practice, dhl_rates) -> None:
    practice.fault(carrier="dhl_express", operation="rates", kind="drop", count=1)
    with pytest.raises(requests.ConnectionError):
        practice.dhl("POST", "/rates", json=dhl_rates)


def test_tracking_faults_disturb_order_number_text_and_time(practice, dhl_shipment) -> None:
    number = _buy(practice, dhl_shipment("SHAPE-1"))
    practice.advance(hours=24 * 10)
    right = _events(practice, number)
    practice.fault(carrier="dhl_express", operation="track", kind="wrong_order", count=1)
    mixed = _events(practice, number)
    assert mixed != right
    assert sorted(map(repr, mixed)) == sorted(map(repr, right))
    practice.fault(carrier="dhl_express", operation="track", kind="twice", count=1)
    assert len(_events(practice, number)) == 2 * len(right)
    practice.fault(carrier="dhl_express", operation="track", kind="null_text", count=1)
    assert {event["description"] for event in _events(practice, number)} == {None}
    practice.fault(carrier="dhl_express", operation="track", kind="odd_fractions", count=1)
    assert all(event["time"].endswith(".1234567") for event in _events(practice, number))
    assert _events(practice, number) == right


@pytest.mark.parametrize(
    "fault", [{"kind": "melt"}, {"kind": "hang", "carrier": "owl"}, {"kind": "hang", "count": 0}, {}]
)
def test_an_unknown_fault_is_refused(practice, fault) -> None:
    response = requests.post(f"{practice.url}/_practice/faults", json=fault, timeout=5)
    assert response.status_code == 400


def test_a_reference_forces_the_journey(practice, dhl_shipment) -> None:
    number = _buy(practice, dhl_shipment("H-1 practice:customs_hold"))
    practice.advance(hours=24 * 12)
    codes = _codes(practice, number)
    assert codes.index("IC") < codes.index("CD") < codes.index("CR") < codes.index("OK")


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        ("attempt_failed", ["WC", "NH", "AR", "WC", "OK"]),
        ("refused", ["WC", "RD", "RT", "OK"]),
        ("returned", ["NH", "WC", "NH", "RT", "OK"]),
        ("lost", ["DF", "OH"]),
    ],
)
def test_a_handle_forces_the_journey(practice, dhl_shipment, kind, ending) -> None:
    number = _buy(practice, dhl_shipment(f"J-{kind}"))
    practice.handle("POST", "/journeys", json={"number": number, "kind": kind})
    practice.advance(hours=24 * 40)
    assert _codes(practice, number)[-len(ending) :] == ending


def test_a_wish_by_reference_holds_for_shipments_to_come(practice, dhl_shipment) -> None:
    practice.handle("POST", "/journeys", json={"reference": "WISH-9", "kind": "lost"})
    _buy(practice, dhl_shipment("WISH-9"))
    assert practice.with_reference("WISH-9")[0]["journey"] == "lost"


def test_nothing_has_happened_before_its_time(practice, dhl_shipment) -> None:
    number = _buy(practice, dhl_shipment("EARLY-1"))
    assert _codes(practice, number) == []
    practice.advance(hours=9)
    assert _codes(practice, number) == ["PU"]


def test_the_clock_can_run_faster(practice) -> None:
    before = practice.handle("POST", "/clock", json={"scale": 36000})
    time.sleep(0.2)
    after = practice.handle("POST", "/clock", json={"scale": 1})
    assert after["scale"] == 1
    assert after["now"] > before["now"]
    refused = requests.post(f"{practice.url}/_practice/clock", json={"advance_s": -1}, timeout=5)
    assert refused.status_code == 400


def test_a_hang_ends_by_itself_in_the_end() -> None:
    started = time.monotonic()
    FaultBoard().hang(None, longest_s=0.3)
    assert 0.3 <= time.monotonic() - started < 20
