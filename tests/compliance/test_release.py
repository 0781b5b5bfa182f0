from shipsmart.compliance.release import release
from shipsmart.documents.snapshots import parse_shipment
from tests.documents.builders import line_data, party_data, shipment_data


def test_a_complete_shipment_is_released_with_all_its_papers():
    released = release(parse_shipment(shipment_data(export_reason="return", references={"outbound": "S-0900"})))
    kinds = [paper.kind for paper in released.papers]
    assert kinds == ["commercial_invoice", "return_invoice", "packing_list", "label"]
    assert released.blocks == ()


def test_a_blocked_shipment_is_released_without_any_paper():
    released = release(parse_shipment(shipment_data(lines=[line_data(origin="")])))
    assert released.papers == ()
    assert [block.code for block in released.blocks] == ["origin_missing"]


def test_an_address_no_label_can_hold_blocks_the_shipment():
    wide = "W" * 200
    consignee = party_data(name=wide, company=wide, address1=wide, address2=wide, region=wide[:100])
    released = release(parse_shipment(shipment_data(consignee=consignee)))
    assert released.papers == ()
    assert ("text_too_long", "consignee.name") in {(block.code, block.where) for block in released.blocks}


def test_the_carriers_label_takes_the_place_of_ours():
    released = release(parse_shipment(shipment_data()), carrier_label=b"^XA^XZ")
    assert [paper.pdf for paper in released.papers if paper.kind == "label"] == [b"^XA^XZ"]
