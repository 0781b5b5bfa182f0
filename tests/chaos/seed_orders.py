"""Fill a fresh installation with orders ready to be labelled (run as a process of its own)."""

import os
import sys
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shipsmart.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from integrations.demo import seed  # noqa: E402
from shipsmart.merchants.models import Connection  # noqa: E402
from shipsmart.orders.operations import take_in  # noqa: E402
from shipsmart.ports import Party, StoreOrder, StoreOrderLine  # noqa: E402
from shipsmart.rating.models import CarrierAccount  # noqa: E402


def main(count: int) -> None:
    call_command("migrate", verbosity=0, interactive=False)
    merchant = seed.merchant("chaos@example.com", "Chaos").merchant
    CarrierAccount.objects.filter(carrier="dhl_express").delete()
    connection = Connection.objects.create(merchant=merchant, storefront="manual", account="chaos")
    seed._products(connection)
    for number in range(count):
        take_in(connection=connection, order=order(number))


def order(number: int) -> StoreOrder:
    return StoreOrder(
        external_id=str(number),
        number=f"#{number}",
        placed_at=timezone.now(),
        updated_at=timezone.now(),
        currency="EUR",
        ship_to=Party(
            name="Lena Vogel", address1="Lindenstr. 14", city="Berlin", postcode="10969", country="DE",
            phone="+493012345678",
        ),
        lines=(StoreOrderLine("1", "49000000000001", "TEE-BLK-M", "T-shirt", 1, Decimal("29.00"), Decimal(0)),),
        shipping_code="standard",
        shipping_title="Standard",
        shipping_paid=Decimal("12.00"),
        total_paid=Decimal("41.00"),
        paid=True,
    )  # fmt: skip


main(int(sys.argv[1]))
