"""A return asked for from the customer account: by the order's own shopper only, once, within what was sent."""

import time

import jwt
import pytest
from django.test import Client

from checkout.errors import Refused
from integrations.storefronts.shopify import return_api
from integrations.storefronts.shopify.client import graphql
from integrations.storefronts.shopify.returns import adapter as returns
from integrations.storefronts.shopify.shop import gid
from shipsmart.inbox.models import OutboundMessage
from shipsmart.returns.models import Return

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "practice-secret-of-forty-letters-or-more"
KEY = "0123456789abcdef"


@pytest.fixture
def proof(sent, settled):
    said = graphql(settled, "order_confirmation", {"id": gid("Order", sent.external_id)})["order"]
    return {"order_id": gid("Order", sent.external_id), "confirmation_number": said["confirmationNumber"]}


def token(shop, **claims):
    said = {"dest": shop, "aud": "practice-client", "exp": int(time.time()) + 300, **claims}
    return jwt.encode(said, SECRET, algorithm="HS256")


@pytest.fixture
def ask(settled):
    client = Client(enforce_csrf_checks=True)

    def call(path, body, *, bearer=None):
        text = token(settled.account) if bearer is None else bearer
        headers = {"Authorization": f"Bearer {text}", "Origin": "null"}
        return client.post(f"/shopify/ext/{path}", body, content_type="application/json", headers=headers)

    return call


def wish(order, **changes):
    return {"line": order.lines.get().external_id, "quantity": 1, "reason": "size", "note": "too tight"} | changes


def test_shopper_sees_what_may_come_back_and_asks_for_it_once(ask, proof, sent, settled, work_until):
    offered = ask("returnable", proof).json()
    assert [(row["quantity"], row["title"]) for row in offered["lines"]] == [(2, sent.lines.get().title)]
    assert "refused" not in offered["reasons"]
    for _ in range(2):
        answer = ask("return", {**proof, "key": KEY, "lines": [wish(sent)]})
        assert (answer.status_code, answer.json()["state"]) == (201, "requested")
        assert answer["Access-Control-Allow-Origin"] == "*"
    work_until(OutboundMessage.objects.filter(kind="returns.begin", state="done").exists)
    made = Return.objects.get()
    [line] = returns.fetch_return(settled, made.external_id).lines
    assert (line.quantity, line.note) == (1, "too tight")
    assert made.lines.get().reason == "size"  # the store has no such word; ours stays
    again = ask("returnable", proof).json()
    assert [row["quantity"] for row in again["lines"]] == [1]
    assert again["returns"] == [{"number": made.number, "state": "requested", "note": ""}]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"quantity": "1"}, "quantity"),
        ({"reason": "refused"}, "reason"),
        ({"reason": {}}, "reason"),
        ({"line": "1"}, "line"),
        ({"line": ["x"]}, "line"),
        ({"note": "x" * 251}, "note"),
        ({"note": "a\x00hole"}, "note"),
    ],
)
def test_wish_that_cannot_be_is_refused_by_its_field(changes, field):
    row = {"line": "11", "quantity": 1, "reason": "size", "note": "too tight"} | changes
    with pytest.raises(Refused) as caught:
        return_api._row(row, 2, {"11"})
    assert caught.value.details["field"] == f"lines[2].{field}"


def test_nonsense_and_too_many_units_are_refused(ask, proof, sent):
    for body in ([], {"lines": "x"}, {"lines": []}, {"lines": [{}] * 251}, {"key": 5}, {"key": "short"}):
        said = {**proof, "key": KEY, "lines": [wish(sent)], **body} if isinstance(body, dict) else body
        assert ask("return", said).status_code == 400
    many = ask("return", {**proof, "key": KEY, "lines": [wish(sent, quantity=3)]})
    assert (many.status_code, many.json()["error"]["details"]["field"]) == (422, "lines")
    assert not Return.objects.exists()


def test_only_the_orders_own_shopper_is_answered(ask, proof, sent, settled):
    for path in ("returnable", "return"):
        assert ask(path, {**proof, "confirmation_number": "GUESS"}).status_code == 404
        assert ask(path, {**proof, "order_id": 5}).status_code == 400
        assert ask(path, proof, bearer="").status_code == 401
        assert ask(path, proof, bearer=token("fjord-outlet.myshopify.com")).status_code == 404
    assert not Return.objects.exists()


def test_store_that_does_not_answer_is_said_and_nothing_is_begun(ask, proof, sent, practice):
    practice.faults(graphql="http_503")
    assert ask("return", {**proof, "key": KEY, "lines": [wish(sent)]}).status_code == 503
    assert not Return.objects.exists()
