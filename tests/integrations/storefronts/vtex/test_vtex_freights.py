"""The price list as a rate table: the difference is shown, sent, and undone."""

from decimal import Decimal

import pytest
from django.test import Client

from integrations.storefronts.vtex import freights
from shipsmart.merchants.models import Connection, Merchant
from shipsmart.rating.models import TableRate
from tests.integrations.storefronts.vtex.conftest import Practice, logged_in

POLICY = {"carrier_id": "express-1", "service": "express"}


@pytest.fixture(autouse=True)
def _steps(merchant: Merchant) -> None:
    TableRate.objects.all().delete()
    for grams, price in ((500, "19.00"), (2000, "29.50")):
        TableRate.objects.create(
            merchant=merchant, service="express", service_name="Express", max_weight_g=grams, price=Decimal(price),
            currency="EUR", days_to=6,
        )  # fmt: skip


def table(practice: Practice) -> list[tuple[str, int, int, str]]:
    rows = practice.state()["freights"].get("express-1", [])
    return sorted((r["country"], r["weightStart"], r["weightEnd"], r["absoluteMoneyCost"]) for r in rows)


GERMANY = [("DEU", 1, 500, "19.00"), ("DEU", 501, 2000, "29.50")]


def test_a_table_is_uploaded_once_then_only_its_changes(connected: Connection, practice: Practice) -> None:
    first = freights.plan(connected, **POLICY, countries=["DE"])
    assert table(practice) == []
    freights.upload(connected, first, actor="owner")
    assert table(practice) == GERMANY
    assert freights.plan(connected, **POLICY, countries=["DE"]).rows == []
    TableRate.objects.filter(max_weight_g=500).update(price=Decimal("20.00"))
    second = freights.plan(connected, **POLICY, countries=["DE", "FR"])
    assert (len(second.inserts), len(second.updates), len(second.deletes)) == (2, 1, 0)
    third = freights.plan(connected, **POLICY, countries=["FR"])
    assert (len(third.inserts), len(third.updates), len(third.deletes)) == (2, 0, 2)


def test_undoing_brings_back_what_stood_there_others_rows_included(connected: Connection, practice: Practice) -> None:
    theirs = {**freights.wanted(connected, service="express", countries=["DE"])[0], "absoluteMoneyCost": "7.00"}
    other = {**theirs, "country": "BRA"}
    path = "/api/logistics/pvt/configuration/freights/express-1/values/update"
    practice.post(path, [{**theirs, "operationType": 1}, {**other, "operationType": 1}])
    before = table(practice)
    freights.upload(connected, freights.plan(connected, **POLICY, countries=["DE"]), actor="owner")
    assert table(practice) == sorted([*GERMANY, ("BRA", 1, 500, "7.00")])
    assert freights.undo(connected, carrier_id="express-1", actor="owner") == 2
    assert table(practice) == before
    with pytest.raises(freights.CannotExport):
        freights.undo(connected, carrier_id="express-1", actor="owner")


def test_what_cannot_be_exported_says_why(connected: Connection) -> None:
    for countries, service, word in (
        (["XX"], "express", "no country"),
        (["DE"], "sea", "no row"),
        ([], "express", "no row"),
    ):
        with pytest.raises(freights.CannotExport, match=word):
            freights.wanted(connected, service=service, countries=countries)


def test_the_page_shows_uploads_and_undoes(connected: Connection, practice: Practice) -> None:
    owner = logged_in(connected.merchant, "owner")
    page, given = f"/connect/vtex/store/{connected.pk}/freight/", POLICY | {"countries": "de, fr"}
    shown = owner.get(page, given).content.decode()
    assert shown.count("<td>new</td>") == 4
    assert table(practice) == []
    owner.post(page, given | {"action": "upload"})
    assert len(table(practice)) == 4
    assert "Undo the last upload" in owner.get(page, given).content.decode()
    owner.post(page, given | {"action": "undo"})
    assert table(practice) == []
    assert owner.get(page, given | {"countries": "Germany"}).status_code == 422
    assert Client().get(page).status_code == 302
