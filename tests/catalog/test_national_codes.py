"""National digits are stored where they are certain, asked for where not, and never against a person's word."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from shipsmart.catalog.models import Classification, Product, ProductFact, Variant
from shipsmart.catalog.national_codes import destinations, outcome_for
from shipsmart.catalog.operations import answer_question, decide_code
from shipsmart.catalog.readiness import lacking, readiness
from shipsmart.merchants.models import AuditEntry, Market, Merchant

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(db: None) -> Merchant:
    made = Merchant.objects.create(name="Nord", country="PT", currency="EUR")
    for country in ("US", "DE", "FR", "BR"):
        Market.objects.create(merchant=made, country=country)
    return made


@pytest.fixture
def sell(merchant: Merchant) -> Callable[..., Variant]:
    def make(title: str, **values: object) -> Variant:
        number = Variant.objects.count() + 1
        product = Product.objects.create(merchant=merchant, external_id=str(number), title=title)
        known = {"price": 10, "currency": "EUR", "origin": "PT", "weight_g": 100, **values}
        return Variant.objects.create(merchant=merchant, product=product, external_id=str(number), **known)

    return make


def national(variant: Variant) -> dict[str, str]:
    return {c.country: c.code for c in Classification.objects.filter(variant=variant).exclude(country="")}


def fresh(variant: Variant) -> Variant:
    return Variant.objects.select_related("product").prefetch_related("classifications").get(pk=variant.pk)


def test_members_of_the_union_are_one_destination(merchant: Merchant) -> None:
    assert destinations(merchant) == ["BR", "EU", "US"]


def test_a_decided_code_brings_the_national_codes_that_are_certain(sell: Callable[..., Variant]) -> None:
    shirt = sell("Cotton t-shirt for women")
    decide_code(shirt, code="610910", actor="ana")
    assert national(shirt) == {"BR": "61091000", "EU": "6109100010"}


def test_an_answer_completes_the_code_and_is_kept_with_its_author(sell: Callable[..., Variant]) -> None:
    shirt = sell("Cotton t-shirt")
    decide_code(shirt, code="610910", actor="ana")
    for _ in range(6):
        asked = outcome_for(fresh(shirt), "US").question
        if asked is None:
            break
        answer_question(shirt.product, key=asked.key, value=asked.options[-1].value, actor="ana")
    assert len(national(shirt)["US"]) == 10
    assert ProductFact.objects.get(product=shirt.product, key="wearer").actor == "ana"
    assert AuditEntry.objects.filter(action="product.answered").exists()


def test_another_hs_code_takes_the_machines_national_codes_back(sell: Callable[..., Variant]) -> None:
    shirt = sell("Cotton t-shirt")
    decide_code(shirt, code="610910", actor="ana")
    decide_code(shirt, code="490199", actor="ana")
    assert all(code.startswith("490199") for code in national(shirt).values())


def test_a_persons_national_code_stays(sell: Callable[..., Variant]) -> None:
    shirt = sell("Cotton t-shirt")
    decide_code(shirt, code="6109100090", country="EU", actor="ana")
    decide_code(shirt, code="610910", actor="ana")
    assert national(shirt)["EU"] == "6109100090"


@pytest.mark.parametrize(("key", "value"), [("", "man"), ("wearer", ""), ("x" * 61, "man")])
def test_an_answer_that_is_none_is_refused(sell: Callable[..., Variant], key: str, value: str) -> None:
    with pytest.raises(ValidationError, match="1 to 60"):
        answer_question(sell("Shirt").product, key=key, value=value, actor="ana")


def test_readiness_names_what_is_missing_and_the_filters_agree(sell: Callable[..., Variant]) -> None:
    bare = sell("Thing", origin="", weight_g=0, price=0)
    shirt = sell("Cotton t-shirt")
    decide_code(shirt, code="610910", actor="ana")
    found = {one.variant.pk: one for one in (readiness(fresh(v), "US") for v in (bare, shirt))}
    assert found[bare.pk].lacks == ("code", "origin", "weight", "value")
    assert found[shirt.pk].lacks == ("national",)
    assert found[shirt.pk].national.question is not None
    assert readiness(fresh(shirt), "PL").ready
    for lack in ("code", "origin", "weight", "value", "national", "restricted"):
        by_query = set(lacking(Variant.objects.all(), lack, "US").values_list("pk", flat=True))
        assert by_query == {pk for pk, one in found.items() if lack in one.lacks}, lack


def test_a_destination_whose_digits_we_do_not_know_asks_for_none(sell: Callable[..., Variant]) -> None:
    shirt = sell("Cotton t-shirt")
    decide_code(shirt, code="610910", actor="ana")
    assert readiness(fresh(shirt), "JP").ready
    assert not lacking(Variant.objects.all(), "national", "JP").exists()


def test_without_a_nomenclature_the_hs_code_is_enough_and_the_filter_agrees(sell: Callable[..., Variant]) -> None:
    shirt = sell("Cotton t-shirt")
    decide_code(shirt, code="610910", actor="ana")
    found = readiness(fresh(shirt), "CA")
    assert (found.ready, found.only_hs, found.lacks) == (True, True, ())
    assert not lacking(Variant.objects.all(), "national", "CA").exists()
    decide_code(shirt, code="6109100011", country="CA", actor="ana")
    assert not readiness(fresh(shirt), "CA").only_hs
    bare = readiness(sell("Thing"), "CA")
    assert (bare.ready, bare.only_hs) == (False, False)
