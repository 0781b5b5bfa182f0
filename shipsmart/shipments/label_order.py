"""What a carrier is told when a label is bought."""

from datetime import UTC, datetime, time
from decimal import Decimal
from functools import partial

from django.utils import timezone

from shipsmart.core.money import minor_unit
from shipsmart.ports import CustomsItem, DangerousGoods, Incoterm, LabelOrder, ParcelSpec
from shipsmart.quotes import landed
from shipsmart.rating.declared import order_for
from shipsmart.shipments.goods import declared_prices, freight_of, goods_of, shipper
from shipsmart.shipments.models import Shipment


def label_order(shipment: Shipment) -> LabelOrder:
    """Return the order for a label; who pays duty is the shipment's, which the database ties to what was collected.

    Values are in the currency of the sale, or in the one that the carrier takes. Raises ExchangeRateMissing.
    """
    sold = _as_sold(shipment)
    day = datetime.combine(sold.invoice_date, time(12), UTC)  # the same rate however often the label is asked for
    return order_for(shipment.carrier, sold, partial(landed.convert, at=day))


def _as_sold(shipment: Shipment) -> LabelOrder:
    order = shipment.order
    collected = shipment.collected
    return LabelOrder(
        reference=shipment.reference,
        service=shipment.service,
        shipper=shipper(order, shipment),
        consignee=order.consignee,
        parcels=tuple(
            ParcelSpec(str(p.number), p.weight_g, p.length_mm, p.width_mm, p.height_mm) for p in shipment.parcels.all()
        ),
        items=_items(shipment),
        currency=order.currency,
        incoterm=Incoterm(shipment.incoterm),
        duty_payer=shipment.duty_payer,
        ship_on=timezone.now().date(),
        invoice_number=shipment.invoice_number,
        invoice_date=shipment.invoice_date or timezone.now().date(),
        export_reason=shipment.export_reason,
        importer=shipment.importer,
        freight=freight_of(order, shipment),
        insurance=shipment.insurance.quantize(minor_unit(order.currency)),
        collected_duty=Decimal(collected["duty"]) if collected else None,
        collected_import_tax=Decimal(collected["import_tax"]) if collected else None,
        label_format=str((shipment.account.settings if shipment.account else {}).get("label_format", "pdf")),
        order_number=order.number,
        references=order.references,
    )


def _items(shipment: Shipment) -> tuple[CustomsItem, ...]:
    return tuple(
        CustomsItem(
            sku=line.order_line.sku,
            description=line.order_line.description or line.order_line.title,
            hs_code=line.order_line.hs_code,
            origin=line.order_line.origin,
            quantity=line.quantity,
            unit_price=declared_prices([line.order_line], shipment.order.currency)[0],
            unit_weight_g=line.order_line.weight_g,
            parcel_reference=str(line.parcel.number),
            dangerous=DangerousGoods.from_json(line.order_line.dangerous),
        )
        for line in goods_of(shipment)
    )
