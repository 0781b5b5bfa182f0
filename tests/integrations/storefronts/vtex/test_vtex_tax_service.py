"""The tax service as VTEX calls it: amounts to the cent, the same answer at place-order, nothing guessed."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from integrations.storefronts.vtex.callers import digest
from shipsmart.catalog.models import Classification, Variant
from shipsmart.merchants.models import Connection, Market
from shipsmart.quotes.models import Quote

pytestmark = pytest.mark.django_db
AUTHORIZATION = "a-word-of-256-bits"


@pytest.fixture
def store(merchant: Any, connection: Connection) -> Connection:
    """The merchant's VTEX account beside the store that the catalogue came from: channel 1 sells in euros."""
    return Connection.objects.create(
        merchant=merchant,
        storefront="vtex",
        account="fjordbr",
        settings={
            "authorization_sha256": digest(AUTHORIZATION),
            "sales_channels": {"1": {"currency": "EUR", "locale": "de-DE"}},
        },
    )


def item(number: int = 0, sku: str = "1", **changes: Any) -> dict[str, Any]:
    row = {"id": str(number), "sku": sku, "quantity": 2, "targetPrice": 29.0, "itemPrice": 58.0, "unitMultiplier": 1}
    return row | {"discountPrice": 0, "freightPrice": 12.0, "dockId": "1", "shippingDestinationId": 1} | changes


def asked(*items: dict[str, Any], country: str = "DEU", **changes: Any) -> dict[str, Any]:
    place = {"id": 1, "country": country, "state": None, "city": "Berlin", "postalCode": "10969", "street": "Weg 1"}
    body = {"orderFormId": "of-1", "salesChannel": "1", "items": list(items or [item()]), "totals": []}
    return body | {"shippingDestinations": [place], "clientEmail": "x@example.com"} | changes


def call(store: Connection, body: Any, *, authorization: str = AUTHORIZATION, token: str = "") -> Any:
    return Client().post(
        f"/vtex/{token or store.token}/tax",
        body if isinstance(body, bytes) else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": authorization},
    )


def rows(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content, parse_float=Decimal)["itemTaxResponse"]


def test_a_german_cart_under_ioss_pays_flat_duty_and_vat(store: Connection) -> None:
    answer = call(store, asked())
    # EUR 3 for the one tariff class; 19 % of 58.00 + 12.00 = 13.30; no VAT on the flat duty under IOSS.
    assert answer["Content-Type"] == "application/vnd.vtex.checkout.minicart.v1+json"
    (row,) = rows(answer)
    assert row["id"] == "0"
    assert {tax["name"]: tax["value"] for tax in row["taxes"]} == {
        "Zoll": Decimal("3.00"),
        "Einfuhrumsatzsteuer": Decimal("13.30"),
    }
    quote = Quote.objects.get()
    assert {tax["description"] for tax in row["taxes"]} == {f"q:{quote.quote_id}"}
    assert (quote.carrier, quote.freight, quote.charges) == ("store", Decimal("12.000"), Decimal("16.300"))


def test_the_request_of_before_2026_gets_the_same_taxes(store: Connection) -> None:
    old = asked()
    old["shippingDestination"] = old.pop("shippingDestinations")[0]
    for line in old["items"]:
        del line["shippingDestinationId"]
    assert [t["value"] for t in rows(call(store, old))[0]["taxes"]] == [Decimal("3.00"), Decimal("13.30")]


def test_the_same_cart_gets_the_same_bytes_and_one_quote(store: Connection) -> None:
    first = call(store, asked()).content
    placed = asked(orderFormId="of-1", paymentData={"payments": [{"value": 8630}]}, totals=[{"id": "Tax", "value": 1}])
    assert call(store, placed).content == first
    assert Quote.objects.count() == 1


def test_another_process_gives_the_same_answer_from_the_stored_quote(store: Connection) -> None:
    first = call(store, asked()).content
    caches["process"].clear()
    assert call(store, asked()).content == first
    assert Quote.objects.count() == 1


@pytest.mark.parametrize(
    "changes", [{"quantity": 3, "itemPrice": 87.0}, {"freightPrice": 12.01}, {"discountPrice": 0.01}, {"sku": "2"}]
)
def test_another_cart_is_another_question(store: Connection, changes: dict[str, Any]) -> None:
    call(store, asked())
    call(store, asked(item(**changes)))
    assert len({quote.checkout for quote in Quote.objects.all()}) in (1, 2)
    assert call(store, asked(item(**changes))).content != call(store, asked()).content


def test_charges_of_the_whole_cart_add_up_over_items_to_the_cent(store: Connection) -> None:
    cart = [item(n, quantity=1, itemPrice=10.01, freightPrice=0.01) for n in range(3)]
    found = rows(call(store, asked(*cart)))
    quote = Quote.objects.get()
    assert sum((tax["value"] for row in found for tax in row["taxes"]), Decimal(0)) == quote.charges
    assert [row["id"] for row in found] == ["0", "1", "2"]


def test_a_discount_counts_whichever_its_sign(store: Connection) -> None:
    plus, minus = (rows(call(store, asked(item(discountPrice=value)))) for value in (8.0, -8.0))
    # 19 % of 58 - 8 + 12 = 11.78
    assert [t["value"] for t in plus[0]["taxes"]] == [t["value"] for t in minus[0]["taxes"]]
    assert plus[0]["taxes"][1]["value"] == Decimal("11.78")


def test_goods_given_away_pay_the_flat_duty_and_no_tax(store: Connection) -> None:
    # A parcel of one tariff class pays the flat EUR 3 whatever its goods cost.
    (row,) = rows(call(store, asked(item(discountPrice=58.0, freightPrice=0))))
    assert [tax["value"] for tax in row["taxes"]] == [Decimal("3.00")]


def test_a_store_may_want_the_bare_array(store: Connection) -> None:
    store.settings["answer"] = "array"
    store.save()
    assert json.loads(call(store, asked()).content)[0]["id"] == "0"


def test_a_market_under_dap_collects_nothing_but_keeps_the_reasoning(store: Connection) -> None:
    Market.objects.create(merchant=store.merchant, country="DE", incoterm="DAP")
    store.merchant.touch()
    assert rows(call(store, asked())) == []
    assert (Quote.objects.get().incoterm, Quote.objects.get().charges) == ("DAP", Decimal("16.300"))


def test_the_shopper_chooses_where_the_merchant_leaves_the_choice(store: Connection) -> None:
    Market.objects.create(merchant=store.merchant, country="DE", incoterm="DDP", offer_both=True)
    store.merchant.touch()
    assert rows(call(store, asked(taxApp={"id": "shipsmart", "major": 1, "fields": {"incoterm": "DAP"}}))) == []
    assert rows(call(store, asked(taxApp={"id": "shipsmart", "major": 1, "fields": {"incoterm": "DDP"}}))) != []


def test_duties_that_are_not_known_stop_the_order_unless_the_merchant_goes_on(store: Connection) -> None:
    Variant.objects.filter(external_id="1").update(origin="FR")
    Classification.objects.filter(variant__external_id="1").update(code="220421")  # wine: its excise is not computed
    store.merchant.touch()
    unknown = asked()
    refused = call(store, unknown)
    assert refused.status_code == 503
    assert "excise" in refused.json()["message"]
    store.settings["when_unknown"] = "open"
    store.save()
    assert rows(call(store, unknown)) == []


def test_goods_for_two_destinations_are_two_consignments(store: Connection) -> None:
    second = {"id": 2, "country": "FRA", "state": None, "city": "Paris", "postalCode": "75001", "street": "rue"}
    body = asked(item(0), item(1, shippingDestinationId=2))
    body["shippingDestinations"].append(second)
    found = rows(call(store, body))
    # France: EUR 3, 20 % of 70.00, and EUR 2 for each declared class.
    assert [row["id"] for row in found] == ["0", "1"]
    assert sorted(Quote.objects.values_list("country", flat=True)) == ["DE", "FR"]
    assert Decimal("14.00") in [tax["value"] for tax in found[1]["taxes"]]


def test_a_cart_without_an_address_has_no_taxes_yet(store: Connection) -> None:
    assert rows(call(store, asked(shippingDestinations=None))) == []
    assert not Quote.objects.exists()


@pytest.mark.parametrize("authorization", ["", "another", "Bearer " + AUTHORIZATION])
def test_who_does_not_know_the_word_is_refused(store: Connection, authorization: str) -> None:
    assert call(store, asked(), authorization=authorization).status_code == 401
    assert not Quote.objects.exists()


def test_another_path_belongs_to_nobody(store: Connection, connection: Connection) -> None:
    assert call(store, asked(), token="x" * 43).status_code == 404
    assert call(store, asked(), token=connection.token).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", ""),
        (b"\xff\xfe", ""),
        (asked(item(quantity=0)), "quantity"),
        (asked(item(itemPrice=-1)), "itemPrice"),
        (asked(item(itemPrice="NaN")), "itemPrice"),
        (asked(item(), item()), "items"),
        (asked(salesChannel=None), "salesChannel"),
    ],
)
def test_rubbish_is_refused_and_names_the_field(store: Connection, body: Any, field: str) -> None:
    answer = call(store, body)
    assert answer.status_code == 400
    assert field in answer.json()["message"]
    assert not Quote.objects.exists()


def test_a_sku_is_found_by_the_merchants_own_code(store: Connection) -> None:
    by_code = rows(call(store, asked(item(sku="26", refId="TEE"))))
    assert [tax["value"] for tax in by_code[0]["taxes"]] == [Decimal("3.00"), Decimal("13.30")]


def test_random_carts_get_the_same_taxes_at_place_order_and_add_up(store: Connection) -> None:
    chance = random.Random(8)
    for _ in range(20):
        cart = [_any_item(n, chance) for n in range(chance.randint(1, 6))]
        first = call(store, asked(*cart))
        shuffled = chance.sample(cart, len(cart))
        assert call(store, asked(*shuffled)).content == first.content
        taxes = [tax["value"] for row in rows(first) for tax in row["taxes"]]
        quote = Quote.objects.order_by("-pk").first()
        assert quote is not None
        assert sum(taxes, Decimal(0)) == quote.charges
        assert all(value == value.quantize(Decimal("0.01")) for value in taxes)


def _any_item(number: int, chance: random.Random) -> dict[str, Any]:
    price = chance.randint(0, 40_00) / 100
    return item(
        number,
        quantity=chance.randint(1, 9),
        itemPrice=price,
        discountPrice=round(price * chance.choice([0, 0, 0.333, 1]), 2),
        freightPrice=chance.randint(0, 9_99) / 100,
    )


def test_goods_of_one_cent_pay_the_flat_duty_and_a_tax_that_rounds_to_nothing(store: Connection) -> None:
    cart = [item(n, quantity=1, itemPrice=0.01, freightPrice=0) for n in range(3)]
    found = rows(call(store, asked(*cart)))
    # EUR 3 for one tariff class; 19 % of a cent is no cent, rounded by line.
    assert [[(t["name"], t["value"]) for t in row["taxes"]] for row in found] == [[("Zoll", Decimal("1.00"))]] * 3


def test_a_flat_duty_over_seven_items_adds_up_to_the_cent(store: Connection) -> None:
    cart = [item(n, quantity=1, itemPrice=0.01, freightPrice=0) for n in range(7)]
    parts = [tax["value"] for row in rows(call(store, asked(*cart))) for tax in row["taxes"]]
    assert sorted(parts) == [Decimal("0.42")] + [Decimal("0.43")] * 6


def test_a_tax_that_is_nothing_for_an_item_has_no_row_there(store: Connection) -> None:
    gift, paid = item(0, discountPrice=58.0, freightPrice=0), item(1, quantity=1, itemPrice=29.0, freightPrice=0)
    found = rows(call(store, asked(gift, paid)))
    values = [tax["value"] for row in found for tax in row["taxes"]]
    assert all(value > 0 for value in values)
    assert sum(values) == Quote.objects.get().charges


@pytest.mark.parametrize(
    ("unit", "multiplier", "grams"), [("kg", 0.5, "500"), ("G", 250, "250"), ("lb", 1, "454"), ("un", 6, "180")]
)
def test_what_is_sold_by_weight_weighs_what_was_sold(
    store: Connection, unit: str, multiplier: float, grams: str
) -> None:
    call(store, asked(item(quantity=3, itemPrice=45.0, measurementUnit=unit, unitMultiplier=multiplier)))
    (line,) = json.loads(Quote.objects.get().request_text)["request"]["lines"]
    assert (line["quantity"], Decimal(line["unit_price"]), line["unit_weight_g"]) == (3, Decimal(15), grams)


@pytest.mark.parametrize("multiplier", [0, -1, 1e300])
def test_a_multiplier_that_is_none_is_refused_by_name(store: Connection, multiplier: float) -> None:
    answer = call(store, asked(item(unitMultiplier=multiplier)))
    assert answer.status_code == 400
    assert "$.items[0].unitMultiplier" in answer.json()["message"]


def test_free_freight_is_taxed_on_the_goods_alone(store: Connection) -> None:
    # 19 % of 58.00 = 11.02
    (row,) = rows(call(store, asked(item(freightPrice=0))))
    assert [tax["value"] for tax in row["taxes"]] == [Decimal("3.00"), Decimal("11.02")]
