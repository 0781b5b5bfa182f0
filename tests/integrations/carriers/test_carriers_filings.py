"""Numbers customs ask for (filing, exemption, permit) reach the carriers where their descriptions have a place."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.integrations.carriers.carrier_cases import label_order
from tests.integrations.carriers.kit import Practice
from tests.integrations.carriers.test_carriers_shipments_on_the_wire import ACCOUNTS, ADAPTERS, SERVICES, bought
from tests.integrations.carriers.wire import problems, recorded

FILED = {"itn": "X20261122000001", "permit": "DE-2026-17"}
EXEMPT = {"noeei": "30.37(h)"}


def place(body: Any, *names: str) -> Any:
    for name in names:
        body = body[int(name)] if isinstance(body, list) else body[name]
    return body


def told(practice: Practice, settings: Any, carrier: str, references: dict[str, str]) -> Any:
    order = replace(label_order(service=SERVICES[carrier]), reference=f"filed-{carrier}", references=references)
    order = replace(order, reference=f"{order.reference}-{len(references)}")
    with recorded(getattr(practice, carrier)) as line:
        setattr(settings, f"{carrier.upper()}_BASE_URL", line.url)
        ADAPTERS[carrier].buy_label(ACCOUNTS[carrier], order, timeout_s=20)
    assert [text for one in line.heard for text in problems(carrier, one)] == []
    return json.loads(bought(line.heard)[-1].body)


@pytest.mark.parametrize(
    ("carrier", "where", "filed", "exempt"),
    [
        ("usps", "customsForm.AESITN", "AES X20261122000001", "NOEEI 30.37(h)"),
        ("dhl_express", "content.USFilingTypeValue", "AES X20261122000001", "NOEEI 30.37(h)"),
        (
            "fedex",
            "requestedShipment.customsClearanceDetail.exportDetail.exportComplianceStatement",
            "AESX20261122000001",
            "NO_EEI_30_37_H",
        ),
        (
            "ups",
            "ShipmentRequest.Shipment.ShipmentServiceOptions.InternationalForms.Comments",
            "AES X20261122000001; Permit DE-2026-17",
            "NOEEI 30.37(h)",
        ),
    ],
)
def test_a_filing_and_an_exemption_stand_where_the_carrier_reads_them(
    practice: Practice, settings: Any, carrier: str, where: str, filed: str, exempt: str
) -> None:
    assert filed in place(told(practice, settings, carrier, FILED), *where.split("."))
    assert exempt in place(told(practice, settings, carrier, EXEMPT), *where.split("."))


def test_dhl_is_told_filing_and_permit_by_their_types(practice: Practice, settings: Any) -> None:
    declaration = place(told(practice, settings, "dhl_express", FILED), "content", "exportDeclaration")
    assert declaration["invoice"]["customerReferences"] == [{"typeCode": "ITN", "value": "X20261122000001"}]
    assert declaration["customsDocuments"] == [{"typeCode": "LIC", "value": "DE-2026-17"}]
