"""The merchant's own delivery behind our ports. Prices come from the price list itself: see shipsmart.rating.table."""

from datetime import date

from integrations.carriers.table.mapping import paper_shipment
from integrations.carriers.table.numbers import waybill_number
from integrations.kit.fields import address_lines, refused, required
from shipsmart.core.errors import ShipSmartError
from shipsmart.documents.render import render_paper
from shipsmart.ports import CarrierAccountRef, FoundShipment, Incoterm, IntegrationError, Label, LabelOrder, Party

LINE_WIDTH = 60
LINES = 4


class Table:
    """capability "labels"."""

    def buy_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label:
        """Return our own label, one page per parcel, and a house waybill; always PDF.

        Nobody is asked and nothing costs. The same order gives the same number and the same bytes, so doing it again
        does nothing twice.
        """
        _check(order)
        waybill = waybill_number(order.reference)
        shipment = paper_shipment(order, waybill)
        try:
            label, house_waybill = (render_paper(kind, shipment).pdf for kind in ("label", "waybill"))
        except ShipSmartError as error:
            raise IntegrationError(
                f"the label cannot be printed: {error.message}", permanent=True, code=error.code, **error.details
            ) from error
        tracking_page = str(account.settings.get("tracking_url", ""))
        return Label(
            waybill=waybill,
            parcel_numbers=tuple(f"{waybill}-{number}" for number in range(1, len(order.parcels) + 1)),
            label=label,
            label_format="pdf",
            tracking_url=tracking_page.replace("{waybill}", waybill),
            documents={"waybill": house_waybill},
        )

    def find_shipment(
        self, account: CarrierAccountRef, *, reference: str, since: date, timeout_s: float
    ) -> FoundShipment | None:
        """Return None: nothing is ever booked outside, so buying again is always safe."""
        return None


def _check(order: LabelOrder) -> None:
    """Raise IntegrationError when the parcel could not arrive or the duty payer contradicts the terms."""
    if (order.duty_payer == "sender") != (order.incoterm == Incoterm.DDP):
        raise refused(
            f"incoterm {order.incoterm} contradicts duty payer {order.duty_payer!r}: DDP is paid by the sender",
            code="duty_payer_contradiction",
            field="duty payer",
        )
    if not order.parcels:
        raise refused("no parcels", code="wrong_count", field="parcels")
    for party, field in ((order.shipper, "consignor"), (order.consignee, "consignee")):
        _check_party(party, field)


def _check_party(party: Party, field: str) -> None:
    required(party.name or party.company, f"{field} name")
    required(party.city, f"{field} city")
    required(party.country, f"{field} country")
    address_lines(party, width=LINE_WIDTH, count=LINES, field=field)


adapter = Table()
