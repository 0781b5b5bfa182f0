"""Connecting a VTEX account through the pages: the link, the key that is tried, what it lacks, leaving again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integrations.storefronts.vtex import links
from shipsmart.merchants.models import Connection, Member, Merchant
from tests.integrations.storefronts.vtex.conftest import Practice, logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(merchant: Merchant) -> str:
    return links.make(merchant, "owner")


def given(practice: Practice, **changes: str) -> dict[str, str]:
    return {"account": practice.account, "app_key": practice.key, "app_token": practice.token} | changes


def test_whoever_has_the_link_connects_without_a_log_in(
    link: str, practice: Practice, settings: Any, drained: Callable[[], None]
) -> None:
    settings.PUBLIC_URL = f"{practice.url}/_practice/sink"
    anybody = Client()
    pasted = given(practice, account=f"https://{practice.account}.myvtex.com/admin")
    assert anybody.post(link, pasted, follow=True).redirect_chain == [(link, 302)]
    assert b"being set up" in anybody.get(link).content
    drained()
    page = anybody.get(link)
    assert b"Connected." in page.content
    assert practice.token.encode() not in page.content
    row = Connection.objects.get(storefront="vtex")
    assert (row.account, row.status) == (practice.account, "active")
    assert row.settings["sales_channels"]["2"] == {"currency": "BRL", "locale": "pt-BR"}


def test_a_key_with_too_few_rights_is_told_which_and_nothing_is_stored(link: str, practice: Practice) -> None:
    practice.post("/_practice/keys", {"key": "weak", "token": "t", "without": ["Notify invoice", "SKUs"]})
    page = Client().post(link, given(practice, app_key="weak", app_token="t"))
    assert page.status_code == 422
    assert b"Notify invoice</b>" in page.content.split(b"How to make")[0]
    assert b"View order</b>" not in page.content.split(b"How to make")[0]
    assert not Connection.objects.filter(storefront="vtex").exists()


@pytest.mark.parametrize("changes", [{"app_token": "wrong"}, {"account": "nobodyhere"}, {"account": "not an account!"}])
def test_what_is_wrong_is_said_on_the_form(link: str, practice: Practice, changes: dict[str, str]) -> None:
    page = Client().post(link, given(practice, **changes))
    assert page.status_code == 422
    assert b'class="error"' in page.content or b"notice error" in page.content
    assert b"wrong" not in page.content.split(b"</form>")[0].split(b"app_token")[-1]


def test_guessing_keys_is_slowed_down(link: str, practice: Practice) -> None:
    practice.faults(api="401")
    for _ in range(10):
        Client().post(link, given(practice))
    assert b"Too many attempts" in Client().post(link, given(practice)).content


def test_a_link_is_good_for_a_day_and_cannot_be_changed(link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get(link[:-2] + "x/").status_code == 410
    monkeypatch.setattr(links, "AGE_S", -1)
    assert Client().get(link).status_code == 410


def test_a_used_link_connects_no_second_account(link: str, practice: Practice, merchant: Merchant) -> None:
    Connection.objects.create(
        merchant=merchant, storefront="vtex", account="first", installed_at=timezone.now() + timedelta(seconds=1)
    )
    Client().post(link, given(practice))
    assert [row.account for row in Connection.objects.filter(storefront="vtex")] == ["first"]


def test_an_account_of_another_merchant_is_not_taken_over(link: str, practice: Practice) -> None:
    other = Merchant.objects.create(name="Other", country="NO", currency="EUR")
    Connection.objects.create(merchant=other, storefront="vtex", account=practice.account)
    assert b"another merchant" in Client().post(link, given(practice)).content
    assert Connection.objects.get(account=practice.account).merchant == other


def test_the_owner_changes_terms_checks_renews_and_leaves(
    owner: Client, connected: Connection, practice: Practice, drained: Callable[[], None]
) -> None:
    page = f"/connect/vtex/store/{connected.pk}/"
    assert b"vtex/checkout6-custom.js" in owner.get(page).content
    owner.post(f"{page}terms/", {"when_unknown": "open", "answer": "array"})
    drained()
    assert practice.state()["configuration"]["taxConfiguration"]["allowExecutionAfterErrors"] is True
    practice.faults(feed_vanish=True, count=1)
    assert b"put back" in owner.post(f"{page}check/", follow=True).content
    assert b"in place" in owner.post(f"{page}check/", follow=True).content
    assert b"renewed" in owner.post(f"{page}renew/", follow=True).content
    owner.post(f"{page}leave/")
    drained()
    assert practice.state()["feeds"] == {}
    connected.refresh_from_db()
    assert connected.status == "uninstalled"


def test_a_store_whose_key_is_refused_is_told_at_home_and_can_be_left(
    owner: Client, connected: Connection, practice: Practice, drained: Callable[[], None]
) -> None:
    page = f"/connect/vtex/store/{connected.pk}/"
    assert b"Look at the store" not in owner.get("/").content
    practice.faults(api="401")
    owner.post(f"{page}check/")
    assert f"{practice.account} takes our key no more".encode() in owner.get("/").content
    assert b"Disconnect" in owner.get(page).content
    owner.post(f"{page}leave/")
    drained()
    left = owner.get(page).content.decode()
    assert "take out by hand" in left
    assert f"{practice.account} has no working API key" in left


def test_looking_again_forgets_a_right_that_was_added(owner: Client, connected: Connection, practice: Practice) -> None:
    page = f"/connect/vtex/store/{connected.pk}/"
    Connection.objects.filter(pk=connected.pk).update(settings=connected.settings | {"missing_rights": ["SKUs"]})
    assert b"lacks the resource" in owner.get(page).content
    assert b"lacks the resource" not in owner.post(f"{page}check/", follow=True).content


def test_a_look_that_finds_somebody_else_does_not_say_that_all_is_well(
    owner: Client, connected: Connection, practice: Practice
) -> None:
    theirs = practice.state()["configuration"] | {"taxConfiguration": {"url": "https://tax.example"}}
    practice.post("/api/checkout/pvt/configuration/orderForm", theirs)
    said = owner.post(f"/connect/vtex/store/{connected.pk}/check/", follow=True).content
    assert b"Another application" in said
    assert b"Everything is in place" not in said
    assert b"not set up as it should be" in owner.get("/").content


def test_strangers_and_members_are_kept_out(merchant: Merchant, connected: Connection) -> None:
    other = Merchant.objects.create(name="Other", country="NO", currency="EUR")
    stranger, member = logged_in(other, "stranger"), logged_in(merchant, "mate", Member.Role.MEMBER)
    page = f"/connect/vtex/store/{connected.pk}/"
    for action in ("terms/", "check/", "renew/", "leave/"):
        assert stranger.post(page + action).status_code == 404
        assert member.post(page + action).status_code == 403
        assert Client().post(page + action).status_code == 302
    assert (stranger.get(page).status_code, member.get(page).status_code) == (404, 403)
    assert member.get("/connect/vtex/").status_code == 403
    connected.refresh_from_db()
    assert connected.status == "active"


def test_the_settings_page_leads_here(owner: Client, connected: Connection) -> None:
    page = owner.get("/settings/store/").content.decode()
    assert f"/connect/vtex/store/{connected.pk}/" in page
    assert "/connect/vtex/link/" in owner.get("/connect/vtex/").content.decode()


def test_hubs_are_named_on_the_stores_page(connected: Connection, owner: Client) -> None:
    page = f"/connect/vtex/store/{connected.pk}/"
    terms = {"when_unknown": "closed", "answer": "object", "sellers": "hub-oslo, 1 hub-bergen"}
    assert owner.post(page + "terms/", terms | {"sellers": "a/b"}).status_code == 422
    owner.post(page + "terms/", terms)
    connected.refresh_from_db()
    assert connected.settings["sellers"] == ["hub-bergen", "hub-oslo"]
    assert 'value="hub-bergen hub-oslo"' in owner.get(page).content.decode()
