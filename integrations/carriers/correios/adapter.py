"""The Correios behind our ports."""

import time
from datetime import date

from integrations.carriers.correios import client, mapping, prepostagem
from integrations.carriers.correios.codes import CANCELLED
from integrations.kit.reading import said_so
from shipsmart.ports import (
    CarrierAccountRef,
    CarrierEnquiry,
    CarrierEvent,
    CarrierQuote,
    FoundShipment,
    IntegrationError,
    Label,
    LabelOrder,
)

PAGE = 50
PAUSE_S = 0.5


class Correios:
    """capabilities "quotes", "labels", "void" (all inside Brazil), "tracking"."""

    def carrier_quotes(
        self, account: CarrierAccountRef, enquiry: CarrierEnquiry, *, timeout_s: float
    ) -> list[CarrierQuote]:
        """Return the services of the account between two Brazilian addresses, with the day of delivery."""
        asked = mapping.price_parameters(account, enquiry)
        prices = client.prices(account, asked, timeout_s=timeout_s / 2)
        times = client.times(account, mapping.time_parameters(account, enquiry), timeout_s=timeout_s / 2)
        return mapping.quotes_from(account, enquiry, prices, times)

    def buy_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label:
        """Announce the parcel, then have its label drawn. Whatever fails in between leaves the outcome unknown."""
        ends_at = time.monotonic() + timeout_s
        document = client.announce(account, prepostagem.body(account, order), timeout_s=timeout_s)
        identifier, waybill = prepostagem.booked(document)
        try:
            return self._label(account, identifier, waybill, ends_at)
        except IntegrationError as error:
            raise IntegrationError(
                f"the Correios booked {waybill}, its label is not here yet: {error}",
                permanent=False,
                code=error.code,
                outcome_unknown=True,
            ) from error

    def find_shipment(
        self, account: CarrierAccountRef, *, reference: str, since: date, timeout_s: float
    ) -> FoundShipment | None:
        """Return the parcel announced under our reference with its label, looked for page by page from `since` on."""
        ends_at = time.monotonic() + timeout_s
        asked = {"dataInicialCriacaoPrePostagem": since.isoformat(), "size": PAGE}
        for page in range(1_000):
            left_s = ends_at - time.monotonic()
            rows = prepostagem.rows_of(client.announced(account, asked | {"page": page}, timeout_s=left_s))
            if row := prepostagem.named(rows, reference):
                label = self._label(account, row["id"], row["codigoObjeto"], ends_at)
                return FoundShipment(waybill=label.waybill, label=label)
            if len(rows) < PAGE:
                return None
        raise IntegrationError("the Correios' list has no end", permanent=False, code="unreadable_answer")

    def void(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> None:
        """Cancel what is not posted yet; the Correios' own status says whether it is."""
        if self._status(account, waybill, timeout_s=timeout_s / 3) in CANCELLED:
            return
        client.cancel(account, waybill, timeout_s=timeout_s / 3)
        done = self._status(account, waybill, timeout_s=timeout_s / 3) in CANCELLED
        said_so(done, f"cancelling {waybill} with the Correios")

    def tracking_events(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> list[CarrierEvent]:
        """Return the scans so far; none while the Correios do not know the number."""
        document = client.track(account, waybill, timeout_s=timeout_s)
        return [] if document is None else mapping.events_from(document)

    def _label(self, account: CarrierAccountRef, identifier: str, waybill: str, ends_at: float) -> Label:
        wish = prepostagem.label_request(account, identifier)
        receipt = prepostagem.receipt(client.order_label(account, wish, timeout_s=ends_at - time.monotonic()))
        while True:
            document = client.drawn_label(account, receipt, timeout_s=ends_at - time.monotonic())
            if document is not None:
                return prepostagem.label_from(waybill, prepostagem.drawn(document))
            if time.monotonic() + PAUSE_S > ends_at:
                raise IntegrationError(f"label {receipt} is still being drawn", permanent=False, code="not_ready")
            time.sleep(PAUSE_S)

    def _status(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> str:
        rows = prepostagem.rows_of(client.announced(account, {"codigoObjeto": waybill}, timeout_s=timeout_s))
        return prepostagem.status_of(rows[0]) if rows else ""


adapter = Correios()
