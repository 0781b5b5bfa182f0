"""An order's goods, with what the catalogue knows of them on the day."""

from collections.abc import Mapping, Sequence
from typing import Any

from shipsmart.catalog.models import Variant
from shipsmart.orders.models import Order, OrderLine
from shipsmart.ports import StoreOrder, StoreOrderLine


def write_lines(order: Order, incoming: StoreOrder) -> None:
    """Copy the goods with what the catalogue knows of them today; a later re-classification moves no old order."""
    add_lines(order, incoming.lines)


def add_lines(order: Order, lines: Sequence[StoreOrderLine]) -> None:
    """Write goods of the store's order; what needs no shipping is left out."""
    wanted = [line.variant_id for line in lines]
    variants = (
        Variant.objects.for_merchant(order.merchant)
        .filter(external_id__in=wanted)
        .select_related("product")
        .prefetch_related("classifications")
    )
    known = {variant.external_id: variant for variant in variants}
    goods = [line for line in lines if line.requires_shipping and line.quantity]
    OrderLine.objects.bulk_create([_line(order, line, known.get(line.variant_id)) for line in goods])


def _line(order: Order, line: StoreOrderLine, variant: Variant | None) -> OrderLine:
    return OrderLine(
        order=order,
        variant=variant,
        external_id=line.external_id,
        sku=line.sku,
        title=line.title[:255],
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        **(customs_facts(variant, order.country) if variant else {}),
    )


def customs_facts(variant: Variant, country: str) -> dict[str, Any]:
    """Return what customs ask about a variant going to `country`; empty where nobody knows yet."""
    return {
        "description": (variant.customs_description or variant.product.title)[:255],
        "hs_code": variant.code_for(country),
        "origin": variant.origin,
        "weight_g": variant.weight_g,
        "length_mm": variant.length_mm,
        "width_mm": variant.width_mm,
        "height_mm": variant.height_mm,
        "dangerous": variant.dangerous,
        "preference": variant.preference_for(country),
    }


def refresh_lines(orders: Sequence[Order]) -> None:
    """Fill what was missing on the lines from the catalogue of today; what was known stays as it was sold.

    The customs description and the declaration of dangerous goods are those of today all the same: neither changes what
    was charged, and what the gate stopped is mended there. What a person corrected for the order stays.
    """
    lines = OrderLine.objects.filter(order__in=orders, variant__isnull=False).select_related(
        "variant__product", "order"
    )
    for line in lines.prefetch_related("variant__classifications"):
        facts: Mapping[str, Any] = customs_facts(line.variant, line.order.country)
        today = {"dangerous"} | ({"description"} if line.variant.customs_description else set())
        changed = {
            name: value
            for name, value in facts.items()
            if value and name not in line.by_hand and (name in today or not getattr(line, name))
        }
        if changed:
            OrderLine.objects.filter(pk=line.pk).update(**changed)
