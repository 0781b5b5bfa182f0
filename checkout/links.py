"""Links for the shopper: signed, without an account, stable for the life of the order."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from shipsmart.orders.models import Order
from shipsmart.shipments.models import Shipment

TRACK = Signer(salt="checkout.track", sep="~")
PROOF = Signer(salt="checkout.proof", sep="~")


class BadLink(Exception):
    """The link was not made by us, or was shortened or changed on its way."""


def tracking_link(shipment: Shipment) -> str:
    """Return the address of the shopper's page that follows one shipment."""
    return settings.PUBLIC_URL + reverse("checkout:track", args=[TRACK.sign(str(shipment.pk))])


def proof_link(order: Order) -> str:
    """Return the address of the page that proves what was collected for an order ahead."""
    return settings.PUBLIC_URL + reverse("checkout:proof", args=[PROOF.sign(str(order.pk))])


def opened(signer: Signer, token: str) -> int:
    """Return the row's id in a token. Raises BadLink."""
    try:
        return int(signer.unsign(token))
    except (BadSignature, ValueError) as error:
        raise BadLink from error
