"""Feed v3 and Hook: one of each for every key. A lot has ten events at most; what is not committed comes again.

Source: https://developers.vtex.com/docs/guides/orders-feed
"""

import secrets
import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from integrations.sandbox.vtex.account import FEED, Account, Event, Feed
from integrations.sandbox.vtex.guard import body, guarded, refused
from integrations.sandbox.vtex.hooks import ping
from integrations.sandbox.vtex.world import World

MAX_LOT = 10
RETENTION_S = (345_600, 1_209_600)


def blueprint(world: World) -> Blueprint:
    part = Blueprint("feeds", __name__)

    def route(path: str, method: str, view: Any) -> None:
        part.add_url_rule(f"/<account>/api/orders/{path}", view.__name__, guarded(world, FEED)(view), methods=[method])

    route("feed/config", "GET", feed_configuration)
    route("feed/config", "POST", configure_feed)
    route("feed/config", "DELETE", drop_feed)
    route("feed", "GET", lot)
    route("feed", "POST", commit)
    route("hook/config", "GET", hook_configuration)
    route("hook/config", "POST", configure_hook)
    route("hook/config", "DELETE", drop_hook)
    return part


def _key() -> str:
    return request.headers["X-VTEX-API-AppKey"]


def _feed(store: Account) -> Feed | None:
    if store.faults.take("feed_vanish"):
        store.feeds.pop(_key(), None)
    return store.feeds.get(_key())


def _bad_filter(told: Any) -> Response | None:
    filters = (told or {}).get("filter") or {}
    if filters.get("type") not in ("FromWorkflow", "FromOrders"):
        return refused(400, "1", "filter.type must be FromWorkflow or FromOrders")
    if ("status" in filters) == ("expression" in filters):
        return refused(409, "1", "status and expression cannot be mixed")
    return None


def feed_configuration(store: Account) -> Response:
    feed = _feed(store)
    return jsonify(feed.configuration) if feed else refused(404, "1", "Feed not configured")


def configure_feed(store: Account) -> Any:
    told = body()
    if bad := _bad_filter(told):
        return bad
    least, most = RETENTION_S
    if not least <= told["queue"]["MessageRetentionPeriodInSeconds"] <= most:
        return refused(400, "1", f"MessageRetentionPeriodInSeconds must be {least} to {most}")
    kept = store.feeds.get(_key())
    store.feeds[_key()] = Feed(told, kept.queue) if kept else Feed(told)
    return "", 200


def drop_feed(store: Account) -> Any:
    return ("", 204) if store.feeds.pop(_key(), None) else refused(404, "1", "Feed not configured")


def lot(store: Account) -> Response:
    feed = _feed(store)
    if feed is None:
        return refused(404, "1", "Feed not configured")
    most = int(request.args.get("maxlot", MAX_LOT))
    if not 1 <= most <= MAX_LOT:
        return refused(400, "1", f"maxlot must be 1 to {MAX_LOT}")
    hidden_s = feed.configuration["queue"]["visibilityTimeoutInSeconds"]
    found = [event for event in feed.queue if event.visible_at <= time.monotonic()][:most]
    for event in found:
        event.visible_at, event.handle = time.monotonic() + hidden_s, secrets.token_urlsafe(48)
    if store.faults.take("feed_reorder"):
        found.reverse()
    return jsonify([_row(event) for event in found])


def _row(event: Event) -> dict[str, str]:
    return {
        "eventId": event.event_id,
        "handle": event.handle,
        "domain": "Fulfillment",
        "state": event.state,
        "lastState": event.last_state,
        "orderId": event.order_id,
        "lastChange": event.last_change,
        "currentChange": event.change,
    }


def commit(store: Account) -> Any:
    feed = _feed(store)
    if feed is None:
        return refused(404, "1", "Feed not configured")
    handles = set((body() or {}).get("handles") or ())
    if not handles:
        return refused(400, "1", "handles are required")
    for event in [event for event in feed.queue if event.handle in handles]:
        if store.faults.take("feed_repeat"):
            event.visible_at = 0.0
        else:
            feed.queue.remove(event)
    return "", 200


def hook_configuration(store: Account) -> Response:
    if store.faults.take("hook_vanish"):
        store.hooks.pop(_key(), None)
    hook = store.hooks.get(_key())
    return jsonify(hook) if hook else refused(404, "1", "Hook not configured")


def configure_hook(store: Account) -> Response:
    told = body()
    if bad := _bad_filter(told):
        return bad
    if not ping(told["hook"]["url"], told["hook"].get("headers") or {}, store.patience_s):
        return refused(400, "1", "the hook's address did not answer the ping with 200")
    store.hooks[_key()] = told
    return jsonify(told)


def drop_hook(store: Account) -> Any:
    return ("", 204) if store.hooks.pop(_key(), None) else refused(404, "1", "Hook not configured")
