"""The demo's world: partners up, the app up, the merchant's store installed through its real OAuth flow."""

import os
import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.utils import timezone

from integrations.demo import seed
from integrations.demo.processes import DemoFailed, Processes, check_free, free_port, wait_until_up
from shipsmart.inbox.models import OutboundMessage, State
from shipsmart.merchants.models import Connection

SETTING_UP = ("shopify.set_up", "shopify.import_products", "vtex.set_up", "vtex.catalogue")
TIME_SCALE = 20_000  # a parcel's days pass in about half a minute


@dataclass(frozen=True)
class World:
    app: str
    shopify: str
    carriers: str
    seeded: seed.Seeded
    vtex: str

    @property
    def shop(self) -> str:
        return f"{self.shopify}/{seed.DEMO_SHOP}"

    @property
    def account(self) -> str:
        """The practice VTEX account's address."""
        return f"{self.vtex}/{seed.DEMO_ACCOUNT}"

    def fault(self, **values: Any) -> None:
        _post(f"{self.carriers}/_practice/faults", values)

    def shop_fault(self, **values: Any) -> None:
        _post(f"{self.shop}/_practice/faults", values)

    def stock(self, country: str, *skus: str) -> None:
        """Have these goods lie at the store's hub in a country."""
        _post(f"{self.shop}/_practice/stock_at_hub", {"country": country, "skus": skus})


def _post(url: str, values: Any) -> Any:
    answer = requests.post(url, json=values, timeout=30)
    if not answer.ok:
        raise DemoFailed(f"POST {url} answered {answer.status_code}: {answer.text[:300]}")
    return answer.json()


def build(processes: Processes, *, time_scale: int = TIME_SCALE, port: int | None = None) -> World:
    """Start everything and connect the store; returns when the catalogue is in and the rate callback registered."""
    port = port or free_port()
    check_free(port)
    app = f"http://127.0.0.1:{port}"
    carriers = processes.start(
        "carriers",
        ["-m", "integrations.sandbox.carriers", "--port", "0", "--time-scale", str(time_scale)],
        announces=True,
    )
    shopify = processes.start("shopify", _shopify_arguments(app), announces=True)["url"]
    vtex = processes.start("vtex", ["-m", "integrations.sandbox.vtex", "--exit-with-parent"], announces=True)
    env = _environment(app, port, carriers, time_scale)
    account = f"{vtex['url']}/{{account}}"
    env |= {"SHOPIFY_BASE_URL": f"{shopify}/{{shop}}", "VTEX_BASE_URL": account, "VTEX_LOGIN_URL": account}
    web = processes.start("web", ["manage.py", "serve"], env=env)
    if not settings.EMBEDDED:
        processes.start("worker", ["manage.py", "work"], env=env)
    wait_until_up(f"{app}/healthz", web)
    seeded = seed.merchant(seed.DEMO_USER, "Nordic Lights")
    seed.add_the_world(seeded.merchant)
    world = World(app, shopify, carriers["url"], seeded, vtex["url"])
    install(world)
    connect_vtex(world, vtex["accounts"][seed.DEMO_ACCOUNT])
    return world


def _shopify_arguments(app: str) -> list[str]:
    return [
        "-m", "integrations.sandbox.shopify", "--port", "0", "--app-url", app,
        "--client-id", settings.SHOPIFY_CLIENT_ID, "--client-secret", settings.SHOPIFY_CLIENT_SECRET,
        "--time-scale", "60", "--exit-with-parent",
    ]  # fmt: skip


def _environment(app: str, port: int, carriers: dict[str, str], time_scale: int) -> dict[str, str]:
    return {
        "PORT": str(port),
        "PUBLIC_URL": app,
        "DHL_EXPRESS_BASE_URL": carriers["dhl_express"],
        "UPS_BASE_URL": carriers["ups"],
        **{f"{name.upper()}_BASE_URL": carriers[name] for name in ("fedex", "usps", "royal_mail", "correios")},
        "TRACKING_PACE": str(time_scale / 2),
        "SWEEP_S": "0.3",
        "PATH": f"{Path(os.sys.executable).parent}:{os.environ.get('PATH', '')}",
    }


def log_in(world: World) -> requests.Session:
    """Return an HTTP session logged in as the demo merchant, through the same form as a person."""
    session = requests.Session()
    page = session.get(f"{world.app}/login/", timeout=30)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    if not token:
        raise DemoFailed("the log-in page has no form")
    form = {"csrfmiddlewaretoken": token[1], "username": world.seeded.user, "password": world.seeded.password}
    answer = session.post(f"{world.app}/login/", data=form, headers={"Referer": f"{world.app}/login/"}, timeout=30)
    if "sessionid" not in session.cookies:
        raise DemoFailed(f"the demo merchant could not log in: {answer.status_code}")
    return session


def install(world: World) -> None:
    """Install the app into the practice store as the merchant would, and wait until it has set itself up."""
    started = timezone.now()
    with closing(log_in(world)) as session:
        answer = session.get(f"{world.app}/shopify/install", params={"shop": seed.DEMO_SHOP}, timeout=60)
        if not answer.ok:
            raise DemoFailed(f"the installation answered {answer.status_code}: {answer.text[:300]}")

    _wait_until_set_up(seed.DEMO_SHOP, started)


def connect_vtex(world: World, key: dict[str, str]) -> None:
    """Connect the practice VTEX account as its administrator would: by the link that the merchant is given."""
    started = timezone.now()
    with closing(log_in(world)) as session:
        page = session.get(f"{world.app}/connect/vtex/", timeout=30)
        link = re.search(r'href="(/connect/vtex/link/[^"]+)"', page.text)
        if not link:
            raise DemoFailed("the page gives no link to connect a VTEX store")
        url = world.app + link[1]
        session.get(url, timeout=30)
        form = {
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
            "account": seed.DEMO_ACCOUNT,
            "app_key": key["key"],
            "app_token": key["token"],
        }
        answer = session.post(url, data=form, headers={"Referer": url}, timeout=60)
        if not answer.ok:
            raise DemoFailed(f"connecting VTEX answered {answer.status_code}: {answer.text[:300]}")
        _paste_checkout_code(world, session)
    _wait_until_set_up(seed.DEMO_ACCOUNT, started)


def _paste_checkout_code(world: World, session: requests.Session) -> None:
    """Copy the code for checkout6-custom.js from the store's page into VTEX, as its administrator would."""
    store = Connection.objects.get(storefront="vtex", account=seed.DEMO_ACCOUNT)
    page = session.get(f"{world.app}/connect/vtex/store/{store.pk}/", timeout=30).text
    code = re.search(r'<textarea id="loader"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    if not code:
        raise DemoFailed("the store's page shows no code for VTEX's checkout")
    saved = requests.post(f"{world.account}/_practice/checkout-code", json={"code": unescape(code[1])}, timeout=30)
    saved.raise_for_status()


def _wait_until_set_up(account: str, started: datetime) -> None:
    def ready() -> bool:
        fresh = Connection.objects.filter(account=account, installed_at__gte=started).exists()
        return fresh and not OutboundMessage.objects.filter(kind__in=SETTING_UP, state=State.NEW).exists()

    wait_for(ready, f"{account} did not finish setting itself up", seconds=60)


def wait_for(done: Callable[[], bool], what: str, *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            raise DemoFailed(f"{what} within {seconds:g} s; see var/demo/logs")
        time.sleep(0.2)
