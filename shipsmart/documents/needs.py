"""Which papers a shipment needs."""

from decimal import Decimal

from shipsmart.core.codes import customs_union
from shipsmart.documents.agreements import claims
from shipsmart.documents.snapshots import PaperShipment
from shipsmart.documents.special_drawing_rights import surely_within

# Operators designated under the Universal Postal Convention; their parcels travel with CN22 or CN23.
POSTS = frozenset(
    {"correios", "royal_mail", "usps", "canada_post", "deutsche_post", "la_poste", "australia_post", "post"}
)
CN22_MOST_SDR = Decimal(300)
CN22_MOST_WEIGHT_G = 2000


def is_dutiable(shipment: PaperShipment) -> bool:
    """Return whether the parcel crosses a customs border: not inside one country, the EU, or another customs union."""
    return customs_union(shipment.shipper.country) != customs_union(shipment.consignee.country)


def is_post(carrier: str) -> bool:
    return carrier.lower() in POSTS


def is_postal(shipment: PaperShipment) -> bool:
    return is_post(shipment.carrier)


def postal_form(shipment: PaperShipment) -> str:
    """Return `cn22` up to 300 SDR and 2 kg, else `cn23`, also near the limit and without a known SDR rate.

    Source: Universal Postal Convention, Regulations, article 20-001 (customs declarations).
    """
    small = shipment.gross_weight_g <= CN22_MOST_WEIGHT_G and len(shipment.parcels) == 1
    cheap = surely_within(shipment.goods_total, shipment.currency, limit=CN22_MOST_SDR)
    return "cn22" if small and cheap else "cn23"


def papers_for(shipment: PaperShipment) -> list[str]:
    """Return the kinds of paper the shipment needs, in the order they are printed."""
    dutiable = is_dutiable(shipment)
    postal = postal_form(shipment) if dutiable and is_postal(shipment) else ""
    needed = {
        "commercial_invoice": dutiable,
        "return_invoice": shipment.export_reason == "return",
        "packing_list": True,
        "waybill": not shipment.waybill,
        "cn22": postal == "cn22",
        "cn23": postal == "cn23",
        "label": True,
        "origin_statement": bool(claims(shipment)),
        "dangerous_goods_note": any(line.dangerous_goods for line in shipment.lines),
    }
    return [kind for kind, wanted in needed.items() if wanted]
