"""A table as an Excel workbook (Office Open XML): one sheet of texts, written with the standard library.

Every cell is a text with the format of texts and a quote before it, so no spreadsheet takes it for a formula and no
leading zero of a code is lost. Source of the parts: ECMA-376, part 1, sections 12 and 18.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MEDIA_TYPE = f"{OFFICE}.sheet"
MOST_LETTERS = 32_767  # of one cell
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # signs that no XML may hold
_BOLD, _TEXT = 1, 2  # places among cellXfs below; 49 is the format of texts
_STYLES = (
    '<fonts count="2"><font/><font><b/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/>'
    '<xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" numFmtId="49" applyNumberFormat="1" quotePrefix="1"/>'
    "</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)


def write(header: Sequence[str], rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    """Return a workbook of one sheet; the header stays in sight. What XML cannot hold is left out of a text."""
    parts = {
        "[Content_Types].xml": _element(
            "Types",
            f"{PACKAGE}/content-types",
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{OFFICE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{OFFICE}.worksheet+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{OFFICE}.styles+xml"/>',
        ),
        "_rels/.rels": _related({"officeDocument": "xl/workbook.xml"}),
        "xl/_rels/workbook.xml.rels": _related({"worksheet": "worksheets/sheet1.xml", "styles": "styles.xml"}),
        "xl/workbook.xml": _element(
            "workbook",
            MAIN,
            f'<sheets><sheet name="{escape(title[:31], {chr(34): "&quot;"})}" sheetId="1" '
            f'xmlns:r="{LINKS}" r:id="rId1"/></sheets>',
        ),
        "xl/styles.xml": _element("styleSheet", MAIN, _STYLES),
        "xl/worksheets/sheet1.xml": _element("worksheet", MAIN, _sheet(header, rows)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _element(name: str, namespace: str, content: str) -> str:
    return f'{_DECLARED}<{name} xmlns="{namespace}">{content}</{name}>'


def _related(targets: dict[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets.items(), start=1)
    )
    return _element("Relationships", f"{PACKAGE}/relationships", links)


def _sheet(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    lines = [_row(1, header, style=_BOLD), *(_row(n, row, style=_TEXT) for n, row in enumerate(rows, start=2))]
    columns = f'<cols><col min="1" max="{len(header)}" width="22" customWidth="1"/></cols>'
    views = f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
    return f"{views}{columns}<sheetData>{''.join(lines)}</sheetData>"


def _row(number: int, cells: Sequence[str], *, style: int) -> str:
    written = "".join(
        f'<c r="{_letters(n)}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_text(cell)}</t></is></c>'
        for n, cell in enumerate(cells)
        if cell
    )
    return f'<row r="{number}">{written}</row>'


def _text(cell: str) -> str:
    return escape(_NO_XML.sub("", cell[:MOST_LETTERS]))


def _letters(column: int) -> str:
    """Return the letters of a column counted from 0: A to Z, then AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
