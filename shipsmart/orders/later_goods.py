"""Goods that a store adds to an order whose label is bought: an exchange, or an order that was edited.

They travel on their own. What was collected at the checkout was collected for other goods.
"""

from collections.abc import Sequence

from shipsmart.orders.hubs import by_hub
from shipsmart.orders.lines import add_lines
from shipsmart.orders.models import Consignment, Order
from shipsmart.ports import Incoterm, StoreOrder, StoreOrderLine


def labelled_lines(order: Order) -> set[str]:
    """Return the external ids of the lines that a bought label carries."""
    bought = order.shipments.filter(state="bought").values_list("lines__order_line__external_id", flat=True)
    return {line for line in bought if line}


def add_goods(order: Order, incoming: StoreOrder) -> str:
    """Write goods that the order did not have as a consignment of their own; return why it must stand still for them.

    "" when nothing is new. Units added to a line that was there travel with nobody: that is noted as an edit.
    """
    known = {line.external_id for line in order.lines.all()}
    new = [one for one in incoming.lines if one.requires_shipping and one.quantity and one.external_id not in known]
    if not new or incoming.cancelled_at:
        return ""
    number = _kept_together(order)
    add_lines(order, new)
    by_hub(order, new, incoterm=Incoterm.DAP, after=number)
    text = f"added in the store after a label was bought, by an exchange or an edit: {_said(new)}"
    order.note("goods_added", f"Goods were {text}"[:500], lines=[line.external_id for line in new])
    return (
        f"goods were {text}. They travel in a parcel of their own, and nothing was collected for their duties: release "
        "the order to send them DAP"
    )


def _kept_together(order: Order) -> int:
    """Make what was sold at first a consignment, unless the order has some; return the last one's number."""
    last = order.consignments.order_by("-number").first()
    if last is not None:
        return last.number
    goods = [[number, line.external_id, line.quantity] for number, line in enumerate(order.lines.all(), start=1)]
    first = Consignment.objects.create(
        order=order,
        number=1,
        quote=order.quote,
        incoterm=order.incoterm,
        collected=order.collected,
        goods=goods,
    )
    order.shipments.filter(consignment=None).update(consignment=first)
    return first.number


def _said(lines: Sequence[StoreOrderLine]) -> str:
    return ", ".join(f"{line.quantity} x {line.title}" for line in lines)
