"""The catalogue between a store and us: import with progress, codes written back after approval."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shipsmart.catalog.models import Classification, Variant
from shipsmart.catalog.operations import decide_code
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection


def url(name: str, *args: Any) -> str:
    return reverse(f"dashboard:{name}", args=args)


@pytest.fixture
def goods(shop: Any) -> list[Variant]:
    """Two variants of the store, one with a code decided by a person, one by the machine."""
    rows = [shop.variant, shop.gap]
    for row in rows:
        row.product.connection = shop.connection
        row.product.save()
    Classification.objects.filter(variant=rows[0]).delete()
    decide_code(rows[0], code="330741", actor="anna")
    Classification.objects.create(variant=rows[1], code="340111", source=Classification.Source.MACHINE)
    return rows


def _state(connection: Connection, **state: Any) -> None:
    Connection.objects.filter(pk=connection.pk).update(settings={"bulk_import": state})


def test_products_lead_to_the_stores(shop: Any, teammate: Client) -> None:
    assert url("products_store") in teammate.get(url("products")).content.decode()
    page = teammate.get(url("products_store")).content.decode()
    assert shop.connection.account in page
    assert "Import all products" in page


def test_import_is_started_watched_and_cancelled(shop: Any, teammate: Client) -> None:
    connection = shop.connection
    answer = teammate.post(url("products_store_import", connection.pk, "start"), follow=True)
    assert "goes on in the background" in answer.content.decode()
    assert OutboundMessage.objects.filter(key=f"shopify.bulk_import:{connection.pk}").count() == 1
    _state(connection, state="reading", done=1200, total=5000)
    moving = teammate.get(url("products_store_progress", connection.pk)).content.decode()
    assert 'value="1200" max="5000"' in moving
    assert "1,200 of 5,000 products are here." in moving
    teammate.post(url("products_store_import", connection.pk, "cancel"))
    connection.refresh_from_db()
    assert connection.settings["bulk_import"]["cancel"] is True
    actions = AuditEntry.objects.filter(merchant=shop.merchant).values_list("action", "actor")
    assert ("store.import_started", "teammate@example.com") in actions


@pytest.mark.parametrize(("state", "words"), [("failed", "Go on with the import"), ("done", "Import all products")])
def test_ended_import_can_be_begun_again_and_moves_no_more(shop: Any, owner: Client, state: str, words: str) -> None:
    _state(shop.connection, state=state, done=3, total=5, reason="the store ended the import: TIMEOUT")
    page = owner.get(url("products_store")).content.decode()
    assert words in page
    assert "TIMEOUT" in page
    assert "every 2s" not in page


def test_only_what_a_person_decided_can_be_approved(shop: Any, owner: Client, goods: list[Variant]) -> None:
    page = owner.get(url("products_store_codes", shop.connection.pk)).content.decode()
    assert "330741" in page
    assert "340111" not in page
    answer = owner.post(
        url("products_store_approve", shop.connection.pk), {"variant": [row.pk for row in goods]}, follow=True
    )
    assert "The codes of 1 product are being written to Shopify." in answer.content.decode()
    message = OutboundMessage.objects.get(kind="shopify.write_codes")
    assert message.payload["values"]["harmonizedSystemCode"] == "330741"


def test_the_page_tells_what_became_of_a_code(shop: Any, owner: Client, goods: list[Variant]) -> None:
    page = url("products_store_codes", shop.connection.pk)
    owner.post(url("products_store_approve", shop.connection.pk), {"variant": goods[0].pk})
    for state, word in (("new", "On its way"), ("done", "Written"), ("dead", "Refused")):
        OutboundMessage.objects.filter(kind="shopify.write_codes").update(state=state)
        assert word in owner.get(page).content.decode()
    decide_code(goods[0], code="330749", actor="anna")
    assert "Refused" not in owner.get(page).content.decode()


def test_all_are_approved_in_one_go(shop: Any, owner: Client, goods: list[Variant]) -> None:
    owner.post(url("products_store_approve", shop.connection.pk), {"all": "1"})
    assert OutboundMessage.objects.filter(kind="shopify.write_codes").count() == 1


@pytest.mark.parametrize("ticked", [[], ["x"], ["9" * 30], ["999999"]])
def test_nothing_ticked_writes_nothing(shop: Any, owner: Client, goods: list[Variant], ticked: list[str]) -> None:
    answer = owner.post(url("products_store_approve", shop.connection.pk), {"variant": ticked}, follow=True)
    assert "Tick at least one product first." in answer.content.decode()
    assert not OutboundMessage.objects.filter(kind="shopify.write_codes").exists()


def test_another_shops_store_is_not_there(shop: Any, stranger: Client, goods: list[Variant]) -> None:
    pk, owed = shop.connection.pk, OutboundMessage.objects.count()
    assert stranger.get(url("products_store_codes", pk)).status_code == 404
    assert stranger.get(url("products_store_progress", pk)).status_code == 404
    assert stranger.post(url("products_store_import", pk, "start")).status_code == 404
    assert stranger.post(url("products_store_approve", pk), {"all": "1"}).status_code == 404
    assert OutboundMessage.objects.count() == owed


def test_store_that_was_uninstalled_offers_nothing(shop: Any, owner: Client) -> None:
    Connection.objects.filter(pk=shop.connection.pk).update(status=Connection.Status.UNINSTALLED)
    assert "Connect a store first." in owner.get(url("products_store")).content.decode()
