"""Issue papers: number, file, hash and snapshot in one transaction; an issued paper is never changed."""

from collections.abc import Mapping
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
    series, _ = NumberSeries.objects.get_or_create(merchant=merchant, kind=kind)
    series = NumberSeries.objects.select_for_update().get(pk=series.pk)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{kind[:3].upper()}-{series.last:06d}"


def issue(*, merchant: Merchant, subject: str, paper: Paper, snapshot: Mapping[str, Any]) -> Document:
    """Return the stored document. The same bytes again return the one that is there; other bytes of the same kind
    are a correction: a new version that names the old."""
    latest = Document.objects.filter(subject=subject, kind=paper.kind).order_by("-version").first()
    if latest and latest.sha256 == paper.sha256:
        return latest
    version = latest.version + 1 if latest else 1
    return Document.objects.create(
        merchant=merchant,
        subject=subject,
        kind=paper.kind,
        number=paper.number,
        version=version,
        corrects=latest,
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
