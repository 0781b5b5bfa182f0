"""Scan events that all posts share. Source: UPU standard M17 (EMSEVT), events EMA to EMI and EXA to EXX."""

from shipsmart.ports import Milestone

# Event → milestone and, where it says more than the milestone, a reason.
EVENTS: dict[str, tuple[Milestone, str]] = {
    "EMA": (Milestone.PICKED_UP, ""),
    "EMB": (Milestone.DEPARTED_ORIGIN, "at the office of exchange"),
    "EMC": (Milestone.DEPARTED_ORIGIN, ""),
    "EXA": (Milestone.EXPORT_CUSTOMS, ""),
    "EXB": (Milestone.EXPORT_CUSTOMS, "held"),
    "EXC": (Milestone.EXPORT_CUSTOMS, "released"),
    "EMJ": (Milestone.IN_TRANSIT, ""),
    "EMK": (Milestone.IN_TRANSIT, ""),
    "EMD": (Milestone.ARRIVED_DESTINATION, ""),
    "EDA": (Milestone.CUSTOMS_HOLD, ""),
    "EDB": (Milestone.IMPORT_CUSTOMS, ""),
    "EME": (Milestone.CUSTOMS_HOLD, ""),
    "EDC": (Milestone.CUSTOMS_CLEARED, ""),
    "EMF": (Milestone.CUSTOMS_CLEARED, ""),
    "EDD": (Milestone.AT_DELIVERY_DEPOT, ""),
    "EDE": (Milestone.AT_DELIVERY_DEPOT, ""),
    "EDF": (Milestone.AT_DELIVERY_DEPOT, ""),
    "EMG": (Milestone.AT_DELIVERY_DEPOT, ""),
    "EDG": (Milestone.OUT_FOR_DELIVERY, ""),
    "EDH": (Milestone.AVAILABLE_FOR_PICKUP, ""),
    "EMH": (Milestone.ATTEMPT_FAILED, ""),
    "EMI": (Milestone.DELIVERED, ""),
    "EDX": (Milestone.EXCEPTION, ""),
    "EXX": (Milestone.CANCELLED, ""),
}


def s10_check_digit(serial: str) -> int:
    """Return the check digit of an eight-digit S10 serial number. Source: UPU standard S10."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def is_s10(number: str) -> bool:
    """Return whether a number is a post's item number: two letters, eight digits, check digit, country."""
    well_formed = len(number) == 13 and number[:2].isalpha() and number[2:11].isdigit() and number[11:].isalpha()
    return well_formed and s10_check_digit(number[2:10]) == int(number[10])
