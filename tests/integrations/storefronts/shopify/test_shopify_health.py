"""Once a day the installation is looked at: scopes granted, version supported."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.storefronts.shopify import client, health
from integrations.storefronts.shopify.manifest import SCOPES
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import IntegrationError

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_is_amiss_when_all_is_granted_and_supported(settings):
    assert health.problems(SCOPES, ["2026-04", settings.SHOPIFY_API_VERSION]) == []


def test_write_scope_grants_reading_and_what_lacks_is_named(settings):
    granted = [scope for scope in SCOPES if scope != "write_returns"]
    [said] = health.problems(granted, [settings.SHOPIFY_API_VERSION])
    assert said.startswith("not granted: write_returns;")
    assert (
        health.problems([*(s for s in SCOPES if s != "read_orders"), "write_orders"], [settings.SHOPIFY_API_VERSION])
        == []
    )


def test_version_that_left_support_is_told_once(connected, settings):
    assert health.due(connected)
    assert health.check(connected) == []
    connected.refresh_from_db()
    assert not health.due(connected)
    settings.SHOPIFY_API_VERSION = "2026-10"  # the practice shop serves it and calls it unsupported
    for _ in range(2):
        assert "2026-10" in health.check(connected)[0]
    assert AuditEntry.objects.filter(action="store.health").count() == 1
    row = Connection.objects.get()
    row.settings["health"]["checked_at"] = (timezone.now() - timedelta(hours=25)).isoformat()
    assert health.due(row)


@pytest.mark.parametrize("payload", [None, {"fulfillment": None, "userErrors": []}])
def test_mutation_answered_with_nothing_is_no_success(shop, monkeypatch, payload):
    """The schema lets the payload, and what is in it, be null without an objection."""
    monkeypatch.setattr(client, "graphql", lambda *_: {"fulfillmentCancel": payload})
    with pytest.raises(IntegrationError) as caught:
        client.mutate(shop, "fulfilment_cancel", "fulfillmentCancel", {"id": "1"})
    assert (caught.value.code, caught.value.permanent, caught.value.outcome_unknown) == ("empty_answer", False, True)
