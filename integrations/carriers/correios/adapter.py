"""The Correios behind our ports."""

from integrations.carriers.correios import client, mapping
from shipsmart.ports import CarrierAccountRef, CarrierEnquiry, CarrierEvent, CarrierQuote


class Correios:
    """capabilities "quotes" (inside Brazil), "tracking"."""

    def carrier_quotes(
        self, account: CarrierAccountRef, enquiry: CarrierEnquiry, *, timeout_s: float
    ) -> list[CarrierQuote]:
        """Return the services of the account between two Brazilian addresses, with the day of delivery."""
        asked = mapping.price_parameters(account, enquiry)
        prices = client.prices(account, asked, timeout_s=timeout_s / 2)
        times = client.times(account, mapping.time_parameters(account, enquiry), timeout_s=timeout_s / 2)
        return mapping.quotes_from(account, enquiry, prices, times)

    def tracking_events(self, account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> list[CarrierEvent]:
        """Return the scans so far; none while the Correios do not know the number."""
        document = client.track(account, waybill, timeout_s=timeout_s)
        return [] if document is None else mapping.events_from(document)


adapter = Correios()
