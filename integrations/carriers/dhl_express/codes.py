"""DHL's codes and ours: tax numbers, export reasons, checkpoints.

Source: MyDHL API 3.1 reference (registrationNumbers, exportReasonType); DHL Express list of shipment checkpoints.
"""

from shipsmart.ports import Milestone

# SDT stands for every overseas supplier's registration: IOSS, VOEC, Australian ARN.
REGISTRATION_TYPES = {
    "VAT": "VAT", "EORI": "EOR", "IOSS": "SDT", "VOEC": "SDT", "ARN": "SDT", "GST": "GST", "EIN": "EIN", "SSN": "SSN",
    "CNPJ": "CNP", "CPF": "CNP", "IE": "IE", "REX": "RGP", "DUNS": "DUN", "FTZ": "FTZ", "MID": "MID", "DAN": "DAN",
    "TAN": "TAN", "PASSPORT": "PAS", "NATIONAL_ID": "NID",
    # A person's or firm's number for customs (CIC), an identity card's (NID), a tax number of another country (FTN).
    "PCCC": "CIC", "IEC": "CIC", "EZWAY": "CIC", "KYC": "NID", "TCKN": "NID", "CURP": "NID", "DNI": "NID", "NIE": "NID",
    "RESIDENT_ID": "NID", "RFC": "FED", "RUT": "FTN", "VKN": "FTN", "PAN": "FTN", "NIF": "FTN", "CODICE_FISCALE": "FTN",
    "ABN": "FTN", "BN": "FTN", "IRD": "GST", "GSTIN": "GST", "UID": "VAT",
}  # fmt: skip

EXPORT_REASONS = {
    "sale": "commercial_purpose_or_sale",
    "gift": "gift",
    "sample": "sample",
    "return": "return",
    "repair": "temporary",
    "replacement": "warranty_replacement",
    "personal": "personal_belongings_or_personal_use",
}
PERSONAL_REASONS = frozenset({"gift", "personal"})

DUTY_TAX_PAID = "DD"
# Packing instruction, Section II → special service; the content id is the instruction's own number.
LITHIUM_SERVICES = {"966": "HD", "967": "HV", "969": "HM", "970": "HW"}
PAPERLESS = "WY"
SHIPMENT_VALUE_PROTECTION = "II"

# Checkpoint → milestone and, where it says more than the milestone, a reason.
# AF and PL mean the destination's gateway when the scan's country is the consignee's: see mapping.milestone_of.
CHECKPOINTS: dict[str, tuple[Milestone, str]] = {
    "SM": (Milestone.INFO_RECEIVED, ""),
    "PU": (Milestone.PICKED_UP, ""),
    "SA": (Milestone.PICKED_UP, ""),
    "PL": (Milestone.IN_TRANSIT, ""),
    "AF": (Milestone.IN_TRANSIT, ""),
    "CI": (Milestone.IN_TRANSIT, ""),
    "CU": (Milestone.IN_TRANSIT, ""),
    "DF": (Milestone.DEPARTED_ORIGIN, ""),
    "PO": (Milestone.DEPARTED_ORIGIN, ""),
    "FD": (Milestone.IN_TRANSIT, ""),
    "HN": (Milestone.IN_TRANSIT, ""),
    "RW": (Milestone.IN_TRANSIT, ""),
    "SC": (Milestone.IN_TRANSIT, ""),
    "TP": (Milestone.IN_TRANSIT, ""),
    "TR": (Milestone.IN_TRANSIT, ""),
    "TD": (Milestone.IN_TRANSIT, "delay"),
    "NA": (Milestone.IN_TRANSIT, "delay"),
    "MC": (Milestone.IN_TRANSIT, "misrouted"),
    "MS": (Milestone.IN_TRANSIT, "misrouted"),
    "AR": (Milestone.AT_DELIVERY_DEPOT, ""),
    "HI": (Milestone.AT_DELIVERY_DEPOT, ""),
    "AD": (Milestone.AT_DELIVERY_DEPOT, "delivery_arranged"),
    "ES": (Milestone.IMPORT_CUSTOMS, ""),
    "IC": (Milestone.IMPORT_CUSTOMS, ""),
    "BN": (Milestone.IMPORT_CUSTOMS, "broker"),
    "BL": (Milestone.IMPORT_CUSTOMS, "bonded"),
    "DI": (Milestone.IMPORT_CUSTOMS, "duty_invoiced"),
    "PY": (Milestone.IMPORT_CUSTOMS, "duties_paid"),
    "RR": (Milestone.IMPORT_CUSTOMS, "info_received"),
    "CD": (Milestone.CUSTOMS_HOLD, "info_needed"),
    "UD": (Milestone.CUSTOMS_HOLD, "inspection"),
    "HP": (Milestone.CUSTOMS_HOLD, "duties_unpaid"),
    "CR": (Milestone.CUSTOMS_CLEARED, ""),
    "BR": (Milestone.CUSTOMS_CLEARED, "broker"),
    "WC": (Milestone.OUT_FOR_DELIVERY, ""),
    "CC": (Milestone.AVAILABLE_FOR_PICKUP, ""),
    "NH": (Milestone.ATTEMPT_FAILED, "not_home"),
    "ND": (Milestone.ATTEMPT_FAILED, "not_delivered"),
    "MD": (Milestone.ATTEMPT_FAILED, "missed_cycle"),
    "CA": (Milestone.ATTEMPT_FAILED, "closed"),
    "BA": (Milestone.ATTEMPT_FAILED, "address"),
    "CM": (Milestone.ATTEMPT_FAILED, "moved"),
    "OK": (Milestone.DELIVERED, ""),
    "DD": (Milestone.DELIVERED, "damaged"),
    "PD": (Milestone.EXCEPTION, "partial_delivery"),
    "RD": (Milestone.EXCEPTION, "refused"),
    "OH": (Milestone.EXCEPTION, "on_hold"),
    "SS": (Milestone.EXCEPTION, "stopped"),
    "ST": (Milestone.EXCEPTION, "intercepted"),
    "DS": (Milestone.EXCEPTION, "destroyed"),
    "LT": (Milestone.EXCEPTION, "lost"),
    "CS": (Milestone.EXCEPTION, "closed_without_delivery"),
    "RT": (Milestone.RETURNING, ""),
}
