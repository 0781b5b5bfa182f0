"""The review queue: most money at risk first, decided in bulk, never a stranger's."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shipsmart.catalog.models import Classification, CodeDecision, Suggestion, Variant

URL = reverse("dashboard:products_review")


def suggest(variant: Variant, *codes: str, sure: str = "0.5") -> Suggestion:
    found = [{"hs_code": code, "confidence": 0.5, "why": ["a reason", f"heading {code}"]} for code in codes]
    return Suggestion.objects.create(
        variant=variant, decision="review", confidence=Decimal(sure), candidates=found, text_hash="x"
    )


@pytest.fixture
def queued(shop: Any) -> Suggestion:
    return suggest(shop.gap, "340111", "340130")


def test_the_page_shows_codes_reasons_and_progress(queued: Suggestion, teammate: Client) -> None:
    page = teammate.get(URL).content.decode()
    assert "3401.11" in page
    assert "a reason" in page
    assert "1 of 2 products are read." in page


def test_progress_asks_for_itself_until_all_is_read(shop: Any, queued: Suggestion, teammate: Client) -> None:
    part = teammate.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<p class="sub" id="progress" hx-get')
    suggest(shop.variant, "610910")
    assert "hx-get" not in teammate.get(URL, headers={"HX-Request": "true"}).content.decode()


def test_what_is_ticked_is_decided_with_the_chosen_code(shop: Any, queued: Suggestion, teammate: Client) -> None:
    teammate.post(URL, {"pick": [queued.pk], f"code-{queued.pk}": "340130", "reason": "liquid"})
    code = Classification.objects.get(variant=shop.gap, country="")
    assert (code.code, code.source, code.locked) == ("340130", "person", True)
    assert CodeDecision.objects.get(variant=shop.gap).reason == "liquid"
    assert "Nothing to review" in teammate.get(URL).content.decode()


def test_a_typed_code_wins_and_a_wrong_one_decides_nothing(shop: Any, queued: Suggestion, teammate: Client) -> None:
    again = teammate.post(URL, {"pick": [queued.pk], f"typed-{queued.pk}": "12", "reason": "liquid"})
    assert not Classification.objects.filter(variant=shop.gap).exists()
    assert (again.status_code, again.context["page"][0].ticked) == (422, True)  # nothing typed is lost
    assert 'value="12"' in again.content.decode()
    assert 'value="liquid"' in again.content.decode()
    teammate.post(URL, {"pick": [queued.pk], f"typed-{queued.pk}": "3401.20"})
    assert Classification.objects.get(variant=shop.gap, country="").code == "340120"


def test_what_is_not_ticked_stays(shop: Any, queued: Suggestion, teammate: Client) -> None:
    teammate.post(URL, {f"code-{queued.pk}": "340130"})
    assert not Classification.objects.filter(variant=shop.gap).exists()


def test_the_dearest_and_least_sure_comes_first(shop: Any, queued: Suggestion, teammate: Client) -> None:
    Variant.objects.filter(pk__in=[shop.gap.pk, shop.variant.pk]).update(price=10)
    Classification.objects.filter(variant=shop.variant).update(source="store")
    other = suggest(shop.variant, "610990", sure="0.1")
    assert [row.pk for row in teammate.get(URL).context["page"]] == [other.pk, queued.pk]


@pytest.mark.parametrize(("in_use", "shown"), [("610910", False), ("61091000", False), ("610990", True)])
def test_a_code_in_use_that_is_suggested_first_needs_no_review(
    shop: Any, teammate: Client, in_use: str, shown: bool
) -> None:
    Classification.objects.filter(variant=shop.variant).update(source="store", code=in_use)
    suggestion = suggest(shop.variant, "610910", sure="0.5")
    assert (suggestion in teammate.get(URL).context["page"].object_list) == shown


def test_a_stranger_sees_and_decides_nothing(shop: Any, queued: Suggestion, stranger: Client) -> None:
    assert "3401.11" not in stranger.get(URL).content.decode()
    stranger.post(URL, {"pick": [queued.pk], f"code-{queued.pk}": "340130"})
    assert not Classification.objects.filter(variant=shop.gap).exists()
