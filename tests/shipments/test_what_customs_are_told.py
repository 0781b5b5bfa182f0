"""Insurance, importer and export reason: from the settings and the order's page to the carrier and the invoice."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import requests

from shipsmart.documents.models import Document
from shipsmart.merchants.models import Importer, Merchant
from shipsmart.orders.declaring import declare
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.ports import Incoterm
from shipsmart.quotes.operations import quote_checkout
from shipsmart.shipments.consignments import Share
from shipsmart.shipments.declaring import declared
from shipsmart.shipments.models import Shipment
from shipsmart.shipments.operations import try_again
from tests.conftest import BERLIN

pytestmark = pytest.mark.django_db
EORI = {"type": "EORI", "number": "DE123456789012345", "country": ""}


def importer(merchant: Merchant, **changes: Any) -> Importer:
    values = {
        "company": "Fjord Import GmbH", "name": "Jana Kern", "address1": "Kai 1", "city": "Hamburg",
        "postcode": "20457", "country": "DE", "phone": "+49401234567", "tax_ids": [EORI],
    }  # fmt: skip
    return Importer.objects.create(merchant=merchant, **(values | changes))


def take(connection: Any, cart: Any, store_order: Any, **changes: Any) -> Order:
    """Take in an order of many shirts, too dear for IOSS, at its DDP quote."""
    line = replace(cart.lines[0], quantity=8)
    answer = quote_checkout(connection, replace(cart, lines=(line,)))
    answer.keep()
    option = next(one for one in answer.options if one.incoterm == Incoterm.DDP)
    lines = tuple(replace(one, quantity=8) for one in store_order().lines)
    order = store_order(lines=lines, shipping_code=option.service_code, shipping_paid=option.price)
    taken = take_in(connection=connection, order=order)
    for name, value in changes.items():
        setattr(taken, name, value)
    taken.save()
    return taken


def sent(carriers: dict[str, str], shipment: Shipment) -> Any:
    address = f"{carriers['url']}/_practice/requests?operation=ship"
    listed = requests.get(address, timeout=10).json()
    rows = listed["requests"] if isinstance(listed, dict) else listed
    return next(row["body"] for row in rows if shipment.reference in str(row["body"]))


def test_the_market_s_importer_insurance_and_reason_reach_carrier_and_invoice(
    connection: Any, cart: Any, store_order: Any, carriers: Any, drained: Any
) -> None:
    importer(connection.merchant, imports_into="DE")
    take(connection, cart, store_order, insurance=Decimal("4.35"), export_reason="repair")
    drained()
    shipment = Shipment.objects.get()
    assert shipment.state == Shipment.State.BOUGHT, shipment.reason
    body = sent(carriers, shipment)
    declaration = body["content"]["exportDeclaration"]
    charges = {row["typeCode"]: Decimal(str(row["value"])) for row in declaration["additionalCharges"]}
    told = body["customerDetails"]["importerDetails"]
    assert told["contactInformation"]["companyName"] == "Fjord Import GmbH"
    assert [row["number"] for row in told["registrationNumbers"]] == ["DE123456789012345"]
    assert charges["insurance"] == Decimal("4.35")
    assert declaration["exportReasonType"] == "temporary"
    paper = Document.objects.get(kind="commercial_invoice").snapshot
    assert paper["importer"]["company"] == "Fjord Import GmbH"
    assert (paper["insurance"], paper["export_reason"]) == ("4.35", "repair")


def test_an_importer_that_is_removed_later_stays_on_the_planned_shipment(
    connection: Any, cart: Any, store_order: Any, carriers: Any, drained: Any
) -> None:
    row = importer(connection.merchant)
    take(connection, cart, store_order, importer=row)
    drained()
    row.delete()
    party = Shipment.objects.get().importer
    assert party is not None
    assert (party.company, [tax.number for tax in party.tax_ids]) == ("Fjord Import GmbH", ["DE123456789012345"])


def share(order: Order, incoterm: str, *units: int) -> Share:
    goods = tuple((line, count) for line, count in zip(order.lines.all(), units, strict=True) if count)
    return Share(None, goods, Incoterm(incoterm), None)


@pytest.mark.parametrize(
    ("incoterm", "scheme", "into", "named"),
    [
        ("DDP", "", "DE", True),
        ("DAP", "", "DE", False),  # whoever pays the duty imports
        ("DDP", "EU_IOSS", "DE", False),  # tax charged at the sale: the shopper stays the importer
        ("DDP", "", "FR", False),
        ("DDP", "", "", False),  # only where chosen
    ],
)
def test_the_merchants_importer_takes_what_it_pays_for(
    connection: Any, store_order: Any, incoterm: str, scheme: str, into: str, named: bool
) -> None:
    importer(connection.merchant, imports_into=into)
    order = take_in(connection=connection, order=store_order(ship_to=BERLIN))
    order.collected = {"scheme": scheme} if incoterm == "DDP" else None
    (told,) = declared(order, [share(order, incoterm, 2)])
    assert (told["importer_of_record"] is not None) is named


def test_insurance_is_shared_out_by_worth_to_the_cent(connection: Any, store_order: Any) -> None:
    line = store_order().lines[0]
    dear = replace(line, external_id="l2", unit_price=Decimal("58.00"), quantity=1)
    order = take_in(connection=connection, order=store_order(lines=(line, dear)))
    order.insurance = Decimal("1.01")
    told = declared(order, [share(order, "DAP", 2, 0), share(order, "DAP", 0, 1)])
    assert [row["insurance"] for row in told] == [Decimal("0.51"), Decimal("0.50")]


def test_goods_that_need_a_permit_wait_for_it_and_then_go_with_it(
    connection: Any, cart: Any, store_order: Any, carriers: Any, drained: Any
) -> None:
    order = take(connection, cart, store_order)
    order.lines.update(description="Wallet of python leather")
    drained()
    order.refresh_from_db()
    assert (order.state, "references.permit" in order.reason) == (Order.State.NEEDS_DATA, True)
    told: dict[str, Any] = {"export_reason": "sale", "insurance": Decimal(0), "importer": None, "actor": "anna"}
    declare(order, references={"permit": "CITES DE-17"}, **told)
    try_again(order, "anna")
    drained()
    shipment = Shipment.objects.get()
    assert shipment.state == Shipment.State.BOUGHT, shipment.reason
    assert sent(carriers, shipment)["content"]["exportDeclaration"]["customsDocuments"][0]["value"] == "CITES DE-17"
    assert Document.objects.get(kind="commercial_invoice").snapshot["references"]["permit"] == "CITES DE-17"
