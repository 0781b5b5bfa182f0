"""National digits: asked once for a product, only where they decide, answered by the own shop."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shipsmart.catalog.models import Classification, Product, ProductFact, Suggestion, Variant
from shipsmart.catalog.operations import decide_code
from shipsmart.merchants.models import AuditEntry, Market
from tests.dashboard.test_dashboard_code_review import suggest

URL, REVIEW = reverse("dashboard:products_national"), reverse("dashboard:products_review")


@pytest.fixture
def shirt(shop: Any) -> Variant:
    for country in ("US", "DE", "BR"):
        Market.objects.create(merchant=shop.merchant, country=country)
    Product.objects.filter(pk=shop.variant.product_id).update(title="T-shirt", description="")
    Classification.objects.filter(variant=shop.variant).delete()
    variant = Variant.objects.get(pk=shop.variant.pk)
    decide_code(variant, code="610910", actor="ana")
    return variant


def answer(client: Client, variant: Variant, key: str, value: str, **more: str) -> Any:
    asked = f"{variant.product_id}|{key}"
    return client.post(URL, {"asked": [asked], f"answer-{asked}": value, **more})


def kept(variant: Variant) -> dict[str, str]:
    return dict(Classification.objects.filter(variant=variant).values_list("country", "code"))


def test_only_what_has_more_than_one_code_is_asked_and_every_answer_leads_on(shirt: Variant, owner: Client) -> None:
    assert kept(shirt) == {"": "610910", "BR": "61091000", "EU": "6109100010"}  # text or a single line decides
    for _ in range(12):
        asked = [one for one in owner.get(URL).context["asked"] if one.question]
        if not asked:
            break
        assert asked[0].countries == ("US",)
        answer(owner, shirt, asked[0].key, asked[0].question.options[0].value)
    codes = kept(shirt)
    assert (len(codes["US"]), len(codes["EU"])) == (10, 10)
    fresh = Variant.objects.prefetch_related("classifications").get(pk=shirt.pk)
    assert (fresh.code_for("US"), fresh.code_for("FR")) == (codes["US"], codes["EU"])  # what quotes and papers take
    assert ProductFact.objects.filter(product=shirt.product_id, actor__contains="@").exists()
    assert AuditEntry.objects.filter(merchant=shirt.merchant, action="product.answered").exists()
    assert "Nothing to answer" in owner.get(URL).content.decode()


def test_variants_of_a_product_are_asked_once(shirt: Variant, owner: Client) -> None:
    twin = Variant.objects.create(
        merchant=shirt.merchant, product=shirt.product, external_id="twin", title="Blue", price=5, currency="GBP"
    )
    decide_code(twin, code="610910", actor="ana")
    asked = owner.get(URL).context["asked"]
    assert len({(one.product.pk, one.key) for one in asked}) == len(asked)
    answer(owner, shirt, "wearer", "man")
    assert ProductFact.objects.get(product=shirt.product_id).value == "man"
    assert not any(one.key == "wearer" for one in owner.get(URL).context["asked"])


@pytest.mark.parametrize(("key", "value"), [("wearer", "dog"), ("material", "cotton"), ("", "man")])
def test_one_answer_that_was_not_asked_for_keeps_all_back(shirt: Variant, owner: Client, key: str, value: str) -> None:
    good, bad = f"{shirt.product_id}|wearer", f"{shirt.product_id}|{key}"
    data = {"asked": [good, bad], f"answer-{good}": "man", f"answer-{bad}": value}
    assert "no longer asked this" in owner.post(URL, data, follow=True).content.decode()
    assert not ProductFact.objects.exists()


def test_a_stranger_is_asked_nothing_and_answers_nothing(shirt: Variant, stranger: Client) -> None:
    assert "T-shirt" not in stranger.get(URL).content.decode()
    answer(stranger, shirt, "wearer", "man")
    assert not ProductFact.objects.exists()


def test_the_questions_of_what_was_just_decided_stand_on_the_review_page(shirt: Variant, owner: Client) -> None:
    Classification.objects.filter(variant=shirt).delete()
    suggestion = suggest(shirt, "610910")
    owner.post(REVIEW, {"pick": [suggestion.pk]})
    assert [one.key for one in owner.get(REVIEW).context["asked"]][0] == "wearer"
    assert answer(owner, shirt, "wearer", "man", next="review")["Location"] == REVIEW
    assert "wearer" not in [one.key for one in owner.get(REVIEW).context["asked"]]


def test_what_became_certain_later_is_kept_with_the_answers(shirt: Variant, owner: Client) -> None:
    Classification.objects.filter(variant=shirt, country="BR").delete()
    assert [variant.pk for variant in owner.get(URL).context["certain"]] == [shirt.pk]
    owner.post(URL, {"find": [str(shirt.pk)]})
    assert kept(shirt)["BR"] == "61091000"


def test_decisions_are_taken_back_with_what_stood_before(shop: Any, shirt: Variant, owner: Client) -> None:
    bare, coded = shop.gap, shirt
    Classification.objects.filter(variant=coded, country="").update(
        source="store", code="610990", locked=False, decided_by=""
    )
    picked = [suggest(bare, "340111").pk, suggest(coded, "610910").pk]
    owner.post(REVIEW, {"pick": picked})
    assert (kept(bare)[""], kept(coded)[""]) == ("340111", "610910")
    assert "2 codes were decided here last." in owner.get(REVIEW).content.decode()
    owner.post(REVIEW, {"undo": "1"})
    assert kept(bare) == {}
    before = Classification.objects.get(variant=coded, country="")
    assert (before.code, before.source, before.locked) == ("610990", "store", False)
    assert AuditEntry.objects.filter(action="classify.undone").count() == 2
    assert set(picked) == set(Suggestion.objects.values_list("pk", flat=True))  # both wait in the queue again
    assert "decided here last" not in owner.get(REVIEW).content.decode()


def test_what_was_decided_again_since_stays(shop: Any, owner: Client) -> None:
    suggestion = suggest(shop.gap, "340111")
    owner.post(REVIEW, {"pick": [suggestion.pk]})
    decide_code(shop.gap, code="340130", actor="bea")
    page = owner.post(REVIEW, {"undo": "1"}, follow=True).content.decode()
    assert "1 code stays" in page
    assert kept(shop.gap)[""] == "340130"
