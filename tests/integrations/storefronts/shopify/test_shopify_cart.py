"""The rate callback's shapes, there and back."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from integrations.storefronts.shopify.cart import BadCart, asked, checkout_cart, rates_json, subunits
from shipsmart.ports import Incoterm
from shipsmart.quotes.values import CheckoutAnswer, CheckoutLine, CheckoutOption

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def request(**changes):
    rate = {
        "origin": {"country": "NO", "postal_code": "0155", "province": None, "city": "Oslo", "name": None},
        "destination": {
            "country": "DE",
            "postal_code": "10115",
            "province": "BE",
            "city": "Berlin",
            "name": None,
            "address1": "Invalidenstraße 1",
            "address2": "Hof",
            "address3": None,
            "phone": None,
            "fax": None,
            "email": None,
            "address_type": None,
            "company_name": None,
        },
        "items": [
            {
                "name": "Stoneware mug",
                "sku": "NL-MUG",
                "quantity": 2,
                "grams": 420,
                "price": 2450,
                "vendor": "Nordic Lights",
                "requires_shipping": True,
                "taxable": True,
                "fulfillment_service": "manual",
                "properties": None,
                "product_id": 48447225880,
                "variant_id": 258644705304,
            }
        ],
        "currency": "EUR",
        "locale": "de",
        "order_totals": {"subtotal_price": "4900", "total_price": "4410", "discount_amount": "490"},
        "customer": {"id": 207119551, "tags": ["VIP"]},
        **changes,
    }
    return json.dumps({"rate": rate}).encode()


def test_cart_is_read_in_our_words():
    cart = checkout_cart(request(), at=AT)
    assert cart.lines == (
        CheckoutLine(
            variant_id="258644705304",
            quantity=2,
            unit_price=Decimal("24.5"),
            sku="NL-MUG",
            title="Stoneware mug",
            weight_g=420,
        ),
    )
    assert (cart.currency, cart.discount, cart.locale, cart.at) == ("EUR", Decimal("4.9"), "de", AT)
    assert (cart.ship_to.country, cart.ship_to.region, cart.ship_to.postcode) == ("DE", "BE", "10115")
    assert (cart.ship_to.address1, cart.ship_to.address2, cart.ship_to.name) == ("Invalidenstraße 1", "Hof", "")


def test_yen_come_in_hundredths_too():
    item = {"quantity": 1, "price": 150000, "grams": 10, "variant_id": 1}
    cart = checkout_cart(request(currency="JPY", items=[item], order_totals=None), at=AT)
    assert cart.lines[0].unit_price == Decimal(1500)
    assert cart.discount == 0


def test_fields_that_older_stores_do_not_send_may_be_missing():
    body = json.dumps(
        {"rate": {"destination": {"country": "GB"}, "items": [{"quantity": 1, "price": 1}], "currency": "GBP"}}
    ).encode()
    assert checkout_cart(body, at=AT).lines[0].variant_id == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"destination": {"country": None}}, "$.rate.destination.country"),
        ({"destination": {"country": "Germany"}}, "$.rate.destination.country"),
        ({"destination": None}, "$.rate.destination"),
        ({"items": []}, "$.rate.items"),
        ({"items": [{"quantity": 0, "price": 1}]}, "$.rate.items[0].quantity"),
        ({"items": [{"quantity": 1, "price": -1}]}, "$.rate.items[0].price"),
        ({"items": [{"quantity": 1, "price": 1.5}]}, "$.rate.items[0].price"),
        ({"items": [{"quantity": 1, "price": "1"}]}, "$.rate.items[0].price"),
        ({"currency": "euro"}, "$.rate.currency"),
        ({"order_totals": {"discount_amount": "-1"}}, "$.rate.order_totals.discount_amount"),
        ({"order_totals": {"discount_amount": "1.50"}}, "$.rate.order_totals.discount_amount"),
    ],
)
def test_what_does_not_fit_is_named(changes, field):
    with pytest.raises(BadCart) as caught:
        checkout_cart(request(**changes), at=AT)
    assert field in caught.value.message


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'{"rate": 1}', b"\xff\xfe", b"{" * 5000, b"[" * 100_000])
def test_rubbish_is_a_bad_cart(body):
    with pytest.raises(BadCart):
        checkout_cart(body, at=AT)


def option(price, code="dhl:P:DDP", **changes):
    values = {
        "quote_id": "q_1",
        "service_code": code,
        "service_name": "Express (duties & taxes paid)",
        "description": "Incl. VAT 9.31 EUR",
        "price": Decimal(price),
        "currency": "EUR",
        "incoterm": Incoterm.DDP,
        "freight": Decimal(10),
        "charges": Decimal("9.31"),
        "status": "complete",
        "source": "cache",
        "breakdown": {"import_tax": Decimal("9.31"), "currency": "EUR"},
    }
    return CheckoutOption(**{**values, **changes})


def answered(*options):
    return json.loads(
        rates_json(CheckoutAnswer(checkout="c", options=options, keep=lambda: None, keep_behind=lambda: None))
    )["rates"]


def test_answer_has_shopifys_shape():
    assert answered(option("19.31", deliver_from=date(2026, 11, 25), deliver_by=date(2026, 11, 27))) == [
        {
            "service_name": "Express (duties & taxes paid)",
            "service_code": "dhl:P:DDP",
            "description": "Incl. VAT 9.31 EUR",
            "currency": "EUR",
            "total_price": "1931",
            "min_delivery_date": "2026-11-25 12:00:00 +0000",
            "max_delivery_date": "2026-11-27 12:00:00 +0000",
            "metafields": [
                {
                    "namespace": "$app:landed_cost",
                    "key": "breakdown",
                    "type": "json",
                    "value": '{"import_tax":"9.31","currency":"EUR"}',
                },
                {
                    "namespace": "$app:landed_cost",
                    "key": "quote_id",
                    "type": "single_line_text_field",
                    "value": "q_1",
                },
            ],
        }
    ]


def test_cheapest_comes_first():
    shown = answered(option("20", "a:1:DDP"), option("5.5", "b:1:DDP"), option("100", "c:1:DDP"))
    assert [r["total_price"] for r in shown] == ["550", "2000", "10000"]


@pytest.mark.parametrize(
    ("price", "text"), [("1000", "100000"), ("0", "0"), ("0.01", "1"), ("12.345", "1235"), ("12.344", "1234")]
)
def test_prices_are_hundredths_of_any_currency(price, text):
    assert subunits(Decimal(price)) == text


def parts(discount):
    """The same cart of 3 × 33.33 EUR as two origins get it: one piece here, two there."""
    totals = {"subtotal_price": "9999", "total_price": "9999", "discount_amount": str(discount)}
    for quantity in (1, 2):
        item = {"quantity": quantity, "price": 3333, "grams": 10, "variant_id": quantity}
        yield asked(request(items=[item], order_totals=totals), at=AT)


def test_part_of_a_cart_bears_its_share_of_the_discount():
    one, two = parts(1000)
    assert (one.part, two.part) == (True, True)
    assert (one.cart.discount, two.cart.discount) == (Decimal("3.33"), Decimal("6.67"))


def test_whole_cart_bears_the_whole_discount():
    whole = asked(request(), at=AT)
    assert not whole.part
    assert whole.cart.discount == Decimal("4.9")


def test_parts_of_a_cart_have_the_same_names_whether_duty_is_due_or_not():
    def names(charges, *, name):
        made = option("19.31", charges=Decimal(charges), service_name=name)
        body = rates_json(
            CheckoutAnswer(checkout="c", options=(made,), keep=lambda: None, keep_behind=lambda: None),
            part=True,
            locale="de",
        )
        return [rate["service_name"] for rate in json.loads(body)["rates"]]

    due = names("3.00", name="Paket (inkl. Zoll & Steuern)")
    assert due == names("0", name="Paket") == ["Paket (inkl. Zoll & Steuern)"]


def test_invisible_marks_in_an_address_are_read_as_in_the_order():
    """House number and district asked for apart come joined by a mark without shape; others come by copying."""
    destination = {
        "country": "BR",
        "city": "S\u00e3o\u200b Paulo",
        "address1": "Rua Augusta,\u20601500",
        "address2": "Apto 12,\u2060Consola\u00e7\u00e3o",
        "postal_code": "01304-001\u202c",
    }
    found = checkout_cart(request(destination=destination), at=AT).ship_to
    assert (found.address1, found.address2) == ("Rua Augusta, 1500", "Apto 12, Consolação")
    assert (found.city, found.postcode) == ("São Paulo", "01304-001")
