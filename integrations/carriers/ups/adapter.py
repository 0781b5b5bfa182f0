"""UPS behind our ports."""

from datetime import UTC, date, datetime, timedelta

from integrations.carriers.ups import client, duties, invoices, mapping, pickups, push, returns, shipment
from integrations.kit.dangerous import section_two
from shipsmart.ports import (
    CarrierAccountRef,
    CarrierDuties,
    CarrierEnquiry,
    CarrierEvent,
    CarrierQuote,
    FoundShipment,
    IntegrationError,
    InvoiceUpload,
    Label,
    LabelOrder,
    PickUp,
    PickUpOrder,
    PushHook,
)


class Ups:
    """capabilities "quotes", "labels", "tracking", "void", "landed_cost", "pickups", "return_labels", "push",
    "subscriptions", "invoice_upload"."""

    invoice_taken_after_s = 0.0

    def carrier_quotes(
        self, account: CarrierAccountRef, enquiry: CarrierEnquiry, *, timeout_s: float
    ) -> list[CarrierQuote]:
        section_two(enquiry.items, "UPS")  # goods that get no label get no price
        body = mapping.rate_body(account, enquiry)
        return mapping.quotes_from(account, client.shop(account, body, timeout_s=timeout_s))

    def buy_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label:
        body = shipment.shipment_body(account, order)
        document = client.ship(account, body, reference=order.reference, timeout_s=timeout_s)
        return mapping.label_from(document, order.label_format)

    def find_shipment(
        self, account: CarrierAccountRef, *, reference: str, since: date, timeout_s: float
    ) -> FoundShipment | None:
        """Return the shipment booked under our reference, with its label where UPS prints it again."""
        span = (since, datetime.now(UTC).date() + timedelta(days=1))
        document = client.track_reference(account, reference=reference, span=span, timeout_s=timeout_s / 2)
        waybill = mapping.waybill_from(document, reference) if document is not None else None
        if not waybill:
            return None
        return FoundShipment(waybill=waybill, label=self._recovered(account, waybill, timeout_s / 2))

    def tracking_events(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> list[CarrierEvent]:
        """Return the activities so far; none while UPS does not know the number."""
        document = client.track(account, waybill, timeout_s=timeout_s)
        return [] if document is None else mapping.events_from(document, waybill)

    def void(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> None:
        client.void(account, waybill, timeout_s=timeout_s)

    def landed_cost(self, account: CarrierAccountRef, enquiry: CarrierEnquiry, *, timeout_s: float) -> CarrierDuties:
        """Return UPS's own estimate of duty, tax and brokerage."""
        body = duties.duties_body(enquiry)
        return duties.duties_from(client.landed_cost(account, body, timeout_s=timeout_s))

    def _recovered(self, account: CarrierAccountRef, waybill: str, timeout_s: float) -> Label | None:
        try:
            document = client.recover_label(account, waybill, timeout_s=timeout_s)
        except IntegrationError as error:
            if not error.permanent:
                raise
            return None  # UPS keeps labels of some services only; the number alone is worth having
        return mapping.recovered_label(document, waybill)

    def book_pickup(self, account: CarrierAccountRef, order: PickUpOrder, *, timeout_s: float) -> PickUp:
        body = pickups.pickup_body(account, order)
        document = client.book_pickup(account, body, reference=order.reference, timeout_s=timeout_s)
        return pickups.pickup_from(document, order)

    def cancel_pickup(self, account: CarrierAccountRef, pickup: PickUp, *, timeout_s: float) -> None:
        client.cancel_pickup(account, pickup.number, timeout_s=timeout_s)

    def buy_return_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label:
        """Buy a label for the way back: the shopper sends, the merchant receives and pays."""
        body = returns.return_body(account, order)
        document = client.ship(account, body, reference=order.reference, timeout_s=timeout_s)
        return mapping.label_from(document, order.label_format)

    def subscribe(self, account: CarrierAccountRef, numbers: tuple[str, ...], *, timeout_s: float) -> datetime | None:
        """Return when UPS will stop telling of the parcels: 14 days from now."""
        body = push.subscription_body(numbers, str(account.settings.get("push_country") or "US"))
        document = client.subscribe(account, body, timeout_s=timeout_s)
        return push.subscribed_until(document, numbers, datetime.now(UTC))

    def hook(self, account_id: int) -> PushHook:
        return push.hook(account_id)

    def upload_invoice(self, account: CarrierAccountRef, invoice: InvoiceUpload, *, timeout_s: float) -> None:
        body = invoices.upload_body(account, invoice)
        kept_as = invoices.document_id(client.upload_form(account, body, timeout_s=timeout_s / 2))
        pushed = client.push_form(account, invoices.push_body(account, invoice, kept_as), timeout_s=timeout_s / 2)
        invoices.check_pushed(pushed)


adapter = Ups()
