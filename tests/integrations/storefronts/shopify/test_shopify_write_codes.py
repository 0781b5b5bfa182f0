"""Codes go back to the shop only when a person approved them, and only where the shop has something else."""

from dataclasses import replace

import pytest

from integrations.storefronts.shopify import write_codes
from integrations.storefronts.shopify.adapter import adapter
from integrations.storefronts.shopify.client import graphql
from integrations.storefronts.shopify.shop import gid
from shipsmart.catalog.models import Classification, Variant
from shipsmart.catalog.operations import decide_code, import_variants
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Merchant

pytestmark = pytest.mark.django_db(transaction=True)


def in_the_shop(connection, variant):
    variables = {"id": gid("ProductVariant", variant.external_id)}
    return graphql(connection, "variant_item", variables)["productVariant"]["inventoryItem"]


@pytest.fixture
def tea(connected):
    """A product that the shop has no code for, as the practice shop begins."""
    found = next(v for v in adapter.products(connected) if "tea" in v.product_title.lower())
    import_variants(connected, [replace(found, hs_code="")])
    return Variant.objects.get()


def test_approved_code_reaches_the_shop_once(connected, tea, work_until):
    decide_code(tea, code="121190", actor="Ana")
    decide_code(tea, code="1211908699", actor="Ana", country="DE")
    assert write_codes.told(connected, [tea]) == {}
    assert write_codes.approve(connected, [tea], actor="Ana") == 1
    assert write_codes.told(connected, [tea]) == {tea.pk: "new"}
    message = OutboundMessage.objects.get(kind=write_codes.KIND)
    work_until(lambda: not OutboundMessage.objects.filter(kind=write_codes.KIND).exclude(state="done").exists())
    item = in_the_shop(connected, tea)
    assert item["harmonizedSystemCode"] == "121190"
    assert item["countryHarmonizedSystemCodes"]["nodes"] == [
        {"countryCode": "DE", "harmonizedSystemCode": "1211908699"}
    ]
    note = AuditEntry.objects.get(action="store.codes_written")
    assert note.actor == "Ana"
    assert write_codes.told(connected, [tea]) == {tea.pk: "done"}
    write_codes.write(message)()  # a worker that died after the call does it again
    assert AuditEntry.objects.filter(action="store.codes_written").count() == 1


def test_code_that_no_person_decided_is_not_written(connected, tea):
    Classification.objects.create(variant=tea, code="121190", source=Classification.Source.MACHINE)
    assert write_codes.approve(connected, [tea], actor="Ana") == 0
    assert not OutboundMessage.objects.filter(kind=write_codes.KIND).exists()


def test_another_merchants_variants_are_left_out(connected, tea):
    decide_code(tea, code="121190", actor="Ana")
    tea.merchant = Merchant.objects.create(name="Other")
    tea.save()
    assert write_codes.approve(connected, [tea], actor="Ana") == 0


def test_other_countries_codes_stay():
    item = {
        "harmonizedSystemCode": "610910",
        "countryCodeOfOrigin": "PT",
        "countryHarmonizedSystemCodes": {"nodes": [{"countryCode": "US", "harmonizedSystemCode": "6109100012"}]},
    }
    assert write_codes.differences(item, {"harmonizedSystemCode": "610910", "countryCodeOfOrigin": "PT"}) == {}
    german = [{"countryCode": "DE", "harmonizedSystemCode": "6109100010"}]
    assert write_codes.differences(item, {"countryHarmonizedSystemCodes": german}) == {
        "countryHarmonizedSystemCodes": [*german, {"countryCode": "US", "harmonizedSystemCode": "6109100012"}]
    }
