"""Royal Mail behind our ports."""

import time
from datetime import UTC, date, datetime, timedelta

from integrations.carriers.royal_mail import client, handover, mapping
from shipsmart.ports import (
    CarrierAccountRef,
    FoundShipment,
    IntegrationError,
    Label,
    LabelOrder,
    Manifest,
    ManifestOrder,
)

VOID_WITHIN = timedelta(days=60)  # a label older than that is not accepted any more
PAUSE_S = 0.5


class RoyalMail:
    """capabilities "labels", "void", "manifest", "return_labels"."""

    manifest_of_all = True

    def buy_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label:
        body = mapping.orders_body(account, order)
        return mapping.label_from(client.create_orders(account, body, timeout_s=timeout_s), order)

    def find_shipment(
        self, account: CarrierAccountRef, *, reference: str, since: date, timeout_s: float
    ) -> FoundShipment | None:
        """Return the order under our reference with its label printed again, where the account may do that."""
        made = client.order_by_reference(account, reference, timeout_s=timeout_s / 2)
        if made is None:
            return None
        waybill = mapping.waybill_of(made)
        try:
            content = client.label(account, reference, timeout_s=timeout_s / 2)
        except IntegrationError as error:
            if not error.permanent:
                raise
            return FoundShipment(waybill=waybill)
        return FoundShipment(waybill=waybill, label=mapping.found_label(made, content))

    def void(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> None:
        """Delete the order that carries the number. One that is not among the open orders is void already."""
        since = datetime.now(UTC).date() - VOID_WITHIN
        for orders in client.orders_since(account, since, timeout_s=timeout_s / 2):
            identifier = handover.order_with(orders, waybill)
            if identifier is not None:
                deleted = client.delete_order(account, identifier, timeout_s=timeout_s / 2)
                if deleted is not None:
                    handover.check_deleted(deleted)
                return

    def close_out(self, account: CarrierAccountRef, order: ManifestOrder, *, timeout_s: float) -> Manifest:
        """Manifest every order with a label: Royal Mail lets nobody choose. Its paper may come later."""
        ends_at = time.monotonic() + timeout_s
        made = handover.manifest_from(client.create_manifest(account, timeout_s=timeout_s))
        while not made.document and time.monotonic() + PAUSE_S < ends_at:
            time.sleep(PAUSE_S)
            made = self.find_manifest(account, made.number, timeout_s=ends_at - time.monotonic()) or made
        return made

    def find_manifest(self, account: CarrierAccountRef, number: str, *, timeout_s: float) -> Manifest | None:
        document = client.manifest(account, number, timeout_s=timeout_s)
        return None if document is None else handover.manifest_from({"manifestNumber": number, **document})

    def buy_return_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label:
        """Buy a label for the way back, inside the United Kingdom."""
        body = handover.return_body(order)
        return handover.return_label_from(client.create_return(account, body, timeout_s=timeout_s))


adapter = RoyalMail()
