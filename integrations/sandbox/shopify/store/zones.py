"""Where the shop delivers to: a profile with one group of locations, its zones, and who prices each of them.

The practice checkout asks every carrier service, also one that stands in no zone: only the settings are played.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.store.node import Node

SEEDED = (("Domestic", ("NO",)), ("Europe", ("DE", "FR", "NL", "SE", "DK", "GB")), ("Rest of world", ("*",)))


@dataclass(eq=False, kw_only=True)
class DeliveryRateDefinition(Node):
    price: dict[str, Any]


@dataclass(eq=False, kw_only=True)
class DeliveryParticipant(Node):
    carrier_service: Any
    participant_services: list[dict[str, Any]]
    adapt_to_new_services_flag: bool
    percentage_of_rate_fee: float = 0.0
    fixed_fee: None = None


@dataclass(eq=False, kw_only=True)
class DeliveryMethodDefinition(Node):
    name: str
    rate_provider: DeliveryRateDefinition | DeliveryParticipant
    active: bool = True
    description: str | None = None


@dataclass(eq=False, kw_only=True)
class DeliveryZone(Node):
    name: str
    codes: tuple[str, ...]
    methods: list[DeliveryMethodDefinition]

    @property
    def countries(self) -> list[dict[str, Any]]:
        return [
            {
                "id": f"gid://shopify/DeliveryCountry/{self.serial}{number}",
                "name": "Rest of World" if code == "*" else code,
                "code": {"country_code": None if code == "*" else code, "rest_of_world": code == "*"},
            }
            for number, code in enumerate(self.codes)
        ]

    @property
    def zone(self) -> "DeliveryZone":
        return self

    def method_definitions(self, type: str | None = None, **_: Any) -> list[DeliveryMethodDefinition]:  # noqa: A002
        wanted = {"PARTICIPANT": DeliveryParticipant, "MERCHANT": DeliveryRateDefinition}.get(type or "", Node)
        return [method for method in self.methods if isinstance(method.rate_provider, wanted)]


@dataclass(eq=False, kw_only=True)
class DeliveryLocationGroup(Node):
    zones: list[DeliveryZone]


@dataclass(eq=False, kw_only=True)
class DeliveryProfile(Node):
    name: str
    group: DeliveryLocationGroup
    default: bool = True

    @property
    def active_method_definitions_count(self) -> int:
        return sum(len(zone.methods) for zone in self.group.zones)

    def profile_location_groups(self, location_group_id: str | None = None) -> list[dict[str, Any]]:
        if location_group_id not in {None, self.group.id}:
            return []
        return [{"location_group": self.group, "location_group_zones": self.group.zones}]


def _zone(name: str, codes: tuple[str, ...]) -> DeliveryZone:
    rate = DeliveryRateDefinition(serial=next_key(), price={"amount": Decimal("9.90"), "currency_code": "EUR"})
    standard = DeliveryMethodDefinition(serial=next_key(), name="Standard", rate_provider=rate)
    return DeliveryZone(serial=next_key(), name=name, codes=codes, methods=[standard])


def seeded_profile() -> DeliveryProfile:
    """Return the profile that every new shop begins with: a flat rate in each zone."""
    zones = [_zone(name, codes) for name, codes in SEEDED]
    group = DeliveryLocationGroup(serial=next_key(), zones=zones)
    return DeliveryProfile(serial=next_key(), name="General profile", group=group)
