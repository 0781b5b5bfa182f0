"""Invoice and label together, against the same words and boxes put on pages by reportlab and nothing else.

The floor draws what stands on our finished pages (read back once, before the clock starts): the same texts in the same
faces and sizes at the same places, the same rectangles and bars.
"""

import io
import tomllib
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pypdf import PageObject, PdfReader
from reportlab.pdfgen.canvas import Canvas

from integrations.bench.measure import Result, medians_of, per_second
from shipsmart.documents import fonts
from shipsmart.documents.render import render_paper
from shipsmart.documents.snapshots import PaperShipment, parse_shipment

KINDS = ("commercial_invoice", "label")


@dataclass
class Page:
    """What stands on a page, in points: (x, y, size, bold, text) and (x, y, width, height)."""

    size: tuple[float, float]
    texts: list[tuple[float, float, float, bool, str]] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)


def pairs() -> list[Result]:
    shipment = sample()
    pages = [page for kind in KINDS for page in read_back(render_paper(kind, shipment).pdf)]
    ours, direct = medians_of(
        lambda: per_second(partial(ours_once, shipment), seconds=1.0), lambda: per_second(partial(draw, pages))
    )
    return [Result("papers.pairs", ours, "pairs/s", "direct", direct, "invoice and label, one thread, CPU time")]


def sample() -> PaperShipment:
    return parse_shipment(tomllib.loads((Path(__file__).parent / "shipment.toml").read_text(encoding="utf-8")))


def ours_once(shipment: PaperShipment) -> None:
    for kind in KINDS:
        render_paper(kind, shipment)


def read_back(pdf: bytes) -> list[Page]:
    """Return what stands on the pages of a PDF."""
    return [_read_page(page) for page in PdfReader(io.BytesIO(pdf)).pages]


def _read_page(page: PageObject) -> Page:
    found = Page((float(page.mediabox.width), float(page.mediabox.height)))

    def text(words: str, cm: list[float], tm: list[float], face: dict[str, Any] | None, size: float) -> None:
        if words.strip():
            bold = "Bold" in str((face or {}).get("/BaseFont", ""))
            found.texts.append((cm[4] + tm[4], cm[5] + tm[5], float(size), bold, words.strip()))

    def operand(operator: bytes, values: list[Any], cm: list[float], _tm: list[float]) -> None:
        if operator == b"re":
            x, y, width, height = map(float, values)
            found.boxes.append((cm[4] + x, cm[5] + y, width, height))

    page.extract_text(visitor_text=text, visitor_operand_before=operand)
    return found


def draw(pages: list[Page]) -> bytes:
    """Return a PDF of the pages, one canvas each, as the papers are files of their own."""
    whole = b""
    for page in pages:
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=page.size, invariant=1, pageCompression=1)
        for x, y, size, bold, words in page.texts:
            canvas.setFont(fonts.font_for("NotoSans", words, bold=bold), size)
            canvas.drawString(x, y, words)
        for box in page.boxes:
            canvas.rect(*box, stroke=0, fill=1)
        canvas.save()
        whole += out.getvalue()
    return whole
