"""Tables of plain cells, drawn directly: `<pdf:rows>` around a table of a template makes it six times as fast.

The styles of cells and spans come from the page's own CSS through xhtml2pdf's cascade; what is saved is a paragraph, a
frame and a layout per cell. Texts must already be broken into lines. A table that holds more than texts, line breaks
and spans, or a line too wide for its column, is left to xhtml2pdf: a template may be changed without a thought for
this. Lines with letters from right to left are put in drawing order here, their runs joined again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from xml.dom.minidom import Element, Node

from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.fonts import tt2ps
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus.flowables import Flowable
from xhtml2pdf import parser
from xhtml2pdf.default import TAGS
from xhtml2pdf.properties import reset_non_inherited
from xhtml2pdf.tags import pisaTag

from shipsmart.documents.right_to_left import drawing_order, joined, needs_bidi

SIDES = ("Top", "Right", "Bottom", "Left")
CELL_ATTRIBUTES = frozenset({"class", "width", "colspan"})
FONT_SPAN = re.compile(r"font-family:\s*([A-Za-z0-9-]+);?")
BLANKS = re.compile(r"[ \t\r\n\f]+")


class NotPlain(Exception):  # noqa: N818 - it is the answer to a question, never seen outside
    """The table holds something that is not drawn here."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How letters look; lengths in points."""

    font: str
    size: float
    leading: float
    colour: Any
    ascent: float


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one style, with the width they take."""

    style: TextStyle
    text: str
    width: float


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How a kind of cell looks; lengths in points, `padding` and `borders` from the top clockwise."""

    text: TextStyle
    background: Any
    alignment: int
    padding: tuple[float, ...]
    borders: tuple[tuple[float, Any] | None, ...]

    def frame(self, column: int) -> tuple[Any, ...]:
        """Return what cells side by side must share to be painted as one box: open sides, ground and lines."""
        closed = self.borders[1] or self.borders[3]
        return (column,) if closed else (str(self.background), str(self.borders))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its lines of runs, how many columns it spans, its share of the width if it names one."""

    style: CellStyle
    lines: tuple[tuple[Run, ...], ...]
    span: int
    share: float | None

    @property
    def height(self) -> float:
        return self.style.padding[0] + sum(map(self.leading, self.lines)) + self.style.padding[2]

    def leading(self, line: tuple[Run, ...]) -> float:
        return max((run.style.leading for run in line), default=self.style.text.leading)


class PlainRows(Flowable):  # type: ignore[misc] - reportlab carries no types
    """The rows of a table as one block that may be divided between rows."""

    def __init__(self, rows: list[list[Cell]], shares: list[float]) -> None:
        super().__init__()
        self.rows = rows
        self.shares = shares
        self.heights = [max(cell.height for cell in row) for row in rows]

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width, self.height = width, sum(self.heights)
        return self.width, self.height

    def split(self, _width: float, height: float) -> list["PlainRows"]:
        fits, used = 0, 0.0
        while fits < len(self.rows) and used + self.heights[fits] <= height:
            used += self.heights[fits]
            fits += 1
        halves = (self.rows[:fits], self.rows[fits:]) if fits else ()
        return [PlainRows(rows, self.shares) for rows in halves if rows]

    def draw(self) -> None:
        top = self.height
        for row, height in zip(self.rows, self.heights, strict=True):
            placed = self._placed(row)
            frames = [cell.style.frame(column) for column, (cell, _, _) in enumerate(placed)]
            for _, group in groupby(zip(frames, placed, strict=True), key=itemgetter(0)):
                cells = [place for _, place in group]
                left, right = cells[0][1], cells[-1][1] + cells[-1][2]
                self._draw_box(cells[0][0].style, (left, top - height, right, top))
            for cell, left, width in placed:
                self._draw_lines(cell, left, top, width)
            top -= height

    def _placed(self, row: list[Cell]) -> list[tuple[Cell, float, float]]:
        """Return the cells with their left edges and widths."""
        placed, x, column = [], 0.0, 0
        for cell in row:
            width = sum(self.shares[column : column + cell.span]) * self.width
            placed.append((cell, x, width))
            x, column = x + width, column + cell.span
        return placed

    def overflows(self, width: float) -> bool:
        """Return whether a line is wider than its cell when the table takes a width."""
        self.width = width
        return any(
            sum(run.width for run in line) > width - cell.style.padding[1] - cell.style.padding[3] + 0.5
            for row in self.rows
            for cell, _, width in self._placed(row)
            for line in cell.lines
        )

    def _draw_box(self, style: CellStyle, box: tuple[float, float, float, float]) -> None:
        canvas = self.canv
        left, bottom, right, top = box
        if style.background:
            canvas.setFillColor(style.background)
            canvas.rect(left, bottom, right - left, top - bottom, stroke=0, fill=1)
        edges = ((left, top, right, top), (right, bottom, right, top), (left, bottom, right, bottom))
        for border, edge in zip(style.borders, (*edges, (left, bottom, left, top)), strict=True):
            if border:
                canvas.setLineWidth(border[0])
                canvas.setStrokeColor(border[1])
                canvas.line(*edge)

    def _draw_lines(self, cell: Cell, left: float, top: float, width: float) -> None:
        canvas, style = self.canv, cell.style
        y = top - style.padding[0]
        for line in cell.lines:
            x = left + style.padding[3]
            if style.alignment in (TA_RIGHT, TA_CENTER):
                spare = width - style.padding[1] - style.padding[3] - sum(run.width for run in line)
                x += spare if style.alignment == TA_RIGHT else spare / 2
            baseline = y - max((run.style.ascent for run in line), default=0.0)
            for run in line:
                canvas.setFont(run.style.font, run.style.size)
                canvas.setFillColor(run.style.colour)
                canvas.drawString(x, baseline, run.text)
                x += run.width
            y -= cell.leading(line)


class PlainRowsTag(pisaTag):  # type: ignore[misc] - xhtml2pdf carries no types
    """`<pdf:rows>`: draws the table inside when it is plain, and lets xhtml2pdf go on into it when it is not."""

    def start(self, context: Any) -> None:
        tables = [node for node in self.node.childNodes if node.nodeType == Node.ELEMENT_NODE]
        try:
            rows = _Reader(context, self.node).table(tables)
        except NotPlain:
            return
        context.addPara()
        context.addStory(rows)
        self.node.childNodes = []


# xhtml2pdf finds the class of a tag by its name in the namespace of its parser; there is no other door.
TAGS["pdfrows"] = (True, {})
parser.pisaTagPDFROWS = PlainRowsTag


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The styles of the kinds of cells and spans met so far at one place of a page."""

    cells: dict[tuple[str, ...], CellStyle] = field(default_factory=dict)
    spans: dict[tuple[str, ...], TextStyle] = field(default_factory=dict)


@lru_cache(maxsize=64)
def _kinds(_css: str, _around: tuple[Any, ...]) -> _Kinds:
    """Return what is known of a place: the same CSS makes the same of the same tags, in whichever paper."""
    return _Kinds()


def _around(node: Element) -> tuple[Any, ...]:
    """Return an element and those it stands in, each with its attributes."""
    chain = []
    while node.nodeType == Node.ELEMENT_NODE:
        chain.append((node.tagName, *sorted(node.attributes.items())))
        node = node.parentNode
    return tuple(chain)


class _Reader:
    """Reads one table of a page; the styles of its kinds of cells and spans are worked out once for all papers."""

    def __init__(self, context: Any, node: Element) -> None:
        self.context = context
        # Where the CSS counts elements, tags and classes do not tell what an element looks like.
        kinds = _Kinds() if context.cssPositionalTags else _kinds(context.cssText, _around(node))
        self.cells, self.spans = kinds.cells, kinds.spans

    def table(self, tables: list[Element]) -> PlainRows:
        """Return the table as a block; raises NotPlain."""
        if len(tables) != 1 or tables[0].tagName != "table" or tables[0].attributes.length:
            raise NotPlain
        rows = [[self._cell(node) for node in _elements(row, "td", "th")] for row in _rows(tables[0])]
        shares = [cell.share for cell in rows[0]] if rows else []
        known = [share for share in shares if share]
        if not known or len(known) != len(shares) or any(sum(cell.span for cell in row) != len(shares) for row in rows):
            raise NotPlain
        block = PlainRows(rows, [share / sum(known) for share in known])
        if block.overflows(_page_width(self.context)):
            raise NotPlain
        return block

    def _cell(self, node: Element) -> Cell:
        if any(name not in CELL_ATTRIBUTES for name in node.attributes.keys()):  # noqa: SIM118 - not a dictionary
            raise NotPlain
        key = (node.tagName, node.getAttribute("class"))
        if key not in self.cells:
            self.cells[key] = _cell_style(_frag(node, self.context))
        width, span = node.getAttribute("width"), node.getAttribute("colspan")
        if not re.fullmatch(r"(?:\d+(?:\.\d+)?%)?", width) or not re.fullmatch(r"[1-9]?", span):
            raise NotPlain
        style = self.cells[key]
        return Cell(
            style=style,
            lines=tuple(self._lines(node, style, key)),
            span=int(span or 1),
            share=float(width[:-1]) if width else None,
        )

    def _lines(self, cell: Element, style: CellStyle, key: tuple[str, ...]) -> list[tuple[Run, ...]]:
        lines: list[list[Run]] = [[]]
        cell.normalize()  # the parser cuts a text at every entity
        for node in cell.childNodes:
            if node.nodeType == Node.TEXT_NODE:
                lines[-1] += _runs(style.text, _text(node))
            elif node.tagName == "br" and not node.attributes.length:
                lines.append([])
            elif node.tagName == "span":
                text_style = self._span(node, style, key)
                for child in node.childNodes:
                    if child.nodeType == Node.ELEMENT_NODE and child.tagName == "br":
                        lines.append([])
                    else:
                        lines[-1] += _runs(text_style, _text(child))
            else:
                raise NotPlain
        return [tuple(_ordered(line)) for line in lines]

    def _span(self, node: Element, cell: CellStyle, key: tuple[str, ...]) -> TextStyle:
        """Return the style of a span: by its class through the CSS, or of the font it names."""
        written, kind = node.getAttribute("style"), node.getAttribute("class")
        if node.attributes.length != 1:
            raise NotPlain
        family = FONT_SPAN.fullmatch(written)
        if family:
            font = str(tt2ps(self.context.getFontName(family[1]), 0, 0))
            return replace(cell.text, font=font)
        if not kind:
            raise NotPlain
        if (*key, kind) not in self.spans:
            self.spans[*key, kind] = _text_style(_frag(node, self.context))
        return self.spans[*key, kind]


def _page_width(context: Any) -> float:
    """Return the width of the page's first frame."""
    templates = list(context.templateList.values())
    return float(templates[0].frames[0]._aW) if templates else float(context.pageSize[0]) - 72


def _rows(table: Element) -> Iterator[Element]:
    for node in _elements(table, "tbody", "thead", "tr"):
        if node.tagName == "tr":
            yield node
        else:
            yield from _elements(node, "tr")


def _elements(parent: Element, *names: str) -> list[Element]:
    """Return the child elements; raises NotPlain for others than the named, for attributes and for texts between."""
    found = []
    for node in parent.childNodes:
        if node.nodeType == Node.ELEMENT_NODE:
            cell = node.tagName in {"td", "th"}
            if node.tagName not in names or (not cell and node.attributes.length):
                raise NotPlain
            found.append(node)
        elif node.nodeType == Node.TEXT_NODE and node.data.strip():
            raise NotPlain
    return found


def _text(node: Node) -> str:
    if node.nodeType != Node.TEXT_NODE:
        raise NotPlain
    return BLANKS.sub(" ", node.data)


def _runs(style: TextStyle, text: str) -> list[Run]:
    return [Run(style, text, float(pdfmetrics.stringWidth(text, style.font, style.size)))] if text else []


def _ordered(line: list[Run]) -> list[Run]:
    """Return the runs of a line in drawing order; a line from left to right as it is."""
    if not any(needs_bidi(run.text) for run in line):
        return line
    shaped = [(joined(run.text), run.style) for run in line]
    styles = [style for text, style in shaped for _ in text]
    drawn = drawing_order("".join(text for text, _ in shaped), styles)
    return [
        run
        for style, chars in groupby(drawn, key=itemgetter(1))
        for run in _runs(style, "".join(char for char, _ in chars))
    ]


def _frag(node: Element, context: Any) -> Any:
    """Return what the page's CSS makes of an element, through the table it stands in."""
    chain = [node]
    while chain[0].tagName != "table":
        chain.insert(0, chain[0].parentNode)
    before = context.cssAttr
    for element in chain:
        context.pushFrag()
        reset_non_inherited(context.frag)
        context.cssAttr = parser.CSSCollect(element, context)
        parser.CSS2Frag(context, {"margin-left": 0, "margin-right": 0}, isBlock=element.tagName != "span")
    frag = context.frag
    for _ in chain:
        context.pullFrag()
    context.cssAttr = before
    return frag


def _text_style(frag: Any) -> TextStyle:
    font = str(tt2ps(frag.fontName, frag.bold, frag.italic))
    ascent = pdfmetrics.getAscentDescent(font, frag.fontSize)[0]
    return TextStyle(font=font, size=frag.fontSize, leading=frag.leading, colour=frag.textColor, ascent=ascent)


def _cell_style(frag: Any) -> CellStyle:
    borders = []
    for side in SIDES:
        width, colour = getattr(frag, f"border{side}Width"), getattr(frag, f"border{side}Color")
        shown = getattr(frag, f"border{side}Style") and width and colour is not None
        borders.append((width, colour) if shown else None)
    return CellStyle(
        text=_text_style(frag),
        background=frag.backColor,
        alignment=frag.alignment,
        padding=tuple(getattr(frag, f"padding{side}") or 0.0 for side in SIDES),
        borders=tuple(borders),
    )
