import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from shipsmart.compliance.operations import import_list
from tests.documents.builders import line_data, party_data, shipment_data
from tests.documents.reading_back import text_of
from tests.documents.test_consignments import consignment_data

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def papers(monkeypatch, capsys):
    """Run the command in this process: a process of its own takes two seconds to start."""

    def run(data: object, out: Path) -> tuple[int, dict]:
        text = data if isinstance(data, bytes) else json.dumps(data).encode()
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text)))
        code = 0
        try:
            call_command("papers", out=out)
        except SystemExit as ended:
            code = ended.code
        return code, json.loads(capsys.readouterr().out)

    return run


def papers_of_another_process(data: object, out: Path) -> tuple[int, dict]:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "papers", "--out", str(out)],
        input=json.dumps(data).encode(),
        capture_output=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "random"},
        timeout=120,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


@pytest.mark.django_db
def test_the_papers_of_a_shipment_are_written_and_the_same_in_another_process(papers, tmp_path):
    first_code, first = papers(shipment_data(), tmp_path / "a")
    second_code, second = papers_of_another_process(shipment_data(), tmp_path / "b")
    assert (first_code, second_code) == (0, 0)
    assert [paper["kind"] for paper in first["papers"]] == ["commercial_invoice", "packing_list", "label"]
    assert first["blocked"] == []
    for paper, again in zip(first["papers"], second["papers"], strict=True):
        content = Path(paper["path"]).read_bytes()
        assert content == Path(again["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == paper["sha256"] == again["sha256"]
        assert paper["pages"] == 1
    assert "93.87 EUR" in text_of(Path(first["papers"][0]["path"]).read_bytes())


@pytest.mark.django_db
def test_a_blocked_shipment_gets_reasons_and_no_paper(papers, tmp_path):
    data = shipment_data(lines=[line_data(hs_code="")], consignee=party_data(phone=""))
    code, answer = papers(data, tmp_path)
    assert code == 0
    assert answer["papers"] == []
    assert {(block["code"], block["where"]) for block in answer["blocked"]} == {
        ("hs_code_missing", "lines[0].hs_code"),
        ("phone_missing", "consignee.phone"),
    }
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"{", "shipment"),
        (b"\xff\xfe", "shipment"),
        (b"[]", "shipment"),
        (b'{"freight": NaN}', "shipment"),
        (shipment_data(colour="red"), "colour"),
    ],
)
@pytest.mark.django_db
def test_bad_input_is_answered_with_an_error_and_exit_code_2(papers, tmp_path, data, field):
    code, answer = papers(data, tmp_path)
    assert code == 2
    assert answer["error"]["details"]["field"] == field
    assert [block["where"] for block in answer["blocked"]] == [field]
    assert answer["papers"] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_every_place_that_cannot_be_read_is_named_at_once(papers, tmp_path):
    hostile = line_data(description="x" * 10_000_000, sku="a\x00b", quantity="three", colour="red")
    code, answer = papers(shipment_data(lines=[hostile], currency="XXQ", waybill="数1"), tmp_path)
    assert code == 2
    assert {(block["code"], block["where"]) for block in answer["blocked"]} == {
        ("shipment_invalid", "currency"),
        ("shipment_invalid", "lines[0].quantity"),
        ("shipment_invalid", "lines[0].colour"),
        ("text_too_long", "lines[0].description"),
        ("unprintable_text", "lines[0].sku"),
        ("barcode_unencodable", "waybill"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "block"), [("a\u202eb", "unprintable_text"), ("x" * 201, "text_too_long")])
def test_a_text_that_no_paper_carries_blocks_like_any_other_gap(papers, tmp_path, text, block):
    code, answer = papers(shipment_data(consignee=party_data(name=text)), tmp_path)
    assert code == 0
    assert [(found["code"], found["where"]) for found in answer["blocked"]] == [(block, "consignee.name")]
    assert "error" not in answer


@pytest.mark.django_db
def test_a_key_that_no_output_can_write_is_still_named(papers, tmp_path):
    code, answer = papers(json.dumps(shipment_data()).encode()[:-1] + b', "\\ud800": 1}', tmp_path)
    assert code == 2
    assert [block["where"] for block in answer["blocked"]] == ["\ud800"]


@pytest.mark.django_db
def test_a_consignment_gets_manifest_air_waybill_and_labels(papers, tmp_path):
    code, answer = papers(consignment_data(), tmp_path)
    assert (code, answer["blocked"]) == (0, [])
    assert [(paper["kind"], paper["pages"]) for paper in answer["papers"]] == [
        ("manifest", 1),
        ("air_waybill", 1),
        ("bag_labels", 2),
    ]
    assert all((tmp_path / f"{paper['kind']}.pdf").read_bytes()[:5] == b"%PDF-" for paper in answer["papers"])


@pytest.mark.django_db
def test_a_consignment_with_a_listed_or_unprintable_name_gets_no_paper(papers, tmp_path):
    import_list(
        "dpl", b'"Name"\t"Street_Address"\t"Effective_Date"\t"FR_Citation"\n"PIOTR EXAMPLOV"\t""\t""\t"83 F.R. 1"\n'
    )
    bags = consignment_data()["bags"]
    bags[0]["parcels"][1]["consignee"] = "Examplov Piotr"
    bags[1]["parcels"][0]["contents"] = "Cotton shirt \U0001f600"
    code, answer = papers(consignment_data(bags=bags), tmp_path)
    assert (code, answer["papers"], list(tmp_path.iterdir())) == (0, [], [])
    assert [(block["code"], block["where"]) for block in answer["blocked"]] == [
        ("party_screened", "bags[0].parcels[1].consignee"),
        ("unprintable_text", "bags[1].parcels[0].contents"),
    ]
