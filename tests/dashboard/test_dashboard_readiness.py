"""Readiness by destination: what is missing, and the question that decides, answered there and then."""

import csv
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shipsmart.catalog.hinted import recount
from shipsmart.catalog.models import Classification, HintAnswer, Product, ProductFact, Suggestion, Variant
from shipsmart.catalog.readiness import lacking
from shipsmart.classify.hints import FILE
from shipsmart.dashboard.customs_words import HINT_WORDS
from shipsmart.merchants.models import AuditEntry

URL = reverse("dashboard:products_readiness")


@pytest.fixture
def shirt(shop: Any) -> Variant:
    Product.objects.filter(pk=shop.variant.product_id).update(title="T-shirt", description="")
    Classification.objects.filter(variant=shop.variant).exclude(country="").delete()
    Classification.objects.update_or_create(variant=shop.variant, country="", defaults={"code": "610910"})
    return Variant.objects.get(pk=shop.variant.pk)


def answer(client: Client, variant: Variant, **values: str) -> Any:
    asked = {"variant": str(variant.pk), "country": "US", "key": "wearer", "answer": "man"}
    return client.post(URL, asked | values)


def test_the_page_asks_what_decides(shirt: Variant, teammate: Client) -> None:
    page = teammate.get(URL, {"country": "US"}).content.decode()
    assert "Who wears it?" in page
    assert "National digits open" in page


def test_a_country_without_an_imported_nomenclature_is_ready_at_six_digits(shirt: Variant, teammate: Client) -> None:
    page = teammate.get(URL, {"country": "CA"}).content.decode()
    assert '<span class="badge wait">Ready at 6 digits</span>' in page
    assert "Importing this country" in page
    assert "Importing this country" not in teammate.get(URL, {"country": "US"}).content.decode()


def test_an_answer_is_kept_once_for_the_product(shirt: Variant, teammate: Client) -> None:
    assert answer(teammate, shirt).status_code == 302
    assert ProductFact.objects.get(product=shirt.product).value == "man"


@pytest.mark.parametrize("values", [{"answer": "dog"}, {"key": "material"}, {"answer": ""}])
def test_what_was_not_asked_changes_nothing(shirt: Variant, teammate: Client, values: dict[str, str]) -> None:
    answer(teammate, shirt, **values)
    assert not ProductFact.objects.exists()


def test_a_stranger_can_neither_see_nor_answer(shirt: Variant, stranger: Client) -> None:
    assert "T-shirt" not in stranger.get(URL, {"country": "US"}).content.decode()
    assert answer(stranger, shirt).status_code == 404
    assert not ProductFact.objects.exists()


@pytest.mark.parametrize("country", ["CA", "EU", "de", "xx", "\x00", ""])
@pytest.mark.parametrize("lack", ["national", "restricted", "nonsense"])
def test_any_country_and_filter_is_answered(shirt: Variant, teammate: Client, country: str, lack: str) -> None:
    assert teammate.get(URL, {"country": country, "lack": lack, "page": "x"}).status_code == 200


def test_hints_of_the_text_are_shown_with_their_words(shirt: Variant, teammate: Client) -> None:
    Suggestion.objects.create(variant=shirt, decision="review", hints=[{"kind": "blade", "words": "knife"}])
    page = teammate.get(URL, {"country": "US", "lack": "restricted"}).content.decode()
    assert "Blade: “knife”" in page


def say(client: Client, variant: Variant, present: str, **more: str) -> Any:
    return client.post(
        reverse("dashboard:product_hint", args=[variant.pk]), {"kind": "blade", "present": present} | more
    )


def test_a_hint_is_denied_by_a_person_and_asks_again_when_the_words_change(shirt: Variant, owner: Client) -> None:
    twin = Variant.objects.create(
        merchant=shirt.merchant, product=shirt.product, external_id="twin", price=5, currency="GBP"
    )
    for variant in (shirt, twin):
        Suggestion.objects.create(variant=variant, decision="review", hints=[{"kind": "blade", "words": "knife"}])
    assert "“knife”" in owner.get(reverse("dashboard:product", args=[shirt.pk])).content.decode()
    say(owner, shirt, "perhaps")
    assert not HintAnswer.objects.exists()
    say(owner, shirt, "no")
    assert list(lacking(Variant.objects.all(), "restricted", "US")) == [twin]  # another variant is asked by itself
    say(owner, shirt, "no", everywhere="1")
    assert HintAnswer.objects.filter(present=False, actor__contains="@").count() == 2
    assert not lacking(Variant.objects.all(), "restricted", "US").exists()
    assert "Denied by" in owner.get(reverse("dashboard:product", args=[shirt.pk])).content.decode()
    assert AuditEntry.objects.filter(action="product.hint_answered", data__present=False).count() == 2
    Suggestion.objects.filter(variant=shirt).update(hints=[{"kind": "blade", "words": "sword"}])
    recount(shirt)
    assert list(lacking(Variant.objects.all(), "restricted", "US")) == [shirt]


def test_a_stranger_says_nothing_of_a_hint(shirt: Variant, stranger: Client) -> None:
    Suggestion.objects.create(variant=shirt, decision="review", hints=[{"kind": "blade", "words": "knife"}])
    assert say(stranger, shirt, "no").status_code == 404
    assert not HintAnswer.objects.exists()


def test_every_hint_has_words() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        assert {row["hint"] for row in csv.DictReader(file)} == HINT_WORDS.keys()


def test_codes_that_became_certain_are_kept_for_the_own_shop_only(
    shirt: Variant, teammate: Client, stranger: Client
) -> None:
    asked = {"find": [str(shirt.pk), "x", "99999999999999999999"], "country": "BR"}
    assert "Keep 1 code that is certain" in teammate.get(URL, {"country": "BR"}).content.decode()
    stranger.post(URL, asked)
    assert not Classification.objects.filter(variant=shirt, country="BR").exists()
    teammate.post(URL, asked)
    assert Classification.objects.get(variant=shirt, country="BR").code == "61091000"
