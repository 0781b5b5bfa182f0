"""Kinds of messages stand as words in `handlers.py`, so that loading the app imports none of the code behind them."""

import subprocess
import sys
from pathlib import Path

import pytest

from integrations.carriers.fedex.manifest import KEY as FEDEX
from integrations.carriers.ups.manifest import KEY as UPS
from integrations.storefronts.shopify import (
    bulk,
    fulfilment_service,
    installing,
    order_marks,
    reconciliation,
    write_codes,
)
from integrations.storefronts.shopify import handlers as shopify
from integrations.storefronts.vtex import abroad_parcels, catalogue, feed, returning
from integrations.storefronts.vtex import handlers as vtex
from integrations.storefronts.vtex import installing as vtex_installing
from integrations.storefronts.vtex import reconciliation as vtex_reconciliation
from shipsmart.inbox import operations as inbox

ROOT = Path(__file__).resolve().parents[2]


def test_every_kind_that_shopify_is_sent_has_its_handler():
    sent = {
        "shopify", installing.SET_UP, installing.IMPORT, bulk.KIND, reconciliation.KIND, write_codes.KIND,
        order_marks.KIND, fulfilment_service.KIND,
    }  # fmt: skip
    assert {row[0] for row in shopify.ROWS} == sent


def test_every_kind_that_vtex_is_sent_has_its_handler():
    parcels = {abroad_parcels.SENT, abroad_parcels.DELIVERED, abroad_parcels.REFUSED}
    rounds = {feed.FEED.kind, vtex_reconciliation.RECONCILE.kind, vtex_installing.CHECK.kind}
    set_up = {vtex_installing.SET_UP, vtex_installing.REMOVE}
    sent = {"vtex", feed.START_HANDLING, catalogue.KIND, returning.INVOICE, *parcels, *rounds, *set_up}
    assert {row[0] for row in vtex.ROWS} == sent


@pytest.mark.parametrize("kind", [row[0] for row in (*shopify.ROWS, *vtex.ROWS)] + [UPS, FEDEX])
def test_what_a_row_names_is_there(kind):
    assert callable(inbox.registered()[kind])
    dead = inbox._dead.get(kind)
    assert dead is None or callable(inbox._resolve(dead))


def test_the_app_starts_without_the_code_behind_its_handlers():
    code = """
import django, sys
django.setup()
heavy = ("requests", "shipsmart.returns.recording", "integrations.kit.http", "pypdf")
print(*(name for name in heavy if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
