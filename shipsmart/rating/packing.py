"""Goods into the merchant's boxes.

Products carry no dimensions yet, so volume is taken from weight at one stated density and weight is kept exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shipsmart.ports import CustomsItem, ParcelSpec
from shipsmart.rating.values import BoxSize

# Mixed parcel goods: the density at which carriers' volumetric divisor of 5000 cm3/kg breaks even (IATA TACT 3.9:
# 6000 for freight). Goods denser than this are billed by weight anyway.
DENSITY_KG_M3 = 200
# What a merchant who entered no box is taken to use; heavier goods go into several.
DEFAULT_BOXES = (
    BoxSize("default small", 230, 160, 100, 0, 2_000),
    BoxSize("default medium", 350, 250, 150, 0, 10_000),
    BoxSize("default large", 600, 400, 400, 0, 30_000),
)


@dataclass(frozen=True)
class Packed:
    """`boxes`: the box of each parcel. `misfits`: units that no box takes; they travel alone in the largest."""

    parcels: tuple[ParcelSpec, ...] = ()
    boxes: tuple[BoxSize, ...] = ()
    misfits: tuple[str, ...] = ()


def pack(
    items: Sequence[CustomsItem], boxes: Sequence[BoxSize] = (), *, density_kg_m3: int = DENSITY_KG_M3
) -> tuple[ParcelSpec, ...]:
    """Return the parcels for `items`; see `pack_into`."""
    return pack_into(boxes, items, density_kg_m3=density_kg_m3).parcels


def pack_into(boxes: Sequence[BoxSize], items: Sequence[CustomsItem], *, density_kg_m3: int = DENSITY_KG_M3) -> Packed:
    """Return the parcels for `items`: the smallest box that takes everything, else several, heaviest goods first.

    Gross weight is exact to the gram: units plus the box's own weight. A unit too heavy or too large for every box
    travels alone in the largest one, and is named. No goods, no parcels.
    """
    units = sorted((item.unit_weight_g for item in items for _ in range(item.quantity)), reverse=True)
    if not units:
        return Packed()
    by_size = sorted(boxes or DEFAULT_BOXES, key=lambda box: (box.volume_mm3, box.max_weight_g, box.name))
    whole = _smallest(by_size, units, density_kg_m3)
    groups = [(whole, units)] if whole else _several(by_size, units, density_kg_m3)
    return Packed(
        parcels=tuple(_parcel(number, box, weights) for number, (box, weights) in enumerate(groups, 1)),
        boxes=tuple(box for box, _ in groups),
        misfits=() if whole else _misfits(by_size, items, density_kg_m3),
    )


def _misfits(boxes: Sequence[BoxSize], items: Sequence[CustomsItem], density: int) -> tuple[str, ...]:
    found = [item for item in items if item.quantity and not _smallest(boxes, [item.unit_weight_g], density)]
    return tuple(f"{item.sku or item.description} ({item.unit_weight_g} g) fits no box" for item in found)


def _smallest(boxes: Sequence[BoxSize], weights: Sequence[int], density: int) -> BoxSize | None:
    return next((box for box in boxes if _fits(box, sum(weights), density)), None)


def _fits(box: BoxSize, goods_g: int, density: int) -> bool:
    # grams / (kg/m3) = 1e-3 m3 = 1e6 mm3
    return goods_g + box.tare_g <= box.max_weight_g and goods_g * 1_000_000 <= box.volume_mm3 * density


def _several(boxes: Sequence[BoxSize], units: Sequence[int], density: int) -> list[tuple[BoxSize, list[int]]]:
    """First fit, heaviest first, into the largest box; each group then moves to the smallest box that takes it."""
    largest = boxes[-1]
    groups: list[list[int]] = []
    totals: list[int] = []
    for weight in units:
        for at, total in enumerate(totals):
            if _fits(largest, total + weight, density):
                groups[at].append(weight)
                totals[at] += weight
                break
        else:
            groups.append([weight])
            totals.append(weight)
    return [(_smallest(boxes, group, density) or largest, group) for group in groups]


def _parcel(number: int, box: BoxSize, weights: Sequence[int]) -> ParcelSpec:
    return ParcelSpec(
        reference=str(number),
        weight_g=sum(weights) + box.tare_g,
        length_mm=box.length_mm,
        width_mm=box.width_mm,
        height_mm=box.height_mm,
    )
