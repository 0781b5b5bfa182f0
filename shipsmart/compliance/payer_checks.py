"""Who pays the duty: the label must keep what the checkout promised."""

from shipsmart.compliance.findings import Block
from shipsmart.documents.snapshots import PaperShipment

# Goods sold under these terms arrive with every duty and tax paid by the seller.
SELLER_PAYS = frozenset({"DDP"})


def payer(shipment: PaperShipment) -> list[Block]:
    """Return a block when incoterm and collected amounts differ on who pays.

    Import VAT that IOSS and like schemes take at checkout leaves the duty to the incoterm: it is no contradiction.
    """
    collected = shipment.collected
    seller_pays = shipment.incoterm in SELLER_PAYS
    if collected is None:
        return _nothing_collected(shipment) if seller_pays and shipment.export_reason == "sale" else []
    if seller_pays:
        return []
    unnamed_tax = collected.import_tax if not collected.scheme else 0
    for name, amount, remedy in (("duty", collected.duty, "refund it"), ("import tax", unnamed_tax, "name the scheme")):
        if amount > 0:
            message = (
                f"{name} of {amount} {collected.currency} was collected at checkout, but {shipment.incoterm} makes the "
                f"receiver pay it again; ship under DDP or {remedy}"
            )
            return [Block("duty_payer_contradiction", message, "incoterm")]
    return []


def _nothing_collected(shipment: PaperShipment) -> list[Block]:
    message = (
        f"{shipment.incoterm} promises a parcel with nothing to pay, but nothing was collected for duty and tax; "
        "say what was, or ship under DAP"
    )
    return [Block("duty_payer_contradiction", message, "collected")]
