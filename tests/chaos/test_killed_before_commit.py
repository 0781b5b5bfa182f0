"""kill -9 between the carrier's answer and the commit, on whatever database the suite runs on: one label, no more."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.db import connection as database
from django.utils import timezone

from shipsmart.documents.models import Document
from shipsmart.inbox.models import OutboundMessage, State
from shipsmart.orders.operations import take_in
from shipsmart.quotes.operations import quote_checkout
from shipsmart.shipments.models import LabelAttempt, Shipment

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = Path(__file__).with_name("dying_worker.py")


def booked(carriers: dict[str, str], reference: str) -> list[str]:
    rows = requests.get(f"{carriers['url']}/_practice/shipments", timeout=10).json()["shipments"]
    return [row["number"] for row in rows if reference in str(row)]


def test_a_worker_killed_before_it_commits_leaves_one_label_that_is_found(
    connection: Any, cart: Any, store_order: Any, carriers: dict[str, str], drained: Any, tmp_path: Path
) -> None:
    answer = quote_checkout(connection, cart)
    answer.keep()
    option = answer.options[0]
    placed = store_order(shipping_code=option.service_code, shipping_paid=option.price)
    take_in(connection=connection, order=placed)

    command = [sys.executable, str(WORKER), str(database.settings_dict["NAME"]), carriers["dhl_express"]]
    database.close()
    killed = subprocess.run(command, env={**os.environ, "LOG_LEVEL": "ERROR"}, cwd=tmp_path, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL

    shipment = Shipment.objects.get()
    attempt = LabelAttempt.objects.get()
    assert (shipment.state, shipment.waybill, attempt.outcome) == ("buying", "", "sending")
    assert not Document.objects.exists()
    (waybill,) = booked(carriers, shipment.reference)

    OutboundMessage.objects.filter(state=State.NEW).update(
        due=timezone.now() - timedelta(seconds=1)
    )  # its lease is over
    drained()
    shipment.refresh_from_db()
    assert (shipment.state, shipment.waybill) == (Shipment.State.UNKNOWN, waybill)  # DHL prints no label twice
    assert booked(carriers, shipment.reference) == [waybill]
    assert [row.outcome for row in shipment.attempts.all()] == [LabelAttempt.Outcome.BOUGHT]
