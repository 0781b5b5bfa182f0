"""DHL Express behind our ports."""

from datetime import UTC, date, datetime, timedelta

from integrations.carriers.dhl_express import client, duties, invoices, mapping, pickups, returns, shipment
from shipsmart.ports import (
    CarrierAccountRef,
    CarrierDuties,
    CarrierEnquiry,
    CarrierEvent,
    CarrierQuote,
    FoundShipment,
    InvoiceUpload,
    Label,
    LabelOrder,
    PickUp,
    PickUpOrder,
    Unsupported,
)

# A booking without a scan yet shows only in the second view.
VIEWS = ("shipment-details-only", "advance-shipment")


class DhlExpress:
    """capabilities "quotes", "labels", "tracking", "landed_cost", "pickups", "return_labels", "invoice_upload";
    no "void"."""

    invoice_taken_after_s = invoices.TAKEN_AFTER_S

    def carrier_quotes(
        self, account: CarrierAccountRef, enquiry: CarrierEnquiry, *, timeout_s: float
    ) -> list[CarrierQuote]:
        body = mapping.rates_body(account, enquiry)
        return mapping.quotes_from(account, enquiry, client.rates(account, body, timeout_s=timeout_s))

    def buy_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label:
        body = shipment.shipment_body(account, order)
        document = client.create_shipment(account, body, reference=order.reference, timeout_s=timeout_s)
        return mapping.label_from(document, order.label_format)

    def find_shipment(
        self, account: CarrierAccountRef, *, reference: str, since: date, timeout_s: float
    ) -> FoundShipment | None:
        """Return the waybill booked under our reference; DHL does not print a label again."""
        span = (since, datetime.now(UTC).date() + timedelta(days=1))
        for view in VIEWS:
            document = client.tracking_by_reference(
                account, reference=reference, span=span, view=view, timeout_s=timeout_s / len(VIEWS)
            )
            waybill = mapping.waybill_from(document, reference) if document is not None else None
            if waybill:
                return FoundShipment(waybill=waybill)
        return None

    def tracking_events(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> list[CarrierEvent]:
        """Return the checkpoints so far; none while DHL does not know the number (up to a day after booking)."""
        document = client.tracking(account, waybill, timeout_s=timeout_s)
        return [] if document is None else mapping.events_from(document)

    def landed_cost(self, account: CarrierAccountRef, enquiry: CarrierEnquiry, *, timeout_s: float) -> CarrierDuties:
        """Return DHL's own estimate of duty, tax and clearance fees."""
        body = duties.duties_body(account, enquiry)
        return duties.duties_from(client.landed_cost(account, body, timeout_s=timeout_s))

    def void(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> None:
        """Raise Unsupported: MyDHL has no void; a waybill that is never handed over is never billed."""
        raise Unsupported(
            f"DHL Express voids nothing over its API; do not hand over {waybill} and set it aside here",
            key=account.carrier,
            capability="void",
        )

    def book_pickup(self, account: CarrierAccountRef, order: PickUpOrder, *, timeout_s: float) -> PickUp:
        body = pickups.pickup_body(account, order)
        return pickups.pickup_from(client.book_pickup(account, body, timeout_s=timeout_s), order)

    def cancel_pickup(self, account: CarrierAccountRef, pickup: PickUp, *, timeout_s: float) -> None:
        requestor = pickup.details.get("requestor", "")
        client.cancel_pickup(account, pickup.number, requestor=requestor, timeout_s=timeout_s)

    def buy_return_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label:
        """Buy a label for the way back: the shopper sends, the merchant receives and pays."""
        body = returns.return_body(account, order)
        document = client.create_shipment(account, body, reference=order.reference, timeout_s=timeout_s)
        return mapping.label_from(document, order.label_format)

    def upload_invoice(self, account: CarrierAccountRef, invoice: InvoiceUpload, *, timeout_s: float) -> None:
        body = invoices.upload_body(account, invoice)
        client.upload_image(account, invoice.waybill, body, timeout_s=timeout_s)


adapter = DhlExpress()
