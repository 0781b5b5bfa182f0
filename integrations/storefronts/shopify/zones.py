"""Our prices in the shop's delivery zones: what would change, changing it, and taking it back; by the merchant's click.

Shopify asks a carrier service only in the zones that it stands in. What we mean to add is written down before the shop
is told, so that an undo finds it whatever happened in between: in those zones we did not stand before.

Source: https://shopify.dev/docs/api/admin-graphql/2026-07/mutations/deliveryProfileUpdate
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from integrations.storefronts.shopify.client import following, graphql, mutate, pages
from integrations.storefronts.shopify.registration import CARRIER_SERVICE
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import IntegrationError

SETTING = "zones_added"
MOST_ZONES = 50  # of one update


@dataclass(frozen=True)
class Zone:
    """A zone as the shop has it. `countries`: ISO codes, "*" for the rest of the world; `ours`: our methods in it."""

    id: str
    name: str
    profile: str
    profile_name: str
    group: str
    countries: tuple[str, ...]
    ours: tuple[str, ...]

    @property
    def served(self) -> bool:
        return bool(self.ours)


def zones(connection: Connection) -> list[Zone]:
    """Return every zone of the merchant's profiles. Raises IntegrationError, permanent without a carrier service."""
    service = _carrier_service(connection)
    return [
        _zone(row, profile, group["locationGroup"]["id"], service)
        for page in pages(connection, "delivery_profiles", {}, ("deliveryProfiles",))
        for profile in page["nodes"]
        for group in profile["profileLocationGroups"]
        for row in _rows(connection, profile["id"], group["locationGroup"]["id"])
    ]


def _carrier_service(connection: Connection) -> str:
    nodes = graphql(connection, "carrier_services")["carrierServices"]["nodes"]
    found = next((node["id"] for node in nodes if node["name"] == CARRIER_SERVICE), None)
    if found is None:
        raise IntegrationError(
            f"{connection.account} has no carrier service of ours: its plan may not allow one; see the notice on the "
            "app's page, then reconnect the store",
            permanent=True,
            code="no_carrier_service",
        )
    return str(found)


def _rows(connection: Connection, profile: str, group: str) -> Iterator[Mapping[str, Any]]:
    after: str | None = None
    while True:
        variables = {"id": profile, "group": group, "after": after}
        found = graphql(connection, "delivery_zones", variables)["deliveryProfile"]
        groups = found["profileLocationGroups"] if found else []
        if not groups:
            return  # gone since the list of profiles named it
        page = groups[0]["locationGroupZones"]
        yield from page["nodes"]
        after = following(page)
        if after is None:
            return


def _zone(row: Mapping[str, Any], profile: Mapping[str, Any], group: str, service: str) -> Zone:
    codes = [country["code"] for country in row["zone"]["countries"]]
    return Zone(
        id=row["zone"]["id"],
        name=row["zone"]["name"],
        profile=profile["id"],
        profile_name=profile["name"],
        group=group,
        countries=tuple(code["countryCode"] or "*" for code in codes),
        ours=tuple(
            method["id"]
            for method in row["methodDefinitions"]["nodes"]
            if (method["rateProvider"].get("carrierService") or {}).get("id") == service
        ),
    )


def add(connection: Connection, wanted: Collection[str], *, actor: str) -> int:
    """Put our carrier service into those of the `wanted` zones that lack it; return how many that were."""
    missing = [zone for zone in zones(connection) if zone.id in wanted and not zone.served]
    if not missing:
        return 0
    service = _carrier_service(connection)
    _keep(connection, {*(connection.settings.get(SETTING) or ()), *(zone.id for zone in missing)})
    for profile, members in _by_profile(missing).items():
        for part in (members[at : at + MOST_ZONES] for at in range(0, len(members), MOST_ZONES)):
            variables = {"id": profile, "profile": {"locationGroupsToUpdate": additions(part, service)}}
            mutate(connection, "delivery_profile_update", "deliveryProfileUpdate", variables)
    _note(connection, actor, "store.zones_added", missing)
    return len(missing)


def additions(members: Sequence[Zone], service: str) -> list[dict[str, Any]]:
    """Return the groups of a DeliveryProfileInput that put a carrier service into zones, services to come included."""
    method = {
        "name": CARRIER_SERVICE,
        "active": True,
        "participant": {"carrierServiceId": service, "participantServices": [], "adaptToNewServices": True},
    }
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for zone in members:
        groups[zone.group].append({"id": zone.id, "methodDefinitionsToCreate": [method]})
    return [{"id": group, "zonesToUpdate": rows} for group, rows in groups.items()]


def undo(connection: Connection, *, actor: str) -> int:
    """Take our carrier service out of the zones that we put it into; return how many that were."""
    added = set(connection.settings.get(SETTING) or ())
    found = [zone for zone in zones(connection) if zone.id in added and zone.served] if added else []
    for profile, members in _by_profile(found).items():
        methods = [method for zone in members for method in zone.ours]
        variables = {"id": profile, "profile": {"methodDefinitionsToDelete": methods}}
        mutate(connection, "delivery_profile_update", "deliveryProfileUpdate", variables)
    _keep(connection, set())
    if found:
        _note(connection, actor, "store.zones_undone", found)
    return len(found)


def _by_profile(members: Sequence[Zone]) -> dict[str, list[Zone]]:
    found: dict[str, list[Zone]] = defaultdict(list)
    for zone in members:
        found[zone.profile].append(zone)
    return found


def _keep(connection: Connection, ids: Collection[str]) -> None:
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        row.settings = {**row.settings, SETTING: sorted(ids)}
        row.save(update_fields=["settings"])
    connection.settings = row.settings


def _note(connection: Connection, actor: str, action: str, members: Sequence[Zone]) -> None:
    names = [f"{zone.profile_name}: {zone.name}" for zone in members]
    AuditEntry.objects.note(connection.merchant, actor=actor, action=action, target=str(connection), zones=names)
