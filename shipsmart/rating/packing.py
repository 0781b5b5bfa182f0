"""Goods into the merchant's boxes.

Weight is kept exactly. A unit whose sides are known must fit the box with them, turned as it may be, and takes its
volume; several of them fill a box only to FILLED_PERCENT. For a unit without sides volume is taken from weight at one
stated density.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shipsmart.ports import CustomsItem, ParcelSpec
from shipsmart.rating.values import BoxSize

# Mixed parcel goods: the density at which carriers' volumetric divisor of 5000 cm3/kg breaks even (IATA TACT 3.9:
# 6000 for freight). Goods denser than this are billed by weight anyway.
DENSITY_KG_M3 = 200
# Our estimate of how much of a box cuboids of mixed sizes fill when people pack them; one alone may fill all of it.
FILLED_PERCENT = 80
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


@dataclass(frozen=True, slots=True)
class _Load:
    """What lies in a box together. `bulk`: mm3 x the stated density, whole numbers for both kinds of goods. `sides`:
    the longest, middle and shortest of any sized unit, each taken apart: a box with these sides takes every unit."""

    weight_g: int
    bulk: int
    sides: tuple[int, int, int] = (0, 0, 0)
    sized: int = 0

    def with_(self, other: "_Load", times: int = 1) -> "_Load":
        a, b = self.sides, other.sides
        sides = (max(a[0], b[0]), max(a[1], b[1]), max(a[2], b[2])) if other.sized else a
        bulk = self.bulk + other.bulk * times
        return _Load(self.weight_g + other.weight_g * times, bulk, sides, self.sized + other.sized * times)


@dataclass(frozen=True, slots=True)
class _Room:
    """What a box takes."""

    box: BoxSize
    weight_g: int
    bulk: int
    sides: tuple[int, int, int]

    def takes(self, load: _Load) -> bool:
        if load.weight_g > self.weight_g or any(map(int.__gt__, load.sides, self.sides)):
            return False
        return load.bulk * 100 <= self.bulk * (FILLED_PERCENT if load.sized > 1 else 100)


_NOTHING = _Load(0, 0)
_Unit = tuple[_Load, int]  # and how often


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
    units = [(_load(item, density_kg_m3), item.quantity) for item in items if item.quantity > 0]
    if not units:
        return Packed()
    by_size = sorted(boxes or DEFAULT_BOXES, key=lambda box: (box.volume_mm3, box.max_weight_g, box.name))
    rooms = [_room(box, density_kg_m3) for box in by_size]
    together = _NOTHING
    for load, times in units:
        together = together.with_(load, times)
    whole = _smallest(rooms, together)
    groups = [(whole, together)] if whole else _several(rooms, units)
    return Packed(
        parcels=tuple(_parcel(number, room.box, load) for number, (room, load) in enumerate(groups, 1)),
        boxes=tuple(room.box for room, _ in groups),
        misfits=() if whole else _misfits(rooms, items, density_kg_m3),
    )


def _load(item: CustomsItem, density: int) -> _Load:
    if item.size_mm is None:
        # grams / (kg/m3) = 1e-3 m3 = 1e6 mm3
        return _Load(item.unit_weight_g, item.unit_weight_g * 1_000_000)
    short, middle, long = sorted(item.size_mm)
    return _Load(item.unit_weight_g, short * middle * long * density, (long, middle, short), sized=1)


def _room(box: BoxSize, density: int) -> _Room:
    short, middle, long = sorted((box.length_mm, box.width_mm, box.height_mm))
    return _Room(box, box.max_weight_g - box.tare_g, box.volume_mm3 * density, (long, middle, short))


def _misfits(rooms: Sequence[_Room], items: Sequence[CustomsItem], density: int) -> tuple[str, ...]:
    found = [item for item in items if item.quantity and not _smallest(rooms, _load(item, density))]
    return tuple(f"{item.sku or item.description} ({_measured(item)}) fits no box" for item in found)


def _measured(item: CustomsItem) -> str:
    sides = " x ".join(str(side) for side in item.size_mm or ())
    return f"{item.unit_weight_g} g, {sides} mm" if sides else f"{item.unit_weight_g} g"


def _smallest(rooms: Sequence[_Room], load: _Load) -> _Room | None:
    return next((room for room in rooms if room.takes(load)), None)


def _several(rooms: Sequence[_Room], units: Sequence[_Unit]) -> list[tuple[_Room, _Load]]:
    """First fit, heaviest first, into the largest box; each group then moves to the smallest box that takes it."""
    largest = rooms[-1]
    groups: list[_Load] = []
    for unit, times in sorted(units, key=lambda unit: (-unit[0].weight_g, -unit[0].bulk)):
        at = 0
        for _ in range(times):
            # Groups that refused one of these refuse the next: they only grow.
            while at < len(groups) and not largest.takes(groups[at].with_(unit)):
                at += 1
            groups[at : at + 1] = [(groups[at] if at < len(groups) else _NOTHING).with_(unit)]
    return [(_smallest(rooms, load) or largest, load) for load in groups]


def _parcel(number: int, box: BoxSize, load: _Load) -> ParcelSpec:
    return ParcelSpec(
        reference=str(number),
        weight_g=load.weight_g + box.tare_g,
        length_mm=box.length_mm,
        width_mm=box.width_mm,
        height_mm=box.height_mm,
    )
