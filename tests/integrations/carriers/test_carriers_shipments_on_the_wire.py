"""Thirty shipments through every carrier over real HTTP: each request, as it went out, keeps to the carrier's own
description, and every customs field is what the order said.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.carriers.dhl_express.adapter import adapter as dhl
from integrations.carriers.fedex.adapter import adapter as fedex
from integrations.carriers.royal_mail.adapter import adapter as royal_mail
from integrations.carriers.ups.adapter import adapter as ups
from integrations.carriers.usps.adapter import adapter as usps
from integrations.kit.fields import crosses_customs
from shipsmart.ports import CarrierAccountRef, Incoterm, IntegrationError, LabelOrder, manifests
from tests.integrations.carriers.carrier_cases import US_SHOP, Practice
from tests.integrations.carriers.declared import differences, meant
from tests.integrations.carriers.exercise import exercised
from tests.integrations.carriers.random_shipments import shipments
from tests.integrations.carriers.readings import READERS
from tests.integrations.carriers.shipment_cases import BRITISH_SHOP, CASES, SHOP, Case
from tests.integrations.carriers.wire import problems, recorded
from tests.integrations.kit.naughty_server import Heard

CLIENT = {"client_id": "c", "client_secret": "s"}
ACCOUNTS = {
    "dhl_express": CarrierAccountRef("dhl_express", "123456789", {"username": "u", "password": "p"},
                                     {"duties_account": "987654321"}),
    "ups": CarrierAccountRef("ups", "A1B2C3", CLIENT),
    "fedex": CarrierAccountRef("fedex", "740561073", CLIENT),
    "usps": CarrierAccountRef("usps", "1000012345", CLIENT, {"crid": "12345678", "mid": "901234567"}),
    "royal_mail": CarrierAccountRef("royal_mail", "", {"api_key": "k"}, {"ddp_services": ["DDP1"]}),
}  # fmt: skip
ADAPTERS = {"dhl_express": dhl, "ups": ups, "fedex": fedex, "usps": usps, "royal_mail": royal_mail}
SERVICES = {"dhl_express": "P", "ups": "65", "fedex": "FEDEX_INTERNATIONAL_PRIORITY", "usps": "PMI"}
DUTIES = {"dhl_express": "987654321", "ups": "A1B2C3", "fedex": "740561073", "usps": "prepaid", "royal_mail": "prepaid"}


BY_CHANCE, SEED = 20, 20261123
SENT_TO = ("/shipments", "/ship", "/international-label", "/orders")


def fitted(found: Case, carrier: str, reference: str) -> LabelOrder:
    """Return the case as a shop of the carrier's own country sends it, with a service that carries its terms."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    order = replace(found.order, reference=reference, ship_on=tomorrow)
    if carrier == "royal_mail" and order.shipper.country == "US":
        kept = () if order.shipper in (SHOP, US_SHOP) else order.shipper.tax_ids
        order = replace(order, shipper=replace(BRITISH_SHOP, tax_ids=BRITISH_SHOP.tax_ids + kept))
    return with_service(order, carrier)


def with_service(order: LabelOrder, carrier: str) -> LabelOrder:
    if carrier == "royal_mail":
        return replace(order, service="DDP1" if order.incoterm == Incoterm.DDP else "MP7")
    inside = carrier == "dhl_express" and not crosses_customs(order.shipper, order.consignee)
    return replace(order, service="U" if inside else SERVICES[carrier])


def account_for(found: Case, carrier: str) -> CarrierAccountRef:
    return replace(ACCOUNTS[carrier], settings={**ACCOUNTS[carrier].settings, **found.settings})


def bought(heard: list[Heard]) -> list[Heard]:
    return [one for one in heard if one.method == "POST" and one.path.endswith(SENT_TO)]


@pytest.mark.parametrize("carrier", list(ADAPTERS))
@pytest.mark.parametrize("number", range(len(CASES)), ids=[found.name for found in CASES])
def test_what_goes_out_is_what_the_order_says(practice: Practice, settings: Any, carrier: str, number: int) -> None:
    found = CASES[number]
    order = fitted(found, carrier, f"wire-{carrier[:5]}-{number}")
    with recorded(getattr(practice, carrier)) as line:
        setattr(settings, f"{carrier.upper()}_BASE_URL", line.url)
        if carrier in found.refused:
            with pytest.raises(IntegrationError) as caught:
                ADAPTERS[carrier].buy_label(account_for(found, carrier), order, timeout_s=20)
            assert (caught.value.code, caught.value.permanent) == (found.refused[carrier], True)
            assert bought(line.heard) == []
            return
        label = ADAPTERS[carrier].buy_label(account_for(found, carrier), order, timeout_s=20)
    assert label.waybill
    assert [text for one in line.heard for text in problems(carrier, one)] == []
    (sent,) = {one.body for one in bought(line.heard)}  # a token past its time is answered 401, and it goes out again
    body = json.loads(sent, parse_float=Decimal)
    if crosses_customs(order.shipper, order.consignee):
        assert differences(carrier, READERS[carrier](body), meant(order, carrier, DUTIES[carrier])) == []
    else:
        assert not {"exportDeclaration", "customsClearanceDetail", "InternationalForms"} & set(names_in(body))


@pytest.mark.parametrize("carrier", list(ADAPTERS))
def test_twenty_shipments_by_chance_go_out_as_their_orders_say(practice: Practice, settings: Any, carrier: str) -> None:
    wrong = []
    with recorded(getattr(practice, carrier)) as line:
        setattr(settings, f"{carrier.upper()}_BASE_URL", line.url)
        for number, thrown in enumerate(shipments(carrier, BY_CHANCE, SEED)):
            order = with_service(thrown, carrier)
            line.heard.clear()
            ADAPTERS[carrier].buy_label(ACCOUNTS[carrier], order, timeout_s=20)
            wrong += [f"{number}: {text}" for one in line.heard for text in problems(carrier, one)]
            (sent,) = {one.body for one in bought(line.heard)}
            said = READERS[carrier](json.loads(sent, parse_float=Decimal))
            wrong += [
                f"{number}: {text}" for text in differences(carrier, said, meant(order, carrier, DUTIES[carrier]))
            ]
    assert wrong == []


def names_in(document: Any) -> list[str]:
    if isinstance(document, list):
        return [name for part in document for name in names_in(part)]
    if isinstance(document, dict):
        return [*document, *(name for part in document.values() for name in names_in(part))]
    return []


@pytest.mark.parametrize("carrier", list(ADAPTERS))
def test_every_other_request_keeps_to_the_description_too(practice: Practice, settings: Any, carrier: str) -> None:
    """Prices, duties, tracking, finding again, pick-ups, the day's papers, the way back, voids."""
    with recorded(getattr(practice, carrier)) as line:
        setattr(settings, f"{carrier.upper()}_BASE_URL", line.url)
        order = fitted(CASES[0], carrier, f"wire-all-{carrier[:5]}")
        found = exercised(
            ADAPTERS[carrier], ACCOUNTS[carrier], order, practice_waits=lambda: practice.advance(days=0.01)
        )
    assert found == set(manifests()[carrier].PROVIDES)
    assert [f"{one.method} {one.path}: {text}" for one in line.heard for text in problems(carrier, one)] == []


def test_every_case_is_sent_by_some_carrier_and_refusals_are_of_real_carriers() -> None:
    assert len(CASES) >= 20
    assert all(set(found.refused) <= set(ADAPTERS) for found in CASES)
    assert [found.name for found in CASES if set(found.refused) == set(ADAPTERS)] == [
        "a gift with a line worth nothing",
        "nothing in it",
    ]
