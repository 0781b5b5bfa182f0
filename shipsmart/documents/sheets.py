"""Dividing lines of goods over sheets of A4: heights are known beforehand, so that sub-totals can be carried over.

Lengths are in points (1/72 inch). The texts arrive already broken into lines, which makes the height of a row exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass

PAGE_HEIGHT = 841.89
MARGINS = 62.0
LEADING = 9.5
ROW_PADDING = 5.0
CARRY_ROW = LEADING + ROW_PADDING
SAFETY = 24.0


@dataclass(frozen=True, slots=True)
class Room:
    """What the page leaves for rows: on the first sheet, on the following ones, and beside the closing block."""

    first: float
    next: float
    closing: float


def row_height(line_count: int) -> float:
    return line_count * LEADING + ROW_PADDING


def room(*, head: float, next_head: float, table_head: float, closing: float, share: float = 1.0) -> Room:
    """Return the room for rows on a sheet, given the heights of the fixed blocks; `share` of the sheet is used."""
    usable = (PAGE_HEIGHT - MARGINS) * share - SAFETY - table_head - 2 * CARRY_ROW
    return Room(first=usable - head, next=usable - next_head, closing=closing)


def divide(heights: Sequence[float], space: Room) -> list[range]:
    """Return the row numbers of each sheet; the last sheet also has room for the closing block.

    A row higher than a whole sheet takes one alone. The first range may be empty (a head that fills the sheet), and so
    may the last (a closing block on a sheet of its own).
    """
    sheets: list[range] = []
    start, used, limit = 0, 0.0, space.first
    for index, height in enumerate(heights):
        if used + height > limit and (index > start or not sheets):
            sheets.append(range(start, index))
            start, used, limit = index, 0.0, space.next
        used += height
    sheets.append(range(start, len(heights)))
    if used + space.closing > limit:
        last = sheets.pop()
        keep = last.stop - 1 if len(last) > 1 else last.stop
        sheets += [range(last.start, keep), range(keep, last.stop)]
    return sheets
