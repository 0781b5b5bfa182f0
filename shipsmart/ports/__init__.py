"""What we ask of stores and carriers: the values that cross the border and one Protocol per capability.

An integration names what it can do in its `manifest.py` (`KEY`, `TITLE`, `KIND`, `PROVIDES`), and
`provider(key, capability)` returns it. Nothing in `shipsmart` imports an integration by name.
"""

from shipsmart.ports.carriers import (
    CarrierAccountRef,
    CarrierDuties,
    CarrierEnquiry,
    CarrierEvent,
    CarrierLabels,
    CarrierLandedCost,
    CarrierQuote,
    CarrierQuotes,
    CarrierTracking,
    CarrierVoids,
    FoundShipment,
    Label,
    LabelOrder,
)
from shipsmart.ports.catalogue import (
    ImportProgress,
    StoreCatalogueImport,
    StoreCodes,
)
from shipsmart.ports.errors import (
    IntegrationError,
    Unsupported,
)
from shipsmart.ports.handover import (
    CarrierManifests,
    CarrierPickUps,
    CarrierReturns,
    Manifest,
    ManifestOrder,
    PickUp,
    PickUpOrder,
    PickUpShipment,
)
from shipsmart.ports.registry import (
    manifests,
    provider,
    provides,
    title_of,
)
from shipsmart.ports.returns import (
    ReturnLabel,
    StoreRefund,
    StoreRefunds,
    StoreReturn,
    StoreReturnLine,
    StoreReturns,
)
from shipsmart.ports.stores import (
    StoreCatalogue,
    StoreDelivery,
    StoreFulfilment,
    StoreFulfilments,
    StoreOrder,
    StoreOrderLine,
    StoreOrders,
    StoreVariant,
)
from shipsmart.ports.values import (
    CustomsItem,
    DangerousGoods,
    Incoterm,
    Milestone,
    ParcelSpec,
    Party,
    TaxId,
)

__all__ = [
    "CarrierAccountRef",
    "CarrierDuties",
    "CarrierEnquiry",
    "CarrierEvent",
    "CarrierLabels",
    "CarrierLandedCost",
    "CarrierManifests",
    "CarrierPickUps",
    "CarrierQuote",
    "CarrierQuotes",
    "CarrierReturns",
    "CarrierTracking",
    "CarrierVoids",
    "CustomsItem",
    "DangerousGoods",
    "FoundShipment",
    "ImportProgress",
    "Incoterm",
    "IntegrationError",
    "Label",
    "LabelOrder",
    "Manifest",
    "ManifestOrder",
    "Milestone",
    "ParcelSpec",
    "Party",
    "PickUp",
    "PickUpOrder",
    "PickUpShipment",
    "ReturnLabel",
    "StoreCatalogue",
    "StoreCatalogueImport",
    "StoreCodes",
    "StoreDelivery",
    "StoreFulfilment",
    "StoreFulfilments",
    "StoreOrder",
    "StoreOrderLine",
    "StoreOrders",
    "StoreRefund",
    "StoreRefunds",
    "StoreReturn",
    "StoreReturnLine",
    "StoreReturns",
    "StoreVariant",
    "TaxId",
    "Unsupported",
    "manifests",
    "provider",
    "provides",
    "title_of",
]
