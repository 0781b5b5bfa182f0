"""What a merchant's row says of itself, and credentials that are never stored as they are."""

import pytest
from django.db import connection as database

from shipsmart.merchants.models import Connection, Merchant

pytestmark = pytest.mark.django_db


def test_the_consignor_is_who_signs_or_else_the_shop(merchant: Merchant) -> None:
    assert merchant.party().name == "Ingrid Solberg"
    merchant.signatory = ""
    assert merchant.party().name == "Fjord"


def test_credentials_are_stored_encrypted_and_read_back(merchant: Merchant) -> None:
    made = Connection.objects.create(
        merchant=merchant, storefront="shopify", account="a.myshopify.com", credentials={"access_token": "shpat_secret"}
    )
    with database.cursor() as cursor:
        cursor.execute("SELECT credentials FROM merchants_connection WHERE id = %s", [made.pk])
        stored = cursor.fetchone()[0]
    assert "shpat_secret" not in stored
    assert Connection.objects.get(pk=made.pk).credentials == {"access_token": "shpat_secret"}


def test_no_credentials_are_an_empty_dictionary(merchant: Merchant) -> None:
    made = Connection.objects.create(merchant=merchant, storefront="shopify", account="b.myshopify.com", credentials={})
    assert Connection.objects.get(pk=made.pk).credentials == {}
