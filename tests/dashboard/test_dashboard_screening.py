"""Names to decide on: cleared or blocked with a reason, and never by another shop."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shipsmart.compliance.models import ScreeningHit, ScreeningList

pytestmark = pytest.mark.django_db


@pytest.fixture
def hit(shop: Any) -> ScreeningHit:
    return ScreeningHit.objects.create(
        merchant=shop.merchant,
        subject="Ivan Petrov",
        source=ScreeningList.Source.values[0],
        entry="12345",
        name_matched="PETROV, Ivan",
        program="UKRAINE-EO13661",
        score=96,
    )


def decide(client: Client, hit: ScreeningHit, decision: str, reason: str) -> Any:
    address = reverse("dashboard:screening_decide", args=(hit.pk, decision))
    return client.post(address, {"reason": reason}, follow=True)


def test_a_name_stands_with_what_it_resembles(owner: Client, hit: ScreeningHit) -> None:
    page = owner.get(reverse("dashboard:screening")).content.decode()
    assert "Ivan Petrov" in page
    assert "PETROV, Ivan" in page
    assert "96 % alike" in page


@pytest.mark.parametrize("decision", ["cleared", "blocked"])
def test_a_decision_is_kept_with_its_reason_and_who_made_it(owner: Client, hit: ScreeningHit, decision: str) -> None:
    decide(owner, hit, decision, "born 1999, the listed one 1951")
    hit.refresh_from_db()
    assert (hit.decision, hit.reason) == (decision, "born 1999, the listed one 1951")
    page = owner.get(reverse("dashboard:screening") + "?tab=decided").content.decode()
    assert "born 1999" in page
    assert hit.decided_by.get_username() in page


def test_without_a_reason_nothing_is_decided(owner: Client, hit: ScreeningHit) -> None:
    assert "Write why you decide so" in decide(owner, hit, "cleared", "  ").content.decode()
    hit.refresh_from_db()
    assert hit.decision == "open"


def test_a_stranger_sees_and_decides_nothing(stranger: Client, hit: ScreeningHit) -> None:
    assert "Ivan Petrov" not in stranger.get(reverse("dashboard:screening")).content.decode()
    assert decide(stranger, hit, "cleared", "x").status_code == 404
