"""The blocks that invoice and packing list share: parties, facts, bilingual heads; each knows its height in points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from shipsmart.documents import figures, labels
from shipsmart.documents.sheets import LEADING
from shipsmart.documents.snapshots import PaperShipment, Party, as_dict
from shipsmart.documents.typesetting import Typesetter

WIDTH = 523.0
CELL_PADDING = 7.0
SIZE = 7.5
SMALL = 6.5
LABEL = 6.0


@dataclass(frozen=True, slots=True)
class Block:
    """A label over a text, with the height its lines take."""

    label: SafeString
    text: SafeString
    height: float


@dataclass(frozen=True, slots=True)
class Parts:
    """Makes the blocks of one shipment's sheets."""

    shipment: PaperShipment
    setter: Typesetter

    @property
    def country(self) -> str:
        return self.shipment.consignee.country

    def label(self, key: str) -> SafeString:
        """Return the English word, and the destination's own behind a dot where it differs."""
        word = labels.local(key, self.country)
        return format_html("{} · {}", labels.english(key), word) if word else format_html("{}", labels.english(key))

    def wrapped_label(self, key: str, width: float, size: float, *, bold: bool = False) -> tuple[SafeString, int]:
        """Return the label broken into lines for a width, and how many they are."""
        word = labels.local(key, self.country)
        text = f"{labels.english(key)} · {word}" if word else labels.english(key)
        lines = self.setter.wrap(text, width - CELL_PADDING, size, bold=bold)
        return self.setter.markup(lines), len(lines)

    def head(self, key: str, width: float) -> SafeString:
        """Return a column head: English over the destination's word, broken where the column is too narrow for it."""
        words = [word for word in (labels.english(key), labels.local(key, self.country)) if word]
        lines = [line for word in words for line in self.setter.wrap(word, width - CELL_PADDING, SMALL)]
        return self.setter.markup(lines)

    def block(self, key: str, texts: Sequence[str], *, width: float, strong: int = 0) -> Block:
        """Return a block whose first `strong` texts are bold, broken into lines for its width."""
        lines: list[SafeString] = []
        for index, text in enumerate(text for text in texts if text):
            bold = index < strong
            wrapped = self.setter.wrap(text, width - CELL_PADDING, SIZE, bold=bold)
            lines += [self.setter.markup([line], bold=bold) for line in wrapped]
        text = SafeString("<br/>".join(lines)) if lines else SafeString("-")
        label, count = self.wrapped_label(key, width, LABEL)
        return Block(label=label, text=text, height=9.0 * count + LEADING * max(1, len(lines)) + 5)

    def party(self, key: str, party: Party, *, outside: bool = False) -> Block:
        texts = [*figures.address(party), *figures.contact(party), *figures.tax_numbers(party, outside=outside)]
        return self.block(key, texts, width=WIDTH / 2, strong=1)

    def cell(self, text: str, width: float) -> tuple[SafeString, int]:
        """Return a table cell's markup and how many lines it takes."""
        lines = self.setter.wrap(text, width - CELL_PADDING, SIZE)
        return self.setter.markup(lines), len(lines)

    def facts(self, pairs: Sequence[tuple[str, str]], *, columns: int, stacked: int = 1) -> list[list[Block]]:
        """Return labelled facts in columns, so many stacked in each cell (fewer cells print faster)."""
        width = WIDTH / columns
        blocks = [self.block(key, [text], width=width) for key, text in pairs]
        cells = [_stack(blocks[start : start + stacked]) for start in range(0, len(blocks), stacked)]
        rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
        empty = Block(label=SafeString(""), text=SafeString(""), height=0)
        return [row + [empty] * (columns - len(row)) for row in rows]


def _stack(blocks: list[Block]) -> Block:
    first, *rest = blocks
    text = first.text
    for block in rest:
        text += format_html('<br/><span class="label">{}</span><br/>{}', block.label, block.text)
    return Block(label=first.label, text=text, height=sum(block.height for block in blocks))


def rows_height(rows: Sequence[Sequence[Block]]) -> float:
    return sum(max(block.height for block in row) for row in rows)


def printed_texts(shipment: PaperShipment) -> list[str]:
    """Return every text of the shipment, so that the fonts can be cut to its characters."""
    return texts_of(shipment)


def texts_of(snapshot: Any) -> list[str]:
    """Return every text of a snapshot."""
    texts: list[str] = []
    stack = [as_dict(snapshot)]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            stack.extend([*value.values(), *value.keys()])
        elif isinstance(value, list):
            stack.extend(value)
    return texts
