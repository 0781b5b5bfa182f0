"""SKUs as VTEX tells them, and their import in pieces."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from integrations.storefronts.vtex import catalogue, fields
from integrations.storefronts.vtex.sku_mapping import hs_code, origin, size_mm, store_variant, weight_g
from shipsmart.catalog.models import Variant
from shipsmart.merchants.models import Connection
from tests.integrations.storefronts.vtex.conftest import Practice


def sku(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"Id": 7, "ProductId": 3, "ProductName": "Coffee", "SkuName": "Coffee, 500 g",
                           "Dimension": {"weight": 250}, "MeasurementUnit": "un", "UnitMultiplier": 1.0}  # fmt: skip
    return row | changes


def specification(name: str, value: str) -> dict[str, Any]:
    return {"FieldName": name, "FieldValues": [value]}


@pytest.mark.parametrize(
    ("changes", "unit", "grams"),
    [
        ({}, "g", 250),
        ({"Dimension": {"weight": 0.25}}, "kg", 250),
        ({"UnitMultiplier": 3.0}, "g", 750),
        ({"MeasurementUnit": "kg", "UnitMultiplier": 0.5}, "g", 500),
        ({"MeasurementUnit": "lb", "UnitMultiplier": 2}, "g", 907),
        ({"Dimension": None}, "g", 0),
    ],
)
def test_weight_is_of_one_unit_sold_in_the_stores_unit(changes: dict[str, Any], unit: str, grams: int) -> None:
    assert weight_g(sku(**changes), unit=unit) == grams


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({"Dimension": {"length": 30, "width": 20.05, "height": 1}}, (300, 201, 10)),
        ({"Dimension": {"length": 30, "width": 20, "height": 0}}, None),
        ({"Dimension": {"length": 30, "width": 20, "height": 1}, "MeasurementUnit": "kg"}, None),
        ({"Dimension": None}, None),
    ],
)
def test_size_is_of_one_unit_in_millimetres_or_not_known(changes: dict[str, Any], size: Any) -> None:
    assert size_mm(sku(**changes)) == size


@pytest.mark.parametrize(
    ("text", "code"),
    [("0901.21.00", "09012100"), ("610910", "610910"), ("61 09 10", "610910"), ("coffee", ""), ("61", "")],
)
def test_codes_are_digits_or_nothing(text: str, code: str) -> None:
    assert hs_code(text) == code


@pytest.mark.parametrize(
    ("text", "country"), [("BR", "BR"), ("BRA", "BR"), ("brazil", "BR"), ("Atlantis", ""), ("", "")]
)
def test_an_origin_is_a_country_or_nothing(text: str, country: str) -> None:
    assert origin(text) == country


def test_codes_come_from_specifications_under_usual_or_chosen_names() -> None:
    row = sku(ProductSpecifications=[specification("NCM", "0901.21.00"), specification("Roasted in", "Portugal")])
    usual = store_variant(row, price=Decimal(3), currency="EUR", fields={})
    assert (usual.hs_code, usual.origin) == ("09012100", "")
    chosen = store_variant(row, price=Decimal(3), currency="EUR", fields={"origin": "roasted in"})
    assert (chosen.hs_code, chosen.origin) == ("09012100", "PT")


def test_an_import_goes_piece_by_piece_and_counts(
    connected: Connection, practice: Practice, drained: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PIECE", 4)
    assert catalogue.progress(connected).state == "done"  # set-up has begun and ended one
    coffee = Variant.objects.get(external_id="105")
    assert (coffee.weight_g, coffee.price, coffee.hs_code, coffee.origin) == (500, Decimal("15.000"), "090121", "BR")
    assert Variant.objects.get(external_id="106").hs_code == ""
    assert catalogue.start(connected, actor="owner").state == "asked"
    drained()
    done = catalogue.progress(connected)
    assert (done.state, done.done, done.total) == ("done", 6, 6)


def test_a_cancelled_import_stops_and_can_go_on(connected: Connection, drained: Callable[[], None]) -> None:
    catalogue.start(connected, actor="owner")
    assert catalogue.cancel(connected, actor="owner").state == "cancelled"
    drained()
    assert catalogue.progress(connected).done == 0
    catalogue.start(connected, actor="owner")
    drained()
    assert catalogue.progress(connected).state == "done"


def test_specifications_are_suggested_by_name_and_by_what_they_hold() -> None:
    skus = [
        sku(ProductSpecifications=[specification("Size", "42"), specification("Tariff number", "0901.21.00"),
                                   specification("Made at", "Portugal"), specification("NCM", "")])
    ]  # fmt: skip
    rows = fields.found(skus)
    assert {row.name: row.holds for row in rows} == {
        "Tariff number": "hs", "Made at": "origin", "Size": "", "NCM": ""
    }  # fmt: skip
    assert fields.suggested(rows) == {"hs": "Tariff number", "origin": "Made at"}
    (read,) = fields.read(skus, {"hs": "Tariff number", "origin": "Made at", "weight_unit": "kg"})
    assert (read.hs_code, read.origin, read.weight_g) == ("09012100", "PT", 250_000)
    usual = [sku(ProductSpecifications=[specification("HS Code", "610910"), specification("Code", "847130")])]
    assert fields.suggested(fields.found(usual))["hs"] == "HS Code"


def test_the_page_previews_and_keeps_the_names_then_reads_again(
    connected: Connection, owner: Client, stranger: Client, drained: Callable[[], None]
) -> None:
    path = f"/connect/vtex/store/{connected.pk}/fields/"
    assert stranger.get(path).status_code == 404
    shown = owner.get(path).content.decode()
    assert "610910" in shown and "Country of origin" in shown
    # Nothing is kept by looking; a name of another specification shows what it would give: nothing.
    wrong = owner.post(
        path, {"hs": "Country of origin", "origin": "", "weight_unit": "kg", "action": "preview"}
    ).content.decode()
    assert "610910" not in wrong.split("Specifications of the store")[0] and "180000 g" in wrong
    assert owner.post(path, {"hs": "No such name", "weight_unit": "g"}).status_code == 422
    connected.refresh_from_db()
    assert "fields" not in connected.settings
    owner.post(path, {"hs": "HS Code", "origin": "Country of origin", "weight_unit": "g"})
    drained()
    connected.refresh_from_db()
    assert connected.settings["fields"] == {"hs": "HS Code", "origin": "Country of origin", "weight_unit": "g"}
    assert Variant.objects.get(external_id="103").hs_code == "611011"
