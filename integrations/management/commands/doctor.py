"""`manage.py doctor`: is everything in place? Says what is wrong and what to do about it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from integrations.feeds import attempts
from shipsmart import core
from shipsmart.compliance.operations import lists_in_force
from shipsmart.core.convert import STALE_AFTER
from shipsmart.core.errors import ShipSmartError
from shipsmart.documents import special_drawing_rights
from shipsmart.inbox.heartbeat import last_beats
from shipsmart.inbox.models import InboundEvent, OutboundMessage, State
from shipsmart.merchants.models import Connection
from shipsmart.quotes import rulebook
from shipsmart.rating.models import CarrierAccount

Finding = dict[str, Any]
MAIN_CURRENCIES = ("EUR", "USD", "GBP")


class Command(BaseCommand):
    help = "Check configuration, database, broker, workers, rulebook, carriers and stores."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *, json: bool, **_: Any) -> None:
        checks = {name: _guarded(check) for name, check in CHECKS.items()}
        healthy = all(check["ok"] for check in checks.values())
        if json:
            self.stdout.write(dumps({"ok": healthy, "checks": checks}))
        else:
            for name, found in checks.items():
                self.stdout.write(f"{'ok  ' if found['ok'] else 'FAIL'}  {name}: {found['message']}")
        if not healthy:
            raise SystemExit(1)


def dumps(value: Any) -> str:
    return json.dumps(value, default=str)


def _guarded(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except (DatabaseError, ShipSmartError, OSError) as error:
        return _finding(False, f"{type(error).__name__}: {error}")


def _finding(ok: bool, message: str, **more: Any) -> Finding:
    return {"ok": ok, "message": message, **more}


def _database() -> Finding:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        return _finding(False, f"{len(pending)} migrations are not applied; run `manage.py migrate`")
    return _finding(True, connection.vendor, vendor=connection.vendor)


def _broker() -> Finding:
    if settings.EMBEDDED:
        return _finding(True, "none needed: the worker lives in the web process (no REDIS_URL)")
    cache.set("doctor", "here", 10)
    return _finding(cache.get("doctor") == "here", "Redis answers")


def _worker() -> Finding:
    """Every lane needs a worker: with Celery a lane may have been left out of every `--lanes`."""
    now, beats = timezone.now(), last_beats()
    idle = [lane for lane, at in beats.items() if at is None or now - at > timedelta(minutes=1)]
    late = InboundEvent.objects.due(now - timedelta(minutes=1)).count()
    late += OutboundMessage.objects.due(now - timedelta(minutes=1)).count()
    said = "a worker was seen within a minute in every lane"
    if idle:
        said = f"no worker seen lately for {', '.join(idle)}; start `make serve` (and `make worker` with Redis)"
    heartbeat = min((at for at in beats.values() if at), default=None)
    return _finding(
        not idle and not late, f"{said}; {late} steps are more than a minute late", late=late, heartbeat=heartbeat
    )


def _given_up() -> Finding:
    dead = (
        OutboundMessage.objects.filter(state=State.DEAD).count() + InboundEvent.objects.filter(state=State.DEAD).count()
    )
    return _finding(
        not dead, f"{dead} steps were given up" + ("; open their orders and press Try again" if dead else "")
    )


def _rulebook() -> Finding:
    book = rulebook.current()
    now = timezone.now()
    newest = max((rates.day for rates in book.rate_sets(now)), default=None)
    ways = "machine code" if core.COMPILED else "plain Python, at half the speed: a C compiler and `make core` mend it"
    said = f"version {book.version}, computed in {ways}; newest exchange rates of {newest}"
    if newest is not None and now.date() - newest > STALE_AFTER:
        said += f", {(now.date() - newest).days} days old: answers that convert are estimates; run feeds rates"
    wrong = list(attempts.complaints(attempts.read(rulebook.folder()), now=now))
    said = "; ".join((said, *wrong))
    return _finding(not wrong, said, version=book.version, sha256=book.sha256, exchange_rates=newest)


def _carriers() -> Finding:
    rows = [
        {"carrier": a.carrier, "number": a.number, "readable": bool(a.ref())}
        for a in CarrierAccount.objects.filter(active=True)
    ]
    return _finding(True, f"{len(rows)} active accounts", accounts=rows)


def _stores() -> Finding:
    rows = list(Connection.objects.values("storefront", "account", "status"))
    broken = [row["account"] for row in rows if row["status"] == Connection.Status.REAUTHORISE]
    return _finding(
        not broken, f"{len(rows)} stores" + (f"; authorise again: {', '.join(broken)}" if broken else ""), stores=rows
    )


def _screening() -> Finding:
    lists = [f"{row.source} of {row.imported_at:%Y-%m-%d}" for row in lists_in_force()]
    return _finding(True, ", ".join(lists) or "no list of denied parties is imported: nobody is screened", lists=lists)


def _papers() -> Finding:
    """Limits of the forms stand in Special Drawing Rights: how old the rates are that they are compared by."""
    ages = {currency: special_drawing_rights.days_old(currency, timezone.now().date()) for currency in MAIN_CURRENCIES}
    oldest = max(age for age in ages.values() if age is not None)
    kept_off = max(special_drawing_rights.margin(currency) for currency in MAIN_CURRENCIES)
    said = f"values in Special Drawing Rights are up to {oldest} days old; the forms' limits keep {kept_off:.0%} off"
    return _finding(True, said, days_old=ages)


CHECKS: dict[str, Callable[[], Finding]] = {
    "database": _database,
    "broker": _broker,
    "worker": _worker,
    "given_up": _given_up,
    "rulebook": _rulebook,
    "screening": _screening,
    "papers": _papers,
    "carriers": _carriers,
    "stores": _stores,
}
