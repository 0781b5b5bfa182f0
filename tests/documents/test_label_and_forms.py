import pytest

from shipsmart.documents import barcodes
from shipsmart.documents.forms.drawing import Form, TextTooLong
from shipsmart.documents.render import papers_for, render_paper
from shipsmart.documents.snapshots import parse_shipment
from shipsmart.documents.typesetting import typesetter
from tests.documents.builders import line_data, party_data, shipment_data, shipper_data
from tests.documents.reading_back import codes_of, pages_of, text_of

AMERICAN = party_data(country="US", region="CA", city="San Jose", postcode="95112", phone="+1 408 555 0100")
BATTERY = {"un": "UN3481", "packing_instruction": "966", "watt_hours": "7.4", "count": 2}


def kinds(**changes) -> list[str]:
    return papers_for(parse_shipment(shipment_data(**changes)))


def paper(kind: str, **changes):
    return render_paper(kind, parse_shipment(shipment_data(**changes)))


def test_a_label_for_each_parcel_with_codes_that_read_as_printed():
    parcels = [{"id": "1", "weight_g": 1000}, {"id": "2", "weight_g": 900}]
    made = paper("label", parcels=parcels, waybill="RA473124829GB")
    assert made.pages == pages_of(made.pdf) == 2
    assert codes_of(made.pdf) == [("Code128", "RA473124829GB"), ("QRCode", "RA473124829GB")] * 2
    assert "RA473124829GB" in text_of(made.pdf)


@pytest.mark.parametrize("kind", ["label", "waybill", "cn22", "cn23", "packing_list", "dangerous_goods_note"])
def test_the_ioss_number_never_stands_on_the_outside(kind):
    made = paper(kind, lines=[line_data(dangerous_goods=BATTERY)])
    assert "IM2760000742" not in text_of(made.pdf).replace(" ", "")


@pytest.mark.parametrize("kind", ["label", "waybill", "cn22", "cn23", "packing_list", "dangerous_goods_note"])
def test_forms_give_the_same_bytes_each_time(kind):
    lines = [line_data(dangerous_goods=BATTERY)]
    assert paper(kind, lines=lines).sha256 == paper(kind, lines=lines).sha256


def test_the_carriers_own_label_passes_through_untouched():
    zpl = b"^XA^FO50,50^FDHello^FS^XZ"
    made = render_paper("label", parse_shipment(shipment_data()), carrier_label=zpl)
    assert made.pdf == zpl
    assert made.pages == 1


def test_a_parcel_within_one_customs_union_needs_no_customs_paper():
    assert kinds(consignee=party_data(country="GB")) == ["packing_list", "label"]


def test_posts_take_cn22_for_small_parcels_and_cn23_above():
    assert "cn22" in kinds(carrier="royal_mail", consignee=AMERICAN)
    assert "cn23" in kinds(carrier="royal_mail", consignee=AMERICAN, parcels=[{"id": "1", "weight_g": 2001}])
    assert "cn23" in kinds(carrier="royal_mail", consignee=AMERICAN, lines=[line_data(unit_price="400.00")])


def test_a_waybill_of_ours_where_the_carrier_gives_none():
    assert "waybill" in kinds(carrier="table", waybill="")
    made = paper("waybill", carrier="table", waybill="")
    assert codes_of(made.pdf) == [("Code128", "S-1001")]
    assert "S-1001" in text_of(made.pdf)


def test_cn23_shows_its_boxes_and_goes_on_over_sheets():
    lines = [line_data(sku=f"S{number}", description=f"Cotton shirt number {number}") for number in range(20)]
    made = paper("cn23", carrier="royal_mail", consignee=AMERICAN, waybill="RA473124829GB", lines=lines)
    text = text_of(made.pdf)
    assert made.pages == 3
    assert codes_of(made.pdf) == [("Code128", "RA473124829GB")] * 3
    for expected in (
        "CN 23",
        "Cotton shirt number 19",
        "610910",
        "Sale of goods",
        "San Jose",
        "1199.40 EUR",
        "1.450 kg",
    ):
        assert expected in text, expected


def test_a_claimed_preference_gets_its_statement_on_origin():
    lines = [line_data(preference="EU_UK", origin="GB"), line_data(sku="B")]
    assert "origin_statement" in kinds(lines=lines)
    text = text_of(paper("origin_statement", lines=lines).pdf)
    assert "Exporter Reference No GB123456789000" in text
    assert "United Kingdom preferential origin" in text


def test_declared_batteries_get_a_note():
    lines = [line_data(dangerous_goods=BATTERY)]
    assert "dangerous_goods_note" in kinds(lines=lines)
    text = text_of(paper("dangerous_goods_note", lines=lines).pdf)
    for expected in ("UN 3481", "Lithium ion batteries", "966", "7.4"):
        assert expected in text, expected


def test_gs1_128_and_datamatrix_read_as_drawn():
    form = Form(typesetter("DE", [""]), (283, 283), "codes")
    barcodes.gs1_128(form.canvas, "006141411234567890", at=(0, 150), width=283, height=60)
    barcodes.datamatrix(form.canvas, "PARCEL-1/2", at=(100, 20), side=80)
    pdf, _ = form.finish()
    assert {text for _, text in codes_of(pdf)} == {"(00)006141411234567890", "PARCEL-1/2"}


def test_a_wrong_sscc_is_not_drawn():
    form = Form(typesetter("DE", [""]), (283, 283), "codes")
    with pytest.raises(barcodes.UnencodableBarcode):
        barcodes.gs1_128(form.canvas, "006141411234567891", at=(0, 150), width=283, height=60)


def test_an_address_too_long_for_its_box_is_refused_not_cut():
    wide = "W" * 200
    with pytest.raises(TextTooLong):
        paper("label", consignee=party_data(name=wide, company=wide, address1=wide, address2=wide, region=wide[:100]))


@pytest.mark.parametrize(
    ("sender", "receiver", "line_changes", "words"),
    [
        (
            shipper_data(country="DE", tax_ids=[]),
            party_data(country="GB"),
            {"preference": "EU_UK_TCA", "origin": "DE"},
            "The exporter of the products covered by this document (Exporter Reference No -) declares that, except "
            "where otherwise clearly indicated, these products are of Union preferential origin.",
        ),
        (
            shipper_data(),
            party_data(country="FR"),
            {"preference": "TCA", "origin": "GB"},
            "(Exporter Reference No GB123456789000) declares that, except where otherwise clearly indicated, these "
            "products are of United Kingdom preferential origin.",
        ),
        (
            shipper_data(country="US"),
            party_data(country="CA", name="Zoë Tremblay"),
            {"preference": "USMCA", "origin": "US"},
            "1 Certifier and 2 exporter: as named above. 3 Producer: available upon request by the importing "
            "authorities. 4 Importer: Zoë Tremblay, Tel. +49 89 1234567, anna@example.com. 5 Goods and tariff "
            "classification: below. 6 Origin criterion: B. 7 Blanket period: none, this consignment only.",
        ),
        (
            shipper_data(country="BD"),
            party_data(country="DE"),
            {"preference": "GSP", "origin": "BD"},
            "of Bangladesh preferential origin according to rules of origin of the Generalised System of Preferences "
            "of the European Union and that the origin criterion met is B.",
        ),
        (
            shipper_data(),
            party_data(country="IN"),
            {"preference": "UK-INDIA", "origin": "GB"},
            "originating goods under the Comprehensive Economic and Trade Agreement between the United Kingdom and "
            "India. Country of origin: United Kingdom.",
        ),
    ],
)
def test_a_statement_on_origin_has_the_words_of_its_agreement(sender, receiver, line_changes, words):
    data = shipment_data(shipper=sender, consignee=receiver, lines=[line_data(**line_changes)])
    shipment = parse_shipment(data | {"references": {"origin_criterion": "B"}})
    assert words in text_of(render_paper("origin_statement", shipment).pdf)


@pytest.mark.parametrize("kind", ["cn22", "cn23", "waybill", "origin_statement"])
def test_a_long_description_is_printed_whole_on_a_form(kind):
    words = [f"word{number}" for number in range(120)]
    lines = [line_data(description=" ".join(words), preference="TCA", origin="GB"), line_data(sku="B")]
    text = text_of(paper(kind, lines=lines).pdf)
    assert all(word in text for word in words)
    assert "…" not in text


def test_lines_of_a_form_never_cross_its_foot():
    lines = [line_data(sku=str(number), description=f"Shirt number {number} " * 9) for number in range(40)]
    made = paper("cn23", lines=lines)
    text = text_of(made.pdf)
    assert made.pages == pages_of(made.pdf)
    assert [number for number in range(40) if f"Shirt number {number} " not in text] == []
