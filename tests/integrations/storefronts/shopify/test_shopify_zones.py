"""Our prices in the shop's delivery zones, by the merchant's click: looked at first, added once, taken back."""

import pytest

from integrations.storefronts.shopify import registration, zones
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import IntegrationError

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def priced(connected, standing):
    standing.forget()
    registration.register_carrier_service(connected)
    yield connected
    zones.undo(Connection.objects.get(pk=connected.pk), actor="test")


def shown(connection):
    return {zone.name: (zone.countries, zone.served) for zone in zones.zones(connection)}


def test_zones_are_shown_before_anything_changes(priced):
    found = shown(priced)
    assert found["Domestic"] == (("NO",), False)
    assert found["Rest of world"] == (("*",), False)


def test_chosen_zones_get_our_prices_once_and_can_be_taken_back(priced):
    abroad = {zone.id for zone in zones.zones(priced) if zone.name != "Domestic"}
    assert [zones.add(priced, abroad, actor="Ana") for _ in range(2)] == [2, 0]
    assert {name for name, (_, served) in shown(priced).items() if served} == {"Europe", "Rest of world"}
    assert [zones.undo(priced, actor="Ana") for _ in range(2)] == [2, 0]
    assert not any(served for _, served in shown(priced).values())
    actions = AuditEntry.objects.filter(action__startswith="store.zones").values_list("action", "actor")
    assert sorted(actions) == [("store.zones_added", "Ana"), ("store.zones_undone", "Ana")]


def test_what_the_merchant_added_stays_after_an_undo(priced):
    [domestic, europe, _] = zones.zones(priced)
    zones.add(priced, {domestic.id}, actor="Ana")
    priced.settings = {**priced.settings, zones.SETTING: []}  # as if by hand, in the shop's own settings
    priced.save()
    zones.add(priced, {domestic.id, europe.id}, actor="Ana")
    assert zones.undo(priced, actor="Ana") == 1
    assert shown(priced)["Domestic"][1]
    zones._keep(priced, {domestic.id})


def test_shop_without_a_carrier_service_says_what_is_missing(connected, monkeypatch):
    monkeypatch.setattr(zones, "CARRIER_SERVICE", "Nobody's")
    with pytest.raises(IntegrationError) as caught:
        zones.zones(connected)
    assert (caught.value.permanent, caught.value.code) == (True, "no_carrier_service")
