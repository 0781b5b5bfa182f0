"""Send our own invoice to the carrier, where the merchant wants customs to read that one and not the carrier's."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from shipsmart.documents.models import Document
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Effects
from shipsmart.ports import InvoiceUpload, provider, provides, title_of
from shipsmart.shipments.labels import subject
from shipsmart.shipments.models import Shipment

KIND = "shipments.invoice_upload"
CAPABILITY, WISH = "invoice_upload", "own_invoice"
INVOICES = ("commercial_invoice", "return_invoice")


def ask(shipment: Shipment) -> None:
    """Owe the carrier the invoice just issued, when its account asks for that and the carrier takes one.

    Call it inside the transaction that issues the papers. A corrected invoice is owed again.
    """
    account = shipment.account
    if account is None or not account.settings.get(WISH) or not provides(shipment.carrier, CAPABILITY):
        return
    after_s = provider(shipment.carrier, CAPABILITY).invoice_taken_after_s
    booked_s = (timezone.now() - (shipment.bought_at or timezone.now())).total_seconds()
    payload = {"shipment": shipment.pk}
    inbox.send(kind=KIND, key=f"{KIND}:{shipment.pk}", payload=payload, delay_s=max(0, after_s - booked_s), again=True)


def handle_upload(message: OutboundMessage) -> Effects | None:
    """Outbound handler: upload the latest invoice; nothing to do for a label that is void or goods without customs."""
    shipment = Shipment.objects.select_related("account", "order").get(pk=message.payload["shipment"])
    invoice = Document.objects.filter(subject=subject(shipment), kind__in=INVOICES).order_by("version").last()
    if shipment.state != Shipment.State.BOUGHT or shipment.account is None or invoice is None:
        return None
    order, booked_at = shipment.order, shipment.bought_at or timezone.now()
    with default_storage.open(invoice.file.name) as file:
        content = file.read()
    upload = InvoiceUpload(
        waybill=shipment.waybill,
        service=shipment.service,
        number=invoice.number,
        content=content,
        booked_at=booked_at,
        ships_on=booked_at.date(),
        ship_from=order.merchant.country,
        ship_to=order.country,
    )
    carrier = provider(shipment.carrier, CAPABILITY)
    carrier.upload_invoice(shipment.account.ref(), upload, timeout_s=settings.LABEL_TIMEOUT_S)
    return lambda: order.note(
        "invoice_uploaded", f"{title_of(shipment.carrier)} has invoice {invoice.number}", number=invoice.number
    )


def given_up(message: OutboundMessage, text: str) -> None:
    """Say on the order that customs will read the carrier's own invoice, or none."""
    shipment = Shipment.objects.select_related("order").get(pk=message.payload["shipment"])
    told = f"{title_of(shipment.carrier)} did not take our invoice: {text}"[:400]
    shipment.order.note("invoice_not_uploaded", f"{told}; upload it in the carrier's own portal")
