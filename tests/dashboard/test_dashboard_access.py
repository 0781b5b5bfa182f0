"""Each page as the owner, the teammate, the stranger, somebody without a shop, and somebody not logged in."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shipsmart.merchants.models import ApiKey, Member
from shipsmart.orders.models import Order

PAGES = [
    ("home", ()),
    ("orders", ()),
    ("products", ()),
    ("products_export", ()),
    ("products_import", ()),
    ("quotes", ()),
    ("settings_identity", ()),
    ("settings_store", ()),
    ("settings_carriers", ()),
    ("settings_team", ()),
    ("settings_audit", ()),
    *(("settings_section", (slug,)) for slug in ("markets", "taxes", "hubs", "boxes", "table", "fees")),
]
OWNER_PAGES = [
    ("settings_keys", ()),
    ("settings_carrier_new", ("dhl_express",)),
    ("settings_carrier_new", ("ups",)),
    ("settings_carrier_new", ("table",)),
    *(("settings_row_new", (slug,)) for slug in ("markets", "taxes", "hubs", "boxes", "table", "fees")),
]


def url(name: str, *args: Any) -> str:
    return reverse(f"dashboard:{name}", args=args)


def private(shop: Any) -> list[tuple[str, str]]:
    """Every address that names something of a shop: (method, path)."""
    member = shop.merchant.members.first()
    key = ApiKey.objects.filter(merchant=shop.merchant).first()
    return [
        ("get", url("order", shop.order.pk)),
        *(("post", url("order_action", shop.order.pk, action)) for action in ("hold", "release", "try-again")),
        ("get", url("document", shop.paper.pk)),
        ("get", url("product", shop.variant.pk)),
        ("post", url("product", shop.variant.pk)),
        ("get", url("product_row", shop.variant.pk)),
        ("get", url("quote", shop.quote.quote_id)),
        ("get", url("settings_carrier", shop.account.pk)),
        ("post", url("settings_carrier", shop.account.pk)),
        ("post", url("settings_carrier_test", shop.account.pk)),
        ("post", url("settings_carrier_remove", shop.account.pk)),
        ("get", url("settings_row", "markets", shop.market.pk)),
        ("post", url("settings_row", "markets", shop.market.pk)),
        ("post", url("settings_row_remove", "markets", shop.market.pk)),
        ("post", url("settings_role", member.pk)),
        ("post", url("settings_member_remove", member.pk)),
        ("post", url("settings_key_revoke", key.pk)),
    ]


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_members_see_every_daily_page(teammate: Client, name: str, args: tuple[Any, ...]) -> None:
    response = teammate.get(url(name, *args))
    assert response.status_code == 200
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize(("name", "args"), OWNER_PAGES)
def test_owner_pages_are_for_owners(owner: Client, teammate: Client, name: str, args: tuple[Any, ...]) -> None:
    assert owner.get(url(name, *args)).status_code == 200
    refused = teammate.get(url(name, *args))
    assert refused.status_code == 403
    assert "owner@example.com" in refused.content.decode()


def test_a_stranger_finds_nothing_of_another_shop(shop: Any, owner: Client, stranger: Client) -> None:
    ApiKey.make(shop.merchant, "for tests")
    shop.merchant.refresh_from_db()
    version = shop.merchant.settings_version
    for method, path in private(shop):
        assert getattr(stranger, method)(path).status_code == 404, path
    shop.merchant.refresh_from_db()
    assert shop.merchant.settings_version == version
    assert shop.merchant.members.get().role == Member.Role.OWNER


@pytest.mark.parametrize("name", ["orders", "products", "quotes", "settings_carriers", "settings_team", "home"])
def test_lists_hold_only_the_own_shop(shop: Any, owner: Client, stranger: Client, name: str) -> None:
    page = stranger.get(url(name)).content.decode()
    assert "lume" not in page
    assert shop.quote.quote_id not in page


def test_export_holds_only_the_own_shop(shop: Any, stranger: Client) -> None:
    text = b"".join(stranger.get(url("products_export")).streaming_content).decode()
    assert "v-rival-shirt" in text
    assert "lume" not in text


@pytest.mark.parametrize(("name", "args"), [*PAGES, *OWNER_PAGES])
def test_without_log_in_the_reader_is_sent_to_it(db: None, client: Client, name: str, args: tuple[Any, ...]) -> None:
    response = client.get(url(name, *args))
    assert response.status_code == 302
    assert response["Location"].startswith("/login/?next=")


def test_without_a_shop_a_page_says_what_to_do(nobody: Client) -> None:
    response = nobody.get(url("home"))
    assert response.status_code == 403
    assert "You belong to no shop yet" in response.content.decode()


def test_changes_by_a_member_are_refused(shop: Any, teammate: Client) -> None:
    ApiKey.make(shop.merchant, "for tests")
    settings_paths = [path for method, path in private(shop) if "/settings/" in path and method == "post"]
    allowed = url("settings_carrier_test", shop.account.pk)
    refused = [path for path in settings_paths if path != allowed]
    assert len(refused) == 7
    for path in [*refused, url("settings_identity"), url("settings_invite"), url("settings_keys")]:
        assert teammate.post(path, {"name": "Stolen"}).status_code == 403, path
    shop.merchant.refresh_from_db()
    assert shop.merchant.name == "lume"


def test_actions_do_not_answer_to_get(shop: Any, owner: Client) -> None:
    assert owner.get(url("order_action", shop.order.pk, "hold")).status_code == 405
    assert Order.objects.get(pk=shop.order.pk).state == Order.State.SHIPPED


def test_actions_need_the_csrf_token(shop: Any, owner: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = owner.cookies
    assert strict.post(url("order_action", shop.order.pk, "hold")).status_code == 403


def test_a_user_of_two_shops_can_switch(shop: Any, other_shop: Any, owner: Client) -> None:
    user = shop.merchant.members.get().user
    Member.objects.create(merchant=other_shop.merchant, user=user)
    assert "lume-1" in owner.get(url("orders")).content.decode()
    owner.post(url("switch"), {"merchant": other_shop.merchant.pk})
    page = owner.get(url("orders")).content.decode()
    assert "rival-1" in page
    assert "lume-1" not in page


def test_nobody_switches_to_a_shop_of_others(shop: Any, other_shop: Any, owner: Client) -> None:
    assert owner.post(url("switch"), {"merchant": other_shop.merchant.pk}).status_code == 404
