import base64
import hashlib
import io
import json
import zipfile

import pytest

from tests.documents.builders import line_data, party_data, shipment_data


def test_the_papers_come_as_files_in_base64(api):
    answer = api.post("papers", shipment_data()).json()
    assert [paper["kind"] for paper in answer["papers"]] == ["commercial_invoice", "packing_list", "label"]
    assert answer["blocked"] == []
    for paper in answer["papers"]:
        content = base64.b64decode(paper["content"])
        assert content.startswith(b"%PDF")
        assert hashlib.sha256(content).hexdigest() == paper["sha256"]


def test_the_papers_come_as_one_zip_file_the_same_each_time(api):
    first = api.post("papers", shipment_data(), Accept="application/zip")
    again = api.post("papers", shipment_data(), Accept="application/zip")
    assert first["Content-Type"] == "application/zip"
    assert first.content == again.content
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        listed = json.loads(archive.read("papers.json"))["papers"]
        assert [paper["path"] for paper in listed] == ["commercial_invoice.pdf", "packing_list.pdf", "label.pdf"]
        for paper in listed:
            assert hashlib.sha256(archive.read(paper["path"])).hexdigest() == paper["sha256"]


def test_a_blocked_shipment_gets_reasons_and_no_paper(api):
    data = shipment_data(lines=[line_data(hs_code="")], consignee=party_data(phone=""))
    response = api.post("papers", data)
    assert response.status_code == 200
    assert response.json()["papers"] == []
    assert {(block["code"], block["where"]) for block in response.json()["blocked"]} == {
        ("hs_code_missing", "lines[0].hs_code"),
        ("phone_missing", "consignee.phone"),
    }
    zipped = api.post("papers", data, Accept="application/zip")
    assert (zipped.status_code, zipped.json()["error"]["code"]) == (422, "shipment_blocked")
    assert len(zipped.json()["error"]["details"]["blocked"]) == 2


@pytest.mark.parametrize(
    ("data", "field"),
    [(shipment_data(colour="red"), "colour"), (shipment_data(currency="XXL"), "currency"), ({}, "currency")],
)
def test_a_shipment_that_cannot_be_read_names_its_field(api, data, field):
    response = api.post("papers", data)
    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["code"], error["details"]["field"]) == ("shipment_invalid", field)


def test_numbers_with_a_fraction_are_read_exactly(api):
    raw = json.dumps(shipment_data()).replace('"12.90"', "12.90").encode()
    assert raw != json.dumps(shipment_data()).encode()
    exact = api.post("papers", shipment_data()).json()
    assert api.post("papers", raw).json() == exact
