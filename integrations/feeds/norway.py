"""Norway's customs tariff: the open data set of duty rates by commodity code and country group, JSON.

`{"versjon": "1.2", "varer": [{"id": "61091000", "avtalesatser": [{"landgruppe": "TALL", "sats": [{"satsVerdi":
"10,70", "satsEnhet": "P", "fomdato": "2026-01-01", "tomdato": ""}]}]}]}`. TALL is the ordinary rate for all countries;
the other groups are agreements, kept as programmes under their own letters where the ordinary rate is not free.

Source: https://data.toll.no/dataset/tollavgiftssats (CC BY 4.0, Norwegian Customs)
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from integrations.feeds.reading import Progress, json_items, no_progress
from integrations.feeds.report import BadFeed, Tally, Unread
from integrations.feeds.schedule import Schedule, plain, sorted_rows
from shipsmart.rules.hts import TariffRow, programmes_cell

ORDINARY = "TALL"
NO_FIGURE = "999999,99"
UNITS = {"K": "kg", "S": "item"}
_CODE = re.compile(r"\d{8}")
_GROUP = re.compile(r"[A-Z0-9]{1,20}")
_VALUE = re.compile(r"\d{1,12}(?:,\d{1,6})?")


def read(path: Path, *, day: date, progress: Progress = no_progress) -> Schedule:
    """Return the rates in force on a day; raises BadFeed naming the item and the field."""
    tally = Tally()
    rows: dict[str, TariffRow] = {}
    for number, item in json_items(path, key="varer", progress=progress):
        _line(f"{path.name} item {number}", item, day, (rows, tally))
    return Schedule(sorted_rows(rows.values()), tally)


def _line(where: str, item: Mapping[str, Any], day: date, into: tuple[dict[str, TariffRow], Tally]) -> None:
    rows, tally = into
    code = item.get("id")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise BadFeed(f"{where}: 'id' must be a code of 8 digits, not {code!r}", row=where, column="id")
    if code in rows:
        raise BadFeed(f"{where}: the code {code} stands twice; download the file again", row=where, column="id")
    groups = _groups(where, item)
    texts = {group: _in_force(where, rates, day) for group, rates in groups.items()}
    ordinary = texts.pop(ORDINARY, [])
    _tell_later(code, groups.get(ORDINARY, []), day, tally)
    duty = _duty(ordinary)
    rows[code] = TariffRow(code, duty or "?", "", _programmes(code, texts, tally) if duty not in (None, "Free") else "")
    if duty is None:
        told = ", ".join(" ".join(pair) for pair in ordinary)
        reason = "more than one ordinary rate at once" if len(ordinary) > 1 else "a rate or unit that no cart tells"
        tally.fail(Unread(where.rpartition(" ")[2], "satsVerdi", code, told, reason if told else "no ordinary rate"))
    else:
        tally.take()


def _groups(where: str, item: Mapping[str, Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    agreements = item.get("avtalesatser")
    if not isinstance(agreements, list):
        raise BadFeed(f"{where}: 'avtalesatser' must be a list", row=where, column="avtalesatser")
    for agreement in agreements:
        group = agreement.get("landgruppe") if isinstance(agreement, dict) else None
        rates = agreement.get("sats") if isinstance(agreement, dict) else None
        if not isinstance(group, str) or not _GROUP.fullmatch(group) or not isinstance(rates, list):
            raise BadFeed(f"{where}: an agreement without 'landgruppe' or 'sats'", row=where, column="avtalesatser")
        found.setdefault(group, []).extend(rates)
    return found


def _in_force(where: str, rates: list[Any], day: date) -> list[tuple[str, str]]:
    """Return (value, unit) as published of each rate in force on a day, both as text."""
    found = []
    for rate in rates:
        if not isinstance(rate, dict) or not isinstance(rate.get("satsVerdi"), str):
            raise BadFeed(f"{where}: a rate without 'satsVerdi'", row=where, column="satsVerdi")
        first, last = _day(where, rate, "fomdato"), _day(where, rate, "tomdato")
        if (first is None or first <= day) and (last is None or day <= last):
            found.append((rate["satsVerdi"].strip(), str(rate.get("satsEnhet") or "").strip()))
    return found


def _tell_later(code: str, rates: list[Any], day: date, tally: Tally) -> None:
    """List the ordinary rates that begin after the day: the import of that day must bring them."""
    for rate in rates:
        first = rate.get("fomdato") or ""
        if first and date.fromisoformat(first) > day:
            told = f"{rate['satsVerdi']} {rate.get('satsEnhet') or ''}".strip()
            tally.partly.append(Unread(code, "fomdato", code, told, f"a later rate: import again from {first} on"))


def _day(where: str, rate: Mapping[str, Any], name: str) -> date | None:
    text = rate.get(name) or ""
    try:
        return date.fromisoformat(text) if text else None
    except (TypeError, ValueError) as error:
        raise BadFeed(
            f"{where}: {name!r} must be a day like 2026-01-01, not {text!r}", row=where, column=name
        ) from error


def _duty(rates: list[tuple[str, str]]) -> str | None:
    """Return one rate in the grammar of duties; None for none, several, or one that no cart tells."""
    if len(set(rates)) != 1:
        return None
    value, unit = rates[0]
    if value == NO_FIGURE or not _VALUE.fullmatch(value):
        return None
    amount = Decimal(value.replace(",", "."))
    if not amount:
        return "Free"
    if unit == "P":
        return f"{plain(amount)}%"
    return f"{plain(amount)} NOK / {UNITS[unit]}" if unit in UNITS else None


def _programmes(code: str, groups: Mapping[str, list[tuple[str, str]]], tally: Tally) -> str:
    """Return the cell of `programmes`; a group whose rate cannot be read is listed and left out."""
    free, reduced = [], {}
    for group, rates in groups.items():
        duty = _duty(rates) if rates else None
        if duty == "Free":
            free.append(group)
        elif duty is not None:
            reduced[group] = duty
        elif rates:
            told = ", ".join(" ".join(pair) for pair in rates)
            tally.partly.append(Unread(code, group, code, told, "a preference that cannot be read"))
    return programmes_cell(free, reduced) if free or reduced else ""
