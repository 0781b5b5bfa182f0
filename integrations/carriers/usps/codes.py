"""USPS's codes and ours: services, tax references, contents, scan events.

Source: International Labels v3; Publication 199, tracking scan events; UPU standard M17 (EMSEVT) for scans
of the post abroad.
"""

from integrations.kit.upu import EVENTS as UPU_EVENTS
from shipsmart.ports import Milestone

# Our short name → mail class, the merchant's words for it.
SERVICES = {
    "PMEI": ("PRIORITY_MAIL_EXPRESS_INTERNATIONAL", "Priority Mail Express International"),
    "PMI": ("PRIORITY_MAIL_INTERNATIONAL", "Priority Mail International"),
    "FCPIS": ("FIRST-CLASS_PACKAGE_INTERNATIONAL_SERVICE", "First-Class Package International Service"),
}
# The merchant's own box, by mail class: flat-rate boxes are USPS's.
OWN_BOX = frozenset({"SP", "PA"})
# Registrations under which the tax was collected at the sale: they must reach customs.
COLLECTED_AT_SALE = ("IOSS", "VOEC", "ARN", "GST", "IRD", "LVG")
# What else the one exporter's field may hold, the most telling first.
EXPORTER_IDS = ("EORI", "VAT", "EIN", "CNPJ", "CPF")
REFERENCE_TYPES = {"VAT": "VAT_NUMBER", "EORI": "IMPORTER_CODE"}
OTHER_REFERENCE = "TAX_CODE"

# Extra services: insurance up to USD 500 and above, lithium batteries inside equipment.
INSURED, INSURED_ABOVE, INSURED_UP_TO = 930, 931, 500
LITHIUM_IN_EQUIPMENT = 820
DUTIES_PAID_FEE = 370
BOUGHT_WITH_THE_LABEL = frozenset({INSURED, INSURED_ABOVE, LITHIUM_IN_EQUIPMENT})

CONTENTS = {
    "sale": "MERCHANDISE",
    "gift": "GIFT",
    "sample": "COMMERCIAL_SAMPLE",
    "return": "RETURNED_GOODS",
    "repair": "OTHER",
    "replacement": "MERCHANDISE",
    "personal": "OTHER",
}

# USPS asks for words where the kind of contents is OTHER; 25 characters at most.
OTHER_CONTENTS = {"repair": "Goods mended or to mend", "personal": "Personal belongings"}

# Event code → milestone and, where it says more than the milestone, a reason.
EVENTS: dict[str, tuple[Milestone, str]] = {
    "GX": (Milestone.INFO_RECEIVED, ""),
    "MA": (Milestone.INFO_RECEIVED, ""),
    "89": (Milestone.INFO_RECEIVED, ""),
    "TM": (Milestone.PICKED_UP, ""),
    "PA": (Milestone.PICKED_UP, ""),
    "UA": (Milestone.PICKED_UP, ""),
    "80": (Milestone.PICKED_UP, "by a partner"),
    "03": (Milestone.PICKED_UP, ""),
    "OA": (Milestone.PICKED_UP, ""),
    "10": (Milestone.IN_TRANSIT, ""),
    "PC": (Milestone.IN_TRANSIT, ""),
    "EF": (Milestone.IN_TRANSIT, ""),
    "SF": (Milestone.IN_TRANSIT, ""),
    "AD": (Milestone.IN_TRANSIT, ""),
    "42": (Milestone.IN_TRANSIT, "handed to a partner"),
    "81": (Milestone.IN_TRANSIT, "at a partner's"),
    "82": (Milestone.IN_TRANSIT, "at a partner's"),
    "83": (Milestone.IN_TRANSIT, "handed to the post"),
    "15": (Milestone.IN_TRANSIT, "missent"),
    "06": (Milestone.IN_TRANSIT, "forwarded"),
    "08": (Milestone.IN_TRANSIT, "missent"),
    "07": (Milestone.AT_DELIVERY_DEPOT, ""),
    "OF": (Milestone.OUT_FOR_DELIVERY, ""),
    "02": (Milestone.ATTEMPT_FAILED, "notice left"),
    "30": (Milestone.ATTEMPT_FAILED, "no access"),
    "51": (Milestone.ATTEMPT_FAILED, "closed"),
    "52": (Milestone.ATTEMPT_FAILED, "notice left"),
    "53": (Milestone.ATTEMPT_FAILED, "no access"),
    "54": (Milestone.ATTEMPT_FAILED, "does not fit"),
    "55": (Milestone.ATTEMPT_FAILED, "no safe place"),
    "56": (Milestone.ATTEMPT_FAILED, "nobody there"),
    "14": (Milestone.AVAILABLE_FOR_PICKUP, ""),
    "16": (Milestone.AVAILABLE_FOR_PICKUP, ""),
    "01": (Milestone.DELIVERED, ""),
    "04": (Milestone.EXCEPTION, "refused"),
    "05": (Milestone.EXCEPTION, "address"),
    "11": (Milestone.EXCEPTION, "undeliverable"),
    "71": (Milestone.EXCEPTION, "delay"),
    "09": (Milestone.RETURNING, ""),
    "21": (Milestone.RETURNING, "address"),
    "22": (Milestone.RETURNING, "address"),
    "23": (Milestone.RETURNING, "moved"),
    "24": (Milestone.RETURNING, "moved"),
    "25": (Milestone.RETURNING, "unknown there"),
    "26": (Milestone.RETURNING, "vacant"),
    "27": (Milestone.RETURNING, "unclaimed"),
    "28": (Milestone.RETURNING, "deceased"),
    "29": (Milestone.RETURNING, ""),
    "31": (Milestone.RETURNING, "unclaimed"),
    **UPU_EVENTS,
}
