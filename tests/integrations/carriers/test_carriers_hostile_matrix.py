"""Every operation of every adapter against carriers that hang, drop, answer rubbish, or accept and then say nothing.

Whatever comes back is an IntegrationError or an answer that the carrier really gave: no other exception, no "nothing
was booked" read out of rubbish (the label would be bought again), no void or cancelled courier that nobody confirmed.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integrations.carriers.correios.adapter import adapter as correios
from integrations.kit import http
from shipsmart.ports import CarrierAccountRef, IntegrationError, LabelOrder, manifests
from tests.integrations.carriers.carrier_cases import BRAZILIAN, Practice
from tests.integrations.carriers.exercise import operations
from tests.integrations.carriers.hostile import REFUSALS, RUBBISH, answering
from tests.integrations.carriers.shipment_cases import CASES
from tests.integrations.carriers.test_carriers_shipments_on_the_wire import ACCOUNTS, ADAPTERS, fitted
from tests.integrations.kit.naughty_server import Reply, naughty_server, self_signed

EVERY = {**ADAPTERS, "correios": correios}
OPENED = {**ACCOUNTS, "correios": CarrierAccountRef("correios", "0073912345", {"user": "u", "access_code": "a"})}
BUYS = {"labels", "return_labels", "pickups", "manifest"}
# An empty list of what was asked for is an answer; DHL defines no body for a cancelled courier or a taken invoice.
MEANT = {
    ("royal_mail", "find", "empty list"), ("correios", "quotes", "empty list"),
    ("dhl_express", "cancel_pickup", "no body"), ("dhl_express", "cancel_pickup", "no content"),
    ("dhl_express", "cancel_pickup", "empty object"), ("dhl_express", "cancel_pickup", "wrong types"),
    ("dhl_express", "invoice_upload", "no body"), ("dhl_express", "invoice_upload", "no content"),
    ("dhl_express", "invoice_upload", "empty object"), ("dhl_express", "invoice_upload", "wrong types"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PAUSE_S", 0.001)
    monkeypatch.setattr(http, "MAX_ANSWER_BYTES", 100_000)


def order_for(carrier: str, reference: str) -> LabelOrder:
    if carrier != "correios":
        return fitted(CASES[0], carrier, reference)
    home = replace(BRAZILIAN, district="Consolação")
    order = replace(CASES[0].order, reference=reference, service="03220", currency="BRL")
    return replace(order, shipper=home, consignee=home)


def offered(carrier: str, *, timeout_s: float) -> dict[str, Callable[[str], Any]]:
    """Return the operations that an adapter has, with those that come along with them."""
    provided = set(manifests()[carrier].PROVIDES)
    along = {"find": "labels", "cancel_pickup": "pickups"}
    every = operations(EVERY[carrier], OPENED[carrier], order_for(carrier, f"odd-{carrier[:5]}"), timeout_s=timeout_s)
    return {name: do for name, do in every.items() if along.get(name, name) in provided}


def outcome(do: Callable[[str], Any]) -> Any:
    try:
        return do("1Z999AA10123456784")
    except IntegrationError as error:
        return error


@pytest.mark.parametrize("carrier", list(EVERY))
def test_rubbish_is_never_read_as_a_word_of_the_carrier(settings: Any, carrier: str) -> None:
    said = {"now": Reply()}
    wrong = []
    with naughty_server(answering(lambda: said["now"])) as server:
        setattr(settings, f"{carrier.upper()}_BASE_URL", server.url)
        for kind, said["now"] in RUBBISH.items():
            for name, do in offered(carrier, timeout_s=5).items():
                found = outcome(do)
                if not isinstance(found, IntegrationError):
                    wrong += [f"{name}, {kind}: {found!r}"] if (carrier, name, kind) not in MEANT else []
                elif name in BUYS and kind not in REFUSALS and (not found.outcome_unknown or found.permanent):
                    wrong.append(f"{name}, {kind}: {found.code} is no unknown outcome")
    assert wrong == []


DRIP = Reply(body=b" " * 300, drip_s=0.2)  # a socket's own time-out would begin anew with every byte


@pytest.mark.parametrize("carrier", list(EVERY))
@pytest.mark.parametrize(
    "behave",
    [answering(lambda: Reply(hang_s=60)), answering(lambda: DRIP), lambda _: DRIP],
    ids=["hangs", "drips", "drips from the token on"],
)
def test_every_operation_of_a_hung_carrier_ends_in_time(settings: Any, carrier: str, behave: Any) -> None:
    with naughty_server(behave) as server:
        setattr(settings, f"{carrier.upper()}_BASE_URL", server.url)
        every = offered(carrier, timeout_s=0.4)
        with ThreadPoolExecutor(len(every)) as pool:
            found = dict(zip(every, pool.map(outcome, every.values()), strict=True))
    assert {error.code for error in found.values()} <= {"timed_out", "unreachable"}
    assert {error.permanent for error in found.values()} == {False}
    assert {name for name, error in found.items() if error.outcome_unknown} <= BUYS | {"find"}


STRUCK = {"quotes": "rates", "landed_cost": "landed_cost", "labels": "ship", "return_labels": "ship",
          "tracking": "track", "pickups": "pickup", "manifest": "manifest", "void": "void",
          "subscriptions": "subscribe", "invoice_upload": "upload"}  # fmt: skip


@pytest.mark.parametrize("carrier", list(EVERY))
def test_nothing_is_said_to_a_carrier_whose_certificate_nobody_trusts(
    settings: Any, carrier: str, tmp_path: Path
) -> None:
    with naughty_server(answering(Reply), tls=self_signed(tmp_path)) as server:
        setattr(settings, f"{carrier.upper()}_BASE_URL", server.url)
        found = {name: outcome(do) for name, do in offered(carrier, timeout_s=5).items()}
        assert server.heard == []
    assert {(error.code, error.permanent, error.outcome_unknown) for error in found.values()} == {
        ("certificate_refused", True, False)
    }


# Royal Mail's void searches for the order first; USPS names duties beside its prices.
BEGINS_WITH = {("royal_mail", "void"): "find", ("usps", "landed_cost"): "rates"}


@pytest.mark.parametrize("carrier", list(EVERY))
def test_the_practice_carriers_misbehave_on_demand_in_every_operation(practice: Practice, carrier: str) -> None:
    every = offered(carrier, timeout_s=5)
    found = {}
    for name in [name for name in every if name in STRUCK]:
        for kind in ("drop", "rubbish", "http_500"):
            practice.calm()
            practice.fault(kind, carrier=carrier, operation=BEGINS_WITH.get((carrier, name), STRUCK[name]))
            found[name, kind] = outcome(every[name])
    assert {key: type(error) for key, error in found.items()} == dict.fromkeys(found, IntegrationError)
    assert {key for key, error in found.items() if error.outcome_unknown} == {key for key in found if key[0] in BUYS}
