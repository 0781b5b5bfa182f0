import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.feeds import taric, trade_tariff
from integrations.feeds.report import BadFeed
from integrations.feeds.schedule import prefix_of
from shipsmart.core.expression import parse
from shipsmart.rules.tariff import Tariff

SHARED = Path(os.environ.get("SHIPSMART_SHARED", Path(__file__).resolve().parents[4] / "shared"))
DAY = date(2026, 11, 22)


def component(kind, amount, currency=None, unit=None, qualifier=None):
    return {
        "duty_expression_id": kind,
        "duty_amount": amount,
        "monetary_unit_code": currency,
        "measurement_unit_code": unit,
        "measurement_unit_qualifier_code": qualifier,
    }


def measure(kind="103", area="1011", components=(), **more):
    found = {
        "id": 1,
        "measure_type": {"id": kind},
        "geographical_area": {"id": area},
        "measure_components": list(components),
        "duty_expression": {"base": "as published"},
        "effective_start_date": "2021-01-01T00:00:00.000Z",
        "effective_end_date": None,
    }
    return found | more


def saved(folder, measures, code="8471300000"):
    folder.mkdir(exist_ok=True)
    (folder / f"{code}.json").write_text(json.dumps({"goods_nomenclature_item_id": code, "import_measures": measures}))
    return folder


def duty_of(folder, code="8471300000"):
    found = trade_tariff.read(folder, day=DAY)
    tariff = Tariff("gb", found.as_csv())
    return tariff.find(code), found.tally, tariff


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([component("01", 8)], "8%"),
        ([component("01", 0.0)], "Free"),
        ([component("01", 35.1, "EUR", "DTN")], "35.1 EUR / 100 kg"),
        ([component("01", 12.8), component("04", 176.8, "GBP", "DTN")], "12.8% + 176.8 GBP / 100 kg"),
        (
            [component("01", 4.5), component("15", 0.3, "EUR", "NAR"), component("17", 0.8, "EUR", "NAR")],
            "4.5% MIN 0.3 EUR / item MAX 0.8 EUR / item",
        ),
        ([component("01", 9), component("36", 2.5, "GBP", "KGM")], "9% - 2.5 GBP / kg"),
        (
            [component("01", 1, "GBP", "ASV", "X"), component("04", 6.4, "GBP", "HLT")],
            "1 GBP / % vol/hl + 6.4 GBP / hl",
        ),
        ([component("37", None)], "Free"),
    ],
)
def test_components_become_one_expression(tmp_path, parts, text):
    found, tally, _ = duty_of(saved(tmp_path / "uk", [measure(components=parts)]))
    assert found.text == text
    assert tally.taken == 1


@pytest.mark.parametrize(
    "parts",
    [
        [component("01", 8), component("12", None)],
        [component("01", 5, "EUR", "DTN", "Z")],
        [component("01", 5, "EUR", "MWH")],
        [component("01", "1e999999")],
        [component("01", -3)],
        [component("01", "NaN")],
        [],
    ],
)
def test_what_no_cart_can_tell_is_reported_and_not_computed(tmp_path, parts):
    folder = saved(tmp_path / "uk", [measure(components=parts)])
    found = trade_tariff.read(folder, day=DAY)
    assert [(row.hs, row.general) for row in found.rows] == [("847130", "?")]
    assert len(found.tally.unread) == 1
    assert found.tally.unread[0].text == "as published"


def test_a_suspension_for_all_takes_the_place_of_the_duty(tmp_path):
    rows = [measure(components=[component("01", 8)]), measure("112", components=[component("01", 2)])]
    found, tally, _ = duty_of(saved(tmp_path / "uk", rows))
    assert found.text == "2%"
    assert tally.aside == {"measure 103 beside measure 112, which decides": 1}


def test_authorised_use_counts_only_where_nothing_else_is(tmp_path):
    rows = [measure(components=[component("01", 8)]), measure("105", components=[component("01", 0)])]
    assert duty_of(saved(tmp_path / "uk", rows))[0].text == "8%"
    assert duty_of(saved(tmp_path / "alone", rows[1:]))[0].text == "Free"


def test_a_free_preference_names_its_area(tmp_path):
    rows = [measure(components=[component("01", 8)]), measure("142", "1013", [component("01", 0)])]
    assert duty_of(saved(tmp_path / "uk", rows))[2].free_under("8471300000", "1013")


def test_a_reduced_preference_carries_its_rate_to_the_codes_below(tmp_path):
    rows = [measure(components=[component("01", 8)]), measure("142", "SG", [component("01", 4)])]
    folder = saved(tmp_path / "uk", rows, code="8471000000")
    saved(folder, [measure(components=[component("01", 6)]), measure("142", "SG", [component("01", 2)])])
    tariff = Tariff("gb", trade_tariff.read(folder, day=DAY).as_csv())
    assert (tariff.under("8471800000", "SG"), tariff.under("8471300000", "SG")) == ("4%", "2%")
    assert tariff.under("8471", "SG") == "4%"


def test_two_preferences_at_once_for_one_origin_are_reported_and_not_decided(tmp_path):
    rows = [measure(components=[component("01", 8)])]
    rows += [measure("142", "SG", [component("01", rate)]) for rate in (4, 2)]
    _, tally, tariff = duty_of(saved(tmp_path / "uk", rows))
    assert tariff.under("8471300000", "SG") is None
    assert [(cell.code, cell.text) for cell in tally.partly] == [("847130", "SG: 2% and 4%")]


def test_quotas_and_exclusions_leave_the_normal_duty_and_are_listed_one_by_one(tmp_path):
    free = [component("01", 0)]
    rows = [
        measure(components=[component("01", 8)]),
        measure("143", "CH", free, order_number={"number": "050001"}),
        measure("142", "SG", [component("01", 4, "EUR", "MTQ")]),
        measure("305", "1011", [component("01", 20)]),
        measure("142", "2005", free, excluded_countries=[{"id": "IN"}]),
        measure("142", "JP", free, additional_code={"code": "2600"}),
    ]
    found, tally, tariff = duty_of(saved(tmp_path / "uk", rows))
    assert found.text == "8%"
    assert tariff.programmes == {}
    assert (tally.read, tally.taken, sum(tally.aside.values())) == (6, 1, 5)
    assert [(cell.text, cell.reason) for cell in tally.passed_over] == [
        ("CH: as published", "preferential quota: what is left of it is not known"),
        ("SG: as published", "preference: expression 01 with unit MTQ cannot be computed from a cart"),
        ("2005: as published", "leaves out countries, which one symbol cannot say"),
        ("JP: as published", "asks for an additional code"),
    ]


@pytest.mark.parametrize(
    ("start", "end", "taken"),
    [
        ("2026-11-22", None, 1),
        ("2026-11-23", None, 0),
        ("2021-01-01", "2026-11-22", 1),
        ("2021-01-01", "2026-11-21", 0),
    ],
)
def test_a_measure_counts_from_its_first_to_its_last_day(tmp_path, start, end, taken):
    end_text = f"{end}T00:00:00.000Z" if end else None
    row = measure(components=[component("01", 8)], effective_start_date=f"{start}T00:00:00.000Z",
                  effective_end_date=end_text)  # fmt: skip
    found = trade_tariff.read(saved(tmp_path / "uk", [row]), day=DAY)
    assert found.tally.taken == taken


def test_json_api_and_the_flattened_shape_say_the_same(tmp_path):
    relations = {
        "measure_type": {"data": {"type": "measure_type", "id": "103"}},
        "geographical_area": {"data": {"type": "geographical_area", "id": "1011"}},
        "measure_components": {"data": [{"type": "measure_component", "id": "7-01"}]},
        "duty_expression": {"data": {"type": "duty_expression", "id": "7-duty_expression"}},
        "order_number": {"data": None},
        "excluded_countries": {"data": []},
    }
    area = {"children_geographical_areas": {"data": [{"type": "geographical_area", "id": "1011"}]}}
    document = {
        "data": {
            "id": "5", "type": "commodity", "attributes": {"goods_nomenclature_item_id": "6109100010"},
            "relationships": {"import_measures": {"data": [{"type": "measure", "id": "7"}]}},
        },
        "included": [
            {"id": "7", "type": "measure", "relationships": relations,
             "attributes": {"effective_start_date": "2021-01-01T00:00:00.000Z", "effective_end_date": None}},
            {"id": "103", "type": "measure_type", "attributes": {"description": "Third country duty"}},
            {"id": "1011", "type": "geographical_area", "attributes": {}, "relationships": area},
            {"id": "7-01", "type": "measure_component", "attributes": component("01", 12.0)},
            {"id": "7-duty_expression", "type": "duty_expression", "attributes": {"base": "12.00 %"}},
        ],
    }  # fmt: skip
    path = tmp_path / "6109100010.json"
    path.write_text(json.dumps(document))
    found = trade_tariff.read(path, day=DAY)
    assert [(row.hs, row.general) for row in found.rows] == [("6109100010", "12%")]
    document["included"] = document["included"][1:]
    path.write_text(json.dumps(document))
    with pytest.raises(BadFeed, match="measure 7 is named but not included"):
        trade_tariff.read(path, day=DAY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ('{"goods_nomenclature_item_id": "84713"}', "no 'goods_nomenclature_item_id' of ten digits"),
        ('{"goods_nomenclature_item_id": "8471300000"}', "no 'import_measures'"),
        ('{"goods_nomenclature_item_id": "8471300000", "import_measures": [3]}', r"import_measures\[1\] is no object"),
        ('{"goods_nomenclature_item_id": "8471300000", "import_measures": [{"id": 4}]}', "'measure_type' has no id"),
        ("[" * 200_000, "is not JSON"),
    ],
)
def test_a_document_of_another_kind_is_refused_by_name(tmp_path, text, said):
    path = tmp_path / "one.json"
    path.write_text(text)
    with pytest.raises(BadFeed, match=said):
        trade_tariff.read(path, day=DAY)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(BadFeed, match="holds no .json documents"):
        trade_tariff.read(tmp_path, day=DAY)


def test_documents_of_the_service_at_hand():
    folder = SHARED / "data/uk/uk/commodities"
    if not folder.is_dir():
        pytest.skip("saved answers of the trade tariff are not here (set SHIPSMART_SHARED)")
    found = trade_tariff.read(folder, day=date(2021, 2, 15))
    tariff = Tariff("gb", found.as_csv())
    assert tariff.find("0702000007").text == "8%"
    assert tariff.free_under("0702000007", "1013")
    # Its only third country duty in force that day follows the entry price.
    assert tariff.find("0809400500").text == "?"
    assert (found.tally.read, found.tally.taken, len(found.tally.unread)) == (55, 39, 1)


@pytest.mark.parametrize(
    ("published", "text"),
    [
        ("12.000 %", "12%"),
        ("0.000 %", "Free"),
        ("NIHIL", "Free"),
        ("8.000 % + 35.100 EUR DTN", "8% + 35.1 EUR / 100 kg"),
        ("35.100 EUR / 100 kg", "35.1 EUR / 100 kg"),
        ("4.500 % MIN 0.300 EUR p/st MAX 0.800 EUR p/st", "4.5% MIN 0.3 EUR / item MAX 0.8 EUR / item"),
        ("17.300 %", "17.3%"),
        ("9.000 % + EA MAX 18.700 % + ADSZ", None),
        ("Cond:  V 52.600 EUR/DTN(01):14.400 % ; V 0.000 EUR/DTN(01):14.400 % + 29.800 EUR/DTN", None),
        ("5.000 EUR DTN Z", None),
        ("", None),
        ("9" * 40 + " %", None),
        ("12 % 13 %", None),
    ],
)
def test_duties_of_taric_become_our_grammar(published, text):
    assert taric.duty_text(published) == text


HEADER = ["Goods code", "Add code", "Order No.", "Start date", "End date", "RED_IND", "Origin", "Measure type",
          "Legal base", "Duty", "Origin code", "Meas. type code"]  # fmt: skip


def row(code, duty, kind="103", origin="1011", *, start="01-01-2021", order=""):
    return [code, "", order, start, "", "", "a place", "a type", "R0001/21", duty, origin, kind]


def test_an_end_that_is_no_date_is_refused_and_not_taken_for_an_open_one(make_xlsx):
    head = ["Goods code", "Start date", "End date", "Duty", "Origin code", "Meas. type code"]
    path = make_xlsx({"Sheet1": [head, ["6109100000 80", "01-01-2026", "for ever", "12.000 %", "1011", "103"]]})
    with pytest.raises(BadFeed, match="row 2: End date 'for ever' is no date"):
        taric.read(path, day=DAY)


def test_the_workbook_of_taric_gives_duties_by_prefix(make_xlsx):
    path = make_xlsx(
        {
            "Sheet1": [
                HEADER,
                row("6109100000 80", "12.000 %"),
                row("6109100010 80", "0.000 %", "142", "GB", start=44197),
                row("0409000000", "17.300 %"),
                row("2204100000", "Cond:  V 1 EUR(01):2 %"),
                row("6109100000 80", "0.000 %", "143", order="090001"),
                row("6109100000 80", "30.000 %", "552", "CN"),
                row("6110000000 80", "6.000 %", start="01-12-2026"),
            ]
        }
    )
    found = taric.read(path, day=DAY)
    tariff = Tariff("eu", found.as_csv())
    assert tariff.find("6109100090").text == "12%"
    assert tariff.free_under("6109100010", "GB")
    assert not tariff.free_under("6109100090", "GB")
    assert tariff.find("22041000").text == "?"
    assert (found.tally.read, found.tally.taken, len(found.tally.unread)) == (7, 3, 1)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["Goods code", "Duty"], ["6109100000", "12 %"]], "no sheet has the columns goods code, start date"),
        ([HEADER, row("61091", "12.000 %")], "row 2: Goods code '61091' has no ten digits"),
        ([HEADER, row("6109100000", "12.000 %", start="soon")], "row 2: Start date 'soon' is no date"),
    ],
)
def test_a_workbook_of_another_kind_names_row_and_column(make_xlsx, rows, said):
    with pytest.raises(BadFeed) as error:
        taric.read(make_xlsx({"Sheet1": rows}), day=DAY)
    assert said in error.value.message


@given(
    percent=st.decimals("0.001", "400", places=3),
    price=st.decimals("0.001", "9999", places=3),
    unit=st.sampled_from(["DTN", "KGM", "NAR", "HLT", "LTR", "TNE"]),
    bound=st.sampled_from([" + ", " MIN ", " MAX "]),
)
def test_a_duty_of_taric_keeps_its_figures(percent, price, unit, bound):
    tree = parse(taric.duty_text(f"{percent} %{bound}{price} EUR {unit}") or "")
    parts = getattr(tree, "parts", None) or (tree.left, getattr(tree, "floor", None) or tree.cap)
    assert parts[0].rate == Decimal(percent) / 100
    assert parts[1].price == price


@pytest.mark.parametrize(
    ("code", "prefix"),
    [("6109100000", "610910"), ("6109100010", "6109100010"), ("0100000000", "01"), ("2000000000", "20")],
)
def test_zeros_at_the_end_of_a_code_speak_for_all_below(code, prefix):
    assert prefix_of(code) == prefix
