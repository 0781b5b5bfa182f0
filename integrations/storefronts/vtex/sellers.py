"""Which sellers of a store are the merchant's own: VTEX splits a cart into one order for each seller."""

from integrations.storefronts.vtex.codes import OWN_SELLER
from shipsmart.merchants.models import Connection

SETTING = "sellers"


def own(connection: Connection) -> frozenset[str]:
    """Return the seller ids whose goods the merchant sends himself: the account's own, and the hubs he named."""
    return frozenset((OWN_SELLER, *connection.settings.get(SETTING, ())))
