"""The page of extras, for owners in the dashboard and for whoever holds a session token in the admin."""

import re

import pytest

from integrations.storefronts.shopify import order_marks, registration, zones
from shipsmart.catalog.models import Variant
from shipsmart.merchants.models import Connection, Member, Merchant
from tests.integrations.storefronts.shopify.shopping import BERLIN
from tests.integrations.storefronts.shopify.test_shopify_embedded_app import OTHER, SHOP, bearer, token

pytestmark = pytest.mark.django_db(transaction=True)


def page_of(connection):
    return f"/shopify/store/{connection.pk}/"


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


def person(django_user_model, merchant, role=Member.Role.MEMBER):
    user = django_user_model.objects.create_user(f"{role}-{merchant.pk}@example.com")
    Member.objects.create(merchant=merchant, user=user, role=role)
    return user


def test_owner_looks_at_the_zones_and_adds_one(connected, logged_in, standing):
    standing.forget()
    registration.register_carrier_service(connected)
    assert "Rest of world" not in logged_in.get(page_of(connected)).content.decode()
    seen = logged_in.get(page_of(connected), {"zones": "1"}).content.decode()
    assert "Rest of world" in seen
    chosen = next(zone.id for zone in zones.zones(connected) if zone.name == "Rest of world")
    answer = logged_in.post(page_of(connected), {"action": "zones_add", "zone": [chosen]}, follow=True)
    assert "Added to 1 zone." in answer.content.decode()
    answer = logged_in.post(page_of(connected), {"action": "zones_undo"}, follow=True)
    assert "Taken out of 1 zone." in answer.content.decode()
    assert not any(zone.served for zone in zones.zones(connected))


def test_scope_that_is_missing_is_asked_for_in_the_store(shop, logged_in, settings):
    seen = logged_in.get(page_of(shop)).content.decode()
    assert f"/shopify/install?shop={SHOP}&amp;with=draft_orders" in seen
    there = logged_in.get("/shopify/install", {"shop": SHOP, "with": "draft_orders"})["Location"]
    assert "write_draft_orders" in there
    plain = logged_in.get("/shopify/install", {"shop": SHOP, "with": "everything"})["Location"]
    assert "write_draft_orders" not in plain


@pytest.mark.parametrize("action", ["marks_on", "nonsense", ""])
def test_what_cannot_be_done_is_said(shop, logged_in, action):
    answer = logged_in.post(page_of(shop), {"action": action}, follow=True)
    assert 'role="alert"' in answer.content.decode() or "error" in answer.content.decode()
    assert not Connection.objects.get().settings.get(order_marks.EXTRA)


def test_teammate_may_not_and_stranger_finds_nothing(shop, merchant, client, django_user_model):
    client.force_login(person(django_user_model, merchant))
    assert client.post(page_of(shop), {"action": "zones_undo"}).status_code == 403
    other = Merchant.objects.create(name="Other")
    client.force_login(person(django_user_model, other, Member.Role.OWNER))
    assert client.get(page_of(shop)).status_code == 404
    client.logout()
    assert client.post(page_of(shop), {"action": "zones_undo"}).status_code == 302


def test_page_in_the_admin_is_for_session_tokens(shop, client, owner):
    assert client.get("/shopify/app/extras", {"shop": SHOP}).status_code == 302
    seen = client.get("/shopify/app/extras", {"shop": SHOP, "id_token": token()})
    assert seen.status_code == 200
    assert "frame-ancestors" in seen["Content-Security-Policy"]
    assert 'data-scopes="write_draft_orders"' in seen.content.decode()
    client.force_login(owner)  # a cookie proves nothing here
    assert client.post("/shopify/app/extras/act", {"action": "zones_undo"}).status_code == 401
    assert client.post("/shopify/app/extras/act", {}, headers=bearer(token(OTHER))).status_code == 401


def test_extra_is_switched_on_in_the_admin(connected, client):
    answer = client.post("/shopify/app/extras/act", {"action": "marks_on"}, headers=bearer(token()))
    assert answer.status_code == 200
    assert 'value="marks_off"' in answer.content.decode()
    assert Connection.objects.get().settings[order_marks.EXTRA] == {"on": True}


def test_draft_order_is_priced_on_the_page(selling, practice, client, django_user_model):
    client.force_login(person(django_user_model, selling.merchant, Member.Role.OWNER))
    cart = {"items": [{"variant_id": Variant.objects.get(sku="NL-TEE-M").external_id}], "email": "jm@example.com"}
    draft = practice.post("/_practice/draft_order", {**cart, "address": BERLIN})["draft_id"]
    assert f'value="{draft}"' in client.get(page_of(selling), {"drafts": "1"}).content.decode()
    seen = client.get(page_of(selling), {"draft": draft}).content.decode()
    offer = re.search(r'name="offer" value="([^"]+)"', seen)[1]
    answer = client.post(page_of(selling), {"action": "draft_price", "draft": draft, "offer": offer}, follow=True)
    assert "stands in the draft order now." in answer.content.decode()
    answer = client.post(page_of(selling), {"action": "draft_price", "draft": draft, "offer": "x|y"}, follow=True)
    assert "Choose a way of delivery first." in answer.content.decode()
    there = client.post("/shopify/app/extras/act", {"draft": draft}, headers=bearer(token()))
    assert 'name="offer"' in there.content.decode()
