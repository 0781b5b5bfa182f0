"""The price list as a rate table: the difference is shown, sent, and undone."""

from decimal import Decimal

import pytest
from django.test import Client

from integrations.storefronts.vtex import freights, zones
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
    assert "Undo the last upload" in owner.get(page).content.decode()
    owner.post(page, {"carrier_id": "express-1", "action": "undo"})
    assert table(practice) == []
    assert "Undo the last upload" not in owner.get(page).content.decode()
    again = owner.post(page, {"carrier_id": "express-1", "action": "undo"}, follow=True).content.decode()
    assert "there is no upload to undo" in again
    assert owner.get(page, given | {"countries": "Germany"}).status_code == 422
    assert Client().get(page).status_code == 302


def test_zones_cost_more_and_every_postcode_stands_in_one_range(connected: Connection, practice: Practice) -> None:
    alaska = zones.read("us 99501 99950 12.00 4")
    plan = freights.plan(connected, **POLICY, countries=["US"], zones=alaska)
    freights.upload(connected, plan, actor="owner")
    light = [row for row in practice.state()["freights"]["express-1"] if row["weightEnd"] == 500]
    assert sorted((r["zipCodeStart"], r["zipCodeEnd"], r["absoluteMoneyCost"], r["timeCost"]) for r in light) == [
        ("0", "99500", "19.00", "6.00:00:00"),
        ("99501", "99950", "31.00", "10.00:00:00"),
        ("99951", "ZZZZZZZZZZ", "19.00", "6.00:00:00"),
    ]
    assert freights.plan(connected, **POLICY, countries=["US"], zones=alaska).rows == []
    whole = freights.plan(connected, **POLICY, countries=["US"])
    assert (len(whole.inserts), len(whole.updates), len(whole.deletes)) == (2, 0, 6)
    freights.upload(connected, whole, actor="owner")
    freights.undo(connected, carrier_id="express-1", actor="owner")
    assert len(table(practice)) == 6


@pytest.mark.parametrize(
    ("postcode", "step", "found"),
    [("10000", -1, "09999"), ("99999", 1, None), ("00000", -1, None), ("K9Z9Z9", 1, "L0A0A0"), ("A0A0A0", -1, None)],
)
def test_the_neighbour_of_a_postcode_has_its_pattern(postcode: str, step: int, found: str | None) -> None:
    assert zones.neighbour(postcode, step) == found


def test_neighbouring_zones_leave_no_gap_and_a_zone_may_reach_the_end() -> None:
    found = zones.cover("US", zones.read("US 10000 19999 1\nUS 20000 29999 2\nUS 90000 99999 3\nCA A0A0A0 A9Z9Z9 4"))
    assert [(zone.first, zone.last) for zone in found] == [
        ("0", "09999"), ("10000", "19999"), ("20000", "29999"), ("30000", "89999"), ("90000", "99999"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["US 99501 99950", "USA 99501 99950 1", "US 99950 99501 1", "US 99501 9950 1", "US 99501 99950 much",
     "US 99501 99950 -1", "US 99501 99950 NaN", "US 99501 99950 1 soon", "US 1000 2000 1\nUS 2000 3000 1"],
)  # fmt: skip
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(zones.BadZone):
        zones.read(text)


def test_a_zone_of_a_country_that_is_not_uploaded_is_told(connected: Connection) -> None:
    with pytest.raises(freights.CannotExport, match="US"):
        freights.wanted(connected, service="express", countries=["DE"], zones=zones.read("US 1000 2000 1"))
    owner, page = logged_in(connected.merchant, "owner"), f"/connect/vtex/store/{connected.pk}/freight/"
    given = POLICY | {"countries": "us", "zones": "US 99501 99950 12.00"}
    assert owner.get(page, given).content.decode().count("99501–99950") == 2
    assert owner.get(page, given | {"zones": "Alaska"}).status_code == 422
