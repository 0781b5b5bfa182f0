"""The shopper's pages behind a signed link: what the templates are given."""

from typing import Any

from django.http import HttpRequest

from checkout import links
from checkout.journey import crosses_a_border, journey
from checkout.language import Language, choose, languages
from checkout.proof import proof_of
from shipsmart.orders.models import Order
from shipsmart.ports import manifests
from shipsmart.shipments.models import Shipment


def track_page(request: HttpRequest, token: str) -> dict[str, Any]:
    """Return the context of the tracking page. Raises BadLink."""
    shipments = Shipment.objects.select_related("order", "merchant").prefetch_related("tracking_events")
    shipment = shipments.filter(pk=links.opened(links.TRACK, token)).first()
    if shipment is None:
        raise links.BadLink
    language = choose(request, country=shipment.order.country, locale=shipment.order.locale)
    manifest = manifests().get(shipment.carrier)
    return common(language) | {
        "shipment": shipment,
        "order": shipment.order,
        "destination": language.country(shipment.order.country),
        "carrier": manifest.TITLE if manifest else shipment.carrier,
        "carrier_url": _web_address(shipment.tracking_url),
        "crosses": crosses_a_border(shipment),
        "journey": journey(shipment, list(shipment.tracking_events.all()), language),
        "proof_url": links.proof_link(shipment.order) if shipment.duties_collected else "",
    }


def proof_page(request: HttpRequest, token: str) -> dict[str, Any]:
    """Return the context of the proof that duties are paid. Raises BadLink."""
    orders = Order.objects.select_related("merchant", "quote").prefetch_related("shipments")
    order = orders.filter(pk=links.opened(links.PROOF, token)).first()
    if order is None:
        raise links.BadLink
    language = choose(request, country=order.country, locale=order.locale)
    return common(language) | {
        "order": order,
        "destination": language.country(order.country),
        "placed": language.day(order.placed_at),
        "waybills": [s.waybill for s in order.shipments.all() if s.waybill and s.state != Shipment.State.VOIDED],
        "proof": proof_of(order, language),
    }


def common(language: Language) -> dict[str, Any]:
    return {
        "language": language,
        "words": language.words,
        "languages": [(code, known.words["name"]) for code, known in languages().items()],
    }


def _web_address(url: str) -> str:
    """Return a carrier's link when it is one for a browser: what a partner sent never becomes a script."""
    return url if url.startswith(("https://", "http://")) else ""
