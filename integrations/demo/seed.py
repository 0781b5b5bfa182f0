"""A merchant to try things with: address, team, carriers, boxes, price list, tax registrations. Idempotent."""

import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from integrations.demo import state
from integrations.storefronts.vtex.callers import digest
from shipsmart.catalog.operations import import_variants
from shipsmart.merchants.models import ApiKey, Connection, Hub, Market, Member, Merchant, TaxRegistration
from shipsmart.ports import StoreVariant
from shipsmart.rating.models import Box, CarrierAccount, FeeRule, TableRate

DEMO_USER = "demo@shipsmart.example"
PREPARED_USER = "prepared@shipsmart.example"
DEMO_SHOP = "nordic-lights.myshopify.com"
DEMO_ACCOUNT = "nordiclights"
PREPARED_SHOP = "prepared-store.myshopify.com"
PREPARED_ACCOUNT = "preparedstore"
_FAR = "2099-01-01T00:00:00+00:00"


@dataclass(frozen=True)
class Seeded:
    merchant: Merchant
    user: str
    password: str
    api_key: str


@transaction.atomic
def merchant(user: str, name: str) -> Seeded:
    """Return a merchant in Oslo with everything but a store. Run again, it mends what is missing and keeps the rest."""
    row, _ = Merchant.objects.get_or_create(
        name=name,
        defaults={
            "company": f"{name} AS",
            "address1": "Karl Johans gate 12",
            "city": "Oslo",
            "postcode": "0154",
            "country": "NO",
            "phone": "+4722334455",
            "email": user,
            "signatory": "Ingrid Solberg",
            "currency": "EUR",
        },
    )
    secrets = state.load()
    _member(row, user, secrets.password)
    _registrations(row)
    _carriers(row)
    _terms(row)
    if (
        name not in secrets.api_keys
        or not row.api_keys.filter(digest=ApiKey.digest_of(secrets.api_keys[name])).exists()
    ):
        secrets.api_keys[name] = ApiKey.make(row, "demo")
        state.save(secrets)
    row.touch()
    return Seeded(row, user, secrets.password, secrets.api_keys[name])


def _member(row: Merchant, user: str, password: str) -> None:
    person, new = get_user_model().objects.get_or_create(username=user, defaults={"email": user})
    if new or not person.check_password(password):
        person.set_password(password)
        person.save()
    Member.objects.get_or_create(merchant=row, user=person, defaults={"role": Member.Role.OWNER})


def _registrations(row: Merchant) -> None:
    """Numbers made for practice: right in form, registered nowhere."""
    for scheme, kind, number, country in (
        ("EU_IOSS", "IOSS", "IM2460000006", "EU"),
        ("", "EORI", "GB987654312000", "GB"),
        ("GB_VAT", "VAT", "GB980780684", "GB"),
        ("BR_REMESSA_CONFORME", "PRC", "0001", "BR"),
    ):
        TaxRegistration.objects.get_or_create(
            merchant=row, kind=kind, number=number, defaults={"scheme": scheme, "country": country}
        )


def _carriers(row: Merchant) -> None:
    CarrierAccount.objects.get_or_create(
        merchant=row,
        carrier="dhl_express",
        number="951234567",
        defaults={
            "label": "DHL Express",
            "credentials": {"username": "practice", "password": "practice"},
            "settings": {"duties_account": "951234567"},
        },
    )
    CarrierAccount.objects.get_or_create(
        merchant=row,
        carrier="ups",
        number="A1B2C3",
        defaults={"label": "UPS", "credentials": {"client_id": "practice", "client_secret": "practice"}},
    )
    for name, size in (("Small box", (250, 200, 100)), ("Medium box", (400, 300, 200)), ("Large box", (600, 400, 400))):
        Box.objects.get_or_create(
            merchant=row,
            name=name,
            defaults={"length_mm": size[0], "width_mm": size[1], "height_mm": size[2], "tare_g": size[0]},
        )
    for grams, price in ((500, "19.00"), (2000, "29.00"), (5000, "45.00"), (20000, "98.00"), (70000, "240.00")):
        TableRate.objects.get_or_create(
            merchant=row,
            service="express",
            max_weight_g=grams,
            defaults={
                "service_name": "Express",
                "price": Decimal(price),
                "currency": "EUR",
                "days_from": 3,
                "days_to": 6,
                "stands_for": "dhl_express:P",
            },
        )
    FeeRule.objects.get_or_create(
        merchant=row,
        carrier="dhl_express",
        country="US",
        defaults={
            "name": "DHL duty tax paid, 2 % of duties and taxes, USD 17 at least",
            "percent": Decimal("0.02"),
            "minimum": Decimal("17.00"),
            "currency": "USD",
        },
    )


def _terms(row: Merchant) -> None:
    Market.objects.get_or_create(merchant=row, country="", defaults={"incoterm": "DDP"})
    Market.objects.get_or_create(merchant=row, country="CA", defaults={"incoterm": "DDP", "offer_both": True})


def add_the_world(row: Merchant) -> None:
    """Give the demo's merchant every carrier, and the practice store's hubs as places that goods leave from.

    Not the prepared one: scripts from outside run no FedEx of theirs.
    """
    abroad = tomllib.loads((Path(__file__).parent / "abroad.toml").read_text())
    for hub in abroad["hubs"]:
        Hub.objects.get_or_create(merchant=row, country=hub["country"], postcode=hub["postcode"], defaults=hub)
    for given in abroad["registrations"]:
        TaxRegistration.objects.get_or_create(
            merchant=row, kind=given["kind"], number=given["number"], defaults={"country": given["country"]}
        )
    for account in abroad["accounts"]:
        CarrierAccount.objects.get_or_create(
            merchant=row, carrier=account["carrier"], number=account["number"], defaults=account
        )
    for line in abroad["price_list"]:
        TableRate.objects.get_or_create(merchant=row, service=line["service"], defaults=line)
    row.touch()


def prepare() -> tuple[Seeded, Connection, list[Mapping[str, Any]]]:
    """Return the prepared merchant, its store and its 20 classified products, for scripts from outside."""
    seeded = merchant(PREPARED_USER, "Prepared Goods")
    connection, _ = Connection.objects.get_or_create(
        storefront="shopify",
        account=PREPARED_SHOP,
        defaults={
            "merchant": seeded.merchant,
            "credentials": {
                "access_token": "prepared-access-token",
                "refresh_token": "prepared-refresh-token",
                "expires_at": _FAR,
                "refresh_expires_at": _FAR,
                "scope": "read_orders,read_products,write_shipping",
            },
        },
    )
    if connection.status != Connection.Status.ACTIVE:
        connection.status, connection.installed_at = Connection.Status.ACTIVE, timezone.now()
        connection.save()
    return seeded, connection, _products(connection)


def prepare_vtex(merchant: Merchant) -> Connection:
    """Return the prepared merchant's VTEX account, as `taxConfiguration` would name it: channel 1 sells in euros."""
    word = secrets.token_urlsafe(32)
    connection, _ = Connection.objects.get_or_create(
        storefront="vtex",
        account=PREPARED_ACCOUNT,
        defaults={
            "merchant": merchant,
            "credentials": {"authorization": word},
            "settings": {
                "authorization_sha256": digest(word),
                "sales_channels": {"1": {"currency": "EUR", "locale": "en-GB"}},
            },
        },
    )
    return connection


def _products(connection: Connection) -> list[Mapping[str, Any]]:
    rows = tomllib.loads((Path(__file__).parent / "goods.toml").read_text())["products"]
    goods = [
        {
            "sku": sku,
            "variant_id": str(49_000_000_000_001 + n),
            "hs_code": code,
            "origin": origin,
            "weight_g": grams,
            "price": price,
            "currency": "EUR",
        }
        for n, (sku, _title, code, origin, grams, price) in enumerate(rows)
    ]
    variants = [
        StoreVariant(
            external_id=str(item["variant_id"]),
            product_id=str(8_000_000_000_001 + n),
            product_title=str(rows[n][1]),
            title="",
            sku=str(item["sku"]),
            price=Decimal(str(item["price"])),
            currency="EUR",
            weight_g=int(item["weight_g"]),
            hs_code=str(item["hs_code"]),
            origin=str(item["origin"]),
        )
        for n, item in enumerate(goods)
    ]
    import_variants(connection, variants)
    return goods
