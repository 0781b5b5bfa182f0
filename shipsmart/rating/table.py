"""The merchant's own price list as carrier quotes: sold as such, or standing in for carriers that stay silent."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta

from shipsmart.ports import CarrierEnquiry, CarrierQuote
from shipsmart.rating.values import TableRow

CARRIER = "table"


def own_quotes(rows: Sequence[TableRow], enquiry: CarrierEnquiry) -> tuple[CarrierQuote, ...]:
    """Return the rows that are sold beside the live carriers: the first per service that covers country and weight."""
    return tuple(_quotes((row for row in rows if not row.fallback_only), enquiry))


def table_quotes(rows: Sequence[TableRow], enquiry: CarrierEnquiry) -> tuple[CarrierQuote, ...]:
    """Return everything the price list has for an enquiry, fallback rows included."""
    return tuple(_quotes(rows, enquiry))


def stand_ins(
    rows: Sequence[TableRow], enquiry: CarrierEnquiry, *, silent: Collection[str], answered: bool
) -> tuple[CarrierQuote, ...]:
    """Return the fallback rows to show.

    `silent`: carriers that gave no answer; rows standing for their services are shown. When nothing else answered
    (`answered` false) every fallback row counts, so that the checkout does not go blank.
    """
    fallback = [row for row in rows if row.fallback_only]
    if answered:
        fallback = [row for row in fallback if row.stands_for.partition(":")[0] in silent]
    return tuple(_quotes(fallback, enquiry))


def _quotes(rows: Iterable[TableRow], enquiry: CarrierEnquiry) -> Iterator[CarrierQuote]:
    weight_g = sum(parcel.weight_g for parcel in enquiry.parcels)
    sender, country = enquiry.shipper.country, enquiry.consignee.country
    seen = set()
    for row in rows:
        name = row.stands_for or row.service
        if name not in seen and row.covers(sender, country, weight_g):
            seen.add(name)
            yield _quote(row, enquiry)


def _quote(row: TableRow, enquiry: CarrierEnquiry) -> CarrierQuote:
    carrier, _, service = row.stands_for.partition(":")
    return CarrierQuote(
        carrier=carrier if service else CARRIER,
        service=service or row.service,
        service_name=row.service_name,
        price=row.price,
        currency=row.currency,
        deliver_from=enquiry.ship_on + timedelta(days=row.days_from),
        deliver_by=enquiry.ship_on + timedelta(days=row.days_to),
        source="fallback" if row.fallback_only else "live",
        by_post=row.by_post,
    )
