"""Orders, enquiries and validators shared by the carriers' tests."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator

from integrations.kit.http import _encoder, call
from shipsmart.ports import CarrierEnquiry, CustomsItem, Incoterm, LabelOrder, ParcelSpec, Party, TaxId

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("SHIPSMART_SHARED", ROOT.parent / "shared"))

US_SHOP = Party(
    name="Ana Field",
    company="Fieldwork Goods LLC",
    address1="500 Commerce St",
    address2="Suite 12",
    city="Nashville",
    region="TN",
    postcode="37203",
    country="US",
    phone="+16155550123",
    email="ship@fieldwork.example",
    tax_ids=(TaxId("IOSS", "IM2760000742"), TaxId("EORI", "DE123456789012345"), TaxId("EIN", "12-3456789")),
)
GERMAN = Party(
    name="Jörg Müller",
    address1="Hauptstr. 5",
    city="Köln",
    postcode="50667",
    country="DE",
    phone="+4922112345",
    email="joerg@example.de",
)
BRITON = replace(GERMAN, name="Joan Smith", address1="7 Mill Lane", city="Leeds", postcode="LS1 4AP", country="GB")
BRAZILIAN = replace(
    GERMAN,
    name="João Silva",
    address1="Rua Augusta 1500",
    address2="Apto 12",
    city="São Paulo",
    region="SP",
    postcode="01304-001",
    country="BR",
    phone="+5511987654321",
    tax_ids=(TaxId("CPF", "11144477735", "BR"),),
)
SHIRT = CustomsItem("TS-1", "T-shirt, cotton, knitted", "610910", "PT", 3, Decimal("19.99"), 180)
POWER_BANK = CustomsItem(
    "PB-1",
    "Power bank 10000 mAh, portable charger for phones (contains lithium-ion battery UN3480)",
    "85076000",
    "CN",
    1,
    Decimal("0.50"),
    440,
)
PARCEL = ParcelSpec("1", 1250, 305, 209, 104)


def label_order(**changes: Any) -> LabelOrder:
    """US → DE, three shirts at 19.99 and a power bank at 0.50, DDP under IOSS."""
    order = LabelOrder(
        reference="SS00000042",
        service="P",
        shipper=US_SHOP,
        consignee=GERMAN,
        parcels=(PARCEL,),
        items=(SHIRT, POWER_BANK),
        currency="USD",
        incoterm=Incoterm.DDP,
        duty_payer="sender",
        ship_on=date(2026, 11, 23),
        invoice_number="INV-1001",
        invoice_date=date(2026, 11, 22),
        freight=Decimal("24.90"),
        collected_duty=Decimal("7.25"),
        collected_import_tax=Decimal("16.23"),
        order_number="#1001",
    )
    return replace(order, **changes)


def enquiry(**changes: Any) -> CarrierEnquiry:
    found = CarrierEnquiry(
        shipper=US_SHOP,
        consignee=GERMAN,
        parcels=(PARCEL,),
        items=(SHIRT, POWER_BANK),
        currency="USD",
        goods_value=Decimal("60.47"),
        incoterm=Incoterm.DDP,
        ship_on=date(2026, 11, 23),
    )
    return replace(found, **changes)


@cache
def description(path: str) -> dict[str, Any]:
    """Return a carrier's own API description; skips the test where it is not at hand."""
    file = SHARED / "contracts" / path
    if not file.exists():
        pytest.skip(f"no {path} under {SHARED / 'contracts'}: set SHIPSMART_SHARED")
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_DecimalLoader)


class _DecimalLoader(yaml.CSafeLoader):
    """multipleOf 0.001 is checked exactly only when it is a Decimal."""


def _number(loader: Any, node: Any) -> Decimal | str:
    text = loader.construct_scalar(node)
    return text if ":" in text else Decimal(text.replace("_", ""))  # 14:00:00.000 is a float to YAML 1.1


_DecimalLoader.add_constructor("tag:yaml.org,2002:float", _number)


def violations(body: Any, path: str, schema: str, *, merged: bool = False) -> list[str]:
    """Return how the body, as it would go over the wire, breaks the carrier's description.

    `merged`: see `_without_all_of`.
    """
    document = _without_all_of(path) if merged else description(path)
    wire = json.loads(_encoder.encode(body), parse_float=Decimal)
    rule = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in OAS30Validator(rule).iter_errors(wire)
    ]


@cache
def _without_all_of(path: str) -> dict[str, Any]:
    """Return a description whose combined objects are one object each.

    USPS combines closed objects with allOf; read by the letter each part forbids the properties of the other, and
    nothing at all is valid.
    """
    document = description(path)
    return {"components": {"schemas": {k: _merge(v, document) for k, v in document["components"]["schemas"].items()}}}


def _merge(schema: Any, document: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_merge(part, document) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = [_merge(_resolved(part, document), document) for part in schema.get("allOf", [])]
    rest = {name: _merge(value, document) for name, value in schema.items() if name != "allOf"}
    if not parts:
        return rest
    whole = [*parts, rest]
    properties = {name: value for part in whole for name, value in part.get("properties", {}).items()}
    required = sorted({name for part in whole for name in part.get("required", [])})
    closed = any(part.get("additionalProperties") is False for part in whole)
    found = {name: value for part in whole for name, value in part.items()}
    found |= {"properties": properties} if properties else {}
    return found | ({"required": required} if required else {}) | ({"additionalProperties": False} if closed else {})


def schema_document(path: str) -> dict[str, Any]:
    """Return a description as it is to be read: USPS's with combined objects made one."""
    document = description(path)
    if not path.startswith("usps/"):
        return document
    return document | {"components": document["components"] | _without_all_of(path)["components"]}


def merged_schema(path: str, schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _merge(schema, description(path))
    return found


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


@dataclass(frozen=True)
class Practice:
    """The practice carriers of a process: `practice.ups` is the address of one of them."""

    url: str
    addresses: Mapping[str, str]

    def __getattr__(self, carrier: str) -> str:
        try:
            return self.addresses[carrier]
        except KeyError:
            raise AttributeError(carrier) from None

    def fault(self, kind: str, *, carrier: str = "*", operation: str = "*", count: int | None = None) -> None:
        body = {"kind": kind, "carrier": carrier, "operation": operation}
        if count is not None:
            body["count"] = count
        answer = call("practice", "POST", f"{self.url}/_practice/faults", timeout_s=5, json=body)
        assert answer.ok, answer.text()

    def calm(self) -> None:
        call("practice", "DELETE", f"{self.url}/_practice/faults", timeout_s=5)

    def advance(self, days: float) -> None:
        call("practice", "POST", f"{self.url}/_practice/clock", timeout_s=5, json={"advance_s": days * 86_400})

    def listed(self, what: str) -> list[dict[str, Any]]:
        """Return "pickups" or "manifests"."""
        return call("practice", "GET", f"{self.url}/_practice/{what}", timeout_s=5).json()[what]

    def shipments(self) -> list[dict[str, Any]]:
        return call("practice", "GET", f"{self.url}/_practice/shipments", timeout_s=5).json()["shipments"]


CARRIERS = ("dhl_express", "ups", "fedex", "usps", "correios", "royal_mail")


@contextmanager
def practice_carriers(time_scale: int = 3600) -> Iterator[Practice]:
    """Run the practice carriers as a process of their own on a free port of loopback."""
    command = [sys.executable, "-m", "integrations.sandbox.carriers", "--port", "0", "--time-scale", str(time_scale)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        yield Practice(said["url"], {name: said[name] for name in CARRIERS})
    finally:
        process.terminate()
        process.wait(10)
