"""A whole catalogue by bulk operation, against the practice Shopify over real HTTP."""

import pytest

from integrations.storefronts.shopify import bulk
from shipsmart.catalog.models import Product, Variant
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import provider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    monkeypatch.setattr(bulk, "LOOK_AGAIN_S", 0)
    monkeypatch.setattr(bulk, "BUSY_S", 0)
    monkeypatch.setattr(bulk, "PIECE_BYTES", 4096)


@pytest.fixture
def imports():
    return provider("shopify", "catalogue_import")


def state():
    return Connection.objects.get().settings["bulk_import"]


def test_catalogue_comes_in_pieces_with_its_customs_data(connected, imports, work_until):
    assert imports.progress(connected).state == "none"
    assert imports.start(connected, actor="owner").under_way
    seen = []
    work_until(lambda: seen.append(imports.progress(connected)) or seen[-1].state == "done")
    assert (seen[-1].done, seen[-1].total) == (Variant.objects.count(), Variant.objects.count())
    assert Product.objects.count() == 20
    variant = Variant.objects.get(sku="NL-TEE-M")
    assert (variant.hs_code, variant.origin, variant.weight_g) == ("610910", "PT", 195)
    assert {row.state for row in seen} >= {"asked", "running", "reading", "done"}
    assert len({row.done for row in seen} - {0, seen[-1].total}) > 0  # it could be watched on its way


def test_start_while_under_way_begins_nothing_new(connected, imports):
    imports.start(connected, actor="owner")
    imports.start(connected, actor="owner")
    assert OutboundMessage.objects.filter(kind="shopify.bulk_import").count() == 1
    assert AuditEntry.objects.filter(action="store.import_started").count() == 1


def test_cancelled_reading_goes_on_where_it_stopped(connected, imports, work_until):
    imports.start(connected, actor="owner")
    work_until(lambda: imports.progress(connected).done > 0)
    imports.cancel(connected, actor="owner")
    work_until(lambda: imports.progress(connected).state == "cancelled")
    stopped = imports.progress(connected)
    operation = state()["operation"]
    assert 0 < stopped.done < stopped.total
    assert imports.start(connected, actor="owner").state == "reading"
    work_until(lambda: imports.progress(connected).state == "done")
    assert state()["operation"] == operation
    assert imports.progress(connected).done == Variant.objects.count()


def test_cancel_ends_the_stores_own_operation_too(connected, imports, work_until):
    imports.start(connected, actor="owner")
    work_until(lambda: imports.progress(connected).state == "running")
    imports.cancel(connected, actor="owner")
    work_until(lambda: imports.progress(connected).state == "cancelled")
    assert not Variant.objects.exists()
    assert imports.start(connected, actor="owner").state == "asked"  # nothing was read: it begins afresh
    work_until(lambda: imports.progress(connected).state == "done")


def test_broken_line_repeats_one_piece_and_loses_nothing(connected, practice, imports, work_until):
    imports.start(connected, actor="owner")
    work_until(lambda: imports.progress(connected).done > 0)
    practice.faults(graphql="http_503", count=3)
    OutboundMessage.objects.update(due=connected.installed_at)
    with pytest.raises(Exception, match="503"):
        bulk.work(OutboundMessage.objects.get(kind="shopify.bulk_import"))
    practice.faults(clear=True)
    OutboundMessage.objects.update(state="new", due=connected.installed_at, attempts=0)
    work_until(lambda: imports.progress(connected).state == "done")
    assert imports.progress(connected).done == Variant.objects.count()


def test_import_ends_quietly_when_the_shop_is_gone(connected, imports):
    imports.start(connected, actor="owner")
    Connection.objects.update(status=Connection.Status.UNINSTALLED)
    assert bulk.work(OutboundMessage.objects.get(kind="shopify.bulk_import")) is None
