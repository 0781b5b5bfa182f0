"""Issue papers: number, file, hash and snapshot in one transaction; an issued paper is never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from shipsmart.core.errors import ShipSmartError
from shipsmart.documents.models import Document, NumberSeries
from shipsmart.merchants.models import Merchant

ATTEMPTS = 5


class PaperContended(ShipSmartError):  # noqa: N818 - the name says what happened
    """Other workers kept issuing papers of this kind for the same subject."""

    code = "paper_contended"


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
    are a correction: a new version that names the old. Two workers that issue at once get two versions, or one paper
    when the bytes are the same; raises PaperContended when others were always a moment earlier."""
    return issue_all(merchant=merchant, subject=subject, papers=[paper], snapshot=snapshot)[0]


def issue_all(
    *, merchant: Merchant, subject: str, papers: Sequence[Paper], snapshot: Mapping[str, Any]
) -> list[Document]:
    """Return the stored documents of papers of different kinds, each as `issue` does."""
    files = {paper.kind: store(merchant, paper) for paper in papers}
    latest: dict[str, Document] = {}
    looked: dict[str, Document] | None = None  # papers are new as a rule: nobody looks before the first try
    for _ in range(ATTEMPTS):
        new = [
            _document(
                merchant, subject, paper, snapshot=snapshot, file=files[paper.kind], corrects=latest.get(paper.kind)
            )
            for paper in papers
            if paper.kind not in latest or latest[paper.kind].sha256 != paper.sha256
        ]
        try:
            # A savepoint: on PostgreSQL the transaction around is lost otherwise.
            with transaction.atomic():
                latest |= {row.kind: row for row in Document.objects.bulk_create(new)}
        except IntegrityError:
            # A version stands already, perhaps issued by another worker between our look and our rows: look again.
            latest, before = _latest(subject, papers), looked
            if latest == before:
                raise
            looked = latest
        else:
            return [latest[paper.kind] for paper in papers]
    raise PaperContended(f"papers of {subject} were issued by others {ATTEMPTS} times; try again", subject=subject)


def _latest(subject: str, papers: Sequence[Paper]) -> dict[str, Document]:
    issued = Document.objects.filter(subject=subject, kind__in=[paper.kind for paper in papers])
    return {row.kind: row for row in issued.defer("snapshot").order_by("version")}


def _document(
    merchant: Merchant, subject: str, paper: Paper, *, snapshot: Mapping[str, Any], file: str, corrects: Document | None
) -> Document:
    return Document(
        merchant=merchant,
        subject=subject,
        kind=paper.kind,
        number=paper.number,
        version=corrects.version + 1 if corrects else 1,
        corrects=corrects,
        snapshot=dict(snapshot),
        file=file,
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
