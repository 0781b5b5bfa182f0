"""Goods on their way back as carriers and customs are told of them: the shopper sends, the merchant pays."""

from dataclasses import asdict, replace
from typing import Any

from django.utils import timezone

from shipsmart.orders.models import OrderLine
from shipsmart.ports import CustomsItem, DangerousGoods, Incoterm, LabelOrder, ParcelSpec, Party
from shipsmart.returns.models import LabelPurchase, Return
from shipsmart.shipments.goods import declared_prices
from shipsmart.shipments.models import Shipment

PARCEL = "1"


def goods(returned: Return) -> list[tuple[OrderLine, int]]:
    """Return the order's lines that come back, with their units."""
    units = returned.quantities
    return [(line, units[line.external_id]) for line in returned.order.lines.all() if line.external_id in units]


def outbound(returned: Return) -> Shipment | None:
    """Return the shipment that the goods went out with: the one that carried the first of them."""
    lines = [line.pk for line, _ in goods(returned)]
    bought = returned.order.shipments.filter(state=Shipment.State.BOUGHT, lines__order_line__in=lines)
    return bought.prefetch_related("parcels").order_by("pk").first()


def label_order(purchase: LabelPurchase) -> LabelOrder:
    """Return the order for a label: DAP to the merchant, who is the recipient and pays duty, if any."""
    order = purchase.returned.order
    return LabelOrder(
        reference=purchase.reference,
        service=purchase.service,
        shipper=order.consignee,
        consignee=home(purchase.returned),
        parcels=(ParcelSpec(PARCEL, purchase.weight_g, purchase.length_mm, purchase.width_mm, purchase.height_mm),),
        items=tuple(_item(line, units, order.currency) for line, units in goods(purchase.returned)),
        currency=order.currency,
        incoterm=Incoterm.DAP,
        duty_payer="recipient",
        ship_on=timezone.now().date(),
        invoice_number=purchase.invoice_number,
        invoice_date=purchase.invoice_date,
        export_reason="return",
        order_number=order.number,
    )


def home(returned: Return) -> Party:
    """Return the merchant as consignee, at the place the goods left from, with the tax ids of that country only."""
    party = returned.order.merchant.party()
    sent = outbound(returned)
    if sent and sent.leaves_from:
        party = replace(party, **sent.leaves_from)
    own = tuple(tax_id for tax_id in party.tax_ids if tax_id.type != "IOSS" and tax_id.country in ("", party.country))
    return replace(party, tax_ids=own)


def _item(line: OrderLine, units: int, currency: str) -> CustomsItem:
    return CustomsItem(
        sku=line.sku,
        description=line.description or line.title,
        hs_code=line.hs_code[:6],  # beyond these a code is the destination's own, and that is another country now
        origin=line.origin,
        quantity=units,
        unit_price=declared_prices([line], currency)[0],
        unit_weight_g=line.weight_g,
        parcel_reference=PARCEL,
        dangerous=DangerousGoods.from_json(line.dangerous),
    )


def paper_data(purchase: LabelPurchase, *, waybill: str) -> dict[str, Any]:
    """Return the way back in the shape of the papers' contract; nothing is invented."""
    told = label_order(purchase)
    sent = outbound(purchase.returned)
    references = {"order": told.order_number}
    if sent:
        references |= {"outbound": sent.waybill, "outbound_invoice": sent.invoice_number}
    parcel = told.parcels[0]
    sides = {"length_mm": parcel.length_mm, "width_mm": parcel.width_mm, "height_mm": parcel.height_mm}
    return {
        "reference": told.reference,
        "invoice_number": told.invoice_number,
        "invoice_date": told.invoice_date.isoformat(),
        "incoterm": str(told.incoterm),
        "currency": told.currency,
        "export_reason": told.export_reason,
        "carrier": purchase.carrier,
        "service": told.service,
        "waybill": waybill,
        "shipper": _party(told.shipper),
        "consignee": _party(told.consignee),
        "importer": None,
        "seller": None,
        "parcels": [{"id": PARCEL, "weight_g": parcel.weight_g, **sides}],
        "lines": [_line(item) for item in told.items],
        "freight": "0",
        "insurance": "0",
        "discount": "0",
        "other_charges": "0",
        "references": {key: text for key, text in references.items() if text},
        "collected": None,
    }


def _party(party: Party) -> dict[str, Any]:
    told = asdict(party) | {"tax_ids": [asdict(tax_id) for tax_id in party.tax_ids]}
    del told["district"]
    return told


def _line(item: CustomsItem) -> dict[str, Any]:
    dangerous = item.dangerous.as_json() if item.dangerous else {}
    kept = ("un", "packing_instruction", "watt_hours", "count")
    return {
        "sku": item.sku,
        "description": item.description,
        "hs_code": item.hs_code,
        "origin": item.origin,
        "quantity": item.quantity,
        "unit_price": str(item.unit_price),
        "net_weight_g": item.unit_weight_g,
        "parcel": PARCEL,
        "dangerous_goods": {name: dangerous.get(name) for name in kept} if dangerous else None,
    }
