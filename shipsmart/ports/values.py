"""Values that stores, carriers and papers share."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self


class Incoterm(StrEnum):
    DDP = "DDP"
    DAP = "DAP"


class Milestone(StrEnum):
    """Our small set of steps; a carrier's codes are mapped to these in its `codes.py`."""

    LABEL_CREATED = "label_created"
    INFO_RECEIVED = "info_received"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    EXPORT_CUSTOMS = "export_customs"
    DEPARTED_ORIGIN = "departed_origin"
    ARRIVED_DESTINATION = "arrived_destination"
    IMPORT_CUSTOMS = "import_customs"
    CUSTOMS_HOLD = "customs_hold"
    CUSTOMS_CLEARED = "customs_cleared"
    AT_DELIVERY_DEPOT = "at_delivery_depot"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    ATTEMPT_FAILED = "attempt_failed"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class TaxId:
    """`type`: EORI, IOSS, VAT, VOEC, GST, ARN, CNPJ, CPF, EIN, ...; `country` issued it ("" when a union did)."""

    type: str
    number: str
    country: str = ""


@dataclass(frozen=True)
class Party:
    """A name and address. Nothing is invented: what the source did not say is the empty text."""

    name: str = ""
    company: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""
    tax_ids: tuple[TaxId, ...] = ()
    district: str = ""  # Brazil's bairro, where the source tells it apart; the address lines hold it as well


@dataclass(frozen=True)
class ParcelSpec:
    """One box, gross weight included."""

    reference: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True)
class DangerousGoods:
    """How goods that are dangerous in the air are packed: "UN3481", packing instruction "967", section "II".

    `count`: cells or batteries in one unit; `watt_hours`: of one of them.
    """

    un: str
    packing_instruction: str
    section: str = ""
    watt_hours: Decimal | None = None
    count: int | None = None

    @classmethod
    def from_json(cls, values: Mapping[str, Any] | None) -> Self | None:
        """Return what `as_json` wrote; None for nothing declared."""
        if not values:
            return None
        watt_hours = values.get("watt_hours")
        return cls(**{**values, "watt_hours": None if watt_hours is None else Decimal(watt_hours)})

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "watt_hours": None if self.watt_hours is None else str(self.watt_hours)}


@dataclass(frozen=True)
class CustomsItem:
    """One line of goods; weight and price are those of ONE unit."""

    sku: str
    description: str
    hs_code: str
    origin: str
    quantity: int
    unit_price: Decimal
    unit_weight_g: int
    parcel_reference: str = ""
    dangerous: DangerousGoods | None = None
    size_mm: tuple[int, int, int] | None = None  # of one unit, packed for sale; None: not known
    tags: tuple[str, ...] = ()
    preference: str = ""  # the agreement whose proof of origin the merchant holds
