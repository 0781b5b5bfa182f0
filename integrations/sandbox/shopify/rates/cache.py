"""The checkout's memory of what carrier services said: 15 minutes, 30 seconds after an error.

The key knows nothing of discounts, customs value, currency or customer, exactly as the true one.
"""

import threading
import time
from collections.abc import Hashable
from typing import Any

from integrations.sandbox.shopify.store.checkouts import Checkout
from integrations.sandbox.shopify.store.fulfilment import Location
from integrations.sandbox.shopify.store.shop import DeliveryCarrierService, Shop

GOOD_SECONDS = 900
ERROR_SECONDS = 30


def cache_key(shop: Shop, service: DeliveryCarrierService, checkout: Checkout, location: Location) -> Hashable:
    to = checkout.address
    here = [item for item in checkout.items if shop.location_of(item.variant) is location]
    items = tuple(sorted((i.variant.serial, i.quantity, i.variant.grams) for i in here))
    place = (to.country_code_v2, to.province_code, to.zip, to.city, to.address1, to.address2)
    return (shop.domain, service.serial, location.serial, items, place)


class RateCache:
    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """Return what was kept, or None when there is nothing or it is too old."""
        with self._lock:
            until, value = self._kept.get(key, (0.0, None))
            return value if until > time.monotonic() else None

    def put(self, key: Hashable, value: Any, *, good: bool) -> None:
        with self._lock:
            if len(self._kept) > 10_000:
                self._kept.clear()
            self._kept[key] = (time.monotonic() + (GOOD_SECONDS if good else ERROR_SECONDS), value)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
