"""What the process was started with."""

from dataclasses import dataclass

DEFAULT_SCOPES = (
    "write_shipping",
    "write_app_proxy",
    "write_orders",
    "read_products",
    "write_inventory",
    "write_merchant_managed_fulfillment_orders",
    "write_fulfillments",
    "write_returns",
    "write_assigned_fulfillment_orders",
    "write_draft_orders",
    "read_locations",
    "read_markets",
)
SEEDED_SHOPS = ("nordic-lights.myshopify.com", "fjord-outlet.myshopify.com")
API_VERSION = "2026-07"


@dataclass(frozen=True)
class Config:
    """`time_scale` 60 makes an hour of webhook back-off pass in a minute; token and cache times stay real."""

    app_url: str
    client_id: str
    client_secret: str
    compliance_url: str
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    shops: tuple[str, ...] = SEEDED_SHOPS
    time_scale: float = 1.0
    rate_cache: bool = True
    routing_delay_s: float = 0.4
    callback_currency: str = "shop"
    restore_rate: float = 100.0
