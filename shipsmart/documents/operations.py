"""Issue papers: number, file, hash and snapshot in one transaction; an issued paper is never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from shipsmart.documents.models import Document, NumberSeries
from shipsmart.merchants.models import Merchant


@dataclass(frozen=True)
class Paper:
    """A finished paper on its way into the archive."""

    kind: str
    number: str
    content: bytes
    sha256: str
    pages: int
    media_type: str = "application/pdf"


_ENDINGS = {"application/pdf": "pdf", "application/zpl": "zpl", "image/png": "png"}


def take_number(merchant: Merchant, kind: str) -> str:
    """Return the merchant's next number of a kind, e.g. "INV-000042". Call it inside the transaction that uses it:
    a rolled-back transaction gives the number back, so there are no gaps."""
    locked = NumberSeries.objects.select_for_update().filter(merchant=merchant, kind=kind)
    series = locked.first()
    if series is None:
        NumberSeries.objects.get_or_create(merchant=merchant, kind=kind)
        series = locked.get()
    series.last += 1
    series.save(update_fields=["last"])
    return f"{kind[:3].upper()}-{series.last:06d}"


def issue(*, merchant: Merchant, subject: str, paper: Paper, snapshot: Mapping[str, Any]) -> Document:
    """Return the stored document. The same bytes again return the one that is there; other bytes of the same kind
    are a correction: a new version that names the old."""
    return issue_all(merchant=merchant, subject=subject, papers=[paper], snapshot=snapshot)[0]


def issue_all(
    *, merchant: Merchant, subject: str, papers: Sequence[Paper], snapshot: Mapping[str, Any]
) -> list[Document]:
    """Return the stored documents of papers of different kinds, each as `issue` does, in two statements."""
    issued = Document.objects.filter(subject=subject, kind__in=[paper.kind for paper in papers])
    latest = {row.kind: row for row in issued.defer("snapshot").order_by("version")}
    new = [
        _document(merchant, subject, paper, snapshot=snapshot, corrects=latest.get(paper.kind))
        for paper in papers
        if paper.kind not in latest or latest[paper.kind].sha256 != paper.sha256
    ]
    latest |= {row.kind: row for row in Document.objects.bulk_create(new)}
    return [latest[paper.kind] for paper in papers]


def _document(
    merchant: Merchant, subject: str, paper: Paper, *, snapshot: Mapping[str, Any], corrects: Document | None
) -> Document:
    return Document(
        merchant=merchant,
        subject=subject,
        kind=paper.kind,
        number=paper.number,
        version=corrects.version + 1 if corrects else 1,
        corrects=corrects,
        snapshot=dict(snapshot),
        file=store(merchant, paper),
        media_type=paper.media_type,
        pages=paper.pages,
        sha256=paper.sha256,
    )


def store(merchant: Merchant, paper: Paper) -> str:
    """Write the file under its hash and return its name; the same content is written once."""
    name = f"papers/{merchant.pk}/{paper.sha256[:2]}/{paper.sha256}.{_ENDINGS.get(paper.media_type, 'bin')}"
    if not default_storage.exists(name):
        name = default_storage.save(name, ContentFile(paper.content))
    return name
