from dataclasses import replace
from datetime import date
from decimal import Decimal

from shipsmart.ports import CarrierEnquiry, Incoterm, ParcelSpec, Party
from shipsmart.rating.table import own_quotes, stand_ins, table_quotes
from shipsmart.rating.values import TableRow

ENQUIRY = CarrierEnquiry(
    shipper=Party(country="NO"),
    consignee=Party(country="DE"),
    parcels=(ParcelSpec("1", 900, 250, 200, 100),),
    items=(),
    currency="EUR",
    goods_value=Decimal(40),
    incoterm=Incoterm.DDP,
    ship_on=date(2026, 11, 23),
)
LIGHT = TableRow("express", "Express", 500, Decimal("19.00"), "EUR", days_from=3, days_to=6, stands_for="dhl_express:P")
MIDDLE = replace(LIGHT, max_weight_g=2000, price=Decimal("29.00"))
HEAVY = replace(LIGHT, max_weight_g=5000, price=Decimal("45.00"))
OWN = TableRow("post", "Post", 2000, Decimal("9.00"), "EUR", ("DE", "FR"), fallback_only=False)


def test_the_first_row_that_covers_the_weight_counts():
    (found,) = table_quotes([LIGHT, MIDDLE, HEAVY], ENQUIRY)
    assert (found.price, found.carrier, found.service, found.source) == (
        Decimal("29.00"),
        "dhl_express",
        "P",
        "fallback",
    )
    assert (found.deliver_from, found.deliver_by) == (date(2026, 11, 26), date(2026, 11, 29))


def test_a_row_covers_its_weight_to_the_gram():
    parcel = ParcelSpec("1", 500, 1, 1, 1)
    assert table_quotes([LIGHT], replace(ENQUIRY, parcels=(parcel,)))[0].price == Decimal("19.00")
    assert table_quotes([LIGHT], replace(ENQUIRY, parcels=(replace(parcel, weight_g=501),))) == ()


def test_a_row_without_countries_covers_everywhere_and_one_with_them_only_those():
    us = replace(ENQUIRY, consignee=Party(country="US"))
    assert [q.service for q in table_quotes([OWN, MIDDLE], ENQUIRY)] == ["post", "P"]
    assert [q.service for q in table_quotes([OWN, MIDDLE], us)] == ["P"]


def test_a_row_with_sender_countries_is_for_goods_that_lie_there() -> None:
    british = replace(OWN, service="post_gb", sender_countries=("GB",))
    there = replace(ENQUIRY, shipper=Party(country="GB"))
    assert [q.service for q in table_quotes([OWN, british], ENQUIRY)] == ["post"]
    assert [q.service for q in table_quotes([OWN, british], there)] == ["post", "post_gb"]


def test_rows_for_sale_are_offered_as_the_merchants_own_service():
    (found,) = own_quotes([OWN, MIDDLE], ENQUIRY)
    assert (found.carrier, found.service, found.source) == ("table", "post", "live")


def test_a_stand_in_shows_only_while_its_carrier_is_silent():
    assert stand_ins([MIDDLE], ENQUIRY, silent=set(), answered=True) == ()
    assert stand_ins([MIDDLE], ENQUIRY, silent={"ups"}, answered=True) == ()
    assert len(stand_ins([MIDDLE], ENQUIRY, silent={"dhl_express"}, answered=True)) == 1


def test_with_no_answer_at_all_every_fallback_row_counts():
    unnamed = replace(MIDDLE, stands_for="")
    assert stand_ins([unnamed], ENQUIRY, silent={"ups"}, answered=True) == ()
    assert stand_ins([unnamed, OWN], ENQUIRY, silent=set(), answered=False)[0].carrier == "table"
