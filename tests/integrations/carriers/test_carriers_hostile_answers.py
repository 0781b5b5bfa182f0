"""Answers that no carrier should send: every value of a real one, one by one, turned into something else.

What cannot be read is an IntegrationError, for a purchase with its outcome unknown; never another exception, never a
price of nought, never a label without a number.
"""

import copy
import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.carriers.correios import client as correios_client
from integrations.carriers.correios import mapping as correios_mapping
from integrations.carriers.dhl_express import client as dhl_client
from integrations.carriers.dhl_express import mapping as dhl_mapping
from integrations.carriers.dhl_express import shipment as dhl_shipment
from integrations.carriers.dhl_express.adapter import adapter as dhl
from integrations.carriers.fedex import client as fedex_client
from integrations.carriers.fedex import mapping as fedex_mapping
from integrations.carriers.fedex import shipment as fedex_shipment
from integrations.carriers.fedex.adapter import adapter as fedex
from integrations.carriers.ups import client as ups_client
from integrations.carriers.ups import mapping as ups_mapping
from integrations.carriers.ups import shipment as ups_shipment
from integrations.carriers.ups.adapter import adapter as ups
from integrations.carriers.usps import client as usps_client
from integrations.carriers.usps import mapping as usps_mapping
from integrations.carriers.usps import shipment as usps_shipment
from shipsmart.ports import CarrierAccountRef, CarrierQuote, IntegrationError, Label
from tests.integrations.carriers.carrier_cases import Practice, enquiry, label_order
from tests.integrations.kit.naughty_server import Reply, naughty_server

CLIENT = {"client_id": "c", "client_secret": "s"}
DHL = CarrierAccountRef("dhl_express", "123456789", {"username": "u", "password": "p"})
UPS = CarrierAccountRef("ups", "A1B2C3", CLIENT)
FEDEX = CarrierAccountRef("fedex", "740561073", CLIENT)
USPS = CarrierAccountRef("usps", "1000012345", CLIENT, {"crid": "12345678", "mid": "901234567"})
CORREIOS = CarrierAccountRef("correios", "0073912345", {"user": "u", "access_code": "a"})
ODD = (None, "", [], {}, "<html>", -1, True)


def changed(document: Any, odd: Any) -> Iterator[Any]:
    """Return the document once for each value in it, that value replaced."""
    for path in _paths(document, ()):
        copied = copy.deepcopy(document)
        found = copied
        for step in path[:-1]:
            found = found[step]
        found[path[-1]] = odd
        yield copied


def _paths(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    steps = node.items() if isinstance(node, dict) else enumerate(node[:2]) if isinstance(node, list) else ()
    for step, value in steps:
        yield (*path, step)
        yield from _paths(value, (*path, step))


def outcomes(read: Callable[[Any], Any], document: Any, odd: Any) -> tuple[list[Any], list[IntegrationError]]:
    results, errors = [], []
    for broken in changed(document, odd):
        try:
            results.append(read(broken))
        except IntegrationError as error:
            errors.append(error)
    return results, errors


def asked_for_tomorrow(service: str, reference: str) -> Any:
    return label_order(service=service, reference=reference, ship_on=datetime.now(UTC).date() + timedelta(days=1))


def prices(carrier: str) -> tuple[Any, Callable[[Any], list[CarrierQuote]]]:
    asked = enquiry(ship_on=datetime.now(UTC).date() + timedelta(days=1))
    if carrier == "dhl":
        document = dhl_client.rates(DHL, dhl_mapping.rates_body(DHL, asked), timeout_s=5)
        return document, lambda found: dhl_mapping.quotes_from(DHL, asked, found)
    if carrier == "ups":
        document = ups_client.shop(UPS, ups_mapping.rate_body(UPS, asked), timeout_s=5)
        return document, lambda found: ups_mapping.quotes_from(UPS, found)
    if carrier == "fedex":
        document = fedex_client.rates(FEDEX, fedex_mapping.rates_body(FEDEX, asked), timeout_s=5)
        return document, lambda found: fedex_mapping.quotes_from(FEDEX, found)
    document = usps_client.prices(USPS, usps_mapping.prices_body(USPS, asked), timeout_s=5)
    return document, lambda found: usps_mapping.quotes_from(USPS, found)


def booking(carrier: str) -> tuple[Any, Callable[[Any], Label]]:
    if carrier == "dhl":
        body = dhl_shipment.shipment_body(DHL, asked_for_tomorrow("P", "odd-dhl"))
        document = dhl_client.create_shipment(DHL, body, reference="odd-dhl", timeout_s=5)
        return document, lambda found: dhl_mapping.label_from(found, "pdf")
    if carrier == "ups":
        body = ups_shipment.shipment_body(UPS, asked_for_tomorrow("65", "odd-ups"))
        document = ups_client.ship(UPS, body, reference="odd-ups", timeout_s=5)
        return document, lambda found: ups_mapping.label_from(found, "zpl")  # no picture to draw: the same reading
    if carrier == "fedex":
        body = fedex_shipment.shipment_body(FEDEX, asked_for_tomorrow("FEDEX_INTERNATIONAL_PRIORITY", "odd-fedex"))
        document = fedex_client.create_shipment(FEDEX, body, reference="odd-fedex", timeout_s=5)
        return document, lambda found: fedex_mapping.label_from(found, "pdf")
    body = usps_shipment.label_body(USPS, asked_for_tomorrow("PMI", "odd-usps"))
    document = usps_client.create_label(USPS, body, reference="odd-usps", timeout_s=5)
    return document, lambda found: usps_mapping.label_from(found, "pdf")


def scans(carrier: str, practice: Practice) -> tuple[Any, Callable[[Any], Any]]:
    if carrier == "correios":
        number = "LX000000005US"
        return correios_client.track(CORREIOS, number, timeout_s=5), correios_mapping.events_from
    document, read = booking(carrier)
    waybill = read(document).waybill
    practice.advance(days=3)
    if carrier == "dhl":
        return dhl_client.tracking(DHL, waybill, timeout_s=5), dhl_mapping.events_from
    if carrier == "ups":
        return ups_client.track(UPS, waybill, timeout_s=5), lambda found: ups_mapping.events_from(found, waybill)
    if carrier == "fedex":
        found = fedex_client.track(FEDEX, waybill, timeout_s=5)
        return found, lambda document: fedex_mapping.events_from(document, waybill)
    return usps_client.track(USPS, waybill, timeout_s=5), usps_mapping.events_from


@pytest.mark.parametrize("carrier", ["dhl", "ups", "fedex", "usps"])
def test_no_odd_price_is_taken_for_free_freight(practice: Practice, carrier: str) -> None:
    document, read = prices(carrier)
    plain = {quote.price for quote in read(document)}
    for odd in ODD:
        results, errors = outcomes(read, document, odd)
        quotes = [quote for found in results for quote in found]
        assert {error.code for error in errors} <= {"unreadable_answer"}
        assert all(isinstance(quote.price, Decimal) and quote.price > 0 for quote in quotes)
        assert plain & {quote.price for quote in quotes}


@pytest.mark.parametrize("carrier", ["dhl", "ups", "fedex", "usps"])
def test_an_odd_answer_to_a_purchase_is_a_label_with_a_number_or_an_unknown_outcome(
    practice: Practice, carrier: str
) -> None:
    document, read = booking(carrier)
    for odd in (None, "", [], {}):
        results, errors = outcomes(read, document, odd)
        assert errors
        assert {(error.outcome_unknown, error.permanent) for error in errors} == {(True, False)}
        assert all(label.waybill and label.label for label in results)


@pytest.mark.parametrize("carrier", ["dhl", "ups", "fedex", "usps", "correios"])
def test_an_odd_scan_is_read_or_said_to_be_unreadable(practice: Practice, carrier: str) -> None:
    document, read = scans(carrier, practice)
    for odd in ODD:
        results, errors = outcomes(read, document, odd)
        assert {error.permanent for error in errors} <= {False}
        assert all(event.at.tzinfo for events in results for event in events)


EACH = pytest.mark.parametrize(
    ("adapter", "account", "setting"),
    [(dhl, DHL, "DHL_EXPRESS"), (ups, UPS, "UPS"), (fedex, FEDEX, "FEDEX")],
    ids=["dhl", "ups", "fedex"],
)


@EACH
@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"<html><h1>Maintenance</h1></html>", headers={"Content-Type": "text/html"}),
        Reply(body=b"[]"),
        Reply(body=b"null"),
        Reply(body=b'"ok"'),
        Reply(body=b"[" * 100_000),
    ],
    ids=["page", "list", "null", "text", "deep"],
)
def test_anything_but_prices_with_a_200_is_unreadable(
    settings: Any, adapter: Any, account: Any, setting: str, reply: Reply
) -> None:
    with naughty_server(lambda _: reply) as server:
        setattr(settings, f"{setting}_BASE_URL", server.url)
        fresh = replace(account, credentials={**account.credentials, "x": reply.body[:9].hex()})
        with pytest.raises(IntegrationError) as caught:
            adapter.carrier_quotes(fresh, enquiry(), timeout_s=2)
    assert (caught.value.permanent, caught.value.outcome_unknown) == (False, False)


def test_a_bomb_of_zeros_is_not_unpacked(settings: Any) -> None:
    bomb = Reply(body=gzip.compress(b" " * 40_000_000, 1), headers={"Content-Encoding": "gzip"})
    with naughty_server(lambda _: bomb) as server:
        settings.DHL_EXPRESS_BASE_URL = server.url
        with pytest.raises(IntegrationError) as caught:
            dhl.carrier_quotes(DHL, enquiry(), timeout_s=5)
    assert caught.value.code == "answer_too_large"


def test_the_pause_that_a_carrier_asks_for_is_handed_on(settings: Any) -> None:
    with naughty_server(lambda _: Reply(status=429, headers={"Retry-After": "90"})) as server:
        settings.DHL_EXPRESS_BASE_URL = server.url
        with pytest.raises(IntegrationError) as caught:
            dhl.tracking_events(DHL, "1234567890", timeout_s=2)
    assert (caught.value.code, caught.value.retry_after_s) == ("too_many_requests", 90.0)


@EACH
@pytest.mark.parametrize("body", [b'{"errors": null}', b'{"response": {"errors": [0]}}', b"[]", b"null", b"\xff\xfe"])
def test_a_refusal_of_an_odd_shape_is_still_a_refusal(
    settings: Any, adapter: Any, account: Any, setting: str, body: bytes
) -> None:
    with naughty_server(lambda _: Reply(status=400, body=body)) as server:
        setattr(settings, f"{setting}_BASE_URL", server.url)
        fresh = replace(account, credentials={**account.credentials, "x": body.hex()})
        with pytest.raises(IntegrationError) as caught:
            adapter.carrier_quotes(fresh, enquiry(), timeout_s=2)
    assert (caught.value.code, caught.value.permanent) == ("partner_refused", True)
