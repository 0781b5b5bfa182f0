"""Give the prepared merchant four live carriers (run as a process of its own, on the benchmark's database).

It sends from Nashville: no carrier but DHL Express, UPS and FedEx prices parcels from Oslo.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrations.bench.settings")

import django  # noqa: E402

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from integrations.demo.seed import PREPARED_SHOP  # noqa: E402
from shipsmart.merchants.models import Connection, Merchant  # noqa: E402
from shipsmart.orders.models import Order  # noqa: E402
from shipsmart.rating.models import CarrierAccount, TableRate  # noqa: E402

HOME = {
    "address1": "500 Commerce St",
    "city": "Nashville",
    "region": "TN",
    "postcode": "37203",
    "country": "US",
    "phone": "+16155550123",
    "currency": "USD",
}
CLIENT = {"client_id": "practice", "client_secret": "practice"}
MORE = (("fedex", "740561073", {}), ("usps", "1000012345", {"crid": "12345678", "mid": "901234567"}))


@transaction.atomic
def main() -> None:
    merchant = Connection.objects.select_related("merchant").get(account=PREPARED_SHOP).merchant
    for name, value in HOME.items():
        setattr(merchant, name, value)
    merchant.save()
    TableRate.objects.filter(merchant=merchant).update(currency="USD")
    for carrier, number, values in MORE:
        CarrierAccount.objects.create(
            merchant=merchant, carrier=carrier, number=number, credentials=CLIENT, settings=values
        )
    merchant.touch()
    _orders(merchant, Connection.objects.get(account=PREPARED_SHOP))


def _orders(merchant: Merchant, store: Connection) -> None:
    """A page of orders for who opens the app in the store's admin."""
    now = timezone.now()
    shared = {"merchant": merchant, "connection": store, "channel": "shopify", "currency": "EUR", "country": "DE"}
    Order.objects.bulk_create(
        Order(number=f"#{n}", external_id=str(n), placed_at=now, store_updated_at=now, shopper="Lena Vogel", **shared)
        for n in range(1001, 1041)
    )


main()
