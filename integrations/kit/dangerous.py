"""Dangerous goods as merchants of parcels have them: lithium batteries packed under Section II. All else is refused.

Source: IATA Dangerous Goods Regulations, packing instructions 965 to 970; UN Model Regulations, special provision 188.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.kit.fields import refused
from shipsmart.ports import CustomsItem, DangerousGoods, LabelOrder, ParcelSpec


@dataclass(frozen=True)
class Packing:
    """What a packing instruction is about."""

    un: str
    shipping_name: str
    metal: bool
    in_equipment: bool  # else packed with it


INSTRUCTIONS = {
    "966": Packing("UN3481", "Lithium ion batteries packed with equipment", metal=False, in_equipment=False),
    "967": Packing("UN3481", "Lithium ion batteries contained in equipment", metal=False, in_equipment=True),
    "969": Packing("UN3091", "Lithium metal batteries packed with equipment", metal=True, in_equipment=False),
    "970": Packing("UN3091", "Lithium metal batteries contained in equipment", metal=True, in_equipment=True),
}
LARGEST_WATT_HOURS = 100
SECTION_II = "II"


def section_two(items: Sequence[CustomsItem], carrier: str) -> list[str]:
    """Return the packing instructions among the goods ("967"), each once, in order.

    Raises IntegrationError(permanent) for goods that need more than a mark on the box: fully regulated ones, batteries
    on their own, too strong ones, and data that contradict themselves.
    """
    found = {}
    for number, item in enumerate(items, 1):
        if item.dangerous is not None:
            found[_checked(item.dangerous, carrier, f"line {number} dangerous goods")] = True
    return list(found)


def _checked(goods: DangerousGoods, carrier: str, field: str) -> str:
    packing = INSTRUCTIONS.get(goods.packing_instruction)
    if packing is None or goods.section != SECTION_II:
        raise refused(
            f"{field}: {goods.un} under packing instruction {goods.packing_instruction or '?'} section "
            f"{goods.section or '?'} goes with {carrier} by special contract only; here lithium batteries in or with "
            "equipment, Section II, can be sent",
            code="dangerous_goods_refused",
            field=field,
        )
    if goods.un != packing.un:
        raise refused(
            f"{field}: packing instruction {goods.packing_instruction} is for {packing.un}, not {goods.un}",
            code="dangerous_goods_contradiction",
            field=field,
        )
    if goods.watt_hours is not None and goods.watt_hours > LARGEST_WATT_HOURS:
        raise refused(
            f"{field}: {goods.watt_hours} Wh a battery; Section II ends at {LARGEST_WATT_HOURS} Wh",
            code="dangerous_goods_refused",
            field=field,
        )
    return goods.packing_instruction


def items_in(parcel: ParcelSpec, order: LabelOrder, field: str) -> list[CustomsItem]:
    """Return the goods in a parcel. Raises IntegrationError when several parcels do not say which is in which."""
    if len(order.parcels) == 1:
        return list(order.items)
    if any(not item.parcel_reference for item in order.items):
        raise refused(
            f"with several parcels each line must say its parcel: {field} stands on the parcel",
            code="missing_data",
            field="parcel",
        )
    return [item for item in order.items if item.parcel_reference == parcel.reference]
