"""The store fills what is empty; what a person decided stays."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from shipsmart.catalog.models import Classification, Variant
from shipsmart.catalog.operations import decide_code, import_variants
from shipsmart.merchants.models import AuditEntry, Connection, Merchant
from shipsmart.ports import StoreVariant

pytestmark = pytest.mark.django_db
SHIRT = StoreVariant(
    external_id="1",
    product_id="p1",
    product_title="Shirt",
    title="M",
    sku="S-M",
    price=Decimal("31.00"),
    currency="EUR",
    weight_g=200,
    hs_code="610990",
    origin="TR",
)


def test_prices_follow_the_store(connection: Connection) -> None:
    import_variants(connection, [SHIRT])
    assert Variant.objects.get(external_id="1").price == Decimal("31.00")


def test_origin_and_weight_that_are_known_stay(connection: Connection) -> None:
    import_variants(connection, [SHIRT])
    variant = Variant.objects.get(external_id="1")
    assert (variant.origin, variant.weight_g) == ("PT", 180)


def test_the_stores_code_follows_the_store_until_a_person_decides(connection: Connection) -> None:
    import_variants(connection, [SHIRT])
    variant = Variant.objects.get(external_id="1")
    assert variant.hs_code == "610990"
    decide_code(variant, code="610910", actor="anna")
    import_variants(connection, [SHIRT])
    assert Variant.objects.get(external_id="1").hs_code == "610910"
    assert AuditEntry.objects.get(action="classify").data["code"] == "610910"


@pytest.mark.parametrize(("code", "origin"), [("6109.10", "Portugal"), ("12", "PRT"), ("", "")])
def test_what_is_no_code_and_no_country_is_left_empty(connection: Connection, code: str, origin: str) -> None:
    import_variants(connection, [replace(SHIRT, external_id="9", product_id="p9", hs_code=code, origin=origin)])
    variant = Variant.objects.get(external_id="9")
    assert (variant.hs_code, variant.origin) == ("", "")


@pytest.mark.parametrize(("code", "kept"), [("620193", "620140"), ("851712", ""), ("610910", "610910")])
def test_a_code_of_an_older_edition_is_taken_as_what_it_became(connection: Connection, code: str, kept: str) -> None:
    import_variants(connection, [replace(SHIRT, external_id="9", product_id="p9", hs_code=code)])
    assert Variant.objects.get(external_id="9").hs_code == kept


def test_a_malformed_code_is_refused_with_the_remedy(connection: Connection) -> None:
    with pytest.raises(ValidationError, match="6 digits"):
        decide_code(Variant.objects.get(external_id="1"), code="61.09", actor="anna")


def test_every_change_tells_the_quotes_to_reload(connection: Connection) -> None:
    before = Merchant.objects.get().settings_version
    decide_code(Variant.objects.get(external_id="2"), code="210690", actor="anna")
    assert Merchant.objects.get().settings_version > before


def test_what_lacks_customs_data_is_found(connection: Connection) -> None:
    lacking = Variant.objects.for_merchant(connection.merchant).lacking_customs_data()
    assert [variant.external_id for variant in lacking] == ["2"]
    Classification.objects.create(variant=lacking[0], code="210690")
    assert not lacking.all().exists()


def test_sizes_that_are_known_stay_and_tags_follow_the_store(connection: Connection) -> None:
    import_variants(connection, [replace(SHIRT, size_mm=(300, 200, 20), tags=("summer", "cotton"))])
    import_variants(connection, [replace(SHIRT, size_mm=(1, 1, 1), tags=("winter",))])
    variant = Variant.objects.get(external_id="1")
    assert (variant.size_mm, variant.product.tags) == ((300, 200, 20), ["winter"])
    import_variants(connection, [SHIRT])
    assert Variant.objects.get(external_id="1").size_mm == (300, 200, 20)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"un": "3481", "packing_instruction": "967"}, "UN and four digits"),
        ({"un": "UN3481", "packing_instruction": "967", "colour": "red"}, "nothing else"),
        ({"un": "UN3481", "packing_instruction": "967", "watt_hours": "many"}, "nothing else"),
    ],
)
def test_a_declaration_that_says_something_else_is_refused(
    connection: Connection, values: dict[str, str], why: str
) -> None:
    variant = Variant.objects.get(external_id="1")
    variant.dangerous = values
    with pytest.raises(ValidationError, match=why):
        variant.full_clean()
