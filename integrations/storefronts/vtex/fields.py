"""Which specifications of a store's goods hold HS code and origin: what there is, what fits, what would be read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from integrations.storefronts.vtex import catalogue, client
from integrations.storefronts.vtex.sku_mapping import (
    HS_NAMES,
    ORIGIN_NAMES,
    hs_code,
    origin,
    specifications,
    store_variant,
)
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import StoreVariant

SAMPLE = 20
SETTING = "fields"
FITS = Decimal("0.5")  # of the values under a name: a few typing errors do not hide a specification


@dataclass(frozen=True)
class Specification:
    """A specification's name as the store writes it, values of it, and what it seems to hold ("hs", "origin", "")."""

    name: str
    values: tuple[str, ...]
    holds: str


def sample(connection: Connection) -> list[Mapping[str, Any]]:
    """Return the first SKUs of the store that are sold. Raises IntegrationError."""
    key = client.key_of(connection)
    ids = [str(number) for number in client.sku_ids(key, 1, SAMPLE)]
    return [sku for sku in (client.sku(key, one) for one in ids) if sku and sku.get("IsActive", True)]


def found(skus: Sequence[Mapping[str, Any]]) -> list[Specification]:
    """Return the specifications of some SKUs, those that seem to hold something for customs first."""
    values: dict[str, list[str]] = {}
    for sku in skus:
        for name, value in specifications(sku):
            values.setdefault(name, []).append(value)
    rows = [Specification(name, tuple(dict.fromkeys(some)), _holds(name, some)) for name, some in values.items()]
    return sorted(rows, key=lambda row: (not row.holds, row.name.casefold()))


def _holds(name: str, values: Sequence[str]) -> str:
    kinds: tuple[tuple[str, Sequence[str], Callable[[str], str]], ...] = (
        ("hs", HS_NAMES, hs_code),
        ("origin", ORIGIN_NAMES, origin),
    )
    for kind, names, parsed in kinds:
        fitting = sum(1 for value in values if parsed(value))
        usual = name.strip().casefold() in names
        # Sizes and years are digits too: without a usual name every value must read as a code.
        if fitting and Decimal(fitting) / len(values) >= (FITS if usual else 1):
            return kind
    return ""


def suggested(rows: Sequence[Specification]) -> dict[str, str]:
    """Return the likeliest name for each field; usual names before others."""
    best: dict[str, str] = {}
    for kind, names in (("hs", HS_NAMES), ("origin", ORIGIN_NAMES)):
        fitting = sorted((row for row in rows if row.holds == kind), key=lambda row: row.name.casefold() not in names)
        best[kind] = fitting[0].name if fitting else ""
    return best


def read(skus: Sequence[Mapping[str, Any]], chosen: Mapping[str, str]) -> list[StoreVariant]:
    """Return what would be read of some SKUs under the chosen names. Prices are left out."""
    return [store_variant(sku, price=Decimal(0), currency="", fields=chosen) for sku in skus]


def choose(connection: Connection, chosen: Mapping[str, str], *, actor: str) -> None:
    """Keep the names and read the whole catalogue again; what a person decided here is never overwritten."""
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        row.settings = {**row.settings, SETTING: {name: value for name, value in chosen.items() if value}}
        row.save(update_fields=["settings"])
        AuditEntry.objects.note(row.merchant, actor=actor, action="store.fields", target=str(row), **chosen)
        catalogue.start(row, actor=actor)
