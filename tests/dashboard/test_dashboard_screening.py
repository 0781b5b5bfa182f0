"""Names to decide on: cleared or blocked with a reason, and never by another shop."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shipsmart.compliance.models import ScreeningHit, ScreeningList
from shipsmart.compliance.operations import import_list, screen_names
from shipsmart.orders.models import Order
from tests.dashboard.conftest import make_order

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


def test_the_page_tells_which_lists_are_in_force_how_old_and_what_came_of_them(
    owner: Client, hit: ScreeningHit
) -> None:
    imported = timezone.now() - timedelta(days=20)
    ScreeningList.objects.create(source="un", sha256="a", name_count=4193, imported_at=imported)
    ScreeningList.objects.create(source="eu", sha256="b", name_count=12, published=timezone.now().date())
    decide(owner, hit, "cleared", "another birthday")
    page = owner.get(reverse("dashboard:screening")).content.decode()
    assert "Names screened: 0 · false alarms cleared: 1 · blocked: 0" in page
    assert "4,193" in page
    assert "20 days old" in page
    assert "Current" in page
    assert "Not imported: US Treasury (OFAC), US Consolidated Screening List, US Denied Persons List" in page


def test_a_changed_list_screens_again_and_keeps_decisions(owner: Client, shop: Any) -> None:
    head = '"Name"\t"Street_Address"\t"Effective_Date"\t"FR_Citation"\n'
    import_list("dpl", f'{head}"PIOTR EXAMPLOV"\t""\t""\t"83 F.R. 1"\n'.encode())
    assert [hit.decision for hit in screen_names(shop.merchant, ["Piotr Examplov", "Jane Sample"])] == ["open"]
    decide(owner, ScreeningHit.objects.get(), "cleared", "another birthday")
    done = import_list(
        "dpl", f'{head}"PIOTR EXAMPLOV"\t""\t""\t"83 F.R. 1"\n"JANE SAMPLE"\t""\t""\t"84 F.R. 2"\n'.encode()
    )
    assert (done.parties, done.new_hits) == (2, 1)
    page = owner.get(reverse("dashboard:screening")).content.decode()
    assert "Jane Sample" in page
    assert "Piotr Examplov" not in page


@pytest.mark.parametrize(("decision", "state"), [("cleared", "ready"), ("blocked", "needs_data")])
def test_orders_that_waited_for_a_cleared_name_go_on_by_themselves(
    shop: Any, other_shop: Any, owner: Client, hit: ScreeningHit, decision: str, state: str
) -> None:
    waits = {"state": Order.State.NEEDS_DATA, "reason": "'Ivan Petrov' resembles 'PETROV, Ivan' (OFAC; 96 of 100)"}
    order = make_order(shop.merchant, "#waits", **waits)
    lacking = make_order(shop.merchant, "#lacks", state=Order.State.NEEDS_DATA, reason="no HS code")
    theirs = make_order(other_shop.merchant, "#theirs", **waits)
    page = decide(owner, hit, decision, "born 1999").content.decode()
    assert ("1 order that waited for it goes on." in page) == (decision == "cleared")
    assert [Order.objects.get(pk=row.pk).state for row in (order, lacking, theirs)] == [
        state, "needs_data", "needs_data"
    ]  # fmt: skip
