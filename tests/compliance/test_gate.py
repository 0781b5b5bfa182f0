from typing import Any

import pytest

from shipsmart.compliance.gate import check, examine
from shipsmart.compliance.tax_ids import is_well_formed
from shipsmart.documents.agreements import claims
from shipsmart.documents.snapshots import TaxId, parse_shipment
from tests.documents.builders import line_data, party_data, shipment_data, shipper_data

COLLECTED = shipment_data()["collected"]
NO_IDS = shipper_data(tax_ids=[])
BRAZIL = party_data(country="BR", region="SP", city="São Paulo", postcode="01310-100")


def codes(**changes: Any) -> list[tuple[str, str]]:
    return [(block.code, block.where) for block in check(parse_shipment(shipment_data(**changes)))]


def line_codes(**changes: Any) -> list[tuple[str, str]]:
    return codes(lines=[line_data(**changes)])


def test_a_complete_shipment_passes():
    assert codes() == []


@pytest.mark.parametrize(
    ("change", "block"),
    [
        ({"hs_code": ""}, ("hs_code_missing", "lines[0].hs_code")),
        ({"hs_code": "6109"}, ("hs_code_missing", "lines[0].hs_code")),
        ({"hs_code": "991010"}, ("hs_code_missing", "lines[0].hs_code")),
        ({"origin": ""}, ("origin_missing", "lines[0].origin")),
        ({"origin": "ZZ"}, ("origin_missing", "lines[0].origin")),
        ({"unit_price": "0"}, ("value_missing", "lines[0].unit_price")),
        ({"unit_price": None}, ("value_missing", "lines[0].unit_price")),
        ({"net_weight_g": None}, ("weight_missing", "lines[0].net_weight_g")),
        ({"net_weight_g": 500}, ("weights_do_not_add_up", "parcels[0].weight_g")),
        ({"description": ""}, ("description_too_vague", "lines[0].description")),
        ({"description": "Clothes"}, ("description_too_vague", "lines[0].description")),
        ({"description": "GIFTS"}, ("description_too_vague", "lines[0].description")),
        ({"description": "spare part"}, ("description_too_vague", "lines[0].description")),
        ({"description": "xxx"}, ("description_too_vague", "lines[0].description")),
        ({"description": "12345"}, ("description_too_vague", "lines[0].description")),
        ({"description": "Power bank 10000 mAh"}, ("dangerous_goods_undeclared", "lines[0].dangerous_goods")),
        ({"hs_code": "850760"}, ("dangerous_goods_undeclared", "lines[0].dangerous_goods")),
        ({"dangerous_goods": {"un": "UN3481"}}, ("dangerous_goods_undeclared", "lines[0].dangerous_goods")),
        ({"hs_code": "930400"}, ("restricted_goods", "lines[0]")),
        ({"description": "Carved ivory figure"}, ("restricted_goods", "lines[0]")),
    ],
)
def test_each_gap_in_a_line_is_blocked_with_its_place(change, block):
    assert line_codes(**change) == [block]


@pytest.mark.parametrize(
    "text",
    [
        "Toy car, battery not included",
        "Lamp without batteries",
        "Leather case for phones",
        "Cotton bags for shopping, printed",
        "山形県産 木製の箸",
    ],
)
def test_harmless_descriptions_pass(text):
    assert line_codes(description=text) == []


def test_a_stop_word_within_a_longer_text_only_warns():
    verdict = examine(parse_shipment(shipment_data(lines=[line_data(description="Leather bags for women")])))
    assert verdict.blocks == ()
    assert [warning.code for warning in verdict.warnings] == ["description_weak"]


def test_declared_batteries_pass():
    goods = {"un": "UN3481", "packing_instruction": "967", "watt_hours": "11.1", "count": 1}
    assert (
        line_codes(description="Wireless speaker with lithium battery", hs_code="851821", dangerous_goods=goods) == []
    )


@pytest.mark.parametrize(
    ("change", "block"),
    [
        ({"consignee": party_data(phone="")}, ("phone_missing", "consignee.phone")),
        ({"consignee": party_data(phone="0000000000")}, ("phone_missing", "consignee.phone")),
        ({"shipper": shipper_data(phone="")}, ("phone_missing", "shipper.phone")),
        ({"consignee": party_data(postcode="")}, ("party_incomplete", "consignee.postcode")),
        ({"consignee": party_data(name="")}, ("party_incomplete", "consignee.name")),
        ({"consignee": party_data(name="Unknown")}, ("party_incomplete", "consignee.name")),
        ({"consignee": party_data(country="US")}, ("party_incomplete", "consignee.region")),
        ({"shipper": NO_IDS, "collected": COLLECTED | {"scheme": ""}}, ("eori_missing", "shipper.tax_ids")),
        ({"importer": party_data(company="Import GmbH")}, ("eori_missing", "importer.tax_ids")),
        ({"consignee": BRAZIL}, ("tax_id_missing", "consignee.tax_ids")),
        ({"collected": COLLECTED | {"scheme": "NO_VOEC"}}, ("tax_id_missing", "shipper.tax_ids")),
        ({"incoterm": "DAP"}, ("duty_payer_contradiction", "incoterm")),
        ({"collected": None}, ("duty_payer_contradiction", "collected")),
        ({"parcels": [{"id": "1"}]}, ("weight_missing", "parcels[0].weight_g")),
    ],
)
def test_each_gap_in_parties_and_promises_is_blocked_with_its_place(change, block):
    assert codes(**change) == [block]


def test_ioss_collected_without_a_number_is_blocked():
    shipper = shipper_data(tax_ids=[{"type": "EORI", "number": "GB123456789000", "country": "GB"}])
    assert codes(shipper=shipper) == [("ioss_missing", "shipper.tax_ids")]


@pytest.mark.parametrize(
    ("kind", "number", "country"),
    [
        ("IOSS", "IM9990000742", "DE"),
        ("IOSS", "IM276000074", "DE"),
        ("EORI", "GB12345", "GB"),
        ("EORI", "ZZ123456789", "ZZ"),
        ("CPF", "529.982.247-26", "BR"),
        ("CNPJ", "11.222.333/0001-82", "BR"),
        ("PCCC", "P12345", "KR"),
        ("EIN", "00-1234567", "US"),
        ("VOEC", "12345", "NO"),
        ("ARN", "123", "AU"),
    ],
)
def test_malformed_tax_ids_are_blocked(kind, number, country):
    consignee = party_data(tax_ids=[{"type": kind, "number": number, "country": country}])
    assert codes(consignee=consignee) == [("tax_id_malformed", "consignee.tax_ids[0]")]


@pytest.mark.parametrize(
    ("kind", "number", "country"),
    [
        ("CPF", "529.982.247-25", "BR"),
        ("CNPJ", "11.222.333/0001-81", "BR"),
        ("PCCC", "P123456789012", "KR"),
        ("EORI", "DE1234567", "DE"),
        ("ARN", "300012345678", "AU"),
        ("XYZ", "whatever", ""),
    ],
)
def test_well_formed_tax_ids_pass(kind, number, country):
    assert codes(consignee=party_data(tax_ids=[{"type": kind, "number": number, "country": country}])) == []


def test_vat_numbers_are_checked_by_their_country():
    checked = [("DE136695976", "DE"), ("GB980780684", "GB"), ("EL094259216", "GR"), ("094259216", "GR")]
    assert [is_well_formed(TaxId("VAT", number, country)) for number, country in checked] == [True] * 4
    assert not is_well_formed(TaxId("VAT", "DE136695977", "DE"))


def test_a_brazilian_with_cpf_passes():
    consignee = BRAZIL | {"tax_ids": [{"type": "CPF", "number": "529.982.247-25", "country": "BR"}]}
    assert codes(consignee=consignee) == []


def test_within_one_country_no_customs_data_is_asked():
    home = party_data(country="GB", postcode="SW1A 1AA")
    assert codes(consignee=home, lines=[line_data(hs_code="", origin="")], collected=None) == []


def test_e_cigarettes_are_restricted_by_destination():
    line = line_data(hs_code="854340", description="Personal vaporising device, refillable")
    goods = {"un": "UN3481", "packing_instruction": "967", "watt_hours": "3", "count": 1}
    line["dangerous_goods"] = goods
    brazil = BRAZIL | {"tax_ids": [{"type": "CPF", "number": "529.982.247-25", "country": "BR"}]}
    assert codes(lines=[line], consignee=brazil) == [("restricted_goods", "lines[0]")]
    assert codes(lines=[line]) == []


def test_text_no_font_can_print_is_blocked_with_its_field():
    consignee = party_data(name="\u0d85\u0db8\u0dca\u0db8\u0dcf", country="LK")
    assert ("unprintable_text", "consignee.name") in codes(consignee=consignee)


def test_an_import_tax_under_dap_needs_a_scheme():
    assert codes(incoterm="DAP", collected=COLLECTED | {"duty": "0"}) == []
    without = COLLECTED | {"duty": "0", "scheme": ""}
    assert codes(incoterm="DAP", collected=without) == [("duty_payer_contradiction", "incoterm")]


def test_a_business_that_imports_needs_an_eori():
    vat = {"type": "VAT", "number": "DE136695976", "country": "DE"}
    eori = {"type": "EORI", "number": "DE1234567", "country": "DE"}
    assert codes(consignee=party_data(tax_ids=[vat])) == [("eori_missing", "consignee.tax_ids")]
    assert codes(consignee=party_data(tax_ids=[vat, eori])) == []


def test_numbers_that_couriers_ask_for_later_only_warn():
    verdict = examine(parse_shipment(shipment_data(consignee=party_data(country="MX"))))
    assert verdict.blocks == ()
    assert [(warning.code, warning.where) for warning in verdict.warnings] == [("tax_id_missing", "consignee.tax_ids")]


@pytest.mark.parametrize("text", ["Shoes", "Textiles", "Not applicable"])
def test_words_not_seen_on_a_published_list_only_warn(text):
    verdict = examine(parse_shipment(shipment_data(lines=[line_data(description=text)])))
    assert verdict.blocks == ()
    assert [warning.code for warning in verdict.warnings] == ["description_weak"]


def test_a_statement_on_origin_above_its_limit_needs_the_exporters_number():
    line = line_data(preference="GSP", origin="BD", quantity=1, unit_price="6000.01", net_weight_g=100)
    sender = shipper_data(country="BD", city="Dhaka", postcode="1205", tax_ids=[])
    collected = COLLECTED | {"scheme": ""}
    assert codes(lines=[line], shipper=sender, collected=collected) == [("exporter_number_missing", "shipper.tax_ids")]
    rex = {"type": "REX", "number": "BDREXBD00001", "country": "BD"}
    assert codes(lines=[line], shipper=sender | {"tax_ids": [rex]}, collected=collected) == []


@pytest.mark.parametrize("name", ["සිංහල", "བོད", "ᠮᠣᠩᠭᠣᠯ"])
def test_writing_that_must_be_shaped_is_refused_and_never_printed_wrong(name):
    found = codes(consignee=party_data(name=name))
    assert found == [("unprintable_text", "consignee.name")]


@pytest.mark.parametrize("place", ["tax_ids", "parcel", "national_code"])
def test_every_text_that_a_paper_prints_is_looked_at(place):
    changes = {
        "tax_ids": {"shipper": shipper_data(tax_ids=[{"type": "EORI", "number": "DEඅ", "country": "DE"}])},
        "parcel": {
            "parcels": [shipment_data()["parcels"][0] | {"id": "අ"}],
            "lines": [line_data(parcel="අ")],
        },
        "national_code": {"lines": [line_data(national_code="61091000අ")]},
    }[place]
    assert "unprintable_text" in [code for code, _ in codes(**changes)]


@pytest.mark.parametrize("written", ["EU-UK TCA", "eu_uk_tca", "TCA", "EU–UK", "EU-GB"])  # noqa: RUF001
def test_an_agreement_is_known_however_it_is_written(written):
    shipment = parse_shipment(
        shipment_data(
            shipper=shipper_data(country="DE"),
            consignee=party_data(country="GB", postcode="SW1A 1AA"),
            lines=[line_data(preference=written, origin="DE")],
        )
    )
    assert [agreement.key for agreement, _ in claims(shipment)] == ["eu_uk_tca"]


def test_a_preference_without_a_statement_is_told_and_not_forgotten():
    lines = [line_data(preference="UK-INDIA", origin="IN")]
    warnings = examine(parse_shipment(shipment_data(lines=lines))).warnings
    assert [(w.code, w.where) for w in warnings] == [("preference_unknown", "lines[0].preference")]


def test_goods_of_another_origin_get_no_preference():
    lines = [line_data(preference="TCA", origin="GB"), line_data(preference="TCA", origin="CN", sku="B")]
    assert codes(lines=lines) == [("preference_not_originating", "lines[1].preference")]


@pytest.mark.parametrize(
    ("price", "to", "references", "warned"),
    [
        ("2500", "US", {}, False),
        ("2501", "US", {}, True),
        ("2501", "US", {"origin_criterion": "B"}, False),
        ("1001", "MX", {}, True),
    ],
)
def test_a_usmca_certification_above_the_low_value_names_its_criterion(price, to, references, warned):
    sender = shipper_data(country="CA", region="ON", tax_ids=[])
    line = line_data(preference="USMCA", origin="CA", quantity=1, unit_price=price)
    data = shipment_data(shipper=sender, consignee=party_data(country=to, region="TX"), lines=[line], currency="USD")
    found = [warning.code for warning in examine(parse_shipment(data | {"references": references})).warnings]
    assert ("origin_criterion_missing" in found) is warned


def test_a_statement_whose_words_we_have_not_seen_says_so():
    lines = [line_data(preference="UK-INDIA", origin="GB")]
    data = shipment_data(consignee=party_data(country="IN"), lines=lines)
    assert "statement_unconfirmed" in [warning.code for warning in examine(parse_shipment(data)).warnings]


BATTERY = {"un": "UN3481", "packing_instruction": "PI 967", "watt_hours": "11.1", "count": 1}


@pytest.mark.parametrize(
    ("changes", "carrier", "code"),
    [
        ({}, "dhl_express", None),
        ({}, "royal_mail", None),
        ({"count": None}, "dhl_express", "dangerous_goods_undeclared"),
        ({"watt_hours": None}, "dhl_express", "dangerous_goods_undeclared"),
        ({"packing_instruction": "965"}, "dhl_express", "dangerous_goods_undeclared"),
        ({"un": "UN3480", "packing_instruction": "965"}, "dhl_express", None),
        ({"un": "UN3480", "packing_instruction": "965"}, "royal_mail", "restricted_goods"),
        ({"packing_instruction": "966"}, "royal_mail", "restricted_goods"),
        ({"un": "UN3091", "packing_instruction": "970", "watt_hours": None}, "royal_mail", None),
    ],
)
def test_lithium_batteries_travel_as_their_packing_instruction_allows(changes, carrier, code):
    line = line_data(description="Wireless speaker with battery", hs_code="851821", dangerous_goods=BATTERY | changes)
    found = codes(lines=[line], carrier=carrier)
    assert found == ([(code, "lines[0].dangerous_goods")] if code else [])


def test_a_big_battery_is_told_of():
    line = line_data(hs_code="871160", dangerous_goods=BATTERY | {"watt_hours": "100.1"})
    warnings = examine(parse_shipment(shipment_data(lines=[line]))).warnings
    assert "dangerous_goods_regulated" in [warning.code for warning in warnings]
