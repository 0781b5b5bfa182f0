"""USPS behind our ports."""

from datetime import date

from integrations.carriers.usps import client, duties, handover, mapping, pickups, shipment
from shipsmart.ports import (
    CarrierAccountRef,
    CarrierDuties,
    CarrierEnquiry,
    CarrierEvent,
    CarrierQuote,
    FoundShipment,
    Label,
    LabelOrder,
    Manifest,
    ManifestOrder,
    PickUp,
    PickUpOrder,
)


class Usps:
    """capabilities "quotes", "landed_cost", "labels", "tracking", "void", "pickups", "manifest"."""

    manifest_of_all = False

    def carrier_quotes(
        self, account: CarrierAccountRef, enquiry: CarrierEnquiry, *, timeout_s: float
    ) -> list[CarrierQuote]:
        body = mapping.prices_body(account, enquiry)
        return mapping.quotes_from(account, client.prices(account, body, timeout_s=timeout_s))

    def buy_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label:
        body = shipment.label_body(account, order)
        document = client.create_label(account, body, reference=order.reference, timeout_s=timeout_s)
        return mapping.label_from(document, order.label_format)

    def find_shipment(
        self, account: CarrierAccountRef, *, reference: str, since: date, timeout_s: float
    ) -> FoundShipment | None:
        """Return the label made under our reference, printed again in the account's format."""
        label_format = str(account.settings.get("label_format", "pdf"))
        image = {"imageType": shipment.IMAGE_TYPES[label_format], "labelType": "4X6LABEL", "suppressPostage": True}
        document = client.reprint(account, image, reference=reference, timeout_s=timeout_s)
        if document is None:
            return None
        label = mapping.label_from(document, label_format)
        return FoundShipment(waybill=label.waybill, label=label)

    def tracking_events(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> list[CarrierEvent]:
        """Return the scans so far; none while USPS does not know the number."""
        document = client.track(account, waybill, timeout_s=timeout_s)
        return [] if document is None else mapping.events_from(document)

    def void(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> None:
        client.cancel(account, waybill, timeout_s=timeout_s)

    def landed_cost(self, account: CarrierAccountRef, enquiry: CarrierEnquiry, *, timeout_s: float) -> CarrierDuties:
        """Return what USPS would collect ahead: duty, tax and its fee for the parcel."""
        body = duties.duties_body(account, enquiry)
        return duties.duties_from(client.prices(account, body, timeout_s=timeout_s))

    def book_pickup(self, account: CarrierAccountRef, order: PickUpOrder, *, timeout_s: float) -> PickUp:
        body = pickups.pickup_body(order)
        return pickups.pickup_from(client.book_pickup(account, body, timeout_s=timeout_s))

    def cancel_pickup(self, account: CarrierAccountRef, pickup: PickUp, *, timeout_s: float) -> None:
        client.cancel_pickup(account, pickup.number, timeout_s=timeout_s)

    def close_out(self, account: CarrierAccountRef, order: ManifestOrder, *, timeout_s: float) -> Manifest:
        body = handover.manifest_body(order)
        return handover.manifest_from(client.scan_form(account, body, timeout_s=timeout_s))

    def find_manifest(self, account: CarrierAccountRef, number: str, *, timeout_s: float) -> Manifest | None:
        """Return None: USPS shows a SCAN form once, when it is made."""
        return None


adapter = Usps()
