"""The Correios' codes and ours: services and scans (SRO code and type). Source: the Correios' manuals."""

from shipsmart.ports import Milestone

# Contract services asked for when the account names none: code → name.
SERVICES = {"03220": "SEDEX", "03298": "PAC"}
# Where a prepostagem stands. Source: answers of the API as public clients read them; no list is published.
CANCELLED = ("5", "6")  # cancelled, taken back
NOT_BOOKED = ("4", *CANCELLED)  # 4: never posted in time
# Scan code and type → milestone and, where it says more than the milestone, a reason.
EVENTS: dict[tuple[str, str], tuple[Milestone, str]] = {
    ("PO", "01"): (Milestone.PICKED_UP, ""),
    ("PO", "09"): (Milestone.PICKED_UP, ""),
    ("CO", "01"): (Milestone.PICKED_UP, ""),
    ("DO", "01"): (Milestone.IN_TRANSIT, ""),
    ("RO", "01"): (Milestone.IN_TRANSIT, ""),
    ("PAR", "18"): (Milestone.DEPARTED_ORIGIN, ""),
    ("PAR", "16"): (Milestone.ARRIVED_DESTINATION, ""),
    ("PAR", "21"): (Milestone.IMPORT_CUSTOMS, ""),
    ("PAR", "22"): (Milestone.IMPORT_CUSTOMS, ""),
    ("PAR", "17"): (Milestone.CUSTOMS_HOLD, "duties_unpaid"),
    ("PAR", "25"): (Milestone.CUSTOMS_HOLD, "info_needed"),
    ("PAR", "31"): (Milestone.IMPORT_CUSTOMS, "paid"),
    ("PAR", "10"): (Milestone.CUSTOMS_CLEARED, ""),
    ("PAR", "19"): (Milestone.CUSTOMS_CLEARED, ""),
    ("PAR", "24"): (Milestone.RETURNING, ""),
    ("OEC", "01"): (Milestone.OUT_FOR_DELIVERY, ""),
    ("LDI", "01"): (Milestone.AVAILABLE_FOR_PICKUP, ""),
    ("LDI", "02"): (Milestone.AVAILABLE_FOR_PICKUP, ""),
    ("BDE", "20"): (Milestone.ATTEMPT_FAILED, "nobody there"),
    ("BDI", "20"): (Milestone.ATTEMPT_FAILED, "nobody there"),
    ("BDE", "01"): (Milestone.DELIVERED, ""),
    ("BDI", "01"): (Milestone.DELIVERED, ""),
    ("BDR", "01"): (Milestone.DELIVERED, ""),
    ("BDE", "23"): (Milestone.RETURNED, ""),
    ("BDI", "23"): (Milestone.RETURNED, ""),
}
