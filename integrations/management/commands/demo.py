"""`manage.py demo`: the whole main job on one machine, with practice partners (see contracts in the README)."""

import json
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from integrations.demo import report, seed
from integrations.demo.processes import DemoFailed, Processes
from integrations.demo.runner import run
from integrations.demo.world import World, build

# What lies abroad while the demo stays up, each with a carrier of its own place: USPS, Royal Mail, Correios.
IN_HUBS = {"US": "NL-BTL-500", "GB": "NL-BOK-CAT", "BR": "NL-YGM-4MM"}


class Command(BaseCommand):
    help = "Start the app with its practice store and carriers; --once places orders, follows them and ends."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="place the demo orders, wait for delivery, report, end")
        parser.add_argument("--prepare", action="store_true", help="only make a merchant and products, start nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *, once: bool, prepare: bool, json: bool, **_: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        try:
            if prepare:
                self._prepare()
            elif once:
                self._once(as_json=json)
            else:
                self._stay()
        except DemoFailed as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("ended by hand", returncode=130) from None

    def _prepare(self) -> None:
        seeded, connection, products = seed.prepare()
        vtex = seed.prepare_vtex(seeded.merchant)
        made = {
            "log_in": {"path": "/login/", "user": seeded.user, "password": seeded.password},
            "api_key": seeded.api_key,
            "shopify": {
                "shop": connection.account,
                "secret": settings.SHOPIFY_CLIENT_SECRET,
                "rates_path": f"/shopify/rates/{connection.token}",
                "webhooks_path": "/shopify/webhooks",
            },
            "vtex": {
                "account": vtex.account,
                "authorization": vtex.credentials["authorization"],
                "tax_path": f"/vtex/{vtex.token}/tax",
            },
            "products": products,
        }
        self.stdout.write(json.dumps(made))

    def _once(self, *, as_json: bool) -> None:
        started = time.monotonic()
        with Processes(settings.VAR_DIR / "demo" / "logs") as processes:
            world = build(processes)
            entries, failed = run(world, sys.stderr)
        seconds = round(time.monotonic() - started, 1)
        if as_json:
            self.stdout.write(json.dumps({"orders": entries, "seconds": seconds, "failed": failed}))
        else:
            self._tell(entries, seconds)
        if failed:
            raise CommandError("; ".join(failed))

    def _tell(self, entries: list[dict[str, Any]], seconds: float) -> None:
        self.stdout.write("")
        for entry in entries:
            for line in report.story_lines(entry):
                self.stdout.write(line)
        self.stdout.write(f"{len(entries)} orders from cart to doorstep in {seconds} s; papers under var/demo/papers")

    def _stay(self) -> None:
        with Processes(settings.VAR_DIR / "demo" / "logs") as processes:
            world = build(processes, time_scale=2000, port=settings.PORT)
            for country, sku in IN_HUBS.items():
                world.stock(country, sku)
            self._addresses(world)
            try:
                while True:
                    time.sleep(3600)
            except KeyboardInterrupt:
                self.stdout.write("\nending")

    def _addresses(self, world: World) -> None:
        self.stdout.write(
            f"""
  the merchant's pages  {world.app}{reverse("dashboard:home")}
       user             {world.seeded.user}
       password         {world.seeded.password}
  the practice store    {world.shop}/
  the practice VTEX     {world.account}/
  practice carriers     {world.carriers}/_practice/shipments
  logs                  var/demo/logs

  Buy something in the store and watch the order come in. Ctrl-C ends everything.
"""
        )
        self.stdout.flush()
