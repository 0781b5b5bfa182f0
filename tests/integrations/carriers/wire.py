"""What really went over the wire, held against the carriers' own descriptions: path, query, headers and body.

`recorded` stands between an adapter and its practice carrier and keeps every request as bytes. `problems` finds the
operation in the carrier's description and says how the request breaks it; decimals are read as decimals.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from openapi_schema_validator import OAS30Validator, OAS31Validator
from werkzeug.formparser import parse_form_data

from tests.integrations.carriers.carrier_cases import merged_schema, schema_document
from tests.integrations.kit.naughty_server import Heard, Naughty, Reply, naughty_server

DESCRIPTIONS = {
    "dhl_express": ("dhl_express/dpdhl-express-api-3.1.1_swagger.yaml",),
    "ups": ("ups/Shipping.yaml", "ups/Rating.yaml", "ups/Tracking.yaml", "ups/LandedCost.yaml", "ups/Pickup.yaml",
            "ups/UPSTrackAlert.yaml", "ups/Paperless.yaml"),
    "fedex": ("fedex/ship-api.json", "fedex/rate-api.json", "fedex/track.json", "fedex/pickup-api.json",
              "fedex/upload-documents-api.json"),
    "usps": ("usps/international-labels.yaml", "usps/international-prices.yaml", "usps/scan-forms.yaml",
             "usps/tracking.yaml"),
    "royal_mail": ("royal_mail/orders.yml", "royal_mail/labels.yml", "royal_mail/manifests.yml",
                   "royal_mail/returns.yml"),
}  # fmt: skip
# Checked by the practice carrier alone: its description is public and not among those here.
NOT_AT_HAND = {"usps": "/pickup/v3/carrier-pickup"}
TOKENS = ("/oauth/token", "/oauth2/v3/token", "/payments/v3/payment-authorization")  # described apart, by no file here
# Where a description contradicts itself, looked at by hand: carrier → the complaint's words.
TOLERATED = {
    "dhl_express": (r"\('shipmentTrackingNumber' was unexpected\)",),  # demanded under `required` all the same
    "ups": (
        r"is greater than the maximum of 1$",  # "maximum: 1" stands for "may come once"
        r"DeclaredValue/MonetaryValue: .* is too short",  # 19 characters demanded of an amount
        r"'Shoptimeintransit' is too long",  # one of its own valid values, with maxLength 10
        r"LabelRecoveryRequest: '(TrackingNumbers|ReferenceValues)' is a required",  # its text: one of the three
        r"PickupDate: '\d{8}' is too long",  # its own example has eight digits
        r"TotalWeight/Weight: .* is too short",  # its own example says 5.5
        r"LabelImageFormat/Code: 'PDF' is too short",  # one of its own valid values, with minLength 4
    ),
}


@contextmanager
def recorded(practice_url: str) -> Iterator[Naughty]:
    """Forward every request to a practice carrier and back, and keep it."""

    def forward(heard: Heard) -> Reply:
        headers = {name: value for name, value in heard.headers.items() if name.lower() not in ("host", "connection")}
        answer = requests.request(heard.method, practice_url + heard.path, data=heard.body, headers=headers, timeout=20)
        kept = {
            name: answer.headers[name] for name in ("Content-Type", "Retry-After", "ETag") if name in answer.headers
        }
        return Reply(status=answer.status_code, body=answer.content, headers=kept)

    with naughty_server(forward) as server:
        yield server


def problems(carrier: str, heard: Heard) -> list[str]:
    """Return how a request breaks its carrier's description; [] for a good one or one for a token."""
    parts = urlsplit(heard.path)
    if parts.path.endswith(TOKENS) or NOT_AT_HAND.get(carrier, "\0") in parts.path:
        return []
    found = _operation(carrier, heard.method, parts.path)
    if found is None:
        return [f"{heard.method} {parts.path} is in no description of {carrier}"]
    file, operation, shared, path_values = found
    rules = [_resolve(file, rule) for rule in [*shared, *operation.get("parameters", [])]]
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    said = [
        *_parameters(file, rules, "query", query),
        *_parameters(file, rules, "header", heard.headers),
        *_parameters(file, rules, "path", path_values),
        *(f"query {name}: not in the description" for name in query if name not in _names(rules, "query")),
        *_body(file, operation, rules, heard),
    ]
    tolerated = TOLERATED.get(carrier, ())
    return [text for text in said if not any(re.search(words, text) for words in tolerated)]


def _operation(carrier: str, method: str, path: str) -> tuple[str, dict[str, Any], list[Any], dict[str, str]] | None:
    for file in DESCRIPTIONS[carrier]:
        for template, operations in schema_document(file)["paths"].items():
            match = _pattern(template).search(path)
            if match and method.lower() in operations and "deprecatedVersion" not in template:
                values = {name: unquote(value) for name, value in zip(_names_in(template), match.groups(), strict=True)}
                return file, operations[method.lower()], operations.get("parameters", []), values
    return None


def _names_in(template: str) -> list[str]:
    return re.findall(r"\{([^}]+)\}", template)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]+\}", template)
    return re.compile(r"([^/]+)".join(re.escape(part) for part in parts) + r"$")


def _resolve(file: str, node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = schema_document(file)
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _names(rules: list[dict[str, Any]], place: str) -> set[str]:
    return {rule["name"] for rule in rules if rule.get("in") == place}


def _parameters(file: str, rules: list[dict[str, Any]], place: str, values: Any) -> list[str]:
    given = {str(name).lower(): value for name, value in values.items()}
    said = []
    for rule in rules:
        if rule.get("in") != place or rule["name"].lower() in ("authorization", "content-type"):
            continue
        if place == "path" and rule["name"] not in values:
            continue  # it stands in the server's address
        if rule["name"].lower() not in given:
            said += [f"{place} {rule['name']}: required and missing"] if rule.get("required") else []
            continue
        schema = rule.get("schema") or {name: rule[name] for name in rule if name not in ("name", "in", "required")}
        value = _typed(given[rule["name"].lower()], schema)
        said += [f"{place} {rule['name']}: {text}" for text in _breaks(file, schema, value)]
    return said


def _typed(value: str, schema: dict[str, Any]) -> Any:
    kinds: dict[str, Callable[[str], Any]] = {
        "integer": int, "number": Decimal, "boolean": lambda text: {"true": True, "false": False}.get(text, text),
        "array": lambda text: text.split(","),
    }  # fmt: skip
    return kinds.get(str(schema.get("type")), str)(value)


def _body(file: str, operation: dict[str, Any], rules: list[dict[str, Any]], heard: Heard) -> list[str]:
    named = _resolve(file, operation["requestBody"]) if "requestBody" in operation else {}
    media_type = heard.headers.get("Content-Type", "").partition(";")[0]
    in_parts = media_type == "multipart/form-data"
    schema = named.get("content", {}).get(media_type if in_parts else "application/json", {}).get("schema")
    schema = schema or next((rule["schema"] for rule in rules if rule.get("in") == "body"), None)
    if schema is None:
        return [f"a body where the description has none: {heard.body[:80]!r}"] if heard.body.strip() else []
    if not heard.body:
        return ["no body"] if named.get("required") else []
    whole = _resolve(file, schema)
    # Alternatives are samples for one operation that overlap; the first is the whole.
    sent = _parts(heard) if in_parts else json.loads(heard.body, parse_float=Decimal)
    return _breaks(file, whole["oneOf"][0] if "oneOf" in whole else schema, sent)


def _parts(heard: Heard) -> dict[str, Any]:
    """Return the parts of a form by name: what is JSON as its value, a file as its name."""
    environ = {"CONTENT_TYPE": heard.headers["Content-Type"], "CONTENT_LENGTH": str(len(heard.body))}
    _, form, files = parse_form_data({**environ, "wsgi.input": io.BytesIO(heard.body)})
    return {name: json.loads(text) for name, text in form.items()} | {
        name: str(file.filename) for name, file in files.items()
    }


def _breaks(file: str, schema: dict[str, Any], value: Any) -> list[str]:
    validator = _validator(file, json.dumps(schema, sort_keys=True, default=str))
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(value)
    ]


@cache
def _validator(file: str, schema: str) -> Any:
    document = schema_document(file)
    rule = json.loads(schema, parse_float=Decimal)
    if file.startswith("usps/"):
        rule = merged_schema(file, rule)
    kept = {name: document[name] for name in ("components", "definitions") if name in document}
    newest = str(document.get("openapi", "")).startswith("3.1")
    return (OAS31Validator if newest else OAS30Validator)({**rule, **kept})
