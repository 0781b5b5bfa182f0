"""What the demo shows: the story of each order for a person, the summary for a script, the papers as files."""

import re
import shutil
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from integrations.demo.purchases import Purchase
from integrations.demo.shopper import seen_by_store
from integrations.demo.world import World
from shipsmart.core.money import minor_unit
from shipsmart.documents.models import Document
from shipsmart.orders.models import Order
from shipsmart.shipments.models import Shipment


def fresh_folder() -> Path:
    """Return var/demo/papers, emptied of an earlier run."""
    folder = settings.VAR_DIR / "demo" / "papers"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def summary(world: World, purchase: Purchase, folder: Path) -> dict[str, Any]:
    """Return one order in the shape of contracts/commands.md."""
    order = Order.objects.get(channel=purchase.story.channel, external_id__endswith=purchase.order_id)
    shipment = order.shipments.get()
    return {
        "channel": order.channel,
        "number": order.number,
        "story": purchase.story.title,
        "quote": order.quote.answer | {"quote_id": order.quote.quote_id, "signature": order.quote.signature}
        if order.quote
        else None,
        "charged": {
            "shipping": _amount(order.shipping_paid, order.currency),
            "total": _amount(order.total_paid, order.currency),
            "currency": order.currency,
            "shown": purchase.rate["price"],
        },
        "shipment": _shipment(shipment),
        "tracking_number": shipment.waybill,
        "papers": _papers(shipment, folder),
        "milestones": _milestones(shipment),
        "store": _store(world, purchase),
        "checkout_ms": purchase.elapsed_ms,
    }


def _amount(amount: Decimal, currency: str) -> str:
    return str(amount.quantize(minor_unit(currency)))


def _shipment(shipment: Shipment) -> dict[str, Any]:
    return {
        "reference": shipment.reference,
        "carrier": shipment.carrier,
        "service": shipment.service,
        "incoterm": shipment.incoterm,
        "duty_payer": shipment.duty_payer,
        "waybill": shipment.waybill,
        "state": shipment.state,
        "milestone": shipment.milestone,
        "label_attempts": [attempt.outcome for attempt in shipment.attempts.all()],
        "parcels": [{"weight_g": parcel.weight_g} for parcel in shipment.parcels.all()],
    }


def _papers(shipment: Shipment, folder: Path) -> dict[str, str]:
    made = {}
    home = folder / re.sub(r"[^A-Za-z0-9-]", "", shipment.order.number)
    home.mkdir(exist_ok=True)
    for document in Document.objects.filter(subject=f"shipment:{shipment.pk}"):
        path = home / f"{document.kind}{Path(document.file.name).suffix}"
        with document.file.open() as source:
            path.write_bytes(source.read())
        made[document.kind] = str(path)
    return made


def _milestones(shipment: Shipment) -> list[str]:
    """Return the milestones in the order in which they were first reached."""
    return list(dict.fromkeys(shipment.tracking_events.order_by("at", "pk").values_list("milestone", flat=True)))


def _store(world: World, purchase: Purchase) -> dict[str, Any]:
    seen = seen_by_store(world, purchase)
    return {
        "fulfilment_status": seen["fulfilment_status"],
        "tracking_numbers": seen["tracking_numbers"],
        "events": [event["status"] for fulfilment in seen["fulfilments"] for event in fulfilment["events"]],
        "webhooks_sent": len(seen["webhooks"]),
    }


def story_lines(entry: dict[str, Any]) -> Iterable[str]:
    """Yield one order's story in plain lines."""
    yield f"{entry['number']}  {entry['story']}"
    quote, charged = entry["quote"], entry["charged"]
    if quote:
        totals = quote["totals"]
        duty = _sum(totals, "duty", "additional_duty", "excise")
        yield (
            f"   quoted    goods {totals['goods']}, freight {totals['freight']}, duty {duty}, "
            f"import tax {totals['import_tax']}, fees {totals['fees']}: landed cost {totals['landed_cost']} "
            f"{totals['currency']} ({quote['status']}, scheme {quote['scheme'] or 'none'})"
        )
        for charge in quote["charges"]:
            yield f"             {charge['quote_amount']:>9} {totals['currency']}  {charge['name']}: {charge['rate']}"
    yield f"   charged   {charged['shipping']} {charged['currency']} for delivery, {charged['total']} in all"
    shipment = entry["shipment"]
    yield (
        f"   shipped   {shipment['carrier']} {shipment['service']}, {shipment['incoterm']}, duties paid by the "
        f"{shipment['duty_payer']}, waybill {shipment['waybill']} "
        f"(label attempts: {', '.join(shipment['label_attempts'])})"
    )
    yield f"   papers    {', '.join(sorted(entry['papers']))}"
    yield f"   journey   {' > '.join(m.replace('_', ' ') for m in entry['milestones'])}"
    store = entry["store"]
    yield f"   the store knows: {store['fulfilment_status']}, {', '.join(store['events']) or 'no events'}"
    yield ""


def _sum(totals: dict[str, str], *keys: str) -> str:

    return str(sum((Decimal(totals[key]) for key in keys), Decimal(0)))
