"""Orders and variants as the Admin API tells them, in our values."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from integrations.storefronts.shopify.mapping import SHOPS_OWN, store_order, store_variant
from shipsmart.ports import TaxId


def money(amount):
    return {"presentmentMoney": {"amount": amount}, "shopMoney": {"amount": "1.00"}}


def line(**changes):
    return {
        "id": "gid://shopify/LineItem/11",
        "title": "Wool sweater",
        "variantTitle": "M",
        "sku": "NL-SWE-M",
        "quantity": 3,
        "currentQuantity": 3,
        "requiresShipping": True,
        "variant": {"id": "gid://shopify/ProductVariant/21"},
        "originalUnitPriceSet": money("149.00"),
        "discountAllocations": [{"allocatedAmountSet": money("10.00")}, {"allocatedAmountSet": money("0.10")}],
        **changes,
    }


def order(**changes):
    return {
        "id": "gid://shopify/Order/5",
        "name": "#1005",
        "createdAt": "2026-11-22T09:00:00Z",
        "updatedAt": "2026-11-22T09:05:00Z",
        "cancelledAt": None,
        "currencyCode": "EUR",
        "presentmentCurrencyCode": "EUR",
        "customerLocale": "pt-BR",
        "displayFinancialStatus": "PAID",
        "email": "ana@example.com",
        "phone": "+5511999999999",
        "customAttributes": [{"key": "gift", "value": None}],
        "localizedFields": {"nodes": []},
        "shippingAddress": {
            "name": "Ana Souza",
            "company": None,
            "address1": "Rua Augusta 1",
            "address2": None,
            "city": "São Paulo",
            "province": "São Paulo",
            "provinceCode": "SP",
            "zip": "01305-000",
            "countryCodeV2": "BR",
            "phone": None,
        },
        "shippingLine": {
            "code": "dhl:P:DDP",
            "title": "Express",
            "originalPriceSet": money("45.20"),
            "discountedPriceSet": money("40.20"),
        },
        "shippingLines": {"nodes": [{"code": "dhl:P:DDP", "title": "Express", "originalPriceSet": money("45.20")}]},
        "currentTotalPriceSet": money("477.10"),
        "currentTotalDutiesSet": None,
        **changes,
    }


def test_order_is_told_in_our_words():
    found = store_order(order(), [line()])
    assert (found.external_id, found.number, found.currency) == ("5", "#1005", "EUR")
    assert (found.placed_at, found.updated_at) == (
        datetime(2026, 11, 22, 9, tzinfo=UTC),
        datetime(2026, 11, 22, 9, 5, tzinfo=UTC),
    )
    assert (found.shipping_code, found.shipping_title, found.shipping_paid) == (
        "dhl:P:DDP",
        "Express",
        Decimal("40.20"),
    )
    assert (found.total_paid, found.paid, found.native_duties) == (Decimal("477.10"), True, Decimal(0))
    assert (found.ship_to.region, found.ship_to.company, found.ship_to.phone) == ("SP", "", "+5511999999999")


@pytest.mark.parametrize(
    ("lines", "read", "district"),
    [
        (
            ("Rua Augusta,\u20601500", "Apto 12,\u2060Consolação"),
            ("Rua Augusta, 1500", "Apto 12, Consolação"),
            "Consolação",
        ),
        (("Rua Augusta, \u20601500", "\u2060Consolação"), ("Rua Augusta, 1500", "Consolação"), "Consolação"),
        (("Rua Augusta 1500", "Apto 12"), ("Rua Augusta 1500", "Apto 12"), ""),
    ],
)
def test_number_and_district_asked_for_apart_are_read_apart_and_printed_together(lines, read, district):
    address = order()["shippingAddress"] | {"address1": lines[0], "address2": lines[1]}
    found = store_order(order(shippingAddress=address), []).ship_to
    assert ((found.address1, found.address2), found.district) == (read, district)


def test_line_keeps_the_price_before_discount_and_the_whole_discount():
    found = store_order(order(), [line()]).lines[0]
    assert (found.external_id, found.variant_id, found.title) == ("11", "21", "Wool sweater - M")
    assert (found.unit_price, found.quantity, found.discount) == (Decimal("149.00"), 3, Decimal("10.10"))


def test_removed_units_take_their_share_of_the_discount_along():
    found = store_order(order(), [line(currentQuantity=2)]).lines[0]
    assert (found.quantity, found.discount) == (2, Decimal("6.73"))  # 10.10 x 2/3 = 6.7333


def test_removed_lines_are_gone():
    assert store_order(order(), [line(currentQuantity=0)]).lines == ()


def test_amounts_are_those_that_the_shopper_saw_or_the_shops_own():
    both = {"shopMoney": {"amount": "10.00"}, "presentmentMoney": {"amount": "1600"}}
    node = order(presentmentCurrencyCode="JPY", currentTotalPriceSet=both)
    found = store_order(node, [])
    assert (found.currency, found.total_paid) == ("JPY", Decimal(1600))
    found = store_order(node, [line()], money=SHOPS_OWN)
    assert (found.currency, found.total_paid) == ("EUR", Decimal("10.00"))
    assert (found.shipping_paid, found.lines[0].unit_price, found.lines[0].discount) == (1, 1, 2)


def test_native_duties_are_recognised():
    assert store_order(order(currentTotalDutiesSet=money("12.34")), []).native_duties == Decimal("12.34")


def test_only_paid_orders_are_paid():
    states = ["PAID", "PARTIALLY_REFUNDED", "PENDING", "AUTHORIZED", "PARTIALLY_PAID", "REFUNDED", "VOIDED", None]
    found = [store_order(order(displayFinancialStatus=state), []).paid for state in states]
    assert found == [True, True] + [False] * 6


def test_quote_id_of_the_checkout_comes_along():
    attributes = [{"key": "_shipsmart_quote_id", "value": "q_77"}]
    assert store_order(order(customAttributes=attributes), []).quote_id == "q_77"


def test_brazilian_tax_numbers_are_told_apart():
    fields = [
        {"key": "TAX_CREDENTIAL_BR", "countryCode": "BR", "value": "529.982.247-25"},
        {"key": "SHIPPING_CREDENTIAL_BR", "countryCode": "BR", "value": "529.982.247-25"},
        {"key": "TAX_CREDENTIAL_BR", "countryCode": "BR", "value": "11.222.333/0001-81"},
        {"key": "TAX_EMAIL_IT", "countryCode": "IT", "value": "a@pec.it"},
    ]
    assert store_order(order(localizedFields={"nodes": fields}), []).ship_to.tax_ids == (
        TaxId("CPF", "529.982.247-25", "BR"),
        TaxId("CNPJ", "11.222.333/0001-81", "BR"),
    )


def test_order_without_an_address_or_delivery_invents_none():
    found = store_order(order(shippingAddress=None, shippingLine=None, email=None, phone=None), [])
    assert (found.ship_to.country, found.ship_to.name, found.shipping_code) == ("", "", "")
    assert found.shipping_paid == 0


def variant(*, media=None, **changes):
    item = {
        "harmonizedSystemCode": "6110.11",
        "countryCodeOfOrigin": "NO",
        "measurement": {"weight": {"unit": "KILOGRAMS", "value": Decimal("0.72")}},
        **changes,
    }
    product = {
        "id": "gid://shopify/Product/2",
        "title": "Sweater",
        "description": "Wool",
        "hasOnlyDefaultVariant": True,
        "tags": ["fragile", "oversize"],
        "featuredMedia": media,
    }
    node = {"id": "gid://shopify/ProductVariant/21", "title": "Default Title", "sku": None, "price": "149.00"}
    return store_variant({**node, "product": product, "inventoryItem": item}, "EUR")


def test_variant_is_told_in_our_words():
    found = variant()
    assert (found.external_id, found.product_id, found.title, found.sku) == ("21", "2", "", "")
    assert (found.price, found.currency, found.weight_g) == (Decimal("149.00"), "EUR", 720)
    assert (found.hs_code, found.origin, found.tags) == ("611011", "NO", ("fragile", "oversize"))


def test_unknown_customs_data_stays_unknown():
    found = variant(harmonizedSystemCode=None, countryCodeOfOrigin=None, measurement={"weight": None})
    assert (found.hs_code, found.origin, found.weight_g) == ("", "", 0)


def test_pounds_and_ounces_become_whole_grams():
    weights = [("POUNDS", "1"), ("OUNCES", "1"), ("GRAMS", "99.5"), ("OUNCES", "0.01")]
    found = [variant(measurement={"weight": {"unit": u, "value": Decimal(v)}}).weight_g for u, v in weights]
    assert found == [454, 28, 100, 0]


@pytest.mark.parametrize(
    ("media", "address"),
    [
        ({"preview": {"image": {"url": "https://cdn.example/a.jpg"}}}, "https://cdn.example/a.jpg"),
        ({"preview": {"image": None}}, ""),
        ({"preview": None}, ""),
        (None, ""),
    ],
)
def test_picture_is_taken_when_the_store_has_one(media, address):
    assert variant(media=media).image_url == address


def test_delivery_is_told_as_it_was_asked_for_and_as_it_was_paid():
    found = store_order(order(), [])
    assert (found.delivery_price, found.shipping_paid, found.deliveries) == (Decimal("45.20"), Decimal("40.20"), ())


def test_several_deliveries_are_told_apart():
    lines = [{"code": f"dhl:{n}:DDP", "title": f"Part {n}", "originalPriceSet": money("10.10")} for n in "PQ"]
    found = store_order(order(shippingLines={"nodes": [*lines]}), []).deliveries
    assert [(one.code, one.title, one.price) for one in found] == [
        ("dhl:P:DDP", "Part P", Decimal("10.10")),
        ("dhl:Q:DDP", "Part Q", Decimal("10.10")),
    ]
