"""What we register in a shop: webhooks and the carrier service. Both may be done again and change only what differs."""

import logging
from typing import Any

from django.conf import settings

from integrations.storefronts.shopify.client import graphql, mutate, pages
from integrations.storefronts.shopify.codes import TOPICS
from shipsmart.merchants.models import Connection
from shipsmart.ports import IntegrationError

log = logging.getLogger(__name__)

CARRIER_SERVICE = "ShipSmart"


def register_webhooks(connection: Connection) -> list[str]:
    """Subscribe to what is missing and end what points at an earlier address of ours; asks only for the difference.

    Returns the topics that the shop refuses: their scope was not granted yet. The others work without them, and the
    webhook app/scopes_update brings us here again.
    """
    uri = f"{settings.PUBLIC_URL}/shopify/webhooks"
    ours = [
        node
        for page in pages(connection, "webhook_subscriptions", {}, ("webhookSubscriptions",))
        for node in page["nodes"]
        if node["topic"] in TOPICS
    ]
    right = {node["topic"] for node in ours if node["uri"] == uri}
    refused = [topic for topic in TOPICS if topic not in right and not _subscribed(connection, topic, uri)]
    for node in ours:
        if node["uri"] != uri:
            mutate(connection, "webhook_subscription_delete", "webhookSubscriptionDelete", {"id": node["id"]})
    return refused


def _subscribed(connection: Connection, topic: str, uri: str) -> bool:
    variables = {"topic": topic, "subscription": {"uri": uri, "format": "JSON"}}
    try:
        mutate(connection, "webhook_subscription_create", "webhookSubscriptionCreate", variables)
    except IntegrationError as error:
        if not error.permanent or error.code == "reauthorise":
            raise
        log.warning("%s: not told of %s: %s", connection, topic, error)
        return False
    return True


def register_carrier_service(connection: Connection) -> dict[str, Any]:
    """Register our rate callback, or set an earlier one right; return {"registered", "reason"}.

    Plans below Advanced have no carrier services: that is noted for the merchant and stops nothing else.
    """
    values = {
        "name": CARRIER_SERVICE,
        "callbackUrl": f"{settings.PUBLIC_URL}/shopify/rates/{connection.token}",
        "active": True,
        "supportsServiceDiscovery": True,
    }
    try:
        found = graphql(connection, "carrier_services")["carrierServices"]["nodes"]
        known = next((node for node in found if node["name"] == CARRIER_SERVICE), None)
        if known is None:
            mutate(connection, "carrier_service_create", "carrierServiceCreate", {"input": values})
        else:
            variables = {"input": {"id": known["id"], **values}}
            mutate(connection, "carrier_service_update", "carrierServiceUpdate", variables)
    except IntegrationError as error:
        if not error.permanent or error.code == "reauthorise":
            raise
        log.warning("%s: no carrier service: %s", connection, error)
        return {"registered": False, "reason": error.message}
    return {"registered": True, "reason": ""}
