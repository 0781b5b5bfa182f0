"""Rubbish in the form that changes the merchant is "not found", never an error of ours."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from shipsmart.merchants.models import Member, Merchant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("wanted", ["abc", "", "-1", "9" * 30, "1.5"])
def test_an_unknown_merchant_is_not_found(client: Client, merchant: Merchant, wanted: str) -> None:
    user = get_user_model().objects.create_user("owner")
    Member.objects.create(merchant=merchant, user=user, role=Member.Role.OWNER)
    client.force_login(user)
    assert client.post("/switch/", {"merchant": wanted}).status_code == 404
