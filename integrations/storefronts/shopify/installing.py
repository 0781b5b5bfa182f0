"""From a grant to a working connection: stored at once, set up by the worker, as often as it takes."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from integrations.storefronts.shopify import reconciliation
from integrations.storefronts.shopify.adapter import adapter
from integrations.storefronts.shopify.client import graphql
from integrations.storefronts.shopify.oauth import Grant
from integrations.storefronts.shopify.registration import register_carrier_service, register_webhooks
from shipsmart.catalog.operations import import_variants
from shipsmart.core.errors import ShipSmartError
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection, Merchant

SET_UP = "shopify.set_up"
IMPORT = "shopify.import_products"


class BelongsToAnother(ShipSmartError):
    """The shop is connected to another account."""

    code = "belongs_to_another"


def install(shop: str, grant: Grant, *, merchant: Merchant | None, actor: str) -> Connection:
    """Store a shop's tokens and have it set up; return its connection, made or renewed.

    A shop stays with the merchant it was connected to first. Raises BelongsToAnother when somebody logged in as
    another merchant installs it while it is in use.
    """
    try:
        return _install(shop, grant, merchant=merchant, actor=actor)
    except IntegrityError:
        # Two first visits at once: the other one has just made the connection, so now there is one to renew.
        return _install(shop, grant, merchant=merchant, actor=actor)


def _install(shop: str, grant: Grant, *, merchant: Merchant | None, actor: str) -> Connection:
    with transaction.atomic():
        connection = _locked_or_new(shop, merchant)
        _check_owner(connection, merchant)
        connection.status = Connection.Status.ACTIVE
        connection.credentials = grant.credentials()
        connection.installed_at, connection.uninstalled_at = timezone.now(), None
        connection.save()
        AuditEntry.objects.note(
            connection.merchant, actor=actor, action="store.installed", target=str(connection), scope=grant.scope
        )
        key = f"{SET_UP}:{connection.pk}:{connection.installed_at.isoformat()}"
        inbox.send(kind=SET_UP, key=key, payload={"connection": connection.pk})
        reconciliation.start(connection)
    return connection


def _locked_or_new(shop: str, merchant: Merchant | None) -> Connection:
    known = Connection.objects.select_for_update(of=("self",)).select_related("merchant")
    connection = known.filter(storefront="shopify", account=shop).first()
    if connection is None:
        owner = merchant or Merchant.objects.create(name=shop.removesuffix(".myshopify.com"))
        connection = Connection(merchant=owner, storefront="shopify", account=shop)
    return connection


def _check_owner(connection: Connection, merchant: Merchant | None) -> None:
    if merchant is None or connection.merchant == merchant:
        return
    if connection.status == Connection.Status.ACTIVE and connection.merchant.members.exists():
        raise BelongsToAnother(
            f"{connection.account} is connected to another account; disconnect it there first", shop=connection.account
        )
    connection.merchant = merchant


def set_up(message: OutboundMessage) -> inbox.Effects | None:
    """Register webhooks and the carrier service, learn the shop's address, begin the import of its products."""
    connection = _active(message)
    if connection is None:
        return None
    shop = graphql(connection, "shop")["shop"]
    refused = register_webhooks(connection)
    carrier_service = register_carrier_service(connection)

    def effects() -> None:
        _fill_in(connection.merchant, shop)
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        learnt = {"carrier_service": carrier_service, "plan": shop["plan"]["publicDisplayName"]}
        row.settings = {**row.settings, **learnt, "topics_refused": refused}
        row.save(update_fields=["settings"])
        AuditEntry.objects.note(
            connection.merchant, actor="Shopify", action="store.set_up", target=str(connection), **carrier_service
        )
        _import_next(connection.pk, run=message.pk, after="")

    return effects


def set_up_failed(message: OutboundMessage, error: str) -> None:
    connection = Connection.objects.select_related("merchant").filter(pk=message.payload["connection"]).first()
    if connection:
        AuditEntry.objects.note(
            connection.merchant, actor="Shopify", action="store.set_up_failed", target=str(connection), error=error
        )


def _active(message: OutboundMessage) -> Connection | None:
    active = Connection.objects.select_related("merchant").filter(status=Connection.Status.ACTIVE)
    return active.filter(pk=message.payload["connection"]).first()


def _fill_in(merchant: Merchant, shop: Mapping[str, Any]) -> None:
    """Fill what is empty in the merchant with what the shop says; what a person wrote stays. Nothing is made up."""
    address = shop["shopAddress"]
    told = {
        "company": address["company"] or shop["name"],
        "address1": address["address1"],
        "address2": address["address2"],
        "city": address["city"],
        "region": address["provinceCode"],
        "postcode": address["zip"],
        "country": address["countryCodeV2"],
        "phone": address["phone"],
        "email": shop["email"],
        "currency": shop["currencyCode"],
    }
    merchant.refresh_from_db()
    if not merchant.country:  # fresh from the installation: its name was made of the domain
        merchant.name = shop["name"][:120]
    for field, value in told.items():
        if value and not getattr(merchant, field):
            setattr(merchant, field, str(value)[: Merchant._meta.get_field(field).max_length])
    merchant.save(update_fields=["name", *told])
    merchant.touch()


def import_products(message: OutboundMessage) -> inbox.Effects | None:
    """Import one page of the catalogue; the next page is a message of its own, so a crash repeats one page at most."""
    connection = _active(message)
    if connection is None:
        return None
    variants, after = adapter.products_page(connection, message.payload["after"])

    def effects() -> None:
        import_variants(connection, variants)
        if after is not None:
            _import_next(connection.pk, run=message.payload["run"], after=after)

    return effects


def _import_next(connection: int, *, run: int, after: str) -> None:
    payload = {"connection": connection, "run": run, "after": after}
    page = hashlib.sha256(after.encode()).hexdigest()[:32]  # cursors may be longer than a key
    inbox.send(kind=IMPORT, key=f"{IMPORT}:{run}:{page}", payload=payload)
