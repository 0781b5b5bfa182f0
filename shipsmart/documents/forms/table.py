"""Tables of forms: a row is as high as its longest text, and a text too long for its sheet goes on upon the next.

Nothing is cut off: what customs read must be what the merchant wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm

from shipsmart.documents.forms.drawing import PAD, Form, area_mm
from shipsmart.documents.typesetting import Typesetter

LEADING = 1.22
SPARE = 2.0


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: the lines of each cell, and its height in millimetres."""

    cells: tuple[tuple[str, ...], ...]
    height: float


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name and width, the least height of a row, the room for rows below the head; all in millimetres."""

    columns: Sequence[tuple[str, float]]
    room: float
    least: float = 6.0
    size: float = 7.0
    head_size: float = 6.0

    def sheets(self, setter: Typesetter, rows: Sequence[Sequence[str]]) -> list[list[Row]]:
        """Return the rows of each sheet, at least one sheet."""
        sheets: list[list[Row]] = [[]]
        used = 0.0
        for row in (part for texts in rows for part in self._parts(setter, texts)):
            if used + row.height > self.room + 0.01 and sheets[-1]:
                sheets.append([])
                used = 0.0
            sheets[-1].append(row)
            used += row.height
        return sheets

    def _parts(self, setter: Typesetter, texts: Sequence[str]) -> list[Row]:
        """Return the row of these texts, in several parts when it is higher than a sheet."""
        cells = [
            setter.wrap(text, width * mm - 2 * PAD, self.size)
            for text, (_, width) in zip(texts, self.columns, strict=True)
        ]
        most = max(1, int((self.room * mm - SPARE) / (self.size * LEADING)))
        longest = max(map(len, cells))
        return [self._row([lines[start : start + most] for lines in cells]) for start in range(0, longest, most)]

    def _row(self, cells: Sequence[Sequence[str]]) -> Row:
        lines = max(map(len, cells))
        height = max(self.least, (lines * self.size * LEADING + SPARE) / mm)
        return Row(tuple(tuple(cell) for cell in cells), height)

    def draw(self, form: Form, rows: Sequence[Row], *, x: float, top: float, head: float = 0) -> None:
        """Draw the column names in a row of height `head` (the least height when 0) below `top`, then the rows."""
        head = head or self.least
        left = x
        for name, width in self.columns:
            box = area_mm(left, top - head, width, head)
            form.box(box)
            form.fill([name], box, size=self.head_size, strong=1, caption=False)
            left += width
        bottom = top - head
        for row in rows:
            bottom -= row.height
            left = x
            for lines, (_, width) in zip(row.cells, self.columns, strict=True):
                form.box(area_mm(left, bottom, width, row.height))
                for place, line in enumerate(lines):
                    y = (bottom + row.height) * mm - SPARE / 2 - self.size * (1 + place * LEADING)
                    form.write(line, at=(left * mm + PAD, y), size=self.size)
                left += width
