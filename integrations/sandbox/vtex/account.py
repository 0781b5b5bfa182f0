"""One VTEX account: its keys with what they may do, configuration, carts, orders, feeds and hooks."""

import copy
import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from integrations.sandbox.vtex.faults import Faults
from integrations.sandbox.vtex.goods import Good, seeded

# What License Manager calls the rights that the app asks for.
VIEW_ORDER, LIST_ORDERS, CHANGE_ORDER = "View order", "List Orders", "Change order workflow status"
INVOICE, CANCEL, FEED = "Notify invoice", "Cancel order", "Feed v3 and Hook Admin"
CONFIGURATION, CATALOG, LOGISTICS = "Save OrderForm Configuration", "SKUs", "Logistics shipping full access"
USERS = "Get paged users"
RESOURCES = frozenset(
    (VIEW_ORDER, LIST_ORDERS, CHANGE_ORDER, INVOICE, CANCEL, FEED, CONFIGURATION, CATALOG, LOGISTICS, USERS)
)
ADMINISTRATOR = {"id": "3923a2e2f51748bc8c57d78ad6e1a566", "email": "admin@nordiclights.example"}

# The same fields as VTEX's own example; `apps` holds an app of somebody else that must survive us.
ORDER_FORM_CONFIGURATION: dict[str, Any] = {
    "paymentConfiguration": {
        "requiresAuthenticationForPreAuthorizedPaymentOption": False,
        "allowInstallmentsMerge": False,
        "blockPaymentSession": None,
    },
    "taxConfiguration": None,
    "minimumQuantityAccumulatedForItems": 1,
    "decimalDigitsPrecision": 2,
    "minimumValueAccumulated": None,
    "apps": [{"fields": ["name", "age"], "id": "birthdays", "major": 1}],
    "allowMultipleDeliveries": False,
    "allowManualPrice": True,
    "savePersonalDataAsOptIn": False,
    "maxNumberOfWhiteLabelSellers": None,
    "maskFirstPurchaseData": None,
    "recaptchaValidation": "vtexCriteria",
}


@dataclass
class Key:
    token: str
    resources: frozenset[str] = RESOURCES
    renewed: str = ""  # both tokens are good until the renewal is finished


@dataclass
class Event:
    order_id: str
    state: str
    last_state: str
    last_change: str
    change: str
    event_id: str = field(default_factory=lambda: secrets.token_hex(16).upper())
    visible_at: float = 0.0
    handle: str = ""


@dataclass
class Feed:
    configuration: dict[str, Any]
    queue: deque[Event] = field(default_factory=deque)


@dataclass
class Account:
    """`first_number` is another at each start: the app may remember orders of an earlier run. Access under `lock`."""

    name: str
    keys: dict[str, Key] = field(default_factory=dict)
    configuration: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(ORDER_FORM_CONFIGURATION))
    feeds: dict[str, Feed] = field(default_factory=dict)
    hooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    carts: dict[str, Any] = field(default_factory=dict)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    goods: dict[str, Good] = field(default_factory=seeded)
    freights: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    calls: list[dict[str, Any]] = field(default_factory=list)
    sellers: dict[str, str] = field(default_factory=dict)  # external seller → fulfilment endpoint
    oauth: dict[str, Any] = field(default_factory=lambda: {"person": dict(ADMINISTRATOR)})
    codes: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)
    logged_in: dict[str, dict[str, Any]] = field(default_factory=dict)
    checkout_code: str = ""  # checkout6-custom.js as Admin, Checkout, Code holds it
    seller_calls: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    notify: Any = None
    patience_s: float = 5.0  # how long the app may take for a tax call, a ping or a notification
    first_number: int = field(default_factory=lambda: int(time.time()) * 10)

    def next_number(self) -> int:
        return self.first_number + len({order["orderGroup"] for order in self.orders.values()})

    def move(self, order: dict[str, Any], state: str) -> None:
        """Set an order's status and tell feeds and hooks of it."""
        event = Event(order["orderId"], state, order["status"], order["lastChange"], now())
        order["status"], order["statusDescription"], order["lastChange"] = state, state, event.change
        for feed in self.feeds.values():
            if wanted(feed.configuration["filter"], state):
                feed.queue.append(copy.copy(event))
        for key, hook in self.hooks.items():
            if self.notify and wanted(hook["filter"], state):
                self.notify(self, key, hook, event)


def wanted(filters: dict[str, Any], state: str) -> bool:
    """Whether a filter lets a status through; FromOrders expressions are not evaluated here: all pass."""
    return filters["type"] == "FromOrders" or state in filters.get("status", ())


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0+00:00")
