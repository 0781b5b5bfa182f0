"""Taking the app out of the shop."""

from typing import Any

from integrations.sandbox.shopify.webhooks import payloads
from integrations.sandbox.shopify.webhooks.publish import publish
from integrations.sandbox.shopify.world import Room, World


def uninstall(world: World, room: Room) -> dict[str, Any]:
    """Send `app/uninstalled`, then kill tokens, subscriptions and carrier services."""
    shop = room.shop
    publish(world, room, "app/uninstalled", payloads.shop(shop))
    room.tokens.revoke_all()
    shop.forget_app()
    shop.record("uninstalled")
    return {"uninstalled": shop.domain}
