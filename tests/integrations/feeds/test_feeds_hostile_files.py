"""Files made to harm: bombs, truncated archives, documents of another kind. None may fill the memory or half import."""

import tracemalloc
import zipfile
from datetime import date

import pytest

from integrations.feeds import operations, rates, taric
from integrations.feeds.operations import Wishes
from integrations.feeds.report import BadFeed
from shipsmart.sheets.xlsx import day_of, workbook

DAY = date(2026, 11, 22)
LAUGHS = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "hahahaha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<Envelope><Cube time="2026-11-20"><Cube currency="USD" rate="&c;"/></Cube></Envelope>"""
OUTSIDE = """<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><Envelope><Cube time="&x;"/></Envelope>"""


@pytest.mark.parametrize("text", [LAUGHS, OUTSIDE, "<!DOCTYPE html><html></html>"])
@pytest.mark.parametrize("reader", [rates.ecb, rates.hmrc])
def test_a_document_type_is_refused_with_all_its_entities(tmp_path, text, reader):
    path = tmp_path / "rates.xml"
    path.write_text(text)
    with pytest.raises(BadFeed, match="a document type is not allowed"):
        reader(path)


def test_deep_nesting_is_refused(tmp_path):
    path = tmp_path / "rates.xml"
    path.write_text("<a>" * 100_000)
    with pytest.raises(BadFeed, match="nested deeper than 64"):
        rates.ecb(path)


def test_an_endless_text_is_refused(tmp_path):
    path = tmp_path / "rates.xml"
    path.write_text("<a>" + "9" * (2 << 20) + "</a>")
    with pytest.raises(BadFeed, match="a text longer than 1 MB"):
        rates.ecb(path)


def test_a_workbook_that_unpacks_a_thousandfold_is_refused_in_little_memory(make_xlsx):
    path = make_xlsx({"Sheet1": [["Goods code"]]})
    bomb = path.with_name("bomb.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if "sheet1" not in info.filename:
                new.writestr(info.filename, old.read(info))
        with new.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(100):
                part.write(b"<a/>" * 262_144)
    tracemalloc.start()
    with pytest.raises(BadFeed, match="unpacks to 104857600 bytes"):
        taric.read(bomb, day=DAY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_cut_off_workbook_is_refused(make_xlsx):
    path = make_xlsx({"Sheet1": [["Goods code"]]})
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(BadFeed, match=r"no intact \.xlsx file"), workbook(path):
        pass


def test_a_damaged_part_is_refused(make_xlsx):
    path = make_xlsx({"Sheet1": [["Goods code", "x" * 5000]]})
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("xl/sharedStrings.xml").header_offset + 60
    raw = bytearray(path.read_bytes())
    raw[start : start + 8] = b"\xff" * 8
    path.write_bytes(raw)
    with pytest.raises(BadFeed, match="damaged|not well-formed"), workbook(path):
        pass


def test_a_text_that_is_not_among_the_shared_ones_names_the_row(make_xlsx):
    path = make_xlsx({"Sheet1": [["a"]]})
    broken = path.with_name("broken.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info).replace(b"<v>0</v>", b"<v>7</v>"))
    with workbook(broken) as book, pytest.raises(BadFeed, match="row 1: text '7' is not among the shared texts"):
        list(book.rows("Sheet1"))


def test_cells_come_by_column_letter_and_gaps_stay_gaps(make_xlsx):
    path = make_xlsx({"One & two": [["a", None, 3.5], [None, "b"]]})
    with workbook(path) as book:
        assert book.sheets == ["One & two"]
        assert list(book.rows("One & two")) == [(1, {"A": "a", "C": "3.5"}), (2, {"B": "b"})]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("46348", date(2026, 11, 22)),
        ("22/11/2026", date(2026, 11, 22)),
        ("22-11-2026", date(2026, 11, 22)),
        ("2026-11-22", date(2026, 11, 22)),
        ("31/12/9999", date(9999, 12, 31)),
        ("31/02/2026", None),
        ("-", None),
        ("", None),
    ],
)
def test_days_are_read_in_every_shape_the_files_have(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("name", "head", "said"),
    [
        ("hts.csv", b"", "is empty: download it again"),
        ("hts.csv", b"\x1f\x8b\x08\x00rest", "packed by gzip: unpack it first"),
        ("hts.csv", b"PK\x03\x04rest", "a zip archive: unpack it first"),
        ("taric.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"save it as \.xlsx without a password"),
        ("hts.csv", b"%PDF-1.7", "a PDF: take the file the office offers for machines"),
        ("hts.json", b"\xef\xbb\xbf\n <!DOCTYPE html><html>", "a web page, often a log-in or an error"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_the_remedy(tmp_path, name, head, said):
    path = tmp_path / name
    path.write_bytes(head)
    with pytest.raises(BadFeed, match=said):
        operations.import_tariff("hts", path, wishes=Wishes(), today=DAY)


def test_a_file_beyond_all_measure_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "hts.csv"
    with path.open("wb") as hole:
        hole.truncate((500 << 20) + 1)
    with pytest.raises(BadFeed, match="has 500 MB; no official file has more than 500 MB"):
        operations.import_tariff("hts", path, wishes=Wishes(), today=DAY)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (b"<f>SUM(B1:B9)</f><v>12</v>", "row 1: cell A holds a formula"),
        (b"<f>B1</f>", "row 1: cell A holds a formula"),
    ],
)
def test_a_formula_is_refused_and_not_taken_for_a_rate(make_xlsx, cell, said):
    path = make_xlsx({"Sheet1": [[3.5]]})
    broken = path.with_name("formula.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info).replace(b"<v>3.5</v>", cell))
    with workbook(broken) as book, pytest.raises(BadFeed, match=said):
        list(book.rows("Sheet1"))


def test_columns_that_have_moved_are_refused_with_the_first_row(tmp_path):
    chapters = [f"{n:02d}01.00.00" for n in range(1, 98) if n != 77]
    text = "HTS Number,Indent,Description,Unit of Quantity,General Rate of Duty,Special Rate of Duty,"
    text += "Column 2 Rate of Duty\n" + "".join(f"{code},0,a,,kg,5%,\n" for code in chapters[:40])
    text += "".join(f"{code},0,a,,5%,,\n" for code in chapters[40:])
    path = tmp_path / "hts.csv"
    path.write_text(text)
    with pytest.raises(BadFeed, match=r"40 of 96 rates cannot be read, the first in row 2: 'kg'"):
        operations.import_tariff("hts", path, wishes=Wishes(), today=DAY)


def test_a_table_saved_with_semicolons_or_in_another_encoding_names_the_remedy(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text("base;currency;rate;day\nEUR;USD;1.1;2026-11-20\n")
    with pytest.raises(BadFeed, match="split by semicolons: save it with commas"):
        rates.manual(path)
    path.write_bytes("base,currency,rate,day\nEUR,USD,1.1,2026-11-20,é".encode("utf-16"))
    with pytest.raises(BadFeed, match="save it as UTF-8"):
        rates.manual(path)
