"""Write the customs papers of a bought shipment."""

from shipsmart.documents.operations import Paper, issue_all
from shipsmart.documents.render import papers_for, render_paper
from shipsmart.documents.snapshots import PaperShipment, parse_shipment
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Effects
from shipsmart.shipments import invoice_upload
from shipsmart.shipments.goods import paper_data
from shipsmart.shipments.labels import subject
from shipsmart.shipments.models import Shipment


def handle_papers(message: OutboundMessage) -> Effects:
    """Outbound handler "shipments.papers": render outside, store inside the transaction; the label is the carrier's."""
    shipment = Shipment.objects.with_goods().select_related("account").get(pk=message.payload["shipment"])
    data = paper_data(shipment)
    snapshot = parse_shipment(data)
    papers = [_paper(kind, snapshot) for kind in papers_for(snapshot) if kind != "label"]

    def effects() -> None:
        issue_all(merchant=shipment.order.merchant, subject=subject(shipment), papers=papers, snapshot=data)
        names = ", ".join(paper.kind.replace("_", " ") for paper in papers)
        invoice_upload.ask(shipment)
        shipment.order.note("papers", f"Papers written: {names}", kinds=[paper.kind for paper in papers])

    return effects


def _paper(kind: str, snapshot: PaperShipment) -> Paper:
    made = render_paper(kind, snapshot)
    number = snapshot.invoice_number if "invoice" in kind else snapshot.waybill or snapshot.reference
    return Paper(kind=kind, number=number, content=made.pdf, sha256=made.sha256, pages=made.pages)
