"""FedEx behind our ports."""

from datetime import UTC, date, datetime, timedelta

from integrations.carriers.fedex import client, invoices, mapping, pickups, push, returns, shipment
from integrations.kit.dangerous import section_two
from shipsmart.ports import (
    CarrierAccountRef,
    CarrierEnquiry,
    CarrierEvent,
    CarrierQuote,
    FoundShipment,
    IntegrationError,
    InvoiceUpload,
    Label,
    LabelOrder,
    Milestone,
    PickUp,
    PickUpOrder,
    PushHook,
)


class FedEx:
    """capabilities "quotes", "labels", "tracking", "void", "pickups", "return_labels", "push",
    "invoice_upload"."""

    invoice_taken_after_s = 0.0

    def carrier_quotes(
        self, account: CarrierAccountRef, enquiry: CarrierEnquiry, *, timeout_s: float
    ) -> list[CarrierQuote]:
        section_two(enquiry.items, "FedEx")  # goods that get no label get no price
        body = mapping.rates_body(account, enquiry)
        return mapping.quotes_from(account, client.rates(account, body, timeout_s=timeout_s))

    def buy_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label:
        body = shipment.shipment_body(account, order)
        document = client.create_shipment(account, body, reference=order.reference, timeout_s=timeout_s)
        return mapping.label_from(document, order.label_format)

    def find_shipment(
        self, account: CarrierAccountRef, *, reference: str, since: date, timeout_s: float
    ) -> FoundShipment | None:
        """Return the shipment booked under our reference; FedEx does not print a label again."""
        span = (since, datetime.now(UTC).date() + timedelta(days=1))
        document = client.track_reference(account, reference=reference, span=span, timeout_s=timeout_s)
        waybill = mapping.waybill_from(document) if document is not None else None
        return FoundShipment(waybill=waybill) if waybill else None

    def tracking_events(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> list[CarrierEvent]:
        """Return the scans so far; none while FedEx does not know the number."""
        document = client.track(account, waybill, timeout_s=timeout_s)
        return [] if document is None else mapping.events_from(document, waybill)

    def void(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> None:
        """Cancel every parcel of the shipment. A refusal is asked after: it may have been cancelled before."""
        try:
            document = client.cancel(account, mapping.cancel_body(account, waybill), timeout_s=timeout_s / 2)
            mapping.check_cancelled(document, waybill)
        except IntegrationError as error:
            if not error.permanent or not self._is_cancelled(account, waybill, timeout_s / 2):
                raise

    def _is_cancelled(self, account: CarrierAccountRef, waybill: str, timeout_s: float) -> bool:
        events = self.tracking_events(account, waybill, timeout_s=timeout_s)
        return bool(events) and events[-1].milestone == Milestone.CANCELLED

    def book_pickup(self, account: CarrierAccountRef, order: PickUpOrder, *, timeout_s: float) -> PickUp:
        body = pickups.pickup_body(account, order)
        document = client.book_pickup(account, body, reference=order.reference, timeout_s=timeout_s)
        return pickups.pickup_from(document, order)

    def cancel_pickup(self, account: CarrierAccountRef, pickup: PickUp, *, timeout_s: float) -> None:
        client.cancel_pickup(account, pickups.cancel_pickup_body(account, pickup), timeout_s=timeout_s)

    def buy_return_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label:
        """Buy a label for the way back: the shopper sends, the merchant receives and pays."""
        body = returns.return_body(account, order)
        document = client.create_shipment(account, body, reference=order.reference, timeout_s=timeout_s)
        return mapping.label_from(document, order.label_format)

    def hook(self, account_id: int) -> PushHook:
        return push.hook(account_id)

    def upload_invoice(self, account: CarrierAccountRef, invoice: InvoiceUpload, *, timeout_s: float) -> None:
        document = invoices.upload_document(invoice)
        invoices.check_uploaded(client.upload_document(account, document, invoice.content, timeout_s=timeout_s))


adapter = FedEx()
