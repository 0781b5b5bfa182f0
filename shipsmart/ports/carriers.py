"""What we ask of carriers: their values and one Protocol per capability."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from shipsmart.ports.values import CustomsItem, Incoterm, Milestone, ParcelSpec, Party


@dataclass(frozen=True)
class CarrierAccountRef:
    """A merchant's account with a carrier, credentials opened. Never logged: `repr` hides them."""

    carrier: str
    number: str
    credentials: Mapping[str, str] = field(repr=False, default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CarrierEnquiry:
    """What a carrier needs to name its prices."""

    shipper: Party
    consignee: Party
    parcels: tuple[ParcelSpec, ...]
    items: tuple[CustomsItem, ...]
    currency: str
    goods_value: Decimal
    incoterm: Incoterm
    ship_on: date


@dataclass(frozen=True)
class CarrierQuote:
    """A carrier's price for one service, before the merchant's own rules. `price` includes surcharges.

    `duty_fee` is what the carrier charges for paying duties ahead: no part of `price`; None where it names none apart.
    A label bought later costs `price + duty_fee` at most, unless the parcel has changed. `by_post`: a row of the price
    list that is the post's; of carriers it is known.
    """

    carrier: str
    service: str
    service_name: str
    price: Decimal
    currency: str
    deliver_from: date | None = None
    deliver_by: date | None = None
    account_number: str = ""
    ddp_available: bool = True
    source: str = "live"  # live | cache | stale | fallback
    duty_fee: Decimal | None = None
    by_post: bool = False


@dataclass(frozen=True)
class LabelOrder:
    """Everything a carrier must know to make one waybill.

    `reference` is ours, unique and stored before the call: by it we ask the carrier what became of an unanswered call.
    `duty_payer`: "sender" (DDP) or "recipient" (DAP); the model guarantees that it agrees with what the shopper paid.
    `references`: numbers customs ask for, as on the papers (`itn`, `noeei`, `mrn`, `permit`, ...).
    """

    reference: str
    service: str
    shipper: Party
    consignee: Party
    parcels: tuple[ParcelSpec, ...]
    items: tuple[CustomsItem, ...]
    currency: str
    incoterm: Incoterm
    duty_payer: str
    ship_on: date
    invoice_number: str
    invoice_date: date
    export_reason: str = "sale"
    importer: Party | None = None
    freight: Decimal = Decimal(0)
    insurance: Decimal = Decimal(0)
    collected_duty: Decimal | None = None
    collected_import_tax: Decimal | None = None
    label_format: str = "pdf"  # pdf | zpl
    order_number: str = ""
    references: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Label:
    """A bought waybill. `label` holds the carrier's own bytes, untouched."""

    waybill: str
    parcel_numbers: tuple[str, ...]
    label: bytes
    label_format: str
    tracking_url: str
    cost: Decimal | None = None
    currency: str = ""
    documents: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class FoundShipment:
    """What the carrier knows under our reference; `label` is None when it will not print it again."""

    waybill: str
    label: Label | None = None


@dataclass(frozen=True)
class CarrierEvent:
    """One scan as the carrier reported it, and our step for it (UNKNOWN for a code we do not know). `at` is aware.

    `unlisted`: our table has no row for the code, and the step is that of the carrier's own broader class.
    """

    at: datetime
    code: str
    text: str
    place: str
    country: str
    milestone: Milestone
    reason: str = ""
    unlisted: bool = False


class CarrierQuotes(Protocol):
    """capability "quotes"."""

    def carrier_quotes(
        self, account: CarrierAccountRef, enquiry: CarrierEnquiry, *, timeout_s: float
    ) -> list[CarrierQuote]: ...


class CarrierLabels(Protocol):
    """capability "labels"."""

    def buy_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label: ...

    def find_shipment(
        self, account: CarrierAccountRef, *, reference: str, since: date, timeout_s: float
    ) -> FoundShipment | None:
        """Return what was booked under our reference, or None when the carrier is sure that nothing was."""


class CarrierTracking(Protocol):
    """capability "tracking"."""

    def tracking_events(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> list[CarrierEvent]: ...


@dataclass(frozen=True)
class PushHook:
    """Where a carrier shall call us for one account, and the secret it shall show in a header, or sign it with."""

    path: str
    header: str
    secret: str
    signs: bool = False


class CarrierPush(Protocol):
    """capability "push": the carrier tells of scans by itself; what it says only makes us ask."""

    def hook(self, account_id: int) -> PushHook: ...


class CarrierSubscriptions(Protocol):
    """capability "subscriptions", beside "push": the carrier tells only of parcels that it was asked to tell of."""

    def subscribe(self, account: CarrierAccountRef, numbers: tuple[str, ...], *, timeout_s: float) -> datetime | None:
        """Return until when the carrier will tell of the parcels, or None where it will not."""


class CarrierVoids(Protocol):
    """capability "void"."""

    def void(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> None:
        """Cancel a bought waybill before it is handed over; one that is void already is no error."""


@dataclass(frozen=True)
class CarrierDuties:
    """A carrier's own estimate of what is due at the border, to compare; `complete` is False when it left goods out."""

    currency: str
    duty: Decimal
    import_tax: Decimal
    fees: Decimal
    complete: bool = True
    messages: tuple[str, ...] = ()


class CarrierLandedCost(Protocol):
    """capability "landed_cost"; never asked while a shopper waits."""

    def landed_cost(
        self, account: CarrierAccountRef, enquiry: CarrierEnquiry, *, timeout_s: float
    ) -> CarrierDuties: ...
