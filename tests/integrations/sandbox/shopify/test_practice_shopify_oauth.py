"""Installing: codes, tokens, refresh, and what each refuses."""

import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"
EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    "requested_token_type": OFFLINE,
    "expiring": "1",
}
SECRET = b"practice-secret-of-forty-letters-in-length"


def _authorize(shop: Any, **changes: str) -> Any:
    query = {"client_id": "practice-client", "scope": "read_orders,write_shipping", "state": "s-1"}
    query |= {"redirect_uri": f"{shop.app.url}/shopify/auth/callback", **changes}
    return shop.get("/admin/oauth/authorize", params=query)


def _code(shop: Any) -> str:
    return dict(parse_qsl(urlsplit(_authorize(shop).headers["Location"]).query))["code"]


def test_authorisation_comes_back_signed_with_the_state(shop: Any) -> None:
    answer = _authorize(shop)
    assert answer.status_code == 302
    query = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    given = query.pop("hmac")
    message = "&".join(f"{k}={v}" for k, v in sorted(query.items()))
    assert given == hmac.new(SECRET, message.encode(), hashlib.sha256).hexdigest()
    assert (query["state"], query["shop"]) == ("s-1", shop.domain)
    assert set(query) == {"code", "host", "shop", "state", "timestamp"}


def test_authorisation_goes_only_to_the_app(shop: Any) -> None:
    assert _authorize(shop, redirect_uri="http://evil.example/callback").status_code == 400
    assert _authorize(shop, client_id="somebody-else").status_code == 400


def test_code_gives_an_expiring_token_once(shop: Any) -> None:
    code = _code(shop)
    first = shop.grant(code=code, expiring="1")
    assert first.status_code == 200
    assert first.json()["expires_in"] == 3600
    assert first.json()["scope"] == "read_orders,write_shipping"
    second = shop.grant(code=code, expiring="1")
    assert (second.status_code, second.json()["error"]) == (400, "invalid_request")


def test_form_bodies_are_read_as_well(shop: Any) -> None:
    body = {"client_id": "practice-client", "client_secret": SECRET.decode(), "code": _code(shop), "expiring": "1"}
    answer = shop.post("/admin/oauth/access_token", data=body)
    assert answer.json()["refresh_token"].startswith("shprt_")


def test_token_that_does_not_expire_is_refused_by_the_admin_api(shop: Any) -> None:
    answer = shop.grant(code=_code(shop)).json()
    assert "refresh_token" not in answer
    shop.token = answer["access_token"]
    refused = shop.graphql("{ shop { name } }")
    assert refused.status_code == 403
    assert "Non-expiring access tokens are no longer accepted" in refused.json()["errors"]


def test_token_of_the_old_kind_can_be_migrated(shop: Any) -> None:
    old = shop.grant(code=_code(shop)).json()["access_token"]
    migration = {**EXCHANGE, "subject_token": old, "subject_token_type": OFFLINE}
    shop.token = shop.grant(**migration).json()["access_token"]
    assert shop.graphql("{ shop { name } }").status_code == 200
    assert shop.grant(**migration).json()["error"] == "invalid_subject_token"


def test_wrong_secret_gives_nothing(shop: Any) -> None:
    answer = shop.grant(client_secret="guess", code=_code(shop), expiring="1")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "spoilt",
    [
        {"exp": 1},
        {"aud": "another-app"},
        {"iss": "https://other.myshopify.com/admin"},
        {"dest": "https://other.myshopify.com"},
        {"secret": "another-secret-of-more-than-32-characters"},
    ],
)
def test_session_token_that_does_not_fit_is_refused(shop: Any, spoilt: dict[str, Any]) -> None:
    token = shop.post("/admin/_practice/id_token", json=spoilt).json()["id_token"]
    answer = shop.grant(**EXCHANGE, subject_token=token)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_subject_token")


def test_refresh_gives_a_new_pair_and_the_old_one_works_until_the_new_is_used(shop: Any) -> None:
    first = shop.install()["refresh_token"]
    second = shop.grant(grant_type="refresh_token", refresh_token=first).json()["refresh_token"]
    again = shop.grant(grant_type="refresh_token", refresh_token=first)
    assert again.status_code == 200
    third = shop.grant(grant_type="refresh_token", refresh_token=second)
    assert third.status_code == 200
    dead = shop.grant(grant_type="refresh_token", refresh_token=second)
    assert dead.status_code == 200  # Its replacement has not been used yet.
    shop.grant(grant_type="refresh_token", refresh_token=dead.json()["refresh_token"])
    gone = shop.grant(grant_type="refresh_token", refresh_token=second)
    assert (gone.status_code, gone.json()["error"]) == (400, "invalid_grant")


def test_expired_access_token_is_refused_and_can_be_refreshed(shop: Any) -> None:
    refresh = shop.install()["refresh_token"]
    assert shop.post("/_practice/expire_tokens").json() == {"expired": 1}
    assert shop.graphql("{ shop { name } }").status_code == 401
    shop.token = shop.grant(grant_type="refresh_token", refresh_token=refresh).json()["access_token"]
    assert shop.graphql("{ shop { name } }").status_code == 200


def test_embedded_page_carries_a_signed_query_with_a_session_token(shop: Any) -> None:
    page = shop.get("/admin/apps/practice-client").text
    src = page.split('src="')[1].split('"')[0].replace("&amp;", "&")
    query = dict(parse_qsl(urlsplit(src).query))
    assert query["embedded"] == "1"
    assert query["shop"] == shop.domain
    assert shop.grant(**EXCHANGE, subject_token=query["id_token"]).status_code == 200
    given = query.pop("hmac")
    message = "&".join(f"{k}={v}" for k, v in sorted(query.items()))
    assert given == hmac.new(SECRET, message.encode(), hashlib.sha256).hexdigest()


def test_shop_that_was_never_opened_is_not_found(shop: Any) -> None:
    url = shop.url.replace(shop.domain, "nobody.myshopify.com")
    shop.url = url
    assert shop.get("/api/products").status_code == 404
