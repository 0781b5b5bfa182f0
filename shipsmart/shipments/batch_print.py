"""A batch on paper: all labels as one PDF and as one stream of ZPL, in the order they were asked for."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from pypdf import PdfReader, PdfWriter

from shipsmart.documents.models import Document
from shipsmart.documents.operations import Paper, issue
from shipsmart.shipments.batch_models import BatchItem, LabelBatch
from shipsmart.shipments.labels import subject
from shipsmart.shipments.models import Shipment

PDF, ZPL = "application/pdf", "application/zpl"
LABELS = ("label",)


@dataclass(frozen=True)
class _Page:
    waybill: str
    paper: Document


def print_out(batch: LabelBatch, kinds: Sequence[str] = LABELS) -> list[Document]:
    """Return the print-outs of a batch as issued documents: a PDF, a ZPL stream, or both; none while nothing is done.

    `kinds`: papers per shipment in this order, e.g. ("label", "commercial_invoice"). Each paper is the latest version;
    its pages and bytes are the carrier's own. Printing the same again returns the same document.
    """
    pages = _pages(batch, kinds)
    found = [_pdf([page for page in pages if page.paper.media_type == PDF])]
    found += [_zpl([page for page in pages if page.paper.media_type == ZPL])]
    name = "_".join(kinds)
    return [
        issue(merchant=batch.merchant, subject=subject_of(batch), paper=_named(paper, name, batch), snapshot=snapshot)
        for paper, snapshot in found
        if paper.content
    ]


def subject_of(batch: LabelBatch) -> str:
    return f"batch:{batch.pk}"


def _pages(batch: LabelBatch, kinds: Sequence[str]) -> list[_Page]:
    done = batch.items.filter(state=BatchItem.State.DONE, shipment__isnull=False).order_by("position")
    shipments = _bought([item.order_id for item in done])
    subjects = [subject(shipment) for shipment in shipments]
    rows = Document.objects.filter(subject__in=subjects, kind__in=kinds).order_by("version")
    latest = {(row.subject, row.kind): row for row in rows}
    wanted = [(one.waybill, latest.get((subject(one), kind))) for one in shipments for kind in kinds]
    return [_Page(waybill, paper) for waybill, paper in wanted if paper is not None]


def _bought(order_ids: Sequence[int]) -> list[Shipment]:
    """Return the good labels of these orders in their order, of an order in parts all; what is void is not printed."""
    rows = Shipment.objects.filter(order__in=order_ids, state=Shipment.State.BOUGHT).order_by("number")
    position = {pk: n for n, pk in enumerate(order_ids)}
    return sorted(rows, key=lambda row: position[row.order_id])


def _pdf(pages: list[_Page]) -> tuple[Paper, dict[str, list[str]]]:
    writer = PdfWriter()
    for page in pages:
        writer.append(PdfReader(io.BytesIO(_bytes(page.paper))), import_outline=False)
    target = io.BytesIO()
    if pages:
        writer.write(target)
    return _paper(target.getvalue(), PDF, len(writer.pages)), _snapshot(pages)


def _zpl(pages: list[_Page]) -> tuple[Paper, dict[str, list[str]]]:
    content = b"\n".join(_bytes(page.paper) for page in pages)
    return _paper(content, ZPL, sum(page.paper.pages for page in pages)), _snapshot(pages)


def _bytes(paper: Document) -> bytes:
    with paper.file.open("rb") as stored:
        return bytes(stored.read())


def _snapshot(pages: list[_Page]) -> dict[str, list[str]]:
    return {"waybills": [page.waybill for page in pages], "sha256": [page.paper.sha256 for page in pages]}


def _paper(content: bytes, media_type: str, pages: int) -> Paper:
    digest = hashlib.sha256(content).hexdigest()
    return Paper(kind="", number="", content=content, sha256=digest, pages=pages, media_type=media_type)


def _named(paper: Paper, name: str, batch: LabelBatch) -> Paper:
    ending = "zpl" if paper.media_type == ZPL else "pdf"
    return Paper(
        kind=f"{name}_{ending}"[-30:],
        number=f"BATCH-{batch.pk:06d}",
        content=paper.content,
        sha256=paper.sha256,
        pages=paper.pages,
        media_type=paper.media_type,
    )
