"""Couriers of the practice carriers: a pick-up is booked once per call and cancelled once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .world import World


@dataclass
class PickUp:
    """A courier on the way. Nobody deduplicates: two calls are two couriers."""

    carrier: str
    number: str
    day: str
    parcels: int
    cancelled: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {"carrier": self.carrier, "number": self.number, "day": self.day, "parcels": self.parcels,
                "cancelled": self.cancelled}  # fmt: skip


def book(world: World, *, carrier: str, number: str, day: str, parcels: int) -> PickUp:
    pickup = PickUp(carrier, number, day, parcels)
    world.note_paper("pickup", pickup)
    return pickup


def find(world: World, carrier: str, number: str) -> PickUp | None:
    return next((p for p in world.papers("pickup") if p.carrier == carrier and p.number == number), None)
