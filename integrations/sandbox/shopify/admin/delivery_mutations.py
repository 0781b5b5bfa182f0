"""The fields of `Mutation` about delivery profiles."""

from typing import Any

from integrations.sandbox.shopify.admin.queries import Reader
from integrations.sandbox.shopify.store.fulfilling import Refused
from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.store.zones import DeliveryMethodDefinition, DeliveryParticipant, DeliveryProfile


class DeliveryMutations(Reader):
    def delivery_profile_update(self, id: str, profile: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        found = self.find(id, "DeliveryProfile")
        if found is None:
            error = {"field": ["id"], "message": "The delivery profile does not exist"}
            return {"profile": None, "user_errors": [error]}
        try:
            made = self._wanted(found, profile)
        except Refused as refusal:
            return {"profile": None, "user_errors": [{"field": refusal.field, "message": str(refusal)}]}
        for zone, method in made:
            zone.methods.append(method)
        gone = set(profile.get("method_definitions_to_delete") or ())
        for zone in found.group.zones:
            zone.methods = [method for method in zone.methods if method.id not in gone]
        return {"profile": found, "user_errors": []}

    def _wanted(self, found: DeliveryProfile, profile: dict[str, Any]) -> list[tuple[Any, DeliveryMethodDefinition]]:
        """Return which method goes into which zone. Raises Refused before anything has changed."""
        zones = {zone.id: zone for zone in found.group.zones}
        made = []
        for group in profile.get("location_groups_to_update") or ():
            if group.get("id") != found.group.id:
                raise Refused("The location group does not exist", "profile", "locationGroupsToUpdate")
            for given in group.get("zones_to_update") or ():
                if given.get("id") not in zones:
                    raise Refused("The zone does not exist", "profile", "locationGroupsToUpdate", "zonesToUpdate")
                for wanted in given.get("method_definitions_to_create") or ():
                    made.append((zones[given["id"]], self._method(wanted)))
        return made

    def _method(self, given: dict[str, Any]) -> DeliveryMethodDefinition:
        participant = given.get("participant") or {}
        service = self.find(participant.get("carrier_service_id") or "gid://shopify/DeliveryCarrierService/0")
        if service is None:
            raise Refused("The carrier service does not exist", "profile", "participant", "carrierServiceId")
        provider = DeliveryParticipant(
            serial=next_key(),
            carrier_service=service,
            participant_services=participant.get("participant_services") or [],
            adapt_to_new_services_flag=bool(participant.get("adapt_to_new_services")),
        )
        name = given.get("name") or service.name
        return DeliveryMethodDefinition(serial=next_key(), name=name, rate_provider=provider)
