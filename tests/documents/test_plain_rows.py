"""Tables drawn directly must look like, and read like, those xhtml2pdf sets itself."""

import pytest
from django.utils.safestring import SafeString

from shipsmart.documents import fonts, plain_rows
from shipsmart.documents.html_engine import html_to_pdf
from tests.documents.reading_back import text_of

PAGE = """<html><head><style>@page {{ size: a4; margin: 36pt; }}
body {{ font-family: {font}; font-size: 8pt; line-height: 10pt; }}
td, th {{ padding: 2pt; }} .number {{ text-align: right; }} .small {{ font-size: 6pt; }}</style></head>
<body>{body}</body></html>"""
ROWS = (
    '<tr><td width="60%">Cotton <span class="small">shirt</span><br/>second</td>'
    '<td width="40%" class="number">9.90</td></tr>'
    '<tr><td colspan="2">Łódź &amp; &lt;b&gt;</td></tr>'
)


def printed(body: str) -> str:
    page = PAGE.format(font=fonts.font_for("NotoSans", ""), body=body)
    return text_of(html_to_pdf(SafeString(page), title="rows")[0])


@pytest.fixture
def drawn(monkeypatch):
    """Count the blocks drawn directly."""
    blocks: list[plain_rows.PlainRows] = []
    draw = plain_rows.PlainRows.draw
    monkeypatch.setattr(plain_rows.PlainRows, "draw", lambda self: (blocks.append(self), draw(self)))
    return blocks


def test_a_plain_table_reads_as_it_does_through_the_engine(drawn):
    quick = printed(f"<pdf:rows><table>{ROWS}</table></pdf:rows>")
    assert len(drawn) == 1
    slow = printed(f"<table>{ROWS}</table>")
    assert quick.split() == slow.split()
    assert quick.split() == ["Cotton", "shirt", "second", "9.90", "Łódź", "&", "<b>"]


@pytest.mark.parametrize(
    "body",
    [
        "<table><tr><td>no width</td></tr></table>",
        '<table><tr><td width="100%"><b>bold</b></td></tr></table>',
        '<table><tr><td width="100%" style="color:red">styled</td></tr></table>',
        '<table><tr><td width="10%">' + "wide " * 40 + '</td><td width="90%">x</td></tr></table>',
        '<table><tr><td width="50%">one</td><td width="50%">two</td></tr><tr><td>lone</td></tr></table>',
        '<table border="1"><tr><td width="100%">bordered</td></tr></table>',
        '<table><tr><td width="300">points</td></tr></table>',
        '<table><tr><td width="100%" colspan="x">spanning</td></tr></table>',
        "<p>no table</p>",
    ],
)
def test_what_is_not_plain_is_left_to_the_engine(drawn, body):
    assert printed(f"<pdf:rows>{body}</pdf:rows>").split() == printed(body).split() != []
    assert drawn == []


def test_letters_from_right_to_left_are_drawn_in_their_order(drawn):
    arabic = fonts.font_for("NotoSansArabic", "")
    text = (
        f'<table><tr><td width="100%"><span style="font-family:{arabic}">مرحبا بالله والإمارات</span></td></tr></table>'
    )
    assert printed(f"<pdf:rows>{text}</pdf:rows>").split() == ["مرحبا", "بالله", "والإمارات"]
    assert len(drawn) == 1


def test_a_table_longer_than_the_page_goes_on_over_sheets(drawn):
    rows = "".join(f'<tr><td width="100%">row {number}</td></tr>' for number in range(120))
    text = printed(f"<pdf:rows><table>{rows}</table></pdf:rows>")
    assert len(drawn) == 3
    assert [f"row {number}" in text for number in range(120)] == [True] * 120


def test_each_style_sheet_has_its_own_looks_though_tags_and_classes_are_alike(monkeypatch):
    sizes: list[float] = []
    draw = plain_rows.PlainRows.draw
    monkeypatch.setattr(
        plain_rows.PlainRows, "draw", lambda self: (sizes.append(self.rows[0][0].style.text.size), draw(self))
    )
    body = f"<pdf:rows><table>{ROWS}</table></pdf:rows>"
    page = PAGE.format(font=fonts.font_for("NotoSans", ""), body=body)
    for html in (page, page.replace("font-size: 8pt", "font-size: 5pt"), page):
        html_to_pdf(SafeString(html), title="rows")
    around = page.replace("<body>", '<body><div style="font-size: 7pt">').replace("</body>", "</div></body>")
    html_to_pdf(SafeString(around), title="rows")
    assert sizes == [8, 5, 8, 7]


def test_the_bytes_of_a_paper_do_not_depend_on_those_printed_before():
    page = PAGE.format(font=fonts.font_for("NotoSans", ""), body=f"<pdf:rows><table>{ROWS}</table></pdf:rows>")
    plain_rows._kinds.cache_clear()
    first = html_to_pdf(SafeString(page), title="rows")
    assert html_to_pdf(SafeString(page), title="rows") == first
    counted = page.replace("</style>", "td:first-child { font-size: 9pt; }</style>")
    before = plain_rows._kinds.cache_info().currsize
    html_to_pdf(SafeString(counted), title="rows")
    assert plain_rows._kinds.cache_info().currsize == before
