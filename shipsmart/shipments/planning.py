"""From an order to a shipment: goods into parcels, a carrier chosen, customs data checked."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, cast

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.text import Truncator

from shipsmart.catalog.hinted import Hinted, hints_by_variant
from shipsmart.compliance.gate import Block, examine
from shipsmart.compliance.hinted import HINT_CODES
from shipsmart.compliance.operations import screen_shipment
from shipsmart.documents.operations import take_number
from shipsmart.documents.snapshots import ShipmentInvalid, parse_shipment
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Effects
from shipsmart.merchants.models import Hub
from shipsmart.orders.models import Order
from shipsmart.ports import CarrierEnquiry, CarrierQuote, CustomsItem, Incoterm, ParcelSpec, Party, provides
from shipsmart.quotes import landed
from shipsmart.rating.models import CarrierAccount
from shipsmart.rating.packing import pack_into
from shipsmart.rating.queries import account_of, active_accounts, boxes_of, table_rows_of
from shipsmart.rating.quoting import choose, gather
from shipsmart.rating.table import table_quotes
from shipsmart.shipments.consignments import Planned, Share, UnknownSender, hub_of, live_among, shares_of
from shipsmart.shipments.declaring import declared
from shipsmart.shipments.goods import goods_of, paper_data
from shipsmart.shipments.labels import mark_labelled
from shipsmart.shipments.models import Parcel, Shipment, ShipmentLine, goods_read

REPLANNED = (Shipment.State.PLANNED, Shipment.State.BLOCKED, Shipment.State.FAILED)
PLAN_DEADLINE_S = 20  # nobody is waiting at a checkout: carriers get their time


def handle_plan(message: OutboundMessage) -> Effects:
    """Outbound handler "shipments.plan": price the service where no quote chose one, then plan."""
    order = _orders().get(pk=message.payload["order"])
    if order.state != Order.State.READY:
        return lambda: None
    accounts = list(active_accounts(order.merchant))
    boxes = boxes_of(order.merchant)
    planned = []
    try:
        leaving = [(share, hub_of(order, share)) for share in shares_of(order)]
    except UnknownSender as error:
        return partial(_wait_for_hub, order.pk, str(error))
    for share, hub in leaving:
        items = share.items(order.currency)
        packed = pack_into(boxes, items)
        sender = _sender(order, hub)
        here = [account for account in accounts if account.serves(sender.country)]
        asked = {"sender": sender, "items": items, "parcels": packed.parcels}
        chosen = _promised(share, here) or _choose(order, here, share, **asked)
        planned.append(Planned(share, packed, chosen, _account(here, chosen) if chosen else None, hub))
    return lambda: _plan(order, planned)


def _sender(order: Order, hub: Hub | None) -> Party:
    home = order.merchant.party()
    return hub.party(home) if hub else home


def _wait_for_hub(order_id: int, reason: str) -> None:
    order = _orders().select_for_update(of=("self",)).get(pk=order_id)
    if order.state == Order.State.READY:
        _stand_still(order, Order.State.ON_HOLD, reason)


def _orders() -> QuerySet[Order]:
    rows = Order.objects.select_related("merchant", "quote", "importer").defer(
        "quote__request_text", "quote__answer_text"
    )
    return rows.prefetch_related("lines", "merchant__tax_registrations", "merchant__importers")


def _promised(share: Share, accounts: Sequence[CarrierAccount]) -> CarrierQuote | None:
    """Return the carrier service the shopper chose, when a quote of ours offered it and an account can buy it."""
    quote = share.quote
    if not quote:
        return None
    service = CarrierQuote(
        carrier=quote.carrier,
        service=quote.carrier_service,
        service_name=quote.carrier_service_name,
        price=quote.freight,
        currency=quote.currency,
        account_number=quote.account_number,
    )
    return service if _account(accounts, service) else None


def _account(accounts: Sequence[CarrierAccount], service: CarrierQuote) -> CarrierAccount | None:
    """Return the account that named the price, else the carrier's first."""
    of_carrier = [account for account in accounts if account.carrier == service.carrier]
    named = [account for account in of_carrier if service.account_number and account.number == service.account_number]
    return next(iter(named or of_carrier), None)


def _choose(
    order: Order,
    accounts: Sequence[CarrierAccount],
    share: Share,
    *,
    sender: Party,
    items: tuple[CustomsItem, ...],
    parcels: tuple[ParcelSpec, ...],
) -> CarrierQuote | None:
    enquiry = CarrierEnquiry(
        shipper=sender,
        consignee=order.consignee,
        parcels=parcels,
        items=items,
        currency=order.currency,
        goods_value=sum((item.unit_price * item.quantity for item in items), Decimal(0)),
        incoterm=share.incoterm,
        ship_on=timezone.now().date(),
    )
    asked = [account_of(row) for row in accounts]
    exchange = partial(landed.convert, at=timezone.now())
    live = gather(asked, enquiry, deadline_s=PLAN_DEADLINE_S, table_rates=(), exchange=exchange).quotes
    found = live or _listed(order, accounts, enquiry)
    return choose(found, wanted=None) if found else None


def _listed(order: Order, accounts: Sequence[CarrierAccount], enquiry: CarrierEnquiry) -> list[CarrierQuote]:
    """Return the price list's services of carriers that name no prices of their own (Royal Mail, a carrier by hand)."""
    rows = table_quotes(table_rows_of(order.merchant), enquiry)
    return [row for row in rows if not provides(row.carrier, "quotes") and _account(accounts, row)]


def _locked(order: Order) -> Order:
    """Lock the order and return it as it was read, with its lines and merchant; read again when it has changed."""
    now = Order.objects.select_for_update().get(pk=order.pk)
    columns = [field.attname for field in Order._meta.concrete_fields]
    same = all(getattr(now, column) == getattr(order, column) for column in columns)
    return order if same else _orders().get(pk=order.pk)


def _plan(order: Order, planned: Sequence[Planned]) -> None:
    """Write a shipment for each part of the order; none is bought while another cannot go."""
    order = _locked(order)
    if order.state != Order.State.READY:
        return
    known = list(order.shipments.order_by("number"))
    found = [(part, live_among(known, part.share.consignment)) for part in planned]
    begun = [shipment for _, shipment in found if shipment and shipment.state not in REPLANNED]
    waiting = [(part, shipment) for part, shipment in found if shipment is None or shipment.state in REPLANNED]
    if any(part.chosen is None for part, _ in waiting):
        _stand_still(
            order, Order.State.ON_HOLD, "no carrier account of yours can take this; connect one, or release later"
        )
        return
    told = declared(order, [part.share for part, _ in found])
    terms = {id(part): values for (part, _), values in zip(found, told, strict=True)}
    written = [_write(order, known, shipment, part, terms[id(part)]) for part, shipment in waiting]
    blocks = {shipment: found for shipment in written if (found := blocks_of(shipment))}
    if blocks:
        _block(order, blocks)
        return
    for shipment in begun:
        _resume(order, shipment)
    new = [shipment for (_, known_before), shipment in zip(waiting, written, strict=True) if known_before is None]
    for shipment in written:
        _buy(order, shipment, again=shipment not in new)


def _resume(order: Order, shipment: Shipment) -> None:
    """Take up a released order whose label is bought or being bought: planning again must not touch the shipment."""
    if shipment.state == Shipment.State.BOUGHT:
        mark_labelled(order, shipment)
    elif shipment.waybill:  # booked, but the carrier does not print it again
        _stand_still(order, Order.State.ON_HOLD, shipment.reason)
    else:
        _buy(order, shipment)  # asks the carrier what became of the call before it repeats it


def _write(
    order: Order, known: list[Shipment], shipment: Shipment | None, part: Planned, told: Mapping[str, Any]
) -> Shipment:
    chosen = cast("CarrierQuote", part.chosen)
    if part.packed.misfits:
        order.note("too_large", f"{'; '.join(part.packed.misfits)}: it travels alone in the largest")
    collected = part.share.incoterm == Incoterm.DDP
    values: dict[str, Any] = {
        "consignment": part.share.consignment,
        "account": part.account,
        "carrier": chosen.carrier,
        "service": chosen.service,
        "service_name": chosen.service_name,
        "state": Shipment.State.PLANNED,
        "reason": "",
        "incoterm": part.share.incoterm,
        "leaves_from": part.hub.place() if part.hub else None,
        "duties_collected": collected,
        "duty_payer": Shipment.DutyPayer.SENDER if collected else Shipment.DutyPayer.RECIPIENT,
        **told,
    }
    if shipment is None:
        number = len(known) + 1
        invoice = take_number(order.merchant, "invoice")
        today = timezone.now().date()
        shipment = Shipment.objects.create(
            order=order, merchant=order.merchant, number=number, invoice_number=invoice, invoice_date=today, **values
        )
        known.append(shipment)
    else:
        for name, value in values.items():
            setattr(shipment, name, value)
        shipment.save()
        shipment.lines.all().delete()
        shipment.parcels.all().delete()
    _fill(order, shipment, part)
    return shipment


def _fill(order: Order, shipment: Shipment, part: Planned) -> None:
    """Write parcels and their contents: heaviest units first, each into the first parcel with room for it."""
    rows = Parcel.objects.bulk_create(
        Parcel(
            shipment=shipment,
            number=n,
            weight_g=p.weight_g,
            length_mm=p.length_mm,
            width_mm=p.width_mm,
            height_mm=p.height_mm,
        )
        for n, p in enumerate(part.packed.parcels, start=1)
    )
    room = {row.pk: row.weight_g for row in rows}
    lines = []
    for line, units in sorted(part.share.goods, key=lambda goods: -goods[0].weight_g):
        inside: dict[int, int] = {}
        for _ in range(units):
            fitting = next((row for row in rows if room[row.pk] >= line.weight_g), None)
            parcel = fitting or max(rows, key=lambda row: room[row.pk])
            room[parcel.pk] -= line.weight_g
            inside[parcel.pk] = inside.get(parcel.pk, 0) + 1
        lines += [
            ShipmentLine(shipment=shipment, parcel_id=pk, order_line=line, quantity=n) for pk, n in inside.items()
        ]
    ShipmentLine.objects.bulk_create(lines)
    shipment.order = order  # with its goods, merchant and quote, which are not read again


def blocks_of(shipment: Shipment) -> list[Block]:
    """Return what customs or the carrier would refuse, and denied parties; empty when the shipment may go.

    What the texts of the products hint at is asked about in the order's timeline.
    """
    try:
        prefetch_related_objects([shipment], "parcels", Prefetch("lines", goods_read()))
        paper = parse_shipment(paper_data(shipment))
        verdict = examine(paper, evidence=_evidence(shipment))
        _ask(shipment.order, [one for one in verdict.warnings if one.code in HINT_CODES])
        return [*verdict.blocks, *screen_shipment(shipment.order.merchant, paper)]
    except ShipmentInvalid as error:
        return [Block(**problem) for problem in error.problems()]


def _evidence(shipment: Shipment) -> dict[int, list[Hinted]]:
    """Return the hints at the goods by number of the paper's line."""
    variants = [line.order_line.variant_id for line in goods_of(shipment)]
    found = hints_by_variant(pk for pk in variants if pk)
    return {index: found[pk] for index, pk in enumerate(variants) if pk in found}


def _ask(order: Order, warnings: Sequence[Block]) -> None:
    if warnings:
        asked = [warning.as_dict() for warning in warnings]
        order.note("asked", "; ".join(dict.fromkeys(one.message for one in warnings))[:500], warnings=asked)


def _block(order: Order, found: Mapping[Shipment, list[Block]]) -> None:
    for shipment, blocks in found.items():
        Shipment.objects.filter(pk=shipment.pk).update(state=Shipment.State.BLOCKED, reason=_said(blocks))
    blocks = [block for shipment in found for block in found[shipment]]
    text = _said(blocks)
    order.state, order.reason = Order.State.NEEDS_DATA, text
    order.save(update_fields=["state", "reason"])
    order.note("blocked", text, blocks=[{"code": b.code, "message": b.message, "where": b.where} for b in blocks])


def _said(blocks: Sequence[Block]) -> str:
    said = dict.fromkeys(f"{block.message} ({block.code})" for block in blocks)  # two lines may lack the same
    return Truncator("; ".join(said)).chars(500)


def _buy(order: Order, shipment: Shipment, *, again: bool = True) -> None:
    """Owe the carrier the purchase. `again`: it may have been owed before, and ended."""
    payer = "billed to the sender" if shipment.duty_payer == Shipment.DutyPayer.SENDER else "due from the recipient"
    duties = f"{shipment.incoterm}, duties {payer}" if shipment.crosses_border else "no customs border, no duties"
    order.note("planned", f"{shipment.service_name or shipment.service}: {duties}")
    key = f"shipments.label:{shipment.pk}"
    inbox.send(kind="shipments.label", key=key, payload={"shipment": shipment.pk}, again=again)


def _stand_still(order: Order, state: str, reason: str) -> None:
    order.state, order.reason = state, reason
    order.save(update_fields=["state", "reason"])
    order.note("stands_still", reason)
