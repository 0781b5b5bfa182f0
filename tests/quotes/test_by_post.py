"""What goes by post is priced under the law of mail: Canada frees CAD 40 from the US by courier, 20 by mail."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shipsmart.merchants.models import Connection
from shipsmart.ports import Party
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import fallback_answer, recompute
from shipsmart.quotes.values import CheckoutCart
from shipsmart.rating.models import TableRate

pytestmark = pytest.mark.django_db
TORONTO = Party(name="Ann", city="Toronto", region="ON", postcode="M5H 2N2", country="CA", address1="1 King St")


@pytest.fixture
def to_canada(connection: Connection, cart: CheckoutCart) -> CheckoutCart:
    merchant = connection.merchant
    merchant.country, merchant.region, merchant.postcode = "US", "TN", "37203"
    merchant.save()
    merchant.touch()
    return replace(cart, ship_to=TORONTO, lines=(replace(cart.lines[0], quantity=1, unit_price=Decimal(24)),))


@pytest.mark.parametrize(
    ("row", "charged"),
    [({}, False), ({"by_post": True}, True), ({"stands_for": "usps:PMI"}, True), ({"stands_for": "ups:11"}, False)],
)
def test_the_rows_carrier_decides(
    connection: Connection, to_canada: CheckoutCart, row: dict[str, object], charged: bool
) -> None:
    TableRate.objects.update(**({"stands_for": "", "by_post": False} | row))
    connection.merchant.touch()
    answer = fallback_answer(connection, to_canada)
    assert {option.charges > 0 for option in answer.options} == {charged}
    answer.keep()
    kept = Quote.objects.first()
    assert recompute(kept)["totals"] == kept.answer["totals"]  # the stored request says how the goods travel
