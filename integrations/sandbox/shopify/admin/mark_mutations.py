"""The fields of `Mutation` about tags and metafields."""

from typing import Any

from integrations.sandbox.shopify.admin.access import check_order_marks
from integrations.sandbox.shopify.admin.payload import payload
from integrations.sandbox.shopify.admin.queries import Reader
from integrations.sandbox.shopify.store.fulfilling import Refused
from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.store.node import Metafield, Owner, full_namespace
from integrations.sandbox.shopify.webhooks.publish import publish_order

_OWNER_TYPES = {"Order": "ORDER", "Product": "PRODUCT", "ProductVariant": "PRODUCTVARIANT", "Shop": "SHOP"}


class MarkMutations(Reader):
    def _check_scope(self, gid: str) -> None:
        if gid.startswith("gid://shopify/Order/"):
            check_order_marks(self.token.scopes)

    def _taggable(self, gid: str) -> Any:
        self._check_scope(gid)
        thing = self.find(gid)
        if not hasattr(thing, "tags"):
            raise Refused("The node does not exist or carries no tags", "id")
        return thing

    def _retag(self, gid: str, tags: list[str]) -> Any:
        thing = self._taggable(gid)
        thing.tags = tags
        thing.touch()
        if thing.serial in self.held.orders:
            publish_order(self.world, self.room, "updated", thing)
        return thing

    def tags_add(self, id: str, tags: list[str]) -> dict[str, Any]:  # noqa: A002
        return payload("node", lambda: self._retag(id, sorted({*self._taggable(id).tags, *tags})))

    def tags_remove(self, id: str, tags: list[str]) -> dict[str, Any]:  # noqa: A002
        return payload("node", lambda: self._retag(id, [t for t in self._taggable(id).tags if t not in tags]))

    def _set_metafield(self, given: dict[str, Any], index: int) -> Metafield:
        self._check_scope(given["owner_id"])
        owner = self.find(given["owner_id"])
        if not isinstance(owner, Owner):
            raise Refused("Owner does not exist.", "metafields", str(index), "ownerId", code="INVALID")
        namespace, key = full_namespace(given.get("namespace")), given["key"]
        known = owner.owned_metafields.get((namespace, key))
        kind = given.get("type") or (known.type if known else None)
        if kind is None:
            raise Refused("Type can't be blank", "metafields", str(index), "type", code="BLANK")
        if known and "compare_digest" in given and given["compare_digest"] != known.compare_digest:
            raise Refused("The resource has been updated since", "metafields", str(index), code="STALE_OBJECT")
        if known:
            known.type, known.value = kind, given["value"]
            known.touch()
            return known
        metafield = Metafield(
            serial=next_key(),
            namespace=namespace,
            key=key,
            type=kind,
            value=given["value"],
            owner_type=_OWNER_TYPES[type(owner).__name__],
        )
        owner.owned_metafields[namespace, key] = metafield
        return metafield

    def metafields_set(self, metafields: list[dict[str, Any]]) -> dict[str, Any]:
        if len(metafields) > 25:
            error = {"field": ["metafields"], "message": "Exceeded the maximum of 25", "code": "TOO_LONG"}
            return {"metafields": None, "user_errors": [error]}
        return payload("metafields", lambda: [self._set_metafield(row, i) for i, row in enumerate(metafields)])

    def metafields_delete(self, metafields: list[dict[str, Any]]) -> dict[str, Any]:
        def change() -> list[dict[str, Any] | None]:
            gone: list[dict[str, Any] | None] = []
            for row in metafields:
                self._check_scope(row["owner_id"])
                owner, name = self.find(row["owner_id"]), (full_namespace(row["namespace"]), row["key"])
                found = owner.owned_metafields.pop(name, None) if isinstance(owner, Owner) else None
                gone.append({**row} if found else None)
            return gone

        return payload("deleted_metafields", change)

    def metafield_definition_create(self, definition: dict[str, Any]) -> dict[str, Any]:
        def change() -> dict[str, Any]:
            name = (definition["owner_type"], full_namespace(definition.get("namespace")), definition["key"])
            if name in self.held.metafield_definitions:
                raise Refused("Key is in use for Order metafields on the namespace", "definition", "key", code="TAKEN")
            made = {"id": f"gid://shopify/MetafieldDefinition/{next_key()}", "namespace": name[1], **definition}
            self.held.metafield_definitions[name] = made
            return made

        return payload("created_definition", change)
