from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.kit.fields import (
    address_lines,
    crosses_customs,
    exact,
    exact_items,
    fitting,
    goods_value,
    kilograms,
    required,
)
from integrations.kit.tax_ids import in_words, issuer
from shipsmart.ports import CustomsItem, IntegrationError, Party, TaxId

ITEM = CustomsItem("S", "Shirt", "610910", "PT", 3, Decimal("19.9933"), 100)


def at(country, postcode=""):
    return Party(country=country, postcode=postcode)


@pytest.mark.parametrize(
    ("consignor", "consignee", "crosses"),
    [
        (at("DE"), at("FR"), False),
        (at("DE"), at("DE"), False),
        (at("DE"), at("CH"), True),
        (at("CH"), at("LI"), False),
        (at("US"), at("US"), False),
        (at("GB"), at("DE"), True),
        (at("ES", "28001"), at("ES", "35001"), True),
        (at("FR"), at("ES", "28001"), False),
        (at("FR", "75001"), at("MC", "98000"), False),
    ],
)
def test_a_declaration_is_needed_between_customs_territories(consignor, consignee, crosses):
    assert crosses_customs(consignor, consignee) is crosses


def test_a_shared_discount_becomes_lines_in_whole_cents():
    assert [(i.quantity, i.unit_price) for i in exact_items([ITEM], "EUR")] == [
        (2, Decimal("19.99")),
        (1, Decimal("20.00")),
    ]


def test_a_price_in_whole_units_is_left_alone():
    assert exact_items([replace(ITEM, unit_price=Decimal("19.99"))], "EUR") == (
        replace(ITEM, unit_price=Decimal("19.99")),
    )
    assert exact_items([replace(ITEM, unit_price=Decimal(500))], "JPY")[0].unit_price == Decimal(500)


@given(st.integers(1, 500), st.decimals("0.0001", "9999", places=4), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_the_split_lines_keep_quantity_and_rounded_total(quantity, price, currency):
    step = {"EUR": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}[currency]
    parts = exact_items([replace(ITEM, quantity=quantity, unit_price=price)], currency)
    assert sum(part.quantity for part in parts) == quantity
    assert goods_value(parts) == (price * quantity).quantize(step, "ROUND_HALF_UP")
    assert all(part.unit_price == part.unit_price.quantize(step) for part in parts)


def test_a_value_finer_than_the_carrier_takes_is_refused():
    assert exact(Decimal("1.230"), 2, "price") == Decimal("1.230")
    for bad in ("1.234", "-1", "NaN", "Infinity"):
        with pytest.raises(IntegrationError):
            exact(Decimal(bad), 2, "price")


def test_blank_text_counts_as_missing_and_the_field_is_named():
    with pytest.raises(IntegrationError) as caught:
        required("  ", "consignee phone")
    assert (caught.value.permanent, caught.value.details) == (True, {"field": "consignee phone"})
    assert fitting(" x ", 1, "name") == "x"
    with pytest.raises(IntegrationError):
        fitting("xy", 1, "name")
    with pytest.raises(IntegrationError):
        kilograms(0, "weight")


def test_an_address_keeps_every_word_in_order():
    party = Party(address1="Rua das Flores 100, Bloco B", address2="Apartamento 12, fundos")
    lines = address_lines(party, width=20, count=3, field="consignee")
    assert " ".join(lines) == "Rua das Flores 100, Bloco B Apartamento 12, fundos"
    with pytest.raises(IntegrationError):
        address_lines(party, width=20, count=2, field="consignee")
    with pytest.raises(IntegrationError):
        address_lines(Party(address1="Donaudampfschifffahrtsstrasse"), width=20, count=3, field="consignee")


@pytest.mark.parametrize(
    ("tax_id", "country"),
    [
        (TaxId("IOSS", "IM2760000742"), "DE"),
        (TaxId("IOSS", "IM2460000006", "EU"), "FI"),
        (TaxId("EORI", "FR12345678901234"), "FR"),
        (TaxId("VAT", "EL123456789"), "GR"),
        (TaxId("VAT", "XI123456789"), "GB"),
        (TaxId("CPF", "11144477735"), "BR"),
        (TaxId("VOEC", "2012345"), "NO"),
        (TaxId("EORI", "123", "GB"), "GB"),
    ],
)
def test_the_issuer_of_a_tax_number_is_read_from_it(tax_id, country):
    assert issuer(tax_id, "consignor") == country


def test_an_issuer_that_nothing_tells_is_not_guessed():
    for tax_id in (TaxId("GST", "123"), TaxId("IOSS", "12345"), TaxId("VAT", "??123")):
        with pytest.raises(IntegrationError):
            issuer(tax_id, "consignor")


def test_a_programme_without_a_field_is_said_in_words():
    assert in_words(Party(tax_ids=(TaxId("PRC", "0001", "BR"), TaxId("EORI", "GB1")))) == [
        "Programa Remessa Conforme 0001"
    ]
