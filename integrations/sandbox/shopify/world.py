"""Everything that runs in the process: the shops, their tokens, faults, deliveries and rates."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from integrations.sandbox.shopify.config import Config
from integrations.sandbox.shopify.faults import Faults, Reorder
from integrations.sandbox.shopify.oauth.tokens import TokenBook
from integrations.sandbox.shopify.store.seed import seeded_shop
from integrations.sandbox.shopify.store.shop import Shop
from integrations.sandbox.shopify.webhooks.delivery import Deliveries

if TYPE_CHECKING:
    from integrations.sandbox.shopify.rates.cache import RateCache


class UnknownShop(LookupError):
    """No shop of this name was opened here."""


@dataclass(eq=False)
class Room:
    """One shop with what surrounds it."""

    shop: Shop
    faults: Faults = field(default_factory=Faults)
    reorder: Reorder = field(default_factory=Reorder)
    tokens: TokenBook = field(default_factory=TokenBook)


@dataclass(eq=False)
class World:
    config: Config
    rate_cache: "RateCache"
    rooms: dict[str, Room] = field(init=False)
    deliveries: Deliveries = field(init=False)
    own_url: str = ""

    def __post_init__(self) -> None:
        self.rooms = {domain: Room(seeded_shop(domain)) for domain in self.config.shops}
        self.deliveries = Deliveries(self.config)

    def room(self, domain: str) -> Room:
        """Return the shop of this name. Raises UnknownShop."""
        try:
            return self.rooms[domain]
        except KeyError:
            raise UnknownShop(f"no shop {domain!r} here; there are: {', '.join(self.rooms)}") from None

    def shop_url(self, shop: Shop) -> str:
        return f"{self.own_url}/{shop.domain}"
