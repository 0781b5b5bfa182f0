"""Notifications to the app's hook: 200 within five seconds, else again after a growing pause."""

import threading
import time
from typing import Any

import requests

from integrations.sandbox.vtex.account import Account, Event

PAUSES_S = (1, 2, 4, 8, 16)


def ping(url: str, headers: dict[str, str], patience_s: float) -> bool:
    """Whether the address answers the ping of a new configuration with 200."""
    try:
        return requests.post(url, json={"hookConfig": "ping"}, headers=headers, timeout=patience_s).status_code == 200
    except requests.RequestException:
        return False


def notify(account: Account, key: str, hook: dict[str, Any], event: Event) -> None:
    """Send a notification from a thread of its own, as often as faults ask for."""
    if account.faults.take("hook_lost"):
        return
    body = {
        "Domain": "Fulfillment",
        "OrderId": event.order_id,
        "State": event.state,
        "LastState": event.last_state,
        "LastChange": event.last_change,
        "CurrentChange": event.change,
        "Origin": {"Account": account.name, "Key": key},
    }
    times = 1 + (account.faults.take("hook_duplicates") or 0)
    threading.Thread(target=_send, args=(account, hook["hook"], body, times), daemon=True).start()


def _send(account: Account, hook: dict[str, Any], body: dict[str, Any], times: int) -> None:
    for _ in range(times):
        for pause_s in (*PAUSES_S, 0):
            if _delivered(hook, body, account.patience_s):
                break
            time.sleep(pause_s)


def _delivered(hook: dict[str, Any], body: dict[str, Any], patience_s: float) -> bool:
    try:
        answer = requests.post(hook["url"], json=body, headers=hook.get("headers") or {}, timeout=patience_s)
    except requests.RequestException:
        return False
    return answer.status_code == 200
