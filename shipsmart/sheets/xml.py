"""XML read piece by piece and without trust: no document type, no entities, bounded depth and text."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol
from xml.parsers import expat

from shipsmart.sheets.errors import BadFile

CHUNK = 1 << 16
MAX_DEPTH = 64
MAX_TEXT = 1 << 20


class Readable(Protocol):
    """A stream of bytes: an open file, or a part of an archive with its bounds."""

    def read(self, size: int, /) -> bytes: ...


class Element(NamedTuple):
    """The start (text is None) or the end of an element; `name` is without its namespace."""

    name: str
    attributes: dict[str, str]
    text: str | None
    line: int


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Element] = []
        self.open: list[list[str]] = []
        self.size = 0
        parser = self.parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.data

    def doctype(self, *_: object) -> None:
        # A document type is where entities are declared, and no official feed has one.
        raise BadFile(f"{self.file}: a document type is not allowed here; this is not the file it should be")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise BadFile(f"{self.file} line {self.line}: elements nested deeper than {MAX_DEPTH}", row=self.line)
        self.open.append([])
        self.size = 0
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self.found.append(Element(name.rpartition(" ")[2], plain, None, self.line))

    def end(self, name: str) -> None:
        self.found.append(Element(name.rpartition(" ")[2], {}, "".join(self.open.pop()), self.line))
        self.size = 0

    def data(self, text: str) -> None:
        self.size += len(text)
        if self.size > MAX_TEXT:
            raise BadFile(f"{self.file} line {self.line}: a text longer than {MAX_TEXT >> 20} MB", row=self.line)
        if self.open:
            self.open[-1].append(text)

    @property
    def line(self) -> int:
        return int(self.parser.CurrentLineNumber)


def elements(source: Readable, file: str) -> Iterator[Element]:
    """Return the starts and ends of elements as they come; raises BadFile naming line and column."""
    reader = _Reader(file)
    try:
        while chunk := source.read(CHUNK):
            reader.parser.Parse(chunk, False)
            yield from reader.found
            reader.found.clear()
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise BadFile(
            f"{file} line {error.lineno} column {error.offset}: {expat.ErrorString(error.code)}; the file is cut off "
            "or is no XML: download it again",
            row=error.lineno,
            column=error.offset,
        ) from error
    yield from reader.found
