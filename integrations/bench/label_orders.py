"""The merchant of the label benchmark, in a process of its own: `python -m integrations.bench.label_orders 1000`.

Takes in orders quoted at a checkout, holds them, prints a line; at the answer on standard input lets a batch of them go
and prints a line of JSON when no order of it is open any more.
"""

import json
import os
import sys
import time
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shipsmart.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from integrations.demo import seed  # noqa: E402
from shipsmart.inbox import heartbeat  # noqa: E402
from shipsmart.inbox import operations as inbox  # noqa: E402
from shipsmart.inbox.lanes import ORDERS  # noqa: E402
from shipsmart.merchants.models import Connection  # noqa: E402
from shipsmart.orders.models import Order  # noqa: E402
from shipsmart.orders.operations import hold, take_in  # noqa: E402
from shipsmart.ports import Party, StoreOrder, StoreOrderLine  # noqa: E402
from shipsmart.quotes.operations import quote_checkout  # noqa: E402
from shipsmart.quotes.values import CheckoutCart, CheckoutLine, CheckoutOption  # noqa: E402
from shipsmart.shipments import batches  # noqa: E402
from shipsmart.shipments.batch_models import LabelBatch  # noqa: E402

WITHIN_S = 900
LOOK_S = 0.5
CARRIERS = ("dhl_express", "ups")
PLACES = (
    ("DE", "Berlin", "10969", "", "Lindenstr. 14", "+493012345678"),
    ("US", "New York", "10013", "NY", "Broadway 410", "+12125550148"),
    ("FR", "Lyon", "69002", "", "Rue de la Charite 9", "+33478000000"),
    ("PL", "Krakow", "31044", "", "Grodzka 42", "+48123456789"),
)


def order(connection: Connection, goods: list[dict[str, str]], number: int) -> StoreOrder:
    """Return an order of one to four lines, placed on the quote that its checkout was shown."""
    country, city, postcode, region, street, phone = PLACES[number % len(PLACES)]
    ship_to = Party(
        name=f"Lena Vogel {number}", address1=street, city=city, postcode=postcode, region=region, country=country,
        phone=phone, email="lena@example.com",
    )  # fmt: skip
    chosen = [goods[(number + 3 * n) % len(goods)] for n in range(1 + number % 4)]
    lines = tuple(
        StoreOrderLine(
            str(n), item["variant_id"], item["sku"], item["sku"], 1 + n % 2, Decimal(item["price"]), Decimal(0)
        )
        for n, item in enumerate(chosen)
    )
    option = _quoted(connection, ship_to, lines, CARRIERS[number // len(PLACES) % 2])
    total = sum((line.unit_price * line.quantity for line in lines), option.price)
    return StoreOrder(
        external_id=str(number), number=f"#{number}", placed_at=timezone.now(), updated_at=timezone.now(),
        currency="EUR", ship_to=ship_to, lines=lines, shipping_code=option.service_code,
        shipping_title=option.service_name, shipping_paid=option.price, total_paid=total, paid=True,
        quote_id=option.quote_id,
    )  # fmt: skip


def _quoted(connection: Connection, ship_to: Party, lines: tuple[StoreOrderLine, ...], carrier: str) -> CheckoutOption:
    wanted = tuple(CheckoutLine(line.variant_id, line.quantity, line.unit_price, sku=line.sku) for line in lines)
    cart = CheckoutCart(ship_to=ship_to, lines=wanted, currency="EUR", at=timezone.now())
    answer = quote_checkout(connection, cart, deadline_s=5)
    answer.keep()
    return next(option for option in answer.options if option.service_code.startswith(f"{carrier}:"))


def prepared(count: int) -> list[int]:
    call_command("migrate", verbosity=0, interactive=False)
    merchant = seed.merchant(seed.PREPARED_USER, "Prepared Goods").merchant
    merchant.quote_deadline_ms = 5000
    merchant.save()
    connection = Connection.objects.create(merchant=merchant, storefront="manual", account="bench")
    goods = [dict(item) for item in seed._products(connection)]
    merchant.refresh_from_db()
    made = [take_in(connection=connection, order=order(connection, goods, number)) for number in range(count)]
    for row in made:
        hold(row, "bench")
    while inbox.drain(lane=ORDERS):  # they were to be planned at once: found held, and settled before the clock starts
        continue
    return [row.pk for row in made]


def wait_for_worker() -> None:
    until = time.monotonic() + WITHIN_S
    while heartbeat.last_beats()["labels"] is None and time.monotonic() < until:
        time.sleep(LOOK_S)


def run(orders: list[int]) -> LabelBatch:
    """Return the batch, when all of it is settled."""
    merchant = Order.objects.get(pk=orders[0]).merchant
    batch = batches.create(merchant, orders, actor="bench")
    until = time.monotonic() + WITHIN_S
    while batch.finished_at is None and time.monotonic() < until:
        time.sleep(LOOK_S)
        batch.refresh_from_db()
    return batch


def main(count: int) -> None:
    orders = prepared(count)
    print(json.dumps({"orders": len(orders)}), flush=True)  # noqa: T201
    sys.stdin.readline()
    wait_for_worker()
    started = time.monotonic()
    batch = run(orders)
    found = batches.progress(batch)
    causes = [f"{row.cause}: {row.example}" for row in found.causes]
    told = {"done": found.done, "total": found.total, "seconds": time.monotonic() - started, "causes": causes}
    print(json.dumps(told), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]))
