"""A rulebook folder of its own for each test, and a small maker of workbooks."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from shipsmart.quotes import rulebook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


@pytest.fixture
def root(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.VAR_DIR = tmp_path / "var"
    rulebook.forget()
    yield rulebook.folder()
    rulebook.forget()


@pytest.fixture
def make_xlsx(tmp_path: Path) -> Callable[..., Path]:
    """Return a maker: sheets by name, each a list of rows; texts are shared, numbers stand as numbers."""

    def make(sheets: dict[str, Sequence[Sequence[object]]], name: str = "book.xlsx") -> Path:
        strings: list[str] = []
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for index, rows in enumerate(sheets.values(), 1):
                archive.writestr(f"xl/worksheets/sheet{index}.xml", _sheet(rows, strings))
            names = "".join(
                f'<sheet name="{escape(title)}" sheetId="{i}" r:id="rId{i}"/>' for i, title in enumerate(sheets, 1)
            )
            archive.writestr(
                "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>{names}</sheets></workbook>'
            )
            links = "".join(
                f'<Relationship Id="rId{i}" Target="worksheets/sheet{i}.xml"/>' for i in range(1, len(sheets) + 1)
            )
            archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>')
            shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
            archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{shared}</sst>')
        return path

    return make


def _sheet(rows: Sequence[Sequence[object]], strings: list[str]) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for position, value in enumerate(row):
            place = f"{chr(65 + position)}{number}"
            if isinstance(value, str):
                strings.append(value)
                cells.append(f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>')
            elif value is not None:
                cells.append(f'<c r="{place}"><v>{value}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
