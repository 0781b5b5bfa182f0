"""What every object with a global id has in common."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.sandbox.shopify.store.ids import now

APP_ID = 900001


@dataclass(eq=False, kw_only=True)
class Node:
    """An object known to the Admin API as `gid://shopify/<class name>/<serial>`."""

    serial: int
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)

    @property
    def id(self) -> str:
        return f"gid://shopify/{type(self).__name__}/{self.serial}"

    @property
    def legacy_resource_id(self) -> int:
        return self.serial

    def touch(self) -> None:
        self.updated_at = now()


@dataclass(eq=False, kw_only=True)
class Metafield(Node):
    namespace: str
    key: str
    type: str
    value: str
    owner_type: str

    @property
    def json_value(self) -> Any:
        return json.loads(self.value) if self.type == "json" else self.value

    @property
    def compare_digest(self) -> str:
        return hashlib.sha256(f"{self.type}\0{self.value}".encode()).hexdigest()


def full_namespace(namespace: str | None) -> str:
    """Return where metafields really live: `$app:customs`, or nothing at all, means a space that only the app sees."""
    if not namespace:
        return f"app--{APP_ID}"
    if namespace.startswith("$app"):
        return namespace.replace("$app:", f"app--{APP_ID}--", 1).replace("$app", f"app--{APP_ID}", 1)
    return namespace


@dataclass(eq=False, kw_only=True)
class Owner(Node):
    """A node that carries metafields."""

    owned_metafields: dict[tuple[str, str], Metafield] = field(default_factory=dict)

    def metafield(self, key: str, namespace: str | None = None) -> Metafield | None:
        return self.owned_metafields.get((full_namespace(namespace), key))

    def metafields(self, namespace: str | None = None, keys: list[str] | None = None) -> list[Metafield]:
        return [
            m
            for m in self.owned_metafields.values()
            if (namespace is None or m.namespace == full_namespace(namespace))
            and (keys is None or f"{m.namespace}.{m.key}" in keys or m.key in keys)
        ]
