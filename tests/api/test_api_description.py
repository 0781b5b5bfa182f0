"""The description is valid OpenAPI, and what the API really answers fits it."""

import io
import json

import pytest
from django.core.management import call_command

from tests.documents.builders import party_data, shipment_data

OPERATIONS = {
    ("/api/v1/landed-cost/quotes", "post"),
    ("/api/v1/landed-cost/quotes/{quote_id}", "get"),
    ("/api/v1/landed-cost/quotes/{quote_id}/explain", "get"),
    ("/api/v1/landed-cost/verify", "post"),
    ("/api/v1/landed-cost/replay/{quote_id}", "post"),
    ("/api/v1/landed-cost/revise", "post"),
    ("/api/v1/papers", "post"),
    ("/api/v1/orders", "get"),
    ("/api/v1/orders/{reference}", "get"),
}


@pytest.fixture
def description(nobody) -> dict:
    response = nobody.get("schema")
    assert response.status_code == 200
    return json.loads(response.content)


def test_it_is_valid_and_complete_without_a_warning():
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert "openapi: 3.1" in out.getvalue()


def test_every_operation_describes_its_answers_and_refusals(description):
    described = {(path, method) for path, item in description["paths"].items() for method in item}
    assert described == OPERATIONS
    for path, method in OPERATIONS:
        operation = description["paths"][path][method]
        assert operation["security"] == [{"key": []}]
        for status in ("401", "429", "500"):
            refusal = operation["responses"][status]["content"]["application/json"]["schema"]
            assert refusal == {"$ref": "#/components/schemas/Error"}
        assert "Retry-After" in operation["responses"]["429"]["headers"]
        assert operation["responses"]["200"]["content"]
        assert operation.get("requestBody", {"required": True})["required"] is True


def test_it_comes_as_yaml_too(nobody):
    assert nobody.get("schema", format="yaml").content.startswith(b"openapi: 3.1")


def test_landed_cost_answers_fit_their_schema(api, request_body, fits):
    far = {"ship_to": {"country": "AQ"}}
    abroad = {"ship_from": {"country": "CN"}, "ship_to": {"country": "US", "region": "NY"}, "currency": "USD"}
    at_home = {"ship_to": {"country": "NO"}}
    for changes in ({}, {"id": "x"}, far, abroad, at_home):
        body = request_body(**changes)
        fits("LandedCostRequest", body)
        fits("LandedCostAnswer", api.post("landed-cost/quotes", body).json())


def test_revisions_fit_their_schema(api, request_body, fits):
    given = api.post("landed-cost/quotes", request_body()).json()
    for asked in ({"returned": {"a": 1}}, {"kind": "edit", "kept": {"a": 1}, "freight": "8.00"}):
        body = {"quote_id": given["quote_id"], **asked}
        fits("RevisionRequest", body)
        fits("Revision", api.post("landed-cost/revise", body).json())


def test_papers_fit_their_schema(api, fits):
    fits("Shipment", shipment_data())
    fits("Papers", api.post("papers", shipment_data()).json())
    blocked = api.post("papers", shipment_data(consignee=party_data(phone=""))).json()
    assert blocked["blocked"]
    fits("Papers", blocked)


def test_refusals_fit_their_schema(api, nobody, fits):
    fits("Error", nobody.get("orders").json())
    fits("Error", api.post("landed-cost/quotes", {}).json())
    fits("Error", api.get("orders", limit="x").json())
    fits("Error", api.get("nothing").json())
