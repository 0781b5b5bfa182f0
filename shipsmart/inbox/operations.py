"""Take in, send out, and work off what is due. See leases.py for why nothing is lost or done twice."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pkgutil import resolve_name
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from shipsmart.core.errors import ShipSmartError
from shipsmart.inbox import heartbeat, lanes, wake
from shipsmart.inbox.leases import MAX_ATTEMPTS, LeasedWork, State
from shipsmart.inbox.models import InboundEvent, OutboundMessage
from shipsmart.ports import IntegrationError

log = logging.getLogger(__name__)

Effects = Callable[[], None]


@dataclass(frozen=True)
class Again:
    """What a handler returns to say "not finished": the row comes back after `delay_s`; the effects happen now."""

    delay_s: float
    effects: Effects | None = None


Handler = Callable[[Any], Effects | Again | None]


@dataclass(frozen=True)
class Kind:
    """A model of leased work and how its rows are handled. A `patient` one is never given up.

    `named_by`: the field that names the step, which has a lane of its own; without it all rows stand in `lane`.
    """

    model: type[LeasedWork]
    handle: Handler
    on_dead: Callable[[Any, str], None] | None = None
    patient: bool = False
    named_by: str = ""
    lane: str = lanes.ORDERS

    def claim(self, limit: int, lane: str | None) -> list[Any]:
        """Return up to `limit` due rows of a lane (None: of all), leased to the caller."""
        rows: Any = self.model._default_manager.all()
        if lane and self.named_by:
            rows = lanes.in_lane(rows, self.named_by, lane)
        elif lane and lane != self.lane:
            return []
        return list(rows.claim(limit))


_kinds: list[Kind] = []
_handlers: dict[str, Handler | str] = {}
_dead: dict[str, Callable[[Any, str], None] | str] = {}


def register_model(kind: Kind) -> None:
    """Let the drainer work off one more model (called from an app's `ready`)."""
    if all(known.model is not kind.model for known in _kinds):
        _kinds.append(kind)


def register(
    name: str,
    handler: Handler | str,
    *,
    on_dead: Callable[[Any, str], None] | str | None = None,
    lane: str = lanes.ORDERS,
) -> None:
    """Handle inbound events of source `name`, or outbound messages of kind `name`. Dotted paths are imported when used
    (`module:object.method` for a method).

    A handler may call partners (no transaction is open), then returns the database effects as a function; these run in
    the transaction that finishes the row. It may be called again for the same row. `on_dead(row, error)` runs in the
    transaction that gives the row up. `lane`: see lanes.py.
    """
    _handlers[name] = handler
    lanes.assign(name, lane)
    if on_dead:
        _dead[name] = on_dead


def registered() -> Mapping[str, Handler]:
    """Return every named handler (imports the dotted ones, so that a test can see that they exist)."""
    return {name: _resolve(handler) for name, handler in _handlers.items()}


def _resolve(handler: Any) -> Any:
    return resolve_name(handler) if isinstance(handler, str) else handler


def receive(*, source: str, topic: str, dedup_key: str, account: str, headers: Mapping[str, str], body: str) -> bool:
    """Store a message from outside; return False when it is here already. The caller may acknowledge either way."""
    with transaction.atomic():
        _, new = InboundEvent.objects.get_or_create(
            source=source,
            dedup_key=dedup_key,
            defaults={"topic": topic, "account": account, "headers": dict(headers), "body": body},
        )
        if new:
            transaction.on_commit(partial(wake.up, lanes.lane_of(source)), robust=True)
    return new


def send(*, kind: str, key: str, payload: Mapping[str, Any], delay_s: float = 0, again: bool = False) -> None:
    """Owe the outside something, once per `key`. Call it inside the transaction that gives the reason.

    `again`: a message of this key that is finished or given up is owed once more, with this payload.
    """
    due = timezone.now() + timedelta(seconds=delay_s)
    with transaction.atomic(savepoint=False):
        send_all(kind, {key: payload}, due=due)
        if again:
            _settled([key]).update(due=due, payload=dict(payload), **_AFRESH)


def send_again(kind: str, payloads: Mapping[str, Mapping[str, Any]]) -> None:
    """Owe many things of a kind, by key; those finished or given up are owed once more, as they were."""
    due = timezone.now()
    with transaction.atomic(savepoint=False):
        send_all(kind, payloads, due=due)
        _settled(payloads).update(due=due, **_AFRESH)


def send_all(kind: str, payloads: Mapping[str, Mapping[str, Any]], *, due: datetime | None = None) -> None:
    """Owe many things of a kind, once per key; what is known already stays as it is."""
    send_each([(kind, key, payload) for key, payload in payloads.items()], due=due)


def send_each(owed: Iterable[tuple[str, str, Mapping[str, Any]]], *, due: datetime | None = None) -> None:
    """Owe things of several kinds (kind, key, payload) as `send_all` does those of one."""
    due = due or timezone.now()
    rows = [OutboundMessage(kind=kind, key=key, payload=dict(payload), due=due) for kind, key, payload in owed]
    with transaction.atomic(savepoint=False):
        OutboundMessage.objects.bulk_create(rows, ignore_conflicts=True)
        for lane in dict.fromkeys(lanes.lane_of(row.kind) for row in rows):
            transaction.on_commit(partial(wake.up, lane), robust=True)


_AFRESH: Mapping[str, Any] = {"state": State.NEW, "attempts": 0, "finished_at": None}


def _settled(keys: Iterable[str]) -> QuerySet[OutboundMessage]:
    return OutboundMessage.objects.filter(key__in=list(keys)).exclude(state=State.NEW)


def drain(limit: int = 5, lane: str | None = None) -> int:
    """Work off what is due now in a lane (None: in all), one batch of each kind; return how many rows were handled."""
    heartbeat.beat(lane)
    done = 0
    with wake.together():
        for kind in _kinds:
            for row in kind.claim(limit, lane):
                # Rows of a batch wait for each other: the last one's lease may have run out meanwhile.
                if row.renew():
                    work(kind, row)
                    done += 1
    return done


def work(kind: Kind, row: LeasedWork) -> None:
    """Handle one claimed row; whatever goes wrong is written on the row."""
    try:
        outcome = kind.handle(row)
        with transaction.atomic():
            _finish(row, outcome)
    except ShipSmartError as error:
        _failed(kind, row, f"{error.code}: {error}", permanent=getattr(error, "permanent", False), error=error)
    except Exception as error:
        log.exception("handling %s failed", row)
        _failed(kind, row, f"{type(error).__name__}: {error}", permanent=False, error=error)


def _finish(row: LeasedWork, outcome: Effects | Again | None) -> None:
    again = isinstance(outcome, Again)
    ours = row.put_off(delay_s=outcome.delay_s) if again else row.finish()
    if not ours:
        log.warning("the lease of %s ran out before it was finished; somebody else has it now", row)
        return
    effects = outcome.effects if again else outcome
    if effects:
        effects()


def _failed(kind: Kind, row: LeasedWork, text: str, *, permanent: bool, error: Exception) -> None:
    with transaction.atomic():
        if not kind.patient and (permanent or row.attempts >= MAX_ATTEMPTS):
            if row.give_up(error=text) and kind.on_dead:
                kind.on_dead(row, text)
            log.error("gave up %s: %s", row, text)
        else:
            wish = error.retry_after_s if isinstance(error, IntegrationError) else None
            row.put_off(delay_s=wish or row.backoff_s(), error=text)
            log.warning("%s failed and will be tried again: %s", row, text)


def _handle_inbound(row: InboundEvent) -> Effects | Again | None:
    return _named(row.source)(row)


def _handle_outbound(row: OutboundMessage) -> Effects | Again | None:
    return _named(row.kind)(row)


def _named(name: str) -> Handler:
    if name not in _handlers:
        raise ShipSmartError(
            f"nobody handles {name!r}; is its integration in settings.INTEGRATIONS?", code="no_handler"
        )
    found: Handler = _resolve(_handlers[name])
    return found


def _on_dead(row: Any, text: str) -> None:
    name = row.source if isinstance(row, InboundEvent) else row.kind
    if name in _dead:
        _resolve(_dead[name])(row, text)


register_model(Kind(InboundEvent, _handle_inbound, _on_dead, named_by="source"))
register_model(Kind(OutboundMessage, _handle_outbound, _on_dead, named_by="kind"))
