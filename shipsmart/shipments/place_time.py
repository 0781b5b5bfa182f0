"""The clock of the place that parcels leave from, as far as its country alone tells it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

_MONTHS_LOOKED_AT = 12


def zones_of(country: str) -> list[str]:
    """Return the time zones of a country (ISO alpha-2) by CLDR, all there are when it is unknown."""
    known = available_timezones()
    return [zone for zone in get_global("territory_zones").get(country, ()) if zone in known] or sorted(known)


def zone_of(country: str, now: datetime) -> str:
    """Return the country's time zone, "" where its clocks differ from each other within the coming year."""
    zones = zones_of(country)
    moments = [now.astimezone(UTC) + timedelta(days=30 * month) for month in range(_MONTHS_LOOKED_AT)]
    clocks = {tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in moments) for zone in zones}
    return zones[0] if len(clocks) == 1 else ""
