"""What a person says of an order's goods, for this order alone: an item that no product stands behind, vague words."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from shipsmart.merchants.models import AuditEntry
from shipsmart.orders.declaring import NotDeclarable, can_declare
from shipsmart.orders.models import Order, OrderLine

FACTS = ("description", "hs_code", "origin", "weight_g", "dangerous")


def correct(line: OrderLine, facts: Mapping[str, Any], *, actor: str) -> dict[str, list[str]]:
    """Write `facts` (of FACTS) down for this line; what was collected stays what it was.

    Returns what changed as name → [before, after]. Raises NotDeclarable once a carrier may know of the order.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=line.order_id)
        if not can_declare(order):
            raise NotDeclarable("a label is bought or about to be: hold the order first, or void its label")
        row = order.lines.get(pk=line.pk)
        changed = {name: facts[name] for name in FACTS if name in facts and getattr(row, name) != facts[name]}
        if not changed:
            return {}
        trace = {name: [str(getattr(row, name) or ""), str(value or "")] for name, value in changed.items()}
        for name, value in changed.items():
            setattr(row, name, value)
        row.by_hand = sorted({*row.by_hand, *changed})
        row.save(update_fields=[*changed, "by_hand"])
        order.note("corrected", f"Customs data of {row.title[:200]} were corrected for this order", actor=actor)
        AuditEntry.objects.note(
            order.merchant, actor=actor, action="correct", target=f"order:{order.pk}", line=row.title, changes=trace
        )
    return trace
