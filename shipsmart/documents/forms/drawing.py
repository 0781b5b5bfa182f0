"""A page of fixed geometry: boxes with small captions and texts that fit into them. Points, from the lower left."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from shipsmart.core.errors import ShipSmartError
from shipsmart.documents.typesetting import Typesetter

CAPTION = 5.2
SMALLEST = 4.5
PAD = 2.5


class TextTooLong(ShipSmartError):  # noqa: N818 - the name is part of the interface
    """A text does not fit into its box of a form even at the smallest size that can be read."""

    code = "text_too_long"


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle: left, bottom, width, height in points."""

    x: float
    y: float
    width: float
    height: float


def area_mm(x: float, y: float, width: float, height: float) -> Area:
    return Area(x * mm, y * mm, width * mm, height * mm)


@dataclass(slots=True)
class Form:
    """Pages of one size being drawn; `finish` returns the PDF and its number of pages."""

    setter: Typesetter
    size: tuple[float, float]
    title: str
    out: io.BytesIO = field(default_factory=io.BytesIO)
    canvas: Any = None
    pages: int = 0

    def __post_init__(self) -> None:
        self.canvas = Canvas(self.out, pagesize=self.size, invariant=1, pageCompression=1)
        self.canvas.setTitle(self.title)
        self.canvas.setAuthor("")
        self.canvas.setLineWidth(0.6)

    def next_page(self) -> None:
        self.canvas.showPage()
        self.canvas.setLineWidth(0.6)
        self.pages += 1

    def finish(self) -> tuple[bytes, int]:
        """Close the page being drawn and return the PDF and its number of pages."""
        self.canvas.save()
        return self.out.getvalue(), self.pages + 1

    def box(self, area: Area, caption: str = "") -> None:
        """Draw a frame with its caption in the upper left corner."""
        self.canvas.rect(area.x, area.y, area.width, area.height)
        if caption:
            self.setter.draw(
                self.canvas, caption, at=(area.x + PAD, area.y + area.height - CAPTION - 1.2), size=CAPTION
            )

    def write(self, text: str, *, at: tuple[float, float], size: float, bold: bool = False) -> float:
        return self.setter.draw(self.canvas, text, at=at, size=size, bold=bold)

    def centred(self, text: str, area: Area, *, size: float, bold: bool = False) -> None:
        """Draw one line in the middle of an area, smaller when it is too wide."""
        while self.setter.width(text, size, bold=bold) > area.width and size > SMALLEST:
            size -= 0.5
        x = area.x + (area.width - self.setter.width(text, size, bold=bold)) / 2
        self.write(text, at=(x, area.y + (area.height - size) / 2 + size * 0.15), size=size, bold=bold)

    def fill(self, texts: Sequence[str], area: Area, *, size: float, strong: int = 0, caption: bool = True) -> None:
        """Set texts one under the other into a box, as large as they fit, the first `strong` ones bold.

        What does not fit at 4.5 points raises TextTooLong.
        """
        head = CAPTION + 2.5 if caption else 1
        room = area.height - head - 1
        lines = self._lines(texts, area.width - 2 * PAD, size, strong)
        while len(lines) * size * 1.22 > room and size > SMALLEST:
            size = max(SMALLEST, size - 0.5)
            lines = self._lines(texts, area.width - 2 * PAD, size, strong)
        fits = max(1, int((room + 0.5) / (size * 1.22)))
        if len(lines) > fits:
            longest = max(texts, key=len)
            raise TextTooLong(f"{self.title}: {longest[:40]!r} and what stands beside it do not fit", text=longest)
        y = area.y + area.height - head - size
        for line, bold in lines:
            self.write(line, at=(area.x + PAD, y), size=size, bold=bold)
            y -= size * 1.22

    def _lines(self, texts: Sequence[str], width: float, size: float, strong: int) -> list[tuple[str, bool]]:
        return [
            (line, index < strong)
            for index, text in enumerate(texts)
            if text
            for line in self.setter.wrap(text, width, size, bold=index < strong)
        ]
