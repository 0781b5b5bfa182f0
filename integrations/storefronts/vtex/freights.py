"""The merchant's price list as a rate table of VTEX's logistics: what would change is shown first, and can be undone.

VTEX gives out a table by postcode only, so what we uploaded last is kept; rows of others that stand in a range of ours
are read from VTEX before they are replaced, and come back when the upload is undone.

Source: https://developers.vtex.com/docs/api-reference/logistics-api (freight values)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pycountry
from django.db import transaction
from django.utils import timezone

from integrations.storefronts.vtex import client
from integrations.storefronts.vtex.zones import FIRST_POSTCODE, Zone, cover
from shipsmart.core.errors import ShipSmartError
from shipsmart.core.money import minor_unit
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.quotes.landed import convert
from shipsmart.rating.models import TableRate

INSERT, UPDATE, DELETE = 1, 2, 3
MAX_VOLUME_CM3 = 1_000_000_000
PIECE = 500
SETTING = "freights"
_RANGE = ("country", "zipCodeStart", "zipCodeEnd", "weightStart", "weightEnd", "polygon")
_PRICE = ("absoluteMoneyCost", "timeCost")

Row = Mapping[str, Any]


class CannotExport(ShipSmartError):
    """The table cannot be made; the message says why and what to do."""

    code = "cannot_export"


@dataclass(frozen=True)
class Plan:
    """What an upload would change in the table of the shipping policy `carrier_id`."""

    carrier_id: str
    inserts: tuple[Row, ...]
    updates: tuple[Row, ...]
    deletes: tuple[Row, ...]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return the rows to send, deletions first: a range that was cut differently must be free before."""
        kinds = ((DELETE, self.deletes), (UPDATE, self.updates), (INSERT, self.inserts))
        return [{**row, "operationType": kind} for kind, rows in kinds for row in rows]


def wanted(
    connection: Connection, *, service: str, countries: Sequence[str], zones: Sequence[Zone] = ()
) -> list[dict[str, Any]]:
    """Return the table of a service in the store's currency: a row for each country (alpha-2), zone and step of weight.

    Raises CannotExport when the price list has nothing for it, or the store does not weigh in grams.
    """
    if (connection.settings.get("fields") or {}).get("weight_unit", "g") != "g":
        raise CannotExport("VTEX's tables have whole units of weight: set the store's unit to grams first")
    rates = list(TableRate.objects.filter(merchant=connection.merchant, service=service).order_by("max_weight_g"))
    elsewhere = sorted({zone.country for zone in zones} - set(countries))
    if elsewhere:
        raise CannotExport(f"there are zones of {', '.join(elsewhere)}, which is none of the countries to upload")
    rows = [
        row
        for country in countries
        for zone in cover(country, zones)
        for row in _country(connection, country, rates, zone)
    ]
    if not rows:
        raise CannotExport(f"the price list has no row of {service!r} for {', '.join(countries) or 'no country'}")
    return rows


def _country(connection: Connection, country: str, rates: Iterable[TableRate], zone: Zone) -> list[dict[str, Any]]:
    found = pycountry.countries.get(alpha_2=country)
    if found is None:
        raise CannotExport(f"{country!r} is no country; write two capital letters, for example DE")
    channels = connection.settings.get("sales_channels") or {}
    currency = next((one["currency"] for one in channels.values()), connection.merchant.currency)
    rows, start = [], 1
    for rate in rates:
        if (rate.countries and country not in rate.countries) or rate.max_weight_g < start:
            continue
        price = convert(rate.price, rate.currency, currency, timezone.now()) + zone.extra
        rows.append(
            {
                "country": found.alpha_3,
                "zipCodeStart": zone.first,
                "zipCodeEnd": zone.last,
                "weightStart": start,
                "weightEnd": rate.max_weight_g,
                "polygon": "",
                "absoluteMoneyCost": str(price.quantize(minor_unit(currency), "ROUND_HALF_UP")),
                "pricePercent": 0,
                "pricePercentByWeight": 0,
                "maxVolume": MAX_VOLUME_CM3,
                "timeCost": f"{rate.days_to + zone.days}.00:00:00",
            }
        )
        start = rate.max_weight_g + 1
    return rows


def plan(
    connection: Connection, *, carrier_id: str, service: str, countries: Sequence[str], zones: Sequence[Zone] = ()
) -> Plan:
    """Return what an upload would change; asks VTEX and changes nothing."""
    key = client.key_of(connection)
    ours = {_range(row): row for row in _last(connection, carrier_id).get("rows", ())}
    new = {_range(row): row for row in wanted(connection, service=service, countries=countries, zones=zones)}
    there = _there(key, carrier_id, [*ours.values(), *new.values()])
    return Plan(
        carrier_id,
        inserts=tuple(row for at, row in new.items() if at not in there),
        updates=tuple(row for at, row in new.items() if at in there and _differs(there[at], row)),
        # Only what we put there ourselves is taken away: other rows of the policy are the merchant's own.
        deletes=tuple(there[at] for at in ours if at not in new and at in there),
    )


def _there(key: client.Key, carrier_id: str, rows: Iterable[Row]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the policy's rows that cover where these begin: VTEX gives out a table by postcode only."""
    starts = sorted({FIRST_POSTCODE, *(str(row["zipCodeStart"]) for row in rows)})
    found = (row for start in starts for row in client.freights(key, carrier_id, start))
    return {_range(row): _clean(row) for row in found}


def upload(connection: Connection, made: Plan, *, actor: str) -> None:
    """Send the changes, keeping first what they replace."""
    key = client.key_of(connection)
    there = _there(key, made.carrier_id, (*made.updates, *made.deletes))
    replaced = [there[_range(row)] for row in (*made.updates, *made.deletes) if _range(row) in there]
    undo = Plan(
        made.carrier_id,
        inserts=tuple(row for row in replaced if _range(row) in {_range(gone) for gone in made.deletes}),
        updates=tuple(row for row in replaced if _range(row) in {_range(changed) for changed in made.updates}),
        deletes=made.inserts,
    )
    kept = {_range(row): row for row in _last(connection, made.carrier_id).get("rows", ())}
    for row in made.deletes:
        kept.pop(_range(row), None)
    kept |= {_range(row): row for row in (*made.inserts, *made.updates)}
    _keep(
        connection, made.carrier_id, {"rows": list(kept.values()), "undo": undo.rows}, actor, "store.freights_uploaded"
    )
    _send(key, made.carrier_id, made.rows)


def undoable(connection: Connection) -> dict[str, int]:
    """Return the shipping policies whose last upload can be undone, with how many rows that changes."""
    kept: Mapping[str, Mapping[str, Any]] = connection.settings.get(SETTING) or {}
    return {carrier: len(values["undo"]) for carrier, values in kept.items() if values.get("undo")}


def undo(connection: Connection, *, carrier_id: str, actor: str) -> int:
    """Put the table back as it was before the last upload; return how many rows that changes."""
    last = _last(connection, carrier_id)
    rows = last.get("undo") or []
    if not rows:
        raise CannotExport("there is no upload to undo for this shipping policy")
    _send(client.key_of(connection), carrier_id, rows)
    gone = {_range(row) for row in rows if row["operationType"] == DELETE}
    back = {_range(row): row for row in rows if row["operationType"] == UPDATE}
    left = [back.get(_range(row), row) for row in last["rows"] if _range(row) not in gone]
    _keep(connection, carrier_id, {"rows": left, "undo": []}, actor, "store.freights_undone")
    return len(rows)


def _send(key: client.Key, carrier_id: str, rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), PIECE):
        client.update_freights(key, carrier_id, rows[start : start + PIECE])


def _range(row: Row) -> tuple[Any, ...]:
    return tuple(int(row[key]) if key.startswith("weight") else row[key] or "" for key in _RANGE)


def _clean(row: Row) -> dict[str, Any]:
    """Return a row as VTEX takes it, from one as VTEX gives it out: prices are numbers there, texts here."""
    return {
        **{key: row[key] or "" for key in _RANGE if not key.startswith("weight")},
        "weightStart": int(row["weightStart"]),
        "weightEnd": int(row["weightEnd"]),
        "absoluteMoneyCost": str(Decimal(str(row["absoluteMoneyCost"])).quantize(Decimal("0.01"))),
        "pricePercent": int(row["pricePercent"]),
        "pricePercentByWeight": int(row["pricePercentByWeight"]),
        "maxVolume": int(row["maxVolume"]),
        "timeCost": row["timeCost"],
    }


def _differs(there: Row, row: Row) -> bool:
    return any(there[key] != row[key] for key in _PRICE)


def _last(connection: Connection, carrier_id: str) -> Mapping[str, Any]:
    kept: Mapping[str, Any] = Connection.objects.get(pk=connection.pk).settings.get(SETTING) or {}
    return kept.get(carrier_id) or {}


def _keep(connection: Connection, carrier_id: str, values: Mapping[str, Any], actor: str, action: str) -> None:
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        row.settings = {**row.settings, SETTING: {**(row.settings.get(SETTING) or {}), carrier_id: dict(values)}}
        row.save(update_fields=["settings"])
        AuditEntry.objects.note(row.merchant, actor=actor, action=action, target=str(row), carrier=carrier_id)
