import json
import os
from datetime import date
from pathlib import Path

import pytest

from integrations.feeds import brazil
from integrations.feeds.report import BadFeed
from shipsmart.rules.tariff import Tariff

SHARED = Path(os.environ.get("SHIPSMART_SHARED", Path(__file__).resolve().parents[4] / "shared"))
DAY = date(2026, 11, 22)
LIST_HEAD = ["NCM", "No. Ex", "Descrição", "Alíquota (%)", "Quota", "Unidade da quota", "Início da vigência",
             "Término de vigência"]  # fmt: skip


def official(codes):
    return {
        "Data_Ultima_Atualizacao_NCM": "Vigente em 22/11/2026",
        "Nomenclaturas": [
            {"Codigo": code, "Descricao": text, "Data_Inicio": start, "Data_Fim": end}
            for code, text, start, end in codes
        ],
    }


def saved(tmp_path, document):
    path = tmp_path / "ncm.json"
    path.write_text(json.dumps(document, ensure_ascii=False))
    return path


def test_codes_keep_their_days_and_an_open_end_is_empty(tmp_path):
    codes = [
        ("6109.10.00", "- De  algodão", "01/04/2022", "31/12/9999"),
        ("8517.13.00", "-- Telefones", "01/04/2022", "31/12/2026"),
    ]
    found = brazil.read_nomenclature(saved(tmp_path, official(codes)))
    assert found.rows == [
        ("61091000", "- De algodão", "2022-04-01", ""),
        ("85171300", "-- Telefones", "2022-04-01", "2026-12-31"),
    ]


def test_both_official_shapes_say_the_same(tmp_path):
    short = {"total": 1, "ncms": [{"codigo": "61091000", "descricao": "- De algodão", "data_inicio": "01/04/2022",
                                   "data_fim": "31/12/9999"}]}  # fmt: skip
    long = official([("6109.10.00", "- De algodão", "01/04/2022", "31/12/9999")])
    assert (
        brazil.read_nomenclature(saved(tmp_path, short)).as_csv()
        == brazil.read_nomenclature(saved(tmp_path, long)).as_csv()
    )


def test_a_code_without_days_is_listed(tmp_path):
    codes = [("6109.10.00", "a", "01/04/2022", "31/12/9999"), ("61.x", "b", "01/04/2022", "never")]
    tally = brazil.read_nomenclature(saved(tmp_path, official(codes))).tally
    assert (tally.read, tally.taken) == (2, 1)
    assert (tally.unread[0].row, tally.unread[0].code) == ("2", "61.x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": []}', "neither 'Nomenclaturas' nor 'ncms'"),
        ('{"ncms": []}', "holds no codes"),
        ('{"ncms": [{"codigo": "61091000"}]}', "item 1: 'descricao' is missing"),
        ('{"ncms": [{"codigo": "61091000", "desc', "item 1: not JSON"),
    ],
)
def test_a_broken_nomenclature_names_the_item(tmp_path, text, said):
    path = tmp_path / "ncm.json"
    path.write_text(text)
    with pytest.raises(BadFeed, match=said):
        brazil.read_nomenclature(path)


@pytest.mark.parametrize(
    ("name", "rows", "eight_digits"),
    [("ncm_siscomex_20250513.json", 15141, 10504), ("ncm_20260517.json", 10515, 10515)],
)
def test_the_editions_at_hand_are_read_whole(name, rows, eight_digits):
    path = SHARED / "data/br" / name
    if not path.is_file():
        pytest.skip("the published nomenclature is not here (set SHIPSMART_SHARED)")
    found = brazil.read_nomenclature(path)
    assert (found.tally.read, len(found.tally.unread)) == (rows, 0)
    assert sum(len(code) == 8 for code, *_ in found.rows) == eight_digits


def book(make_xlsx):
    return make_xlsx(
        {
            "Anexo I - TEC": [
                ["Seção XI"],
                ["NCM", "DESCRIÇÃO", "TEC(%)"],
                ["6109", "Camisetas", None],
                ["6109.10.00", "De algodão", 35],
                ["8471.30.12", "Portáteis", "16BIT"],
                ["8486.10.00", "Máquinas", "14BK"],
                ["NCM", "DESCRIÇÃO", "TEC(%)"],
                ["9503.00.10", "Brinquedos", 12.600000000000001],
                ["4901.99.00", "Livros", "0"],
                ["9706.90.00", "Antiguidades", "ver nota"],
                ["8517.13.00", "Telefones", "16"],
            ],
            "Anexo II - Brasil": [
                ["NCM", "Descrição", "TEC (%)", "Alíquota aplicada (%)"],
                ["9503.00.10", "Brinquedos", "20", "18"],
            ],
            "Anexo III - Aeronáutico": [["NCM"], ["8517.13"]],
            "Anexo V - Letec": [
                ["Lista"],
                LIST_HEAD,
                ["8471.30.12", "-", "Portáteis", "7,2", "-", "-", "01/01/2026", "31/12/2026"],
                ["6109.10.00", "001", "Só de malha fina", "0", "-", "-", "01/01/2026", "-"],
                ["8486.10.00", "-", "Máquinas", "2", "1000", "un", "01/01/2026", "-"],
                ["8517.13.00", "-", "Telefones", "0", "-", "-", "01/12/2026", "-"],
            ],
        }
    )


@pytest.mark.parametrize(
    ("code", "duty"),
    [
        ("61091000", "35%"),
        ("84713012", "7.2%"),
        ("84861000", "14%"),
        ("95030010", "18%"),
        ("49019900", "Free"),
        ("97069000", "?"),
        ("85171300", "16%"),
    ],
)
def test_the_annexes_lie_over_each_other(make_xlsx, code, duty):
    found = brazil.read_duties(book(make_xlsx), day=DAY)
    assert Tariff("br", found.as_csv()).find(code).text == duty


def test_every_row_of_the_annexes_is_accounted_for(make_xlsx):
    tally = brazil.read_duties(book(make_xlsx), day=DAY).tally
    assert (tally.read, tally.taken, len(tally.unread), sum(tally.aside.values())) == (15, 8, 1, 6)
    assert tally.unread[0].text == "ver nota"
    assert tally.until == "2026-12-31"


def test_binary_fractions_of_the_workbook_are_mended(make_xlsx):
    path = make_xlsx({"Anexo I": [["NCM", "TEC (%)"], ["9503.00.10", 12.600000000000001]]})
    assert brazil.read_duties(path, day=DAY).rows[0].general == "12.6%"


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        ({"Plan1": [["NCM", "TEC"]]}, "no sheet is named 'Anexo I'; found Plan1"),
        ({"Anexo I": [["Código", "TEC"], ["61", "2"]]}, "sheet 'Anexo I': no header with NCM and a rate column"),
    ],
)
def test_a_workbook_of_another_kind_is_refused(make_xlsx, sheets, said):
    with pytest.raises(BadFeed) as error:
        brazil.read_duties(make_xlsx(sheets), day=DAY)
    assert said in error.value.message
