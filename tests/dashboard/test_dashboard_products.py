import csv
import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shipsmart.catalog.models import Classification, CodeDecision, Suggestion, Variant
from shipsmart.merchants.models import AuditEntry, Merchant
from shipsmart.sheets.writing import write
from shipsmart.sheets.xlsx import workbook

HX = {"HX-Request": "true"}


def edit(client: Client, variant: Variant, *, headers: Any = None, **values: str) -> Any:
    fields = {"hs_code": "340111", "origin": "PT", "weight_g": "250", "customs_description": "Olive oil bath soap bars"}
    data = {f"v{variant.pk}-{name}": value for name, value in (fields | values).items()}
    return client.post(reverse("dashboard:product", args=[variant.pk]), data, headers=headers or {})


def upload(client: Client, text: str | bytes) -> Any:
    content = text.encode() if isinstance(text, str) else text
    return client.post(reverse("dashboard:products_import"), {"file": SimpleUploadedFile("p.csv", content)})


def version(shop: Any) -> int:
    return Merchant.objects.get(pk=shop.merchant.pk).settings_version


def test_an_edit_is_a_persons_locked_decision(shop: Any, teammate: Client) -> None:
    before = version(shop)
    response = edit(teammate, shop.gap, hs_code="3401.11", origin="pt")
    assert response.status_code == 302
    code = Classification.objects.get(variant=shop.gap, country="")
    assert (code.code, code.source, code.locked, code.decided_by) == ("340111", "person", True, "teammate@example.com")
    shop.gap.refresh_from_db()
    assert (shop.gap.origin, shop.gap.weight_g) == ("PT", 250)
    entry = AuditEntry.objects.get(merchant=shop.merchant, action="product.edited")
    assert entry.actor == "teammate@example.com"
    assert entry.data["changes"]["weight_g"] == [0, 250]
    assert version(shop) > before


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("hs_code", "12345", "6 digits"),
        ("hs_code", "12345678901", "6 digits"),
        ("hs_code", "61O910", "digits only"),
        ("hs_code", "770101", "no chapter 77"),
        ("hs_code", "990000", "no chapter 99"),
        ("origin", "XX", "no country code"),
        ("origin", "Portugal", "no country code"),
        ("weight_g", "0.5", "whole grams"),
        ("weight_g", "-1", "whole grams"),
        ("weight_g", "1000001", "1,000 kg"),
        ("customs_description", "gift", "Customs refuse this"),
    ],
)
def test_a_wrong_value_is_explained_and_nothing_saved(
    shop: Any, owner: Client, field: str, value: str, words: str
) -> None:
    response = edit(owner, shop.gap, **{field: value})
    assert response.status_code == 422
    assert words in response.content.decode()
    shop.gap.refresh_from_db()
    assert shop.gap.weight_g == 0
    assert not shop.gap.classifications.exists()


def test_htmx_swaps_the_row(shop: Any, owner: Client) -> None:
    form = owner.get(reverse("dashboard:product", args=[shop.gap.pk]), headers=HX).content.decode()
    assert form.lstrip().startswith("<tr") and "<form" in form
    saved = edit(owner, shop.gap, headers=HX)
    assert saved.status_code == 200
    assert "Ready" in saved.content.decode()
    assert edit(owner, shop.gap, headers=HX, origin="XX").status_code == 422


def test_saving_goes_back_where_the_reader_came_from(shop: Any, owner: Client) -> None:
    path = reverse("dashboard:product", args=[shop.gap.pk])
    assert owner.post(path, {"next": "/orders/1/"})["Location"] == "/orders/1/"
    assert owner.post(path, {"next": "https://evil.example/"})["Location"] == "/products/"


def test_the_filter_shows_gaps_in_few_queries(shop: Any, owner: Client, django_assert_num_queries: Any) -> None:
    # session, user, memberships; count of all, of gaps, of the page; page; codes
    with django_assert_num_queries(8):
        response = owner.get(reverse("dashboard:products"), {"gaps": "1"})
    assert [variant.pk for variant in response.context["page"]] == [shop.gap.pk]


def test_what_goes_out_comes_back_unchanged(shop: Any, owner: Client) -> None:
    text = b"".join(owner.get(reverse("dashboard:products_export")).streaming_content)
    before = AuditEntry.objects.count()
    assert upload(owner, text).status_code == 302
    assert AuditEntry.objects.count() == before


def test_an_import_fills_the_gaps(shop: Any, owner: Client) -> None:
    sheet = "variant_id;hs_code;origin;weight_g\r\nv-lume-soap;3401.11;ES;120\r\nv-lume-shirt;;;\r\n"
    assert upload(owner, "\ufeff" + sheet).status_code == 302
    shop.gap.refresh_from_db()
    assert (shop.gap.origin, shop.gap.weight_g, shop.gap.hs_code) == ("ES", 120, "340111")
    assert shop.variant.hs_code == "610910"
    assert AuditEntry.objects.filter(action="product.edited").count() == 1


def test_bad_cells_are_named_and_nothing_is_half_done(shop: Any, owner: Client) -> None:
    sheet = (
        "variant_id,hs_code,origin,weight_g,customs_description\n"
        "v-lume-soap,340111,ES,120,Olive oil bath soap bars\n"
        "v-lume-shirt,12,XX,heavy,gift\n"
        "\n"
        "v-lume-soap,340111,,,\n"
        ",340111,,,\n"
        "v-rival-shirt,610910,,,\n"
    )
    response = upload(owner, sheet)
    assert response.status_code == 422
    assert [(cell.line, cell.column) for cell in response.context["bad"]] == [
        (3, "hs_code"),
        (3, "origin"),
        (3, "weight_g"),
        (3, "customs_description"),
        (5, "variant_id"),
        (6, "variant_id"),
        (7, "variant_id"),
    ]
    shop.gap.refresh_from_db()
    assert (shop.gap.origin, shop.gap.weight_g) == ("PT", 0)
    assert not AuditEntry.objects.filter(action="product.edited").exists()


def test_another_shops_variant_is_not_there(shop: Any, other_shop: Any, owner: Client) -> None:
    response = upload(owner, "variant_id,weight_g\nv-rival-shirt,999\n")
    assert response.status_code == 422
    other_shop.variant.refresh_from_db()
    assert other_shop.variant.weight_g == 180


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"sku,price\n1,2\n",
        b"\xff\xfe\x00bad",
        b"variant_id,hs_code\n" + b"x" * (2 * 1024 * 1024),
        b'variant_id,hs_code\n"a',
    ],
)
def test_a_file_that_is_no_sheet_is_refused(shop: Any, owner: Client, content: bytes) -> None:
    assert upload(owner, content).status_code == 422


def test_a_cell_cannot_become_a_formula(shop: Any, owner: Client) -> None:
    Variant.objects.filter(pk=shop.gap.pk).update(sku="=HYPERLINK(1)", external_id="-7")
    text = b"".join(owner.get(reverse("dashboard:products_export")).streaming_content).decode()
    assert "'=HYPERLINK(1)" in text
    assert upload(owner, "variant_id,weight_g\n'-7,300\n").status_code == 302
    shop.gap.refresh_from_db()
    assert shop.gap.weight_g == 300


def test_a_workbook_goes_out_and_comes_back_without_formulas(shop: Any, owner: Client) -> None:
    Variant.objects.filter(pk=shop.gap.pk).update(sku="=HYPERLINK(1)")
    content = owner.get(reverse("dashboard:products_export_xlsx")).content
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    with workbook(io.BytesIO(content), name="p") as book:
        header, *rows = [list(row.values()) for _, row in book.rows("products")]
    assert "'=HYPERLINK(1)" in [row[1] for row in rows]
    assert upload(owner, content).status_code == 302  # as it was: nothing changes
    assert not AuditEntry.objects.filter(action="product.edited").exists()
    filled = write(["variant_id", "hs_code", "weight_g"], [["v-lume-soap", "0101.21", "250"]], title="x")
    assert upload(owner, filled).status_code == 302
    shop.gap.refresh_from_db()
    assert (shop.gap.hs_code, shop.gap.weight_g) == ("010121", 250)


def test_a_workbook_names_its_bad_cells_and_changes_nothing(shop: Any, owner: Client) -> None:
    rows = [["v-lume-soap", "250", "340111"], ["v-lume-shirt", "heavy", "12"]]
    response = upload(owner, write(["variant_id", "weight_g", "hs_code"], rows, title="x"))
    assert sorted((cell.line, cell.column) for cell in response.context["bad"]) == [(3, "hs_code"), (3, "weight_g")]
    shop.gap.refresh_from_db()
    assert shop.gap.weight_g == 0


def test_a_formula_and_a_damaged_workbook_are_refused_by_place(shop: Any, owner: Client) -> None:
    made = io.BytesIO(write(["variant_id", "weight_g"], [["v-lume-soap", "250"]], title="x"))
    parts = {name: zipfile.ZipFile(made).read(name) for name in zipfile.ZipFile(made).namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'<c r="B2"', b'<c r="B2"><f>1+1</f></c><c r="C2"')
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert [(c.line, c.column) for c in upload(owner, out.getvalue()).context["bad"]] == [(2, "weight_g")]
    out = io.BytesIO()
    parts["xl/sharedStrings.xml"] = b" " * (33 << 20)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert "unpacks to more than 32 MB" in upload(owner, out.getvalue()).context["bad"][0].message
    damaged = upload(owner, made.getvalue()[:400])
    assert damaged.status_code == 422 and damaged.context["bad"]
    shop.gap.refresh_from_db()
    assert shop.gap.weight_g == 0


def test_the_review_queue_goes_out_with_what_is_suggested_and_comes_back_as_decisions(shop: Any, owner: Client) -> None:
    found = [{"hs_code": code, "confidence": 0.5, "why": ["=a reason"]} for code in ("340111", "340130")]
    Suggestion.objects.create(variant=shop.gap, decision="review", candidates=found, text_hash="x")
    address = reverse("dashboard:products_export") + "?queue=1"
    lines = list(csv.DictReader(io.StringIO(b"".join(owner.get(address).streaming_content).decode("utf-8-sig"))))
    assert [(line["variant_id"], line["hs_code"], line["suggested"], line["other_codes"]) for line in lines] == [
        ("v-lume-soap", "", "340111", "340130")
    ]
    assert lines[0]["why"] == "'=a reason"
    with workbook(io.BytesIO(owner.get(reverse("dashboard:products_export_xlsx") + "?queue=1").content)) as book:
        assert len(list(book.rows("review"))) == 2
    out = io.StringIO()
    writer = csv.DictWriter(out, lines[0])
    writer.writeheader()
    writer.writerow(lines[0] | {"hs_code": "3401.30"})
    assert upload(owner, out.getvalue()).status_code == 302
    assert CodeDecision.objects.get(variant=shop.gap).code == "340130"


def test_a_code_can_be_taken_back(shop: Any, owner: Client) -> None:
    edit(owner, shop.variant, hs_code="")
    assert not shop.variant.classifications.exists()


SIZED = {"length_mm": "120", "width_mm": "80", "height_mm": "30", "dangerous": "un3481 pi967 ii 15,4 wh 2x"}
BATTERY = {"un": "UN3481", "packing_instruction": "967", "section": "II", "watt_hours": "15.4", "count": 2}


def test_size_and_declaration_are_kept_and_shown(shop: Any, teammate: Client) -> None:
    shop.gap.product.tags = ["oversize"]
    shop.gap.product.save()
    assert edit(teammate, shop.gap, **SIZED).status_code == 302
    shop.gap.refresh_from_db()
    assert (shop.gap.size_mm, shop.gap.dangerous) == ((120, 80, 30), BATTERY)
    listed = teammate.get(reverse("dashboard:products")).content.decode()
    assert "120 × 80 × 30 mm" in listed and "UN3481 PI967 II 15.4 Wh 2x" in listed
    page = teammate.get(reverse("dashboard:product", args=[shop.gap.pk])).content.decode()
    assert "UN3481 PI967 II 15.4 Wh 2x" in page and "oversize" in page
    assert edit(teammate, shop.gap, dangerous="").status_code == 302
    shop.gap.refresh_from_db()
    assert shop.gap.dangerous is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"length_mm": "12.5", "width_mm": "1", "height_mm": "1"}, "whole millimetres"),
        ({"length_mm": "5001", "width_mm": "1", "height_mm": "1"}, "More than 5 m"),
        ({"length_mm": "120", "width_mm": "80"}, "Give all three sides"),
        ({"dangerous": "lithium battery"}, "Write UN number"),
        ({"dangerous": "UN3481"}, "Write UN number"),
    ],
)
def test_a_wrong_size_or_declaration_is_explained(shop: Any, owner: Client, values: dict[str, str], words: str) -> None:
    response = edit(owner, shop.gap, **values)
    assert (response.status_code, words in response.content.decode()) == (422, True)


def test_sizes_and_declarations_come_in_by_spreadsheet_and_go_out_again(shop: Any, owner: Client) -> None:
    sheet = "variant_id,length_mm,width_mm,height_mm,dangerous\nv-lume-soap,120,80,30,UN3481 PI967 II 15.4Wh 2X\n"
    assert upload(owner, sheet).status_code == 302
    shop.gap.refresh_from_db()
    assert (shop.gap.size_mm, shop.gap.dangerous) == ((120, 80, 30), BATTERY)
    text = b"".join(owner.get(reverse("dashboard:products_export")).streaming_content)
    before = AuditEntry.objects.count()
    assert upload(owner, text).status_code == 302
    assert AuditEntry.objects.count() == before
    assert upload(owner, "variant_id,dangerous\nv-lume-soap,none\n").status_code == 302
    shop.gap.refresh_from_db()
    assert shop.gap.dangerous is None


def test_proofs_of_origin_are_kept_by_destination(shop: Any, owner: Client) -> None:
    assert edit(owner, shop.gap, proofs="gb: EU-UK; JP: eu-jp").status_code == 302
    shop.gap.refresh_from_db()
    assert shop.gap.proofs == {"GB": "EU-UK", "JP": "eu-jp"}
    assert (shop.gap.preference_for("GB"), shop.gap.preference_for("IM"), shop.gap.preference_for("US")) == (
        "EU-UK", "EU-UK", ""
    )  # fmt: skip
    assert edit(owner, shop.gap, proofs="").status_code == 302
    shop.gap.refresh_from_db()
    assert shop.gap.proofs == {}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("EU-UK", "write destination and agreement"),
        ("ZZ: EU-UK", "write destination and agreement"),
        ("GB: CUSMA", "No agreement “CUSMA” covers these goods into GB"),
        ("GB: UK-JP", "Known here: UK-EU."),  # of Portuguese goods
    ],
)
def test_an_agreement_that_does_not_exist_there_is_refused(shop: Any, owner: Client, typed: str, words: str) -> None:
    response = edit(owner, shop.gap, proofs=typed)
    assert response.status_code == 422
    assert words in response.content.decode()
    shop.gap.refresh_from_db()
    assert shop.gap.proofs == {}
