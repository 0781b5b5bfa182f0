"""Every request we send is valid by VTEX's own descriptions, and every answer of theirs is read from their examples."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from integrations.kit import http
from integrations.storefronts.vtex import client, configuration, fulfilment, installing
from integrations.storefronts.vtex.adapter import adapter
from integrations.storefronts.vtex.feed import pull
from integrations.storefronts.vtex.order_mapping import store_order, told_taxes
from shipsmart.merchants.models import Connection
from shipsmart.ports import CarrierEvent, Milestone, StoreFulfilment
from tests.integrations.storefronts.vtex.conftest import Practice

FILES = ("Orders", "Checkout", "Catalog", "Logistics", "License_Manager")
UNDESCRIBED = ("/api/vtexid/apikey/",)  # renewing a token stands in another description, which is not here


@dataclass
class Descriptions:
    """VTEX's descriptions; `seen` are the operations that a request was checked against."""

    documents: list[dict[str, Any]]
    seen: set[str] = field(default_factory=set)

    def check(self, method: str, url: str, account: str, body: Any) -> None:
        path = urlsplit(url).path.removeprefix(f"/{account}")
        if path.startswith(UNDESCRIBED):
            return
        document, template, operation = self._operation(method, path)
        self.seen.add(f"{method} {template}")
        described = operation.get("requestBody")
        if described is None:
            assert not body, f"{method} {template} takes no body"
            return
        schema = described["content"]["application/json"]["schema"]
        registry = Registry().with_resource("", Resource(document, specification=DRAFT4))
        validator = OAS30Validator({**schema, "components": document.get("components", {})}, registry=registry)
        errors = [f"{list(e.absolute_path)}: {e.message[:200]}" for e in validator.iter_errors(_plain(body))]
        assert not errors, f"{method} {template}: {errors}"

    def _operation(self, method: str, path: str) -> tuple[dict[str, Any], str, dict[str, Any]]:
        for document in self.documents:
            for template, operations in sorted(document["paths"].items()):
                pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
                if re.fullmatch(pattern, path) and method.lower() in operations:
                    return document, template, operations[method.lower()]
        raise AssertionError(f"VTEX describes no {method} {path}")


def _plain(body: Any) -> Any:
    return json.loads(json.dumps(body, default=str)) if body is not None else None


@pytest.fixture
def descriptions(shared: Path, practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Iterator[Descriptions]:
    """Check every request on its way out."""
    folder = shared / "contracts" / "vtex"
    if not folder.is_dir():
        pytest.skip("VTEX's descriptions are not here")
    found = Descriptions([json.loads((folder / f"{name}_API.json").read_text()) for name in FILES])
    original = http.call

    def checked(session_key: str, method: str, url: str, **options: Any) -> Any:
        found.check(method, url, practice.account, options.get("json"))
        return original(session_key, method, url, **options)

    monkeypatch.setattr(client.http, "call", checked)
    return found


def test_all_that_we_send_is_as_vtex_describes_it(
    descriptions: Descriptions, connected: Connection, practice: Practice, drained: Callable[[], None]
) -> None:
    assert installing.probe(practice.api_key()) == []
    order_id = practice.bought(("101", 2))
    pull(connected)
    order = adapter.fetch_order(connected, order_id)
    parcel = StoreFulfilment(order_id, {order.lines[0].external_id: 2}, "ups", "1Z 9", "https://track.example/1Z9")
    made = adapter.fulfil(connected, parcel)
    adapter.add_event(
        connected, made, CarrierEvent(timezone.now(), "OK", "Delivered", "Berlin", "DE", Milestone.DELIVERED)
    )
    assert adapter.orders_updated_since(connected, order.placed_at) == [order_id]
    number = made.split("|")[1]
    late = {"trackingNumber": "1Z9", "trackingUrl": None, "courier": "UPS", "dispatchedDate": "2026-11-22T10:00:00Z"}
    client.tracking_number(practice.api_key(), order_id, number, late)
    back = fulfilment.input_invoice(
        practice.order(order_id), number="SSR-1", lines={order.lines[0].external_id: 1}, refund=Decimal(29),
        at=timezone.now(),
    )  # fmt: skip
    client.invoice(practice.api_key(), order_id, back)
    assert client.roles(practice.api_key(), "nobody") == ()
    row = {"country": "USA", "zipCodeStart": "99501", "zipCodeEnd": "99950", "weightStart": 1, "weightEnd": 500,
           "polygon": "", "absoluteMoneyCost": "31.00", "pricePercent": 0, "pricePercentByWeight": 0,
           "maxVolume": 1_000_000_000, "timeCost": "10.00:00:00", "operationType": 1}  # fmt: skip
    client.update_freights(practice.api_key(), "express-1", [row])
    client.cancel(practice.api_key(), practice.bought(("102", 1)), "out of stock")
    configuration.take_out(connected)
    assert {
        "POST /api/checkout/pvt/configuration/orderForm",
        "POST /api/orders/feed",
        "POST /api/orders/feed/config",
        "POST /api/orders/hook/config",
        "DELETE /api/orders/feed/config",
        "POST /api/oms/pvt/orders/{orderId}/invoice",
        "PATCH /api/oms/pvt/orders/{orderId}/invoice/{invoiceNumber}",
        "PUT /api/oms/pvt/orders/{orderId}/invoice/{invoiceNumber}/tracking",
        "POST /api/oms/pvt/orders/{orderId}/start-handling",
        "POST /api/oms/pvt/orders/{orderId}/cancel",
        "POST /api/checkout/pub/orderForms/simulation",
        "GET /api/license-manager/users/{userId}/roles",
        "POST /api/logistics/pvt/configuration/freights/{carrierId}/values/update",
        "GET /api/catalog_system/pvt/sku/stockkeepingunitbyid/{skuId}",
    } <= descriptions.seen


def test_vtexs_own_example_of_an_order_is_read(shared: Path) -> None:
    node = json.loads((shared / "contracts" / "fixtures" / "vtex" / "order_get.json").read_text())
    order = store_order(node, quote_id="", terms="")
    assert (order.external_id, order.currency, order.total_paid) == ("1172452900788-01", "BRL", Decimal("11.60"))
    assert (order.shipping_title, order.shipping_paid, order.paid) == ("Normal", Decimal("3.00"), True)
    assert order.placed_at.isoformat() == "2024-02-04T20:09:43.899958+00:00"
    (line,) = order.lines
    assert (line.variant_id, line.sku, line.unit_price, line.discount) == ("18", "BIGBML", Decimal("9.90"), Decimal(0))
    ship_to = order.ship_to
    assert (ship_to.country, ship_to.address1, ship_to.address2) == (
        "BR",
        "Avenida Lúcio Costa 126",
        "10, Barra da Tijuca",
    )
    assert [(tax_id.type, tax_id.number) for tax_id in ship_to.tax_ids] == [("CPF", "845.134.270-19")]
    assert told_taxes(node).amount == 0
