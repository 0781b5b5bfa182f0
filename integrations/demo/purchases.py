"""What came of a visit to a shop."""

from dataclasses import dataclass
from typing import Any

from integrations.demo.stories import Story


@dataclass(frozen=True)
class Purchase:
    """What the shopper was offered, chose and paid, as the store says it."""

    story: Story
    order_id: str
    name: str
    rate: dict[str, Any]
    rates: list[dict[str, Any]]
    elapsed_ms: float
    source: str
