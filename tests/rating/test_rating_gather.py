"""Gathering prices over real HTTP: DHL's adapter against a server of ours that hangs, fails and recovers."""

import threading
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shipsmart.ports import CarrierEnquiry, CarrierQuote, CustomsItem, DangerousGoods, Incoterm, ParcelSpec, Party
from shipsmart.rating import quoting
from shipsmart.rating.memory import cache_key
from shipsmart.rating.quoting import AccountSnapshot, NoCarrierQuote, TableRow, choose, gather
from tests.integrations.kit.naughty_server import Reply, naughty_server, reply_json

ENQUIRY = CarrierEnquiry(
    shipper=Party(name="Ingrid", address1="Karl Johans gate 12", city="Oslo", postcode="0154", country="NO"),
    consignee=Party(city="Köln", postcode="50667", country="DE"),
    parcels=(ParcelSpec("1", 900, 250, 200, 100),),
    items=(CustomsItem("M", "Ceramic mug", "691110", "PT", 2, Decimal(20), 400),),
    currency="EUR",
    goods_value=Decimal(40),
    incoterm=Incoterm.DDP,
    ship_on=date(2026, 11, 23),
)
ONE = AccountSnapshot(1, "dhl_express", "111111111", "DHL one", {"username": "u", "password": "p"})
TWO = replace(ONE, id=2, number="222222222", label="DHL two")
ROW = TableRow("express", "Express", 5000, Decimal("29.00"), "EUR", stands_for="dhl_express:P")


def rates(price="31.50", fee="0"):
    return {
        "products": [
            {
                "productName": "EXPRESS WORLDWIDE",
                "productCode": "P",
                "totalPrice": [{"currencyType": "BILLC", "priceCurrency": "NOK", "price": float(price)}],
                "detailedPriceBreakdown": [
                    {
                        "currencyType": "BILLC",
                        "priceCurrency": "NOK",
                        "breakdown": [{"name": "DUTY TAX PAID", "serviceCode": "DD", "price": float(fee)}],
                    }
                ],
                "deliveryCapabilities": {"estimatedDeliveryDateAndTime": "2026-11-26T23:59:00"},
            }
        ]
    }


@pytest.fixture(autouse=True)
def _nothing_remembered():
    quoting.forget()
    yield
    quoting.forget()


@pytest.fixture
def carrier(settings):
    """Return a function that starts the server with a behaviour; DHL's address points at it."""
    started = []

    def start(behave):
        context = naughty_server(behave if callable(behave) else lambda _: behave)
        server = context.__enter__()
        started.append(context)
        settings.DHL_EXPRESS_BASE_URL = server.url
        return server

    yield start
    for context in started:
        context.__exit__(None, None, None)


def ask(*accounts, rows=(), deadline_s=1.0):
    return gather(accounts, ENQUIRY, deadline_s=deadline_s, table_rates=rows)


def test_all_accounts_are_asked_at_once(carrier):
    both_asked = threading.Barrier(2)

    def answer(_):
        both_asked.wait(5)  # breaks when one is asked only after the other has answered
        return reply_json(rates())

    carrier(answer)
    found = ask(ONE, TWO, rows=(ROW,), deadline_s=4)
    assert [(q.account_number, q.price, q.source) for q in found.quotes] == [
        ("111111111", Decimal("31.5"), "live"),
        ("222222222", Decimal("31.5"), "live"),
    ]
    assert found.messages == ()


def test_every_carrier_hung_is_answered_at_the_deadline_from_the_price_list(carrier):
    carrier(Reply(hang_s=30))
    started = time.monotonic()
    found = ask(ONE, TWO, rows=(ROW,), deadline_s=0.4)
    assert time.monotonic() - started < 10  # of the 30 that the carriers hang
    assert [(q.carrier, q.service, q.price, q.source) for q in found.quotes] == [
        ("dhl_express", "P", Decimal("29.00"), "fallback")
    ]
    assert found.messages == (
        "DHL one: no answer within the deadline",
        "DHL two: no answer within the deadline",
    )


def test_a_hundred_answers_with_every_carrier_hung_are_in_time_and_never_empty(carrier):
    carrier(Reply(hang_s=30))
    took = []
    for _ in range(100):
        started = time.monotonic()
        assert ask(ONE, TWO, rows=(ROW,), deadline_s=0.25).quotes
        took.append(time.monotonic() - started)
    assert max(took) < 10  # of the 30 that the carriers hang; the benchmark rate_callback.hung has the figure
    assert sum(seconds > 0.2 for seconds in took) < 50  # the breaker opened: most are not kept waiting at all


def test_no_call_outlives_the_deadline(carrier):
    carrier(Reply(hang_s=30))
    ask(ONE, TWO, deadline_s=0.3)
    time.sleep(0.4)
    assert quoting._asking == {}
    busy = [t for t in threading.enumerate() if t.name.startswith("rating")]
    assert len(busy) <= quoting.THREADS


def test_one_carrier_down_leaves_the_other_and_a_message(carrier):
    carrier(
        lambda heard: (
            Reply(status=500, body=b'{"detail":"down"}')
            if heard.json()["accounts"][0]["number"] == "111111111"
            else reply_json(rates())
        )
    )
    found = ask(ONE, TWO, rows=(ROW,))
    assert [q.account_number for q in found.quotes] == ["222222222"]
    assert found.messages == ("DHL one: DHL Express answered 500: down",)


def test_rubbish_becomes_a_message_and_the_fallback(carrier):
    carrier(Reply(body=b"<html>sorry</html>"))
    found = ask(ONE, rows=(ROW,))
    assert [q.source for q in found.quotes] == ["fallback"]
    assert "is not JSON" in found.messages[0]


def test_an_answer_of_another_shape_becomes_a_message(carrier):
    carrier(reply_json({"products": [{"productCode": None}]}))
    assert "unknown shape" in ask(ONE, rows=(ROW,)).messages[0]


def test_without_carriers_and_rows_the_answer_says_so():
    found = gather((), ENQUIRY, deadline_s=0.1, table_rates=())
    assert found.quotes == ()
    assert found.messages == ("no price for DE and 900 g: 0 carrier accounts gave none and the price list is empty",)


def test_a_row_that_does_not_cover_the_lane_is_said_too():
    found = gather((), ENQUIRY, deadline_s=0.1, table_rates=(replace(ROW, countries=("US",)),))
    assert "no row of the price list covers it" in found.messages[0]


def test_the_second_time_the_answer_comes_from_memory(carrier):
    server = carrier(reply_json(rates()))
    ask(ONE)
    found = ask(ONE)
    assert [q.source for q in found.quotes] == ["cache"]
    assert len(server.heard) == 1


def test_another_process_finds_the_answer_in_the_shared_cache(carrier):
    server = carrier(reply_json(rates()))
    ask(ONE)
    quoting.memory.forget()
    assert [q.source for q in ask(ONE).quotes] == ["cache"]
    assert len(server.heard) == 1


def test_a_stale_answer_is_served_at_once_and_renewed_behind(carrier, monkeypatch):
    server = carrier(lambda _: reply_json(rates(), hang_s=0.2))
    ask(ONE)
    monkeypatch.setattr(quoting.memory, "clock", lambda: time.time() + 3600)
    assert [q.source for q in ask(ONE).quotes] == ["stale"]
    deadline = time.monotonic() + 3
    while quoting._asking and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(server.heard) == 2
    assert [q.source for q in ask(ONE).quotes] == ["cache"]


def test_an_answer_older_than_a_day_is_not_served(carrier, monkeypatch):
    carrier(reply_json(rates()))
    ask(ONE)
    monkeypatch.setattr(quoting.memory, "clock", lambda: time.time() + 24 * 3600 + 1)
    assert [q.source for q in ask(ONE).quotes] == ["live"]


def test_the_same_question_asked_by_many_at_once_goes_out_once(carrier):
    server = carrier(lambda _: reply_json(rates(), hang_s=0.2))
    results = []
    threads = [threading.Thread(target=lambda: results.append(ask(ONE))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(found.quotes) for found in results] == [1] * 8
    assert len(server.heard) == 1


def test_an_account_that_keeps_failing_is_left_alone(carrier):
    server = carrier(Reply(status=503))
    for _ in range(8):
        found = ask(ONE, rows=(ROW,), deadline_s=0.5)
    assert found.messages == ("DHL one: left alone for a moment after repeated failures",)
    assert len(server.heard) == 10  # five tries, each with one repeat


def test_only_the_services_of_the_account_are_offered(carrier):
    carrier(reply_json(rates()))
    assert ask(replace(ONE, services=("N",))).quotes == ()
    assert ask(replace(ONE, services=("P", "N"))).quotes[0].service == "P"


def test_the_fee_for_duty_tax_paid_is_not_part_of_the_freight(carrier):
    carrier(reply_json(rates("48.50", "17.00")))
    assert ask(ONE).quotes[0].price == Decimal("31.5")


@pytest.mark.parametrize(
    "change",
    [
        {"consignee": replace(ENQUIRY.consignee, country="FR")},
        {"consignee": replace(ENQUIRY.consignee, postcode="10115")},
        {"parcels": (replace(ENQUIRY.parcels[0], weight_g=1600),)},
        {"goods_value": Decimal(900)},
        {"incoterm": Incoterm.DAP},
        {"ship_on": date(2026, 11, 24)},
        {"currency": "USD"},
    ],
)
def test_what_changes_a_price_changes_the_key(change):
    assert cache_key(ONE, replace(ENQUIRY, **change)) != cache_key(ONE, ENQUIRY)


def test_another_account_or_other_settings_have_a_key_of_their_own():
    keys = {cache_key(a, ENQUIRY) for a in (ONE, TWO, replace(ONE, id=3), replace(ONE, settings={"paperless": True}))}
    assert len(keys) == 4


def quote(service, price, carrier="dhl_express", currency="EUR"):
    return CarrierQuote(carrier, service, service, Decimal(price), currency)


def test_the_label_takes_the_cheapest_that_keeps_the_promised_service():
    quotes = [quote("P", "30"), quote("P", "28", "ups"), quote("W", "12")]
    assert choose(quotes, wanted="P").price == Decimal(28)
    assert choose(quotes, wanted="dhl_express:P").price == Decimal(30)
    assert choose(quotes, wanted=None).service == "W"
    with pytest.raises(NoCarrierQuote):
        choose(quotes, wanted="65")
    with pytest.raises(NoCarrierQuote):
        choose([], wanted=None)


def test_credentials_do_not_show_in_a_repr():
    assert "password" not in repr(ONE)
    assert "'p'" not in repr(ONE.ref())


BATTERY = DangerousGoods("UN3481", "967", "II", Decimal(12), 1)


def declared(goods: DangerousGoods) -> CarrierEnquiry:
    return replace(ENQUIRY, items=(replace(ENQUIRY.items[0], dangerous=goods),))


def test_a_price_for_plain_goods_is_not_that_for_dangerous_ones():
    assert cache_key(ONE, ENQUIRY) != cache_key(ONE, declared(BATTERY))
    assert cache_key(ONE, declared(BATTERY)) != cache_key(ONE, declared(replace(BATTERY, packing_instruction="966")))


def test_a_carrier_that_refuses_the_goods_is_neither_offered_nor_stood_in_for(carrier):
    carrier(reply_json(rates()))
    own = replace(ROW, service="sea", service_name="By sea", stands_for="", price=Decimal("9.00"))
    alone = declared(DangerousGoods("UN3480", "965", "IA"))  # batteries on their own go by special contract only
    found = gather([ONE], alone, deadline_s=1.0, table_rates=[ROW, own])
    assert [(quote.carrier, quote.service) for quote in found.quotes] == [("table", "sea")]
    assert "goes with DHL Express by special contract only" in found.messages[0]
