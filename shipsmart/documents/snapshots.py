"""The shipment as its papers show it: frozen values, read strictly, written back without loss."""

from shipsmart.documents.parsing import parse_shipment
from shipsmart.documents.reading import ShipmentInvalid
from shipsmart.documents.values import (
    Collected,
    DangerousGoods,
    PaperLine,
    PaperShipment,
    Parcel,
    Party,
    TaxId,
    as_dict,
    minor_digits,
    round_amount,
)

__all__ = [
    "Collected",
    "DangerousGoods",
    "PaperLine",
    "PaperShipment",
    "Parcel",
    "Party",
    "ShipmentInvalid",
    "TaxId",
    "as_dict",
    "minor_digits",
    "parse_shipment",
    "round_amount",
]
