"""A label order as the papers' values. Pure."""

from decimal import Decimal

from integrations.carriers.table.manifest import KEY
from shipsmart.documents import values
from shipsmart.ports import CustomsItem, DangerousGoods, LabelOrder, ParcelSpec, Party


def paper_shipment(order: LabelOrder, waybill: str) -> values.PaperShipment:
    """Return the shipment as our own label and house waybill show it; what nobody said stays empty."""
    return values.PaperShipment(
        reference=order.reference,
        invoice_number=order.invoice_number,
        invoice_date=order.invoice_date,
        incoterm=str(order.incoterm),
        currency=order.currency,
        export_reason=order.export_reason,
        carrier=KEY,
        service=order.service,
        waybill=waybill,
        shipper=_party(order.shipper),
        consignee=_party(order.consignee),
        importer=_party(order.importer) if order.importer else None,
        seller=None,
        parcels=tuple(_parcel(parcel) for parcel in order.parcels),
        lines=tuple(_line(item, order) for item in order.items),
        freight=order.freight,
        insurance=order.insurance,
        discount=Decimal(0),
        other_charges=Decimal(0),
        references=(("order", order.order_number),) if order.order_number else (),
        collected=None,
    )


def _party(party: Party) -> values.Party:
    return values.Party(
        name=party.name,
        company=party.company,
        address1=party.address1,
        address2=party.address2,
        city=party.city,
        region=party.region,
        postcode=party.postcode,
        country=party.country,
        phone=party.phone,
        email=party.email,
        tax_ids=tuple(values.TaxId(i.type, i.number, i.country) for i in party.tax_ids),
    )


def _parcel(parcel: ParcelSpec) -> values.Parcel:
    return values.Parcel(
        id=parcel.reference,
        weight_g=parcel.weight_g,
        length_mm=parcel.length_mm,
        width_mm=parcel.width_mm,
        height_mm=parcel.height_mm,
    )


def _dangerous(goods: DangerousGoods | None) -> values.DangerousGoods | None:
    if goods is None:
        return None
    return values.DangerousGoods(goods.un, goods.packing_instruction, goods.watt_hours, goods.count)


def _line(item: CustomsItem, order: LabelOrder) -> values.PaperLine:
    return values.PaperLine(
        sku=item.sku,
        description=item.description,
        hs_code=item.hs_code,
        origin=item.origin,
        quantity=item.quantity,
        unit_price=item.unit_price,
        net_weight_g=item.unit_weight_g,
        parcel=item.parcel_reference or order.parcels[0].reference,
        national_code="",
        preference="",
        dangerous_goods=_dangerous(item.dangerous),
    )
