"""FedEx's codes and ours: tax numbers, purposes, scan events.

Source: FedEx API reference guide, tracking status codes. Left out, as no movement of a parcel: a recipient's wishes
(RR, RM, RC), links to return labels (RP, LP, RG, RD), vehicles that came for nothing (DR).
"""

from shipsmart.ports import Milestone

TIN_TYPES = {
    "EORI": "BUSINESS_UNION", "IOSS": "BUSINESS_UNION", "VAT": "BUSINESS_NATIONAL", "EIN": "FEDERAL",
    "GST": "BUSINESS_NATIONAL", "VOEC": "BUSINESS_NATIONAL", "ARN": "BUSINESS_NATIONAL", "CNPJ": "BUSINESS_NATIONAL",
    "CPF": "PERSONAL_NATIONAL", "SSN": "PERSONAL_NATIONAL", "ABN": "BUSINESS_NATIONAL", "IRD": "BUSINESS_NATIONAL",
    "BN": "BUSINESS_NATIONAL", "IE": "BUSINESS_STATE", "REX": "BUSINESS_UNION", "UID": "BUSINESS_NATIONAL",
    "VKN": "BUSINESS_NATIONAL", "GSTIN": "BUSINESS_NATIONAL", "IEC": "BUSINESS_NATIONAL", "RFC": "FEDERAL",
    "PCCC": "PERSONAL_NATIONAL", "RUT": "PERSONAL_NATIONAL", "TCKN": "PERSONAL_NATIONAL", "CURP": "PERSONAL_NATIONAL",
    "KYC": "PERSONAL_NATIONAL", "PAN": "PERSONAL_NATIONAL", "EZWAY": "PERSONAL_NATIONAL", "DNI": "PERSONAL_NATIONAL",
    "NIE": "PERSONAL_NATIONAL", "NIF": "PERSONAL_NATIONAL", "CODICE_FISCALE": "PERSONAL_NATIONAL",
    "RESIDENT_ID": "PERSONAL_NATIONAL", "NATIONAL_ID": "PERSONAL_NATIONAL", "PASSPORT": "PERSONAL_NATIONAL",
}  # fmt: skip

PURPOSES = {
    "sale": "SOLD",
    "gift": "GIFT",
    "sample": "SAMPLE",
    "return": "NOT_SOLD",
    "repair": "REPAIR_AND_RETURN",
    "replacement": "NOT_SOLD",
    "personal": "PERSONAL_EFFECTS",
}

# Event → milestone and, where it says more than the milestone, a reason.
# AR, DP, CP and RS mean something else at either end of the journey, EA has two meanings: see mapping.py.
EVENTS: dict[str, tuple[Milestone, str]] = {
    "OC": (Milestone.INFO_RECEIVED, ""),
    "OX": (Milestone.INFO_RECEIVED, ""),
    "EP": (Milestone.INFO_RECEIVED, ""),
    "AP": (Milestone.INFO_RECEIVED, ""),
    "PD": (Milestone.INFO_RECEIVED, "delay"),
    "PU": (Milestone.PICKED_UP, ""),
    "PX": (Milestone.PICKED_UP, ""),
    "OF": (Milestone.PICKED_UP, ""),
    "IT": (Milestone.IN_TRANSIT, ""),
    "IX": (Milestone.IN_TRANSIT, ""),
    "OW": (Milestone.IN_TRANSIT, ""),
    "AA": (Milestone.IN_TRANSIT, ""),
    "AC": (Milestone.IN_TRANSIT, "handed to the post"),
    "AX": (Milestone.IN_TRANSIT, "handed to the post"),
    "AO": (Milestone.IN_TRANSIT, ""),
    "CH": (Milestone.IN_TRANSIT, ""),
    "DS": (Milestone.IN_TRANSIT, ""),
    "EO": (Milestone.IN_TRANSIT, ""),
    "PM": (Milestone.IN_TRANSIT, ""),
    "SF": (Milestone.IN_TRANSIT, ""),
    "SP": (Milestone.IN_TRANSIT, "split"),
    "TR": (Milestone.IN_TRANSIT, ""),
    "AR": (Milestone.IN_TRANSIT, ""),
    "DP": (Milestone.IN_TRANSIT, ""),
    "LO": (Milestone.DEPARTED_ORIGIN, ""),
    "PF": (Milestone.DEPARTED_ORIGIN, ""),
    "FD": (Milestone.ARRIVED_DESTINATION, ""),
    "PL": (Milestone.ARRIVED_DESTINATION, ""),
    "EA": (Milestone.EXPORT_CUSTOMS, ""),
    "CP": (Milestone.IMPORT_CUSTOMS, ""),
    "CD": (Milestone.CUSTOMS_HOLD, ""),
    "CC": (Milestone.CUSTOMS_CLEARED, ""),
    "AF": (Milestone.AT_DELIVERY_DEPOT, ""),
    "AD": (Milestone.AT_DELIVERY_DEPOT, ""),
    "OD": (Milestone.OUT_FOR_DELIVERY, ""),
    "ED": (Milestone.OUT_FOR_DELIVERY, ""),
    "HL": (Milestone.AVAILABLE_FOR_PICKUP, ""),
    "HP": (Milestone.AVAILABLE_FOR_PICKUP, ""),
    "DE": (Milestone.ATTEMPT_FAILED, ""),
    "DD": (Milestone.EXCEPTION, "delay"),
    "DY": (Milestone.EXCEPTION, "delay"),
    "DL": (Milestone.DELIVERED, ""),
    "RS": (Milestone.RETURNING, ""),
    "CA": (Milestone.CANCELLED, ""),
    "SE": (Milestone.EXCEPTION, ""),
}
