"""Put a batch's print-outs together in the background: thousands of labels take longer than a page may."""

from shipsmart.documents.models import Document
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.models import State as WorkState
from shipsmart.shipments.batch_models import LabelBatch
from shipsmart.shipments.batch_print import print_out, subject_of


def ask(batch: LabelBatch) -> None:
    """Have the labels that are bought by now put together; asking again while that is under way changes nothing."""
    inbox.send(kind="shipments.print", key=_key(batch), payload={"batch": batch.pk}, again=True)


def handle_print(message: OutboundMessage) -> None:
    """Outbound handler "shipments.print". The same labels give the same document, so doing it twice does no harm."""
    print_out(LabelBatch.objects.select_related("merchant").get(pk=message.payload["batch"]))


def under_way(batch: LabelBatch) -> bool:
    return OutboundMessage.objects.filter(key=_key(batch), state=WorkState.NEW).exists()


def print_outs(batch: LabelBatch) -> list[Document]:
    """Return the newest print-out of each kind."""
    rows = Document.objects.filter(merchant=batch.merchant, subject=subject_of(batch)).order_by("kind", "-version")
    return list({row.kind: row for row in reversed(rows)}.values())


def _key(batch: LabelBatch) -> str:
    return f"shipments.print:{batch.pk}"
