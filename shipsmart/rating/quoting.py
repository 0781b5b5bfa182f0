"""Carrier prices within one deadline: memory first, all accounts at once, the price list for who stays silent.

Nothing here touches the database; `queries.snapshot` made the values. Threads are few, long-lived and never waited
for: a carrier's call ends by its own time-out, which is not longer than the deadline.
"""

import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import cache

from shipsmart.core.errors import ShipSmartError
from shipsmart.ports import CarrierEnquiry, CarrierQuote, IntegrationError, provider, provides
from shipsmart.rating.breaker import Breaker
from shipsmart.rating.declared import Exchange, enquiry_for
from shipsmart.rating.memory import Kept, Memory, cache_keys
from shipsmart.rating.table import own_quotes, stand_ins, table_quotes
from shipsmart.rating.values import AccountSnapshot, Gathered, TableRow

__all__ = ["AccountSnapshot", "Gathered", "TableRow", "choose", "gather", "table_quotes"]
log = logging.getLogger(__name__)

THREADS = 32
MOST_WAITING = 128  # asked but not answered, over all accounts
MOST_PER_ACCOUNT = 8  # one hanging carrier must not take all threads
REFRESH_TIMEOUT_S = 5.0
REFUSED_GOODS = frozenset({"dangerous_goods_refused", "dangerous_goods_contradiction"})
MARGIN_S = 0.02  # what collecting the answers takes after the deadline

breaker = Breaker()
memory = Memory()
_asking: dict[str, "Future[tuple[CarrierQuote, ...]]"] = {}
_asking_lock = threading.Lock()


class NoCarrierQuote(ShipSmartError):
    """There is no price to choose from."""

    code = "no_carrier_quote"


class NotAsked(ShipSmartError):
    """The account was not asked: it failed too often, or too much is under way."""

    code = "carrier_not_asked"


def gather(
    accounts: Sequence[AccountSnapshot],
    enquiry: CarrierEnquiry,
    *,
    deadline_s: float,
    table_rates: Sequence[TableRow],
    exchange: Exchange | None = None,
) -> Gathered:
    """Return every account's prices that are known or arrive within `deadline_s`, cheapest first per currency.

    Fresh answers (15 minutes) are served from memory; stale ones (a day) at once too, while a new one is fetched
    behind the answer. Accounts that stay silent leave a message, and the fallback rows that stand for their services
    take their place; when nobody at all answered, every fallback row counts. An empty answer says why. `exchange`
    serves carriers that take values in one currency only; without it they are asked in the cart's and refuse it.
    """
    ends_at = time.monotonic() + deadline_s - MARGIN_S
    asked = _asked(accounts, enquiry)
    known = memory.find(list(asked))
    under_way = {
        key: _start(account, enquiry, key, ends_at, exchange) for key, account in asked.items() if key not in known
    }
    if under_way:
        _wait(under_way.values(), ends_at)
    quotes = list(own_quotes(table_rates, enquiry))
    messages: list[str] = []
    silent: set[str] = set()
    refused: set[str] = set()
    for key, account in asked.items():
        if key in known:
            quotes += _remembered(account, enquiry, key, known, exchange)
            continue
        said, message = _outcome(account, under_way[key])
        quotes += said
        if message:
            messages.append(f"{account.name}: {message}")
            (refused if _refuses_goods(under_way[key]) else silent).add(account.carrier)
    answering = {quote.carrier for quote in quotes}  # perhaps by a second account of theirs
    rows = [row for row in table_rates if row.stands_for.partition(":")[0] not in refused - answering]
    quotes += stand_ins(rows, enquiry, silent=silent - answering, answered=bool(quotes))
    if not quotes:
        messages.append(_why_nothing(asked, table_rates, enquiry))
    return Gathered(tuple(_ranked(quotes)), tuple(messages))


def ask_ahead(
    accounts: Sequence[AccountSnapshot], enquiry: CarrierEnquiry, *, within_s: float, exchange: Exchange
) -> None:
    """Begin to ask what `gather` will be asked for in a moment; it finds the questions under way, or the answers."""
    asked = _asked(accounts, enquiry)
    known = memory.find(list(asked))
    ends_at = time.monotonic() + within_s - MARGIN_S
    for key, account in asked.items():
        if key not in known:
            _start(account, enquiry, key, ends_at, exchange)


def _asked(accounts: Sequence[AccountSnapshot], enquiry: CarrierEnquiry) -> dict[str, AccountSnapshot]:
    """Return the accounts that name prices for goods lying there, by their key in memory."""
    sender = enquiry.shipper.country
    fit = (account for account in accounts if account.serves(sender) and provides(account.carrier, "quotes"))
    return dict(cache_keys(fit, enquiry))


def choose(quotes: Sequence[CarrierQuote], *, wanted: str | None) -> CarrierQuote:
    """Return the quote for the label: the cheapest that keeps the promised service, or the cheapest of all.

    `wanted` is a service ("P") or "carrier:service" ("dhl_express:P"). Prices in different currencies are not
    comparable here: the currency most quotes are in wins. Raises NoCarrierQuote.
    """
    fitting = [quote for quote in quotes if wanted in (None, quote.service, f"{quote.carrier}:{quote.service}")]
    if not fitting:
        raise NoCarrierQuote(
            f"no carrier offers {wanted or 'a service'} now: {len(quotes)} other quotes; choose another service",
            wanted=wanted,
        )
    currencies = [quote.currency for quote in fitting]
    common = max(dict.fromkeys(currencies), key=currencies.count)
    return min((quote for quote in fitting if quote.currency == common), key=lambda quote: quote.price)


def forget() -> None:
    """Empty memory and breakers (tests)."""
    memory.forget()
    breaker.forget()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="rating")


def _start(
    account: AccountSnapshot, enquiry: CarrierEnquiry, key: str, ends_at: float, exchange: Exchange | None
) -> "Future[tuple[CarrierQuote, ...]] | NotAsked":
    """Ask in the pool; the same question asked twice at once is asked once. Returns why not, when it is not asked."""
    with _asking_lock:
        if key in _asking:
            return _asking[key]
        if len(_asking) >= MOST_WAITING or sum(k.startswith(f"rating:{account.key}:") for k in _asking) >= (
            MOST_PER_ACCOUNT
        ):
            return NotAsked("too many enquiries are waiting for it", account=account.key)
        if not breaker.allows(account.key):
            return NotAsked("left alone for a moment after repeated failures", account=account.key)
        future = _asking[key] = _pool().submit(_ask, account, enquiry, key, ends_at, exchange)
    future.add_done_callback(lambda _: _done(key))
    return future


def _wait(asked: "Iterable[Future[tuple[CarrierQuote, ...]] | NotAsked]", ends_at: float) -> None:
    futures = [found for found in asked if isinstance(found, Future)]
    wait(futures, max(0.0, ends_at - time.monotonic()))


def _done(key: str) -> None:
    with _asking_lock:
        _asking.pop(key, None)


def _ask(
    account: AccountSnapshot, enquiry: CarrierEnquiry, key: str, ends_at: float, exchange: Exchange | None
) -> tuple[CarrierQuote, ...]:
    timeout_s = ends_at - time.monotonic()
    if timeout_s <= 0:
        breaker.abandoned(account.key)
        raise IntegrationError("no time left to ask", permanent=False, code="timed_out")
    if breaker.hear(account.key):
        raise NotAsked("left alone for a moment after repeated failures elsewhere", account=account.key)
    asked = enquiry_for(account.carrier, enquiry, exchange) if exchange else enquiry
    try:
        found = provider(account.carrier, "quotes").carrier_quotes(account.ref(), asked, timeout_s=timeout_s)
    except IntegrationError as error:
        # A refusal of these very words says nothing about the next enquiry; silence and failure do.
        breaker.succeeded(account.key) if error.permanent else breaker.failed(account.key)
        raise
    except Exception:
        breaker.failed(account.key)
        raise
    breaker.succeeded(account.key)
    quotes = tuple(found)
    memory.put(key, quotes)
    return quotes


def _outcome(
    account: AccountSnapshot, asked: "Future[tuple[CarrierQuote, ...]] | NotAsked"
) -> tuple[Sequence[CarrierQuote], str]:
    """Return the quotes, or none and why."""
    if isinstance(asked, NotAsked):
        return (), asked.message
    done = asked.done()
    error = asked.exception() if done else None
    if not done or (isinstance(error, IntegrationError) and error.code == "timed_out"):
        return (), "no answer within the deadline"
    if error is None:
        return [quote for quote in asked.result() if account.offers(quote.service)], ""
    if isinstance(error, ShipSmartError):
        return (), error.message
    log.error("carrier account %s: its adapter broke", account.key, exc_info=error)
    return (), "its answer could not be used"


def _refuses_goods(asked: "Future[tuple[CarrierQuote, ...]] | NotAsked") -> bool:
    """Whether the carrier does not take such goods: then no row of the price list may sell its service either."""
    error = asked.exception() if isinstance(asked, Future) and asked.done() else None
    return isinstance(error, IntegrationError) and error.code in REFUSED_GOODS


def _remembered(
    account: AccountSnapshot, enquiry: CarrierEnquiry, key: str, known: Mapping[str, Kept], exchange: Exchange | None
) -> list[CarrierQuote]:
    quotes = [quote for quote in known[key].quotes if account.offers(quote.service)]
    if memory.is_fresh(known[key]):
        return quotes
    _start(account, enquiry, key, time.monotonic() + REFRESH_TIMEOUT_S, exchange)
    return [replace(quote, source="stale") for quote in quotes]


def _why_nothing(asked: Mapping[str, AccountSnapshot], rows: Sequence[TableRow], enquiry: CarrierEnquiry) -> str:
    weight_g = sum(parcel.weight_g for parcel in enquiry.parcels)
    lane = f"{enquiry.consignee.country} and {weight_g} g"
    if not rows:
        return f"no price for {lane}: {len(asked)} carrier accounts gave none and the price list is empty"
    return f"no price for {lane}: {len(asked)} carrier accounts gave none and no row of the price list covers it"


def _ranked(quotes: list[CarrierQuote]) -> list[CarrierQuote]:
    return sorted(quotes, key=lambda quote: (quote.currency, quote.price, quote.carrier, quote.service))
