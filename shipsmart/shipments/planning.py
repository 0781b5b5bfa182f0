"""From an order to a shipment: goods into parcels, a carrier chosen, customs data checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone

from shipsmart.compliance.gate import Block, check
from shipsmart.compliance.operations import screen_shipment
from shipsmart.documents.operations import take_number
from shipsmart.documents.snapshots import ShipmentInvalid, parse_shipment
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Effects
from shipsmart.orders.models import Order
from shipsmart.ports import CarrierEnquiry, CarrierQuote, CustomsItem, Incoterm, ParcelSpec
from shipsmart.rating.models import CarrierAccount
from shipsmart.rating.packing import Packed, pack_into
from shipsmart.rating.queries import account_of, active_accounts, boxes_of
from shipsmart.rating.quoting import choose, gather
from shipsmart.shipments.goods import declared_prices, paper_data
from shipsmart.shipments.labels import mark_labelled
from shipsmart.shipments.models import Parcel, Shipment, ShipmentLine, goods_read

PLAN_DEADLINE_S = 20  # nobody is waiting at a checkout: carriers get their time


@dataclass(frozen=True)
class Plan:
    """What was found out before the order is locked: its parcels and the way they go (None: nobody takes them)."""

    packed: Packed
    chosen: CarrierQuote | None
    account: CarrierAccount | None


def handle_plan(message: OutboundMessage) -> Effects:
    """Outbound handler "shipments.plan": price the service where no quote chose one, then plan."""
    order = _orders().prefetch_related("lines").get(pk=message.payload["order"])
    if order.state != Order.State.READY:
        return lambda: None
    accounts = list(active_accounts(order.merchant))
    items = order_items(order)
    packed = pack_into(boxes_of(order.merchant), items)
    chosen = _promised(order, accounts) or _choose(order, accounts, items=items, parcels=packed.parcels)
    plan = Plan(packed, chosen, _account(accounts, chosen) if chosen else None)
    return lambda: _plan(order.pk, plan)


def _orders() -> QuerySet[Order]:
    rows = Order.objects.select_related("merchant", "quote")
    return rows.defer("quote__request_text", "quote__answer_text").prefetch_related("merchant__tax_registrations")


def order_items(order: Order) -> tuple[CustomsItem, ...]:
    """Return an order's goods as customs items, at the price paid after discounts."""
    lines = list(order.lines.all())
    return tuple(
        CustomsItem(
            sku=line.sku,
            description=line.description or line.title,
            hs_code=line.hs_code,
            origin=line.origin,
            quantity=line.quantity,
            unit_price=price,
            unit_weight_g=line.weight_g,
        )
        for line, price in zip(lines, declared_prices(lines, order.currency), strict=True)
    )


def _promised(order: Order, accounts: Sequence[CarrierAccount]) -> CarrierQuote | None:
    """Return the carrier service the shopper chose, when a quote of ours offered it and an account can buy it."""
    if not order.quote:
        return None
    service = CarrierQuote(
        carrier=order.quote.carrier,
        service=order.quote.carrier_service,
        service_name=order.quote.carrier_service_name,
        price=order.quote.freight,
        currency=order.quote.currency,
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
    *,
    items: tuple[CustomsItem, ...],
    parcels: tuple[ParcelSpec, ...],
) -> CarrierQuote | None:
    enquiry = CarrierEnquiry(
        shipper=order.merchant.party(),
        consignee=order.consignee,
        parcels=parcels,
        items=items,
        currency=order.currency,
        goods_value=sum((item.unit_price * item.quantity for item in items), Decimal(0)),
        incoterm=Incoterm(order.incoterm),
        ship_on=timezone.now().date(),
    )
    live = gather([account_of(row) for row in accounts], enquiry, deadline_s=PLAN_DEADLINE_S, table_rates=()).quotes
    return choose(live, wanted=None) if live else None


def _plan(order_id: int, plan: Plan) -> None:
    order = _orders().select_for_update(of=("self",)).prefetch_related("lines").get(pk=order_id)
    if order.state != Order.State.READY:
        return
    shipments = list(order.shipments.all())
    shipment = next((row for row in shipments if row.state != Shipment.State.VOIDED), None)
    if shipment and shipment.state not in (Shipment.State.PLANNED, Shipment.State.BLOCKED, Shipment.State.FAILED):
        _resume(order, shipment)
        return
    if plan.chosen is None:
        _stand_still(
            order, Order.State.ON_HOLD, "no carrier account of yours can take this; connect one, or release later"
        )
        return
    values = _values(order, plan.chosen, plan.account)
    shipment = _rewrite(shipment, values) if shipment else _create(order, len(shipments) + 1, values)
    _fill(shipment, order, plan.packed.parcels)
    if plan.packed.misfits:
        order.note("too_large", f"{'; '.join(plan.packed.misfits)}: it travels alone in the largest")
    blocks = blocks_of(shipment)
    if blocks:
        _block(order, shipment, blocks)
    else:
        _buy(order, shipment)


def _resume(order: Order, shipment: Shipment) -> None:
    """Take up a released order whose label is bought or being bought: planning again must not touch the shipment."""
    if shipment.state == Shipment.State.BOUGHT:
        mark_labelled(order, shipment)
    elif shipment.waybill:  # booked, but the carrier does not print it again
        _stand_still(order, Order.State.ON_HOLD, shipment.reason)
    else:
        _buy(order, shipment)  # asks the carrier what became of the call before it repeats it


def _values(order: Order, chosen: CarrierQuote, account: CarrierAccount | None) -> dict[str, Any]:
    collected = order.incoterm == Incoterm.DDP
    return {
        "account": account,
        "carrier": chosen.carrier,
        "service": chosen.service,
        "service_name": chosen.service_name,
        "state": Shipment.State.PLANNED,
        "reason": "",
        "incoterm": order.incoterm,
        "duties_collected": collected,
        "duty_payer": Shipment.DutyPayer.SENDER if collected else Shipment.DutyPayer.RECIPIENT,
    }


def _create(order: Order, number: int, values: dict[str, Any]) -> Shipment:
    return Shipment.objects.create(
        order=order,
        merchant=order.merchant,
        number=number,
        invoice_number=take_number(order.merchant, "invoice"),
        invoice_date=timezone.now().date(),
        **values,
    )


def _rewrite(shipment: Shipment, values: dict[str, Any]) -> Shipment:
    for name, value in values.items():
        setattr(shipment, name, value)
    shipment.save()
    shipment.lines.all().delete()
    shipment.parcels.all().delete()
    return shipment


def _fill(shipment: Shipment, order: Order, parcels: tuple[ParcelSpec, ...]) -> None:
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
        for n, p in enumerate(parcels, start=1)
    )
    room = {row.pk: row.weight_g for row in rows}
    lines = []
    for line in sorted(order.lines.all(), key=lambda line: -line.weight_g):
        inside: dict[int, int] = {}
        for _ in range(line.quantity):
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
    """Return what customs or the carrier would refuse, and denied parties; empty when the shipment may go."""
    try:
        prefetch_related_objects([shipment], "parcels", Prefetch("lines", goods_read()))
        paper = parse_shipment(paper_data(shipment))
        return [*check(paper), *screen_shipment(shipment.order.merchant, paper)]
    except ShipmentInvalid as error:
        return [Block(**problem) for problem in error.problems()]


def _block(order: Order, shipment: Shipment, blocks: list[Block]) -> None:
    text = "; ".join(f"{block.message} ({block.code})" for block in blocks)
    Shipment.objects.filter(pk=shipment.pk).update(state=Shipment.State.BLOCKED, reason=text[:500])
    order.state, order.reason = Order.State.NEEDS_DATA, text[:500]
    order.save(update_fields=["state", "reason"])
    order.note("blocked", text[:500], blocks=[{"code": b.code, "message": b.message, "where": b.where} for b in blocks])


def _buy(order: Order, shipment: Shipment) -> None:
    payer = "billed to the sender" if shipment.duty_payer == Shipment.DutyPayer.SENDER else "due from the recipient"
    order.note("planned", f"{shipment.service_name or shipment.service}: {shipment.incoterm}, duties {payer}")
    key = f"shipments.label:{shipment.pk}"
    inbox.send(kind="shipments.label", key=key, payload={"shipment": shipment.pk}, again=True)


def _stand_still(order: Order, state: str, reason: str) -> None:
    order.state, order.reason = state, reason
    order.save(update_fields=["state", "reason"])
    order.note("stands_still", reason)
