"""The order's page says what customs are told, and lets a person of the team change it before the label."""

from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from shipsmart.merchants.models import Importer
from shipsmart.orders.models import Order
from tests.dashboard.conftest import make_order


def held(shop: Any) -> Order:
    return make_order(shop.merchant, "#held", state=Order.State.ON_HOLD)


def declared(client: Client, order: Order, **values: Any) -> Any:
    told = {"export_reason": "sale", "insurance": "0", "importer": ""} | values
    return client.post(reverse("dashboard:order_declare", args=[order.pk]), told)


def test_a_teammate_changes_what_customs_are_told(shop: Any, teammate: Client) -> None:
    order = held(shop)
    row = Importer.objects.create(merchant=shop.merchant, company="Kai GmbH", address1="x", city="x", country="DE")
    assert declared(teammate, order, export_reason="repair", insurance="3.10", importer=row.pk).status_code == 302
    order.refresh_from_db()
    assert (order.export_reason, order.insurance, order.importer) == ("repair", Decimal("3.10"), row)


def test_a_refusal_stands_beside_its_field(shop: Any, owner: Client) -> None:
    answer = declared(owner, held(shop), insurance="3.105")
    assert answer.status_code == 422
    assert "in steps of 0.01" in answer.content.decode()


def test_a_shipped_order_shows_it_and_changes_nothing(shop: Any, owner: Client) -> None:
    assert "What customs are told" in owner.get(reverse("dashboard:order", args=[shop.order.pk])).content.decode()
    assert declared(owner, shop.order, export_reason="repair").status_code == 422
    shop.order.refresh_from_db()
    assert shop.order.export_reason == "sale"


def test_a_stranger_neither_declares_nor_lends_an_importer(shop: Any, other_shop: Any, stranger: Client) -> None:
    order = held(shop)
    assert declared(stranger, order, export_reason="repair").status_code == 404
    theirs = make_order(other_shop.merchant, "#theirs", state=Order.State.ON_HOLD)
    row = Importer.objects.create(merchant=shop.merchant, company="Kai GmbH", address1="x", city="x", country="DE")
    assert declared(stranger, theirs, importer=row.pk).status_code == 422


def test_only_the_references_of_the_way_are_asked_for_and_a_wrong_one_stands_beside_its_field(
    shop: Any, owner: Client
) -> None:
    order = held(shop)
    page = owner.get(reverse("dashboard:order", args=[order.pk])).content.decode()
    assert ('name="permit"' in page, 'name="nfe_key"' in page) == (True, False)
    assert declared(owner, order, permit="CITES 17").status_code == 302
    order.refresh_from_db()
    assert order.references == {"permit": "CITES 17"}
    answer = declared(owner, order, permit="", shipped_on="x", origin_criterion="too long")
    assert answer.status_code == 422
    assert "write it as in &#x27;A&#x27;" in answer.content.decode()
