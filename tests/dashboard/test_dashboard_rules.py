"""Price rules on their page and in the simulator."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shipsmart.merchants.models import AuditEntry, Hub, Merchant
from shipsmart.rating.models import CarrierAccount, TableRate
from shipsmart.rating.rule_models import PriceRule


def url(name: str, *args: Any) -> str:
    return reverse(f"dashboard:settings_{name}", args=args)


def typed(**values: Any) -> dict[str, Any]:
    return {"name": "free over 50", "effect": "free", "goods_from": "50", "currency": "eur", "active": "on", **values}


def version(shop: Any) -> int:
    return Merchant.objects.get(pk=shop.merchant.pk).settings_version


@pytest.fixture
def priced(shop: Any) -> Any:
    """A shop without live carriers: its price list offers two services to Germany."""
    CarrierAccount.objects.filter(merchant=shop.merchant).delete()
    for service, price in (("P", "31.45"), ("H", "22.10")):
        TableRate.objects.create(
            merchant=shop.merchant, service=service, service_name=f"Service {service}", max_weight_g=30_000,
            price=Decimal(price), currency="EUR",
        )  # fmt: skip
    shop.merchant.touch()
    return shop


def test_a_rule_is_added_and_every_process_is_told(shop: Any, owner: Client) -> None:
    before = version(shop)
    assert owner.post(url("rule_new"), typed(countries="de, fr", services="ups")).status_code == 302
    row = PriceRule.objects.get()
    assert (row.merchant, row.position, row.goods_from, row.currency) == (shop.merchant, 1, Decimal(50), "EUR")
    assert (row.countries, row.services) == (["DE", "FR"], ["ups"])
    assert version(shop) > before
    assert AuditEntry.objects.filter(action="rules.added", target="free over 50").exists()


def test_a_percentage_is_typed_as_people_say_it(shop: Any, owner: Client) -> None:
    owner.post(url("rule_new"), typed(effect="percent", value="7.5", goods_from=""))
    row = PriceRule.objects.get()
    assert row.value == Decimal("0.0750")
    assert 'value="7.5"' in owner.get(url("rule", row.pk)).content.decode()
    assert "7.5 %" in owner.get(url("rules")).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"effect": "rename"},
        {"effect": "percent", "value": "-101", "goods_from": ""},
        {"effect": "price", "value": "-1"},
        {"effect": "price", "value": ""},
        {"effect": "add", "value": "", "currency": "EUR"},
        {"currency": ""},
        {"goods_below": "50"},
        {"currency": "EURO"},
        {"countries": "XX"},
    ],
)
def test_a_rule_that_cannot_be_meant_is_sent_back(shop: Any, owner: Client, wrong: dict[str, str]) -> None:
    assert owner.post(url("rule_new"), typed(**wrong)).status_code == 422
    assert not PriceRule.objects.exists()


def test_rules_change_places(shop: Any, owner: Client) -> None:
    for name in ("one", "two"):
        owner.post(url("rule_new"), typed(name=name))
    last = PriceRule.objects.get(name="two")
    before = version(shop)
    assert owner.post(url("rule_move", last.pk, "up")).status_code == 302
    assert [row.name for row in PriceRule.objects.all()] == ["two", "one"]
    assert version(shop) > before


def test_members_read_and_try_but_change_nothing(shop: Any, teammate: Client, owner: Client) -> None:
    owner.post(url("rule_new"), typed())
    row = PriceRule.objects.get()
    assert "free over 50" in teammate.get(url("rules")).content.decode()
    assert teammate.get(url("simulator")).status_code == 200
    for path in (url("rule_new"), url("rule", row.pk), url("rule_move", row.pk, "up"), url("rule_remove", row.pk)):
        assert teammate.post(path, typed(name="other")).status_code == 403
    assert PriceRule.objects.get().name == "free over 50"


def test_a_stranger_finds_no_rule_of_ours(shop: Any, owner: Client, stranger: Client) -> None:
    owner.post(url("rule_new"), typed())
    row = PriceRule.objects.get()
    assert "free over 50" not in stranger.get(url("rules")).content.decode()
    for path in (url("rule", row.pk), url("rule_move", row.pk, "up"), url("rule_remove", row.pk)):
        assert stranger.post(path, typed()).status_code == 404
    assert PriceRule.objects.filter(pk=row.pk).exists()


def test_the_simulator_shows_each_rule_and_the_prices_before_and_after(priced: Any, owner: Client) -> None:
    owner.post(url("rule_new"), typed(name="free over 30", goods_from="30", services="table:H", last="on"))
    owner.post(url("rule_new"), typed(name="handling", effect="percent", value="10", goods_from=""))
    owner.post(url("rule_new"), typed(name="not to France", effect="hide", countries="FR", goods_from=""))
    cart = {"country": "DE", "postcode": "10969", "goods": f"{priced.variant.sku} 2"}
    found = owner.get(url("simulator"), cart).context["founds"][0]
    assert [(row.before.price, row.after.price) for row in found.rows] == [
        (Decimal("22.10"), Decimal("0.00")),
        (Decimal("31.45"), Decimal("34.60")),
    ]
    told = [[(met.fired, met.reached, met.why) for met in row.met] for row in found.rows]
    assert told[0] == [
        (True, True, "22.10 → 0.00 EUR"),
        (False, False, "“free over 30” was the last"),
        (False, False, "“free over 30” was the last"),
    ]
    assert told[1] == [
        (False, True, "table:P is not one of table:H"),
        (True, True, "31.45 → 34.60 EUR"),
        (False, True, "DE is not one of FR"),
    ]
    assert [box.parcel.weight_g for box in found.boxes] == [360]


def test_the_simulator_hides_what_a_rule_hides_and_writes_nothing(priced: Any, owner: Client) -> None:
    owner.post(url("rule_new"), typed(name="not to Germany", effect="hide", countries="DE", goods_from=""))
    entries = AuditEntry.objects.count()
    page = owner.get(url("simulator"), {"country": "de", "goods": f"{priced.variant.sku} x 2"})
    assert [row.after for row in page.context["founds"][0].rows] == [None, None]
    assert "Not shown" in page.content.decode()
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("wrong", [{"goods": "NO-SUCH 1"}, {"country": "XX"}, {"goods": ""}])
def test_a_cart_that_cannot_be_is_sent_back(priced: Any, owner: Client, wrong: dict[str, str]) -> None:
    cart = {"country": "DE", "goods": f"{priced.variant.sku} 1", **wrong}
    assert owner.get(url("simulator"), cart).status_code == 422


def test_tags_may_hold_blanks_and_are_tried_on_what_the_cart_holds(priced: Any, owner: Client) -> None:
    owner.post(url("rule_new"), typed(effect="hide", goods_from="", tags="very fragile, glass", services="table:P"))
    row = PriceRule.objects.get()
    assert row.tags == ["very fragile", "glass"]
    assert 'value="very fragile, glass"' in owner.get(url("rule", row.pk)).content.decode()
    assert "very fragile, glass" in owner.get(url("rules")).content.decode()


def test_the_simulator_shows_each_place_that_goods_leave_from(priced: Any, owner: Client) -> None:
    place = {"address1": "Damrak 1", "city": "Amsterdam", "postcode": "1012 LG", "country": "NL"}
    tags = {"tags": "EU stock, summer sale"}
    assert owner.post(url("row_new", "hubs"), {"name": "Amsterdam", **place, **tags}).status_code == 302
    hub = Hub.objects.get()
    assert (hub.merchant, hub.tags) == (priced.merchant, ["EU stock", "summer sale"])
    priced.variant.product.tags = ["eu stock"]
    priced.variant.product.save()
    page = owner.get(url("simulator"), {"country": "DE", "postcode": "80331", "goods": f"{priced.variant.sku} x 2"})
    assert [found.priced_to for found in page.context["founds"]] == ["80331 Berlin, Germany"]
    assert [found.place for found in page.context["founds"]] == ["1012 LG Amsterdam, Netherlands"]
    assert "From 1012 LG Amsterdam, Netherlands" in page.content.decode()


def test_a_hub_is_told_once_and_its_country_checked(shop: Any, owner: Client) -> None:
    place = {"name": "A", "address1": "Damrak 1", "city": "Amsterdam", "postcode": "1012 LG", "country": "NL"}
    assert owner.post(url("row_new", "hubs"), place).status_code == 302
    again = owner.post(url("row_new", "hubs"), place)
    assert again.status_code == 422
    assert "There is a row for this already" in again.content.decode()
    assert owner.post(url("row_new", "hubs"), {**place, "country": "Holland"}).status_code == 422
    assert owner.post(url("row_remove", "hubs", Hub.objects.get().pk)).status_code == 302
    assert not Hub.objects.exists()
