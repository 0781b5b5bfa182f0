"""An operation over everything: the shop works through a query and leaves a file, one object a line."""

from dataclasses import dataclass
from datetime import datetime

from integrations.sandbox.shopify.store.ids import now
from integrations.sandbox.shopify.store.node import Node


@dataclass(eq=False, kw_only=True)
class BulkOperation(Node):
    """`content` is complete from the start; the shop says RUNNING until it was looked at once."""

    query: str
    content: bytes
    object_count: int
    address: str
    looked_at: int = 0
    cancelled: bool = False
    type: str = "QUERY"
    error_code: None = None
    partial_data_url: None = None

    @property
    def status(self) -> str:
        return "CANCELED" if self.cancelled else "COMPLETED" if self.looked_at > 1 else "RUNNING"

    def look(self) -> "BulkOperation":
        self.looked_at += 1
        return self

    @property
    def url(self) -> str | None:
        return self.address if self.status == "COMPLETED" and self.content else None

    @property
    def completed_at(self) -> datetime | None:
        return now() if self.status == "COMPLETED" else None

    @property
    def root_object_count(self) -> int:
        return self.object_count

    @property
    def file_size(self) -> int | None:
        return len(self.content) if self.status == "COMPLETED" else None
