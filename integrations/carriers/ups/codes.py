"""UPS's codes and ours: services, tax numbers, export reasons, activity status codes.

Source: UPS API reference (Shipping: VendorInfo, GlobalTaxInformation, InternationalForms; Tracking: API codes).
"""

from shipsmart.ports import Milestone

SERVICES = {
    "01": "UPS Next Day Air",
    "02": "UPS 2nd Day Air",
    "03": "UPS Ground",
    "07": "UPS Worldwide Express",
    "08": "UPS Worldwide Expedited",
    "11": "UPS Standard",
    "12": "UPS 3 Day Select",
    "13": "UPS Next Day Air Saver",
    "14": "UPS Next Day Air Early",
    "17": "UPS Worldwide Economy DDU",
    "54": "UPS Worldwide Express Plus",
    "59": "UPS 2nd Day Air A.M.",
    "65": "UPS Worldwide Saver",
    "72": "UPS Worldwide Economy DDP",
    "96": "UPS Worldwide Express Freight",
}

# Letters on the label: codec that holds them → UPS's code, the first that fits; "" is UPS's own choice, Latin-1.
CHARACTER_SETS = (
    ("latin-1", ""), ("iso8859-2", "pol"), ("iso8859-16", "ron"), ("iso8859-9", "tur"), ("iso8859-13", "lit"),
    ("iso8859-5", "rus"), ("iso8859-7", "ell"),
)  # fmt: skip

# Registrations under which the seller has already collected the tax: type (and issuing country) → VendorCollectID type.
VENDOR_COLLECT = {
    ("IOSS", ""): "0356",
    ("VOEC", ""): "0357",
    ("GST", "SG"): "1051",
    ("ARN", ""): "1052",
    ("IRD", ""): "1053",
    ("LVG", "MY"): "1054",
}
EORI_PURPOSE = "02"
OTHER_PURPOSE = "01"
# Tax id type → IDNumberTypeCode, by who holds it. UPS takes only 0005, 1002 and 1005 from a consignee.
CONSIGNOR_ID_TYPES = {
    "EORI": "0002", "VAT": "0001", "EIN": "0001", "GST": "0001", "CNPJ": "0001", "CPF": "0005", "REX": "1001",
    "SSN": "0005", "ABN": "0001", "BN": "0001", "IE": "0001", "UID": "0001", "RFC": "0001", "RUT": "0001",
    "VKN": "0001", "PAN": "0001", "GSTIN": "0001", "IEC": "0001", "NIF": "0001", "CODICE_FISCALE": "0005",
    "TCKN": "1003", "CURP": "1003", "DNI": "1003", "NIE": "1003", "RESIDENT_ID": "1003", "NATIONAL_ID": "1003",
    "KYC": "1003", "PCCC": "1005", "EZWAY": "1005", "PASSPORT": "1004",
}  # fmt: skip
CONSIGNEE_ID_TYPES = {
    "EORI": "1002", "VAT": "1002", "EIN": "1002", "GST": "1002", "CNPJ": "1002", "CPF": "0005", "SSN": "0005",
    "ABN": "1002", "BN": "1002", "IE": "1002", "NATIONAL_ID": "1005", "PASSPORT": "1005", "UID": "1002",
    "VKN": "1002", "GSTIN": "1002", "IEC": "1002", "IRD": "1002", "RFC": "0005", "RUT": "0005", "PAN": "0005",
    "NIF": "0005", "CODICE_FISCALE": "0005", "PCCC": "1005", "TCKN": "1005", "CURP": "1005", "KYC": "1005",
    "DNI": "1005", "NIE": "1005", "EZWAY": "1005", "RESIDENT_ID": "1005",
}  # fmt: skip
CONSIGNOR_ROLE, CONSIGNEE_ROLE = "20", "30"
EXPORTER_ADDRESS, CONSIGNEE_ADDRESS, IMPORTER_ADDRESS = "06", "18", "05"

EXPORT_REASONS = {
    "sale": "SALE",
    "gift": "GIFT",
    "sample": "SAMPLE",
    "return": "RETURN",
    "repair": "REPAIR",
    "replacement": "REPLACEMENT",
    "personal": "PERSONAL EFFECTS",
}

# Status code of an activity → milestone and, where it says more than the milestone, a reason.
# 5, 10 and 12 mean something else at either end of the journey: see mapping.milestone_of.
STATUS_CODES: dict[int, tuple[Milestone, str]] = {
    3: (Milestone.INFO_RECEIVED, ""),
    79: (Milestone.INFO_RECEIVED, ""),
    80: (Milestone.INFO_RECEIVED, ""),
    38: (Milestone.PICKED_UP, ""),
    160: (Milestone.PICKED_UP, ""),
    5: (Milestone.IN_TRANSIT, ""),
    10: (Milestone.IN_TRANSIT, ""),
    25: (Milestone.IN_TRANSIT, ""),
    12: (Milestone.IMPORT_CUSTOMS, ""),
    92: (Milestone.IMPORT_CUSTOMS, ""),
    126: (Milestone.IMPORT_CUSTOMS, ""),
    58: (Milestone.CUSTOMS_HOLD, "info_needed"),
    123: (Milestone.CUSTOMS_HOLD, "docs"),
    124: (Milestone.CUSTOMS_HOLD, "duties_unpaid"),
    125: (Milestone.CUSTOMS_HOLD, "inspection"),
    14: (Milestone.CUSTOMS_CLEARED, ""),
    84: (Milestone.CUSTOMS_CLEARED, ""),
    134: (Milestone.CUSTOMS_CLEARED, ""),
    71: (Milestone.AT_DELIVERY_DEPOT, ""),
    72: (Milestone.AT_DELIVERY_DEPOT, ""),
    6: (Milestone.OUT_FOR_DELIVERY, ""),
    21: (Milestone.OUT_FOR_DELIVERY, ""),
    37: (Milestone.OUT_FOR_DELIVERY, ""),
    89: (Milestone.OUT_FOR_DELIVERY, ""),
    17: (Milestone.AVAILABLE_FOR_PICKUP, ""),
    40: (Milestone.AVAILABLE_FOR_PICKUP, ""),
    144: (Milestone.AVAILABLE_FOR_PICKUP, ""),
    161: (Milestone.AVAILABLE_FOR_PICKUP, ""),
    22: (Milestone.ATTEMPT_FAILED, "not_home"),
    23: (Milestone.ATTEMPT_FAILED, "not_home"),
    24: (Milestone.ATTEMPT_FAILED, "not_home"),
    60: (Milestone.ATTEMPT_FAILED, ""),
    61: (Milestone.ATTEMPT_FAILED, ""),
    62: (Milestone.ATTEMPT_FAILED, ""),
    11: (Milestone.DELIVERED, ""),
    26: (Milestone.DELIVERED, ""),
    33: (Milestone.RETURNING, "refused"),
    34: (Milestone.RETURNED, ""),
    35: (Milestone.RETURNING, ""),
    36: (Milestone.RETURNING, ""),
    64: (Milestone.RETURNING, ""),
    67: (Milestone.RETURNING, ""),
    7: (Milestone.CANCELLED, ""),
    13: (Milestone.EXCEPTION, "lost"),
    59: (Milestone.EXCEPTION, ""),
    68: (Milestone.EXCEPTION, ""),
    147: (Milestone.EXCEPTION, ""),
    149: (Milestone.EXCEPTION, ""),
}
# UPS's own class of an activity, for a status code that the table does not have. Classes that may be an end are left
# out: D stands for "loaded on the vehicle" too, and a parcel taken for delivered is followed no further.
TYPES = {
    "M": Milestone.INFO_RECEIVED,
    "P": Milestone.PICKED_UP,
    "I": Milestone.IN_TRANSIT,
    "O": Milestone.OUT_FOR_DELIVERY,
    "X": Milestone.EXCEPTION,
    "RS": Milestone.RETURNING,
}
