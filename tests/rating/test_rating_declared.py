"""Carriers that take one currency only are told the same worth in it, to the cent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integrations.kit.fields import exact_items
from shipsmart.core.errors import ExchangeRateMissing
from shipsmart.ports import CarrierEnquiry, CustomsItem, Incoterm, ParcelSpec, Party
from shipsmart.rating.declared import enquiry_for, goods_value, order_for
from tests.integrations.carriers.carrier_cases import label_order

TEE = CustomsItem("T", "T-shirt", "610910", "PT", 3, Decimal("19.99"), 180)
MUG = CustomsItem("M", "Mug", "691200", "NO", 1, Decimal("24.50"), 400)
ENQUIRY = CarrierEnquiry(
    shipper=Party(country="US"),
    consignee=Party(country="CA"),
    parcels=(ParcelSpec("1", 900, 250, 200, 100),),
    items=(TEE, MUG),
    currency="EUR",
    goods_value=Decimal("84.47"),
    incoterm=Incoterm.DDP,
    ship_on=date(2026, 11, 23),
)


def at(rate: str) -> Any:
    return lambda amount, source, target: amount * Decimal(rate)


def test_usps_is_asked_in_dollars_and_dhl_in_the_carts_currency() -> None:
    assert enquiry_for("dhl_express", ENQUIRY, at("2")) is ENQUIRY
    assert enquiry_for("usps", replace(ENQUIRY, currency="USD"), at("2")) == replace(ENQUIRY, currency="USD")
    asked = enquiry_for("usps", ENQUIRY, at("1.0837"))
    assert (asked.currency, asked.goods_value) == ("USD", Decimal("91.54"))  # 84.47 × 1.0837 = 91.540
    exact = exact_items(asked.items, "USD")  # as the adapter tells it: whole cents, lines that add up
    assert [(item.quantity, item.unit_price) for item in exact] == [
        (2, Decimal("21.66")),
        (1, Decimal("21.67")),
        (1, Decimal("26.55")),
    ]
    assert goods_value(exact) == asked.goods_value


def test_a_label_tells_everything_in_the_one_currency() -> None:
    sold = label_order(currency="EUR", items=(TEE, MUG), freight=Decimal(10), collected_import_tax=None)
    told = order_for("correios", sold, at("6.2"))
    assert (told.currency, told.freight, told.insurance) == ("BRL", Decimal("62.00"), Decimal(0))
    assert (told.collected_duty, told.collected_import_tax) == (Decimal("44.95"), None)
    assert goods_value(exact_items(told.items, "BRL")) == Decimal("523.71")
    assert (told.reference, told.items[0].hs_code) == (sold.reference, "610910")
    assert order_for("ups", sold, at("6.2")) is sold


def test_without_a_rate_nothing_is_told() -> None:
    def unknown(amount: Decimal, source: str, target: str) -> Decimal:
        raise ExchangeRateMissing(f"no exchange rate from {source} to {target}")

    with pytest.raises(ExchangeRateMissing):
        enquiry_for("usps", ENQUIRY, unknown)


def test_goods_worth_nothing_stay_so() -> None:
    free = replace(ENQUIRY, items=(replace(TEE, unit_price=Decimal(0)),), goods_value=Decimal(0))
    assert enquiry_for("usps", free, at("1.1")).goods_value == Decimal(0)
    assert enquiry_for("usps", replace(free, items=()), at("1.1")).items == ()
