"""Who administers an account, proven by VTEX's OAuth provider over real HTTP; every wrong way is refused."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from playwright.sync_api import Browser

from integrations.storefronts.vtex import oauth
from shipsmart.merchants.models import AuditEntry, Connection
from tests.integrations.storefronts.vtex.conftest import Practice, logged_in

GIVEN = {"oauth_client_id": "shop_1", "oauth_client_secret": "s3cret"}


@pytest.fixture
def provider(connected: Connection, practice: Practice, settings: Any) -> Connection:
    settings.VTEX_LOGIN_URL = settings.VTEX_BASE_URL
    client = {"client_id": "shop_1", "client_secret": "s3cret", "allowed": [oauth.redirect_uri()]}
    practice.post("/_practice/oauth", client)
    return connected


def to_vtex(owner: Client, connection: Connection, given: dict[str, str] = GIVEN) -> dict[str, str]:
    """Go to VTEX's log-in and return the query with which it sends the browser back."""
    path = f"/connect/vtex/store/{connection.pk}/proof/"
    owner.post(path, given)
    away = owner.get(path)
    back = requests.get(away["Location"], allow_redirects=False, timeout=300)
    assert back.headers["Location"].startswith(oauth.redirect_uri())
    return {name: values[0] for name, values in parse_qs(urlsplit(back.headers["Location"]).query).items()}


def test_who_logged_in_at_vtex_is_noted_with_the_roles(provider: Connection, owner: Client) -> None:
    owner.get("/connect/vtex/proof/", to_vtex(owner, provider))
    provider.refresh_from_db()
    proof = provider.settings["proof"]
    assert (proof["email"], proof["roles"]) == ("admin@nordiclights.example", ["Owner (Admin Super)"])
    assert AuditEntry.objects.filter(action="store.administrator_proven").count() == 1
    assert "s3cret" not in str(provider.settings)
    page = owner.get(f"/connect/vtex/store/{provider.pk}/").content.decode()
    assert "admin@nordiclights.example" in page
    assert "s3cret" not in page


def test_an_answer_is_taken_once_and_only_from_the_browser_that_asked(
    provider: Connection, owner: Client, stranger: Client
) -> None:
    query = to_vtex(owner, provider)
    stranger.get("/connect/vtex/proof/", query)
    owner.get("/connect/vtex/proof/", query | {"state": "forged"})
    owner.get("/connect/vtex/proof/", query)  # the forged answer has used the state up
    provider.refresh_from_db()
    assert "proof" not in provider.settings


@pytest.mark.parametrize(
    "person",
    [
        None,
        {"id": "somebody", "email": "somebody@example.com"},
        {"id": "somebody", "email": "somebody@example.com", "roles": ["Call center operator"]},
    ],
    ids=["does not agree", "has no role", "has another role"],
)
def test_who_is_no_administrator_proves_nothing(
    provider: Connection, practice: Practice, owner: Client, person: Any
) -> None:
    practice.post("/_practice/oauth", {"person": person})
    owner.get("/connect/vtex/proof/", to_vtex(owner, provider))
    provider.refresh_from_db()
    assert "proof" not in provider.settings


def test_a_wrong_secret_and_a_late_answer_prove_nothing(
    provider: Connection, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.get("/connect/vtex/proof/", to_vtex(owner, provider, GIVEN | {"oauth_client_secret": "wrong"}))
    query = to_vtex(owner, provider)
    monkeypatch.setattr(oauth, "AGE_S", -1)
    owner.get("/connect/vtex/proof/", query)
    provider.refresh_from_db()
    assert "proof" not in provider.settings


def test_a_key_that_may_not_ask_for_roles_still_lets_the_person_be_known(
    provider: Connection, practice: Practice, owner: Client
) -> None:
    practice.faults(api="403", api_path="/license-manager/", count=1)
    owner.get("/connect/vtex/proof/", to_vtex(owner, provider))
    provider.refresh_from_db()
    assert provider.settings["proof"]["roles"] == []


def test_without_an_oauth_client_nobody_is_sent_away(provider: Connection, owner: Client, stranger: Client) -> None:
    path = f"/connect/vtex/store/{provider.pk}/proof/"
    assert owner.get(path)["Location"] == owner.post(path, {"oauth_client_id": "only"})["Location"]
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, GIVEN).status_code == 404


@pytest.mark.browser
def test_a_browser_gets_to_vtex_and_back_under_our_policy(
    browser: Browser, reachable: Connection, practice: Practice, settings: Any
) -> None:
    settings.VTEX_LOGIN_URL = settings.VTEX_BASE_URL
    practice.post("/_practice/oauth", {"client_id": "shop_1", "client_secret": "s3cret",
                                       "allowed": [oauth.redirect_uri()]})  # fmt: skip
    context = browser.new_context()
    session = logged_in(reachable.merchant, "boss").session.session_key
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": settings.PUBLIC_URL}])
    page = context.new_page()
    page.goto(f"{settings.PUBLIC_URL}/connect/vtex/store/{reachable.pk}/")
    page.get_by_label("Client ID").fill("shop_1")
    page.get_by_label("Client secret").fill("s3cret")
    page.locator("form[action$='/proof/'] button").click()
    page.get_by_role("link", name="Log in at VTEX").click()
    page.wait_for_selector("text=is known to VTEX for this account")
    context.close()
