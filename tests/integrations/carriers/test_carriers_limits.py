"""Each row of each carrier's table of limits is enforced before anything is sent, in words that name the field.

A row without a case here fails the last test: a limit that nobody checks is a truncated customs paper.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from integrations.carriers.dhl_express import duties as dhl_duties
from integrations.carriers.dhl_express import limits as dhl_limits
from integrations.carriers.dhl_express import pickups as dhl_pickups
from integrations.carriers.dhl_express import shipment as dhl
from integrations.carriers.fedex import limits as fedex_limits
from integrations.carriers.fedex import pickups as fedex_pickups
from integrations.carriers.fedex import shipment as fedex
from integrations.carriers.royal_mail import limits as rm_limits
from integrations.carriers.royal_mail import mapping as royal_mail
from integrations.carriers.ups import limits as ups_limits
from integrations.carriers.ups import pickups as ups_pickups
from integrations.carriers.ups import returns as ups_returns
from integrations.carriers.ups import shipment as ups
from integrations.carriers.usps import limits as usps_limits
from integrations.carriers.usps import shipment as usps
from shipsmart.ports import (
    CarrierAccountRef,
    CustomsItem,
    Incoterm,
    IntegrationError,
    LabelOrder,
    PickUpOrder,
    PickUpShipment,
    TaxId,
)
from tests.integrations.carriers.carrier_cases import GERMAN, PARCEL, SHIRT, US_SHOP, enquiry, label_order

Change = Callable[[int], tuple[LabelOrder, CarrierAccountRef | None]]
SHOP = replace(US_SHOP, company="Fieldwork")
BRITISH = replace(SHOP, city="London", region="", postcode="N1 9GU", country="GB", tax_ids=())
DHL = CarrierAccountRef("dhl_express", "123456789", {"username": "u", "password": "p"})
UPS = CarrierAccountRef("ups", "A1B2C3", {"client_id": "c", "client_secret": "s"})
FEDEX = CarrierAccountRef("fedex", "740561073", {"client_id": "c", "client_secret": "s"})
USPS = CarrierAccountRef("usps", "1000012345", {"client_id": "c", "client_secret": "s"})
RM = CarrierAccountRef("royal_mail", "", {"api_key": "k"}, {"ddp_services": ["D"]})


def consignee(**changes: Any) -> LabelOrder:
    return label_order(consignee=replace(GERMAN, **changes))


def shipper(**changes: Any) -> LabelOrder:
    return label_order(shipper=replace(SHOP, **changes))


def goods(**changes: Any) -> LabelOrder:
    return label_order(items=(replace(SHIRT, **changes),))


# Row of the table → an order with a text of `n` characters in that field, and what the message calls the field.
COMMON: Mapping[str, tuple[Callable[[int], LabelOrder], str]] = {
    "city": (lambda n: consignee(city="x" * n), "consignee city"),
    "postcode": (lambda n: consignee(postcode="1" * n), "consignee postcode"),
    "company": (lambda n: consignee(company="x" * n), "consignee company"),
    "name": (lambda n: consignee(name="x" * n, company="C"), "consignee name"),
    "phone": (lambda n: consignee(phone="1" * n), "consignee phone"),
    "email": (lambda n: shipper(email="x" * n), "consignor email"),
    "tax id": (lambda n: shipper(tax_ids=(TaxId("VAT", "1" * n, "DE"),)), "consignor tax id"),
    "vendor number": (lambda n: shipper(tax_ids=(TaxId("IOSS", "1" * n),)), "consignor tax id"),
    "reference": (lambda n: label_order(reference="x" * n), "reference"),
    "invoice number": (lambda n: label_order(invoice_number="x" * n), "invoice number"),
    "hs code": (lambda n: goods(hs_code="6" * n), "line 1 (TS-1) HS code"),
    "part number": (lambda n: goods(sku="x" * n), "SKU"),
    "service": (lambda n: label_order(service="x" * n), "service"),
    "region": (lambda n: consignee(region="x" * n), "consignee region"),
}


def refusal(build: Callable[[], Any]) -> IntegrationError:
    with pytest.raises(IntegrationError) as caught:
        build()
    assert caught.value.permanent
    return caught.value


def dhl_build(order: LabelOrder) -> Any:
    return dhl.shipment_body(DHL, order)


def ups_build(order: LabelOrder) -> Any:
    return ups.shipment_body(UPS, replace(order, service="65"))


def fedex_build(order: LabelOrder) -> Any:
    return fedex.shipment_body(FEDEX, replace(order, service="FEDEX_INTERNATIONAL_PRIORITY"))


def usps_build(order: LabelOrder) -> Any:
    return usps.label_body(USPS, replace(order, service="PMI"))


def rm_build(order: LabelOrder) -> Any:
    merchant = BRITISH if not order.shipper.tax_ids or order.shipper is US_SHOP else order.shipper
    if order.service == "P":
        order = replace(order, service="D")
    account = replace(RM, settings={"ddp_services": [order.service]})
    return royal_mail.orders_body(account, replace(order, shipper=merchant, currency="GBP", insurance=Decimal(0)))


def rm_with_tax(kind: str) -> Callable[[int], LabelOrder]:
    if kind == "IOSS":
        return lambda n: label_order(shipper=replace(BRITISH, tax_ids=(TaxId("IOSS", "1" * n),)))
    return lambda n: label_order(importer=replace(GERMAN, tax_ids=(TaxId(kind, "1" * n),)))


OWN: Mapping[str, Mapping[str, tuple[Callable[[int], LabelOrder], str]]] = {
    "usps": {
        "tax id": (lambda n: shipper(tax_ids=(TaxId("VAT", "1" * n, "DE"),)), "consignor tax id"),
        "hs code": (lambda n: goods(hs_code="6" * n), "item 1 hs code"),
        "company": (lambda n: consignee(company="x" * n, name=""), "consignee company"),
        "name": (lambda n: consignee(name="A " + "x" * n), "consignee name"),
    },
    "royal_mail": {
        "hs code": (lambda n: goods(hs_code="6" * n), "TS-1 HS code"),
        "sku": (lambda n: goods(sku="x" * n), "SKU"),
        "email": (lambda n: consignee(email="x" * n), "consignee email"),
        "IOSS": (rm_with_tax("IOSS"), "consignor tax id"),
        "EORI": (rm_with_tax("EORI"), "importer tax id"),
        "VAT": (rm_with_tax("VAT"), "importer tax id"),
        "tax code": (rm_with_tax("CPF"), "importer tax id"),
    },
    "ups": {"name": (lambda n: consignee(company="x" * n), "consignee company")},
    "dhl_express": {
        "US filing": (lambda n: label_order(references={"itn": "X" * (n - len("AES "))}), "export filing"),
        "customs document": (lambda n: label_order(references={"permit": "x" * n}), "licence or certificate"),
    },
}
CARRIERS: Mapping[str, tuple[Callable[[LabelOrder], Any], Mapping[str, int]]] = {
    "dhl_express": (dhl_build, dhl_limits.TEXTS),
    "ups": (ups_build, ups_limits.TEXTS),
    "fedex": (fedex_build, fedex_limits.TEXTS),
    "usps": (usps_build, usps_limits.TEXTS),
    "royal_mail": (rm_build, rm_limits.TEXTS),
}
# Rows that other requests use, each with a test of its own below; the rest of a text is shortened, never refused.
APART = {
    ("dhl_express", "account number"), ("dhl_express", "pick-up location"), ("dhl_express", "instructions"),
    ("dhl_express", "landed cost description"), ("fedex", "remarks"), ("usps", "AES ITN"), ("ups", "comments"),
    ("ups", "package description"),
}  # fmt: skip
SHORTENED = {"description", "content description", "extended description"}
ROWS = [
    (carrier, row)
    for carrier, (_, table) in CARRIERS.items()
    for row in table
    if row not in SHORTENED and (carrier, row) not in APART
]


@pytest.mark.parametrize(("carrier", "row"), ROWS)
def test_a_text_one_character_too_long_is_refused_by_its_name(carrier: str, row: str) -> None:
    build, table = CARRIERS[carrier]
    make, field = OWN.get(carrier, {}).get(row) or COMMON[row]
    error = refusal(lambda: build(make(table[row] + 1)))
    assert (error.code, error.details["field"].endswith(field)) == ("wrong_length", True)


@pytest.mark.parametrize(("carrier", "row"), [pair for pair in ROWS if pair[1] not in ("tax id", "EORI", "VAT")])
def test_a_text_just_as_long_as_allowed_is_sent_whole(carrier: str, row: str) -> None:
    build, table = CARRIERS[carrier]
    make, _ = OWN.get(carrier, {}).get(row) or COMMON[row]
    length = table[row] - 2 if (carrier, row) == ("usps", "name") else table[row]
    assert build(make(length))


LONG = " ".join(["soft", "knitted", "organic"] * 60) + " cotton T-shirt, contains lithium-ion battery UN3481"


def texts(document: Any, *names: str) -> list[str]:
    """Return every text under a name, wherever it stands in a request."""
    if isinstance(document, list):
        return [text for part in document for text in texts(part, *names)]
    if not isinstance(document, dict):
        return []
    own = [text for name in names if name in document for text in _flat(document[name])]
    return own + [text for part in document.values() for text in texts(part, *names)]


def _flat(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [text for text in value if isinstance(text, str)]


@pytest.mark.parametrize(
    ("carrier", "names", "most"),
    [
        ("dhl_express", ("description",), 512),
        ("ups", ("Description",), 50),
        ("fedex", ("description",), 450),
        ("usps", ("itemDescription",), 30),
        ("royal_mail", ("customsDescription",), 50),
        ("royal_mail", ("extendedCustomsDescription",), 300),
    ],
)
def test_a_long_description_is_shortened_by_words_and_keeps_the_lithium(
    carrier: str, names: tuple[str, ...], most: int
) -> None:
    build, _ = CARRIERS[carrier]
    found = texts(build(goods(description=LONG)), *names)
    assert found
    assert all(len(text) <= most for text in found)
    words = LONG.replace(",", "").split()
    assert all(word.strip(",") in words for text in found for word in text.split())
    assert "lithium" in " ".join(found)


READY = datetime(2026, 11, 23, 10, tzinfo=timezone(timedelta(hours=-6)))
PICK_UP = PickUpOrder(
    "PU-1",
    replace(SHOP, address2=""),
    READY,
    time(17),
    (PickUpShipment("1Z", "65", (PARCEL,), GERMAN),),
    "dock",
    "ring",
)


def place(**changes: Any) -> PickUpOrder:
    return replace(PICK_UP, address=replace(PICK_UP.address, **changes))


UPS_PICKUP: Mapping[str, Callable[[int], PickUpOrder]] = {
    "company": lambda n: place(company="x" * n),
    "contact": lambda n: place(name="x" * n),
    "address line": lambda n: place(address1="x" * n),
    "city": lambda n: place(city="x" * n),
    "region": lambda n: place(region="x" * n),
    "postcode": lambda n: place(postcode="1" * n),
    "location": lambda n: replace(PICK_UP, location="x" * n),
    "instructions": lambda n: replace(PICK_UP, instructions="x" * n),
    "reference": lambda n: replace(PICK_UP, reference="x" * n),
}


@pytest.mark.parametrize("row", list(ups_limits.PICKUP_TEXTS))
def test_each_row_of_a_ups_pick_up_is_enforced(row: str) -> None:
    most = ups_limits.PICKUP_TEXTS[row]
    assert refusal(lambda: ups_pickups.pickup_body(UPS, UPS_PICKUP[row](most + 1))).code == "wrong_length"
    assert ups_pickups.pickup_body(UPS, UPS_PICKUP[row](most))


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: dhl_pickups.pickup_body(DHL, replace(PICK_UP, location="x" * 81)), "location"),
        (lambda: dhl_pickups.pickup_body(DHL, replace(PICK_UP, instructions="x" * 81)), "instructions"),
        (
            lambda: fedex_pickups.pickup_body(FEDEX, replace(PICK_UP, location="", instructions="x" * 61)),
            "instructions",
        ),
        (lambda: dhl.shipment_body(replace(DHL, number="1" * 13), label_order()), "account number"),
        (lambda: usps.label_body(USPS, label_order(service="PMI", references={"itn": "X" * 36})), "AES ITN"),
        (lambda: ups_build(shipper(tax_ids=(TaxId("PRC", "9" * 151),))), "invoice comments"),
    ],
)
def test_limits_of_other_requests_are_enforced_too(build: Callable[[], Any], field: str) -> None:
    error = refusal(build)
    assert (error.code, error.details["field"]) == ("wrong_length", field)


def test_descriptions_elsewhere_are_shortened_to_their_own_row() -> None:
    asked = enquiry(items=(replace(SHIRT, description=LONG),))
    assert len(dhl_duties.duties_body(DHL, asked)["items"][0]["name"]) <= dhl_limits.TEXTS["landed cost description"]
    way_back = replace(
        goods(description=LONG), shipper=GERMAN, consignee=replace(SHOP, tax_ids=()), incoterm=Incoterm.DAP,
        duty_payer="recipient", export_reason="return", service="65",
    )  # fmt: skip
    (parcel,) = ups_returns.return_body(UPS, way_back)["ShipmentRequest"]["Shipment"]["Package"]
    assert len(parcel["Description"]) <= ups_limits.TEXTS["package description"]


def lines(count: int) -> LabelOrder:
    return label_order(
        items=tuple(CustomsItem(f"S{n}", "T-shirt", "610910", "PT", 1, Decimal(1), 100) for n in range(count))
    )


COUNTS: list[tuple[str, Callable[[], LabelOrder], str, str]] = [
    ("dhl_express", lambda: lines(dhl_limits.MOST_LINES + 1), "wrong_count", "items"),
    ("dhl_express", lambda: label_order(parcels=(PARCEL,) * (dhl_limits.MOST_PARCELS + 1)), "wrong_count", "parcels"),
    ("ups", lambda: lines(ups_limits.MOST_PRODUCTS + 1), "wrong_count", "items"),
    ("ups", lambda: label_order(parcels=(PARCEL,) * (ups_limits.MOST_PARCELS + 1)), "wrong_count", "parcels"),
    ("fedex", lambda: lines(fedex_limits.MOST_COMMODITIES + 1), "wrong_count", "items"),
    ("fedex", lambda: label_order(parcels=(PARCEL,) * (fedex_limits.MOST_PARCELS + 1)), "wrong_count", "parcels"),
    ("usps", lambda: lines(usps_limits.MOST_LINES + 1), "too_many", "items"),
    ("usps", lambda: label_order(parcels=(PARCEL, PARCEL)), "too_many_parcels", "parcels"),
    (
        "usps",
        lambda: goods(quantity=usps_limits.LARGEST_QUANTITY + 1, unit_price=Decimal("0.01")),
        "wrong_quantity",
        "item 1 quantity",
    ),
    ("usps", lambda: goods(hs_code="61091"), "wrong_length", "item 1 hs code"),
    ("usps", lambda: label_order(currency="EUR"), "wrong_currency", "currency"),
    ("royal_mail", lambda: label_order(parcels=(replace(PARCEL, weight_g=30_001),)), "too_heavy", "parcel weight"),
    ("dhl_express", lambda: goods(unit_price=Decimal("-1")), "wrong_amount", "goods value"),
    ("ups", lambda: goods(quantity=0), "wrong_count", "line 1 (TS-1) quantity"),
    ("fedex", lambda: goods(quantity=0), "wrong_count", "line 1 (TS-1) quantity"),
]


@pytest.mark.parametrize(("carrier", "make", "code", "field"), COUNTS)
def test_counts_units_and_amounts_are_checked_before_anything_is_sent(
    carrier: str, make: Callable[[], LabelOrder], code: str, field: str
) -> None:
    error = refusal(lambda: CARRIERS[carrier][0](make()))
    assert (error.code, error.details["field"]) == (code, field)


@pytest.mark.parametrize("carrier", list(CARRIERS))
def test_every_row_of_the_table_has_a_case_here(carrier: str) -> None:
    own = OWN.get(carrier, {})
    rows = [row for row in CARRIERS[carrier][1] if row not in SHORTENED and (carrier, row) not in APART]
    assert [row for row in rows if row not in own and row not in COMMON] == []
