"""What customs are told beside the goods: why they travel, for whom they are imported, what insuring them cost."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from shipsmart.core.money import allocate, minor_unit
from shipsmart.merchants.models import Importer
from shipsmart.orders.models import Order
from shipsmart.ports import Incoterm
from shipsmart.shipments.consignments import Share


def declared(order: Order, shares: Sequence[Share]) -> list[dict[str, Any]]:
    """Return the columns of each share's shipment; insurance is shared out by the worth of the goods."""
    worth = [sum((line.total * units / line.quantity for line, units in share.goods), Decimal(0)) for share in shares]
    parts = allocate(order.insurance, worth, step=minor_unit(order.currency))
    return [
        {
            "export_reason": order.export_reason,
            "insurance": part,
            "importer_of_record": asdict(importer.party()) if (importer := importer_for(order, share)) else None,
        }
        for share, part in zip(shares, parts, strict=True)
    ]


def importer_for(order: Order, share: Share) -> Importer | None:
    """Return who answers to customs, None for the consignee: who was chosen for the order, else the merchant's there.

    The merchant's own importer takes only what it pays for (DDP), and not what a scheme of low-value goods covers:
    there the shopper is the importer and the seller has charged the tax at the sale.
    """
    if order.importer:
        return order.importer
    collected = share.consignment.collected if share.consignment else order.collected
    if share.incoterm != Incoterm.DDP or (collected or {}).get("scheme"):
        return None
    return next((row for row in order.merchant.importers.all() if row.imports_into == order.country), None)
