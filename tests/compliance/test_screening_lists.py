import os
from datetime import date
from pathlib import Path

import pytest

from shipsmart.compliance.screening.lists import ScreeningListInvalid, read_list

SHARED = Path(os.environ.get("SHIPSMART_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
SAMPLES = SHARED / "data" / "sanctions"

UN = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z"><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID>
<FIRST_NAME>PIOTR</FIRST_NAME><SECOND_NAME>EXAMPLOV</SECOND_NAME><UN_LIST_TYPE>TEST</UN_LIST_TYPE>
<REFERENCE_NUMBER>TSi.001</REFERENCE_NUMBER><NAME_ORIGINAL_SCRIPT>Пётр Эксамплов</NAME_ORIGINAL_SCRIPT>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Peter Exampleoff</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS></INDIVIDUAL></INDIVIDUALS>
<ENTITIES><ENTITY><FIRST_NAME>SAMPLE TRADING / STC</FIRST_NAME><UN_LIST_TYPE>TEST</UN_LIST_TYPE>
<REFERENCE_NUMBER>TSe.002</REFERENCE_NUMBER></ENTITY></ENTITIES></CONSOLIDATED_LIST>"""
OFAC = (
    '7,"EXAMPLOV, Piotr","individual","TEST",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 1962; a.k.a. \'THE SAMPLE\'."\r\n'
    '8,"SAMPLE SHIPPING LINES",-0- ,"TEST",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a'
)
ALT = '7,71,"aka","EXAMPLEOFF, Peter",-0- \r\n99,72,"aka","NOBODY OF OURS",-0- \r\n'
CSL = (
    "source,entity_number,type,programs,name,title,addresses,alt_names\n"
    "Specially Designated Nationals (SDN) - Treasury Department,12,Entity,TEST,SAMPLE WORKS,,,"
    '"SAMPLE WERKE; SAMPLE USINES; and SAMPLE FABRYKA"\n'
)
DPL = (
    '"Name"\t"Street_Address"\t"Effective_Date"\t"FR_Citation"\n'
    '"PIOTR EXAMPLOV A/K/A PETER EX"\t"1 ROAD"\t"06/13/2018"\t"83 F.R. 1"\n'
)
EU = (
    "\ufefffileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_SubjectType;Entity_Regulation_Programme;"
    "NameAlias_LastName;NameAlias_FirstName;NameAlias_MiddleName;NameAlias_WholeName\n"
    "20/11/2026;13;EU.27.28;P;TEST;Examplov;Piotr;;\n20/11/2026;13;EU.27.28;P;TEST;;;;Пётр Эксамплов\n"
    "20/11/2026;13;EU.27.28;P;TEST;;;;\n"
)
UK = (
    "Report Date: 21-Nov-2026\nLast Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,"
    "Name 4,Name 5,Name type,Name non-latin script,Regime Name,Designation Type\n"
    "01/10/2026,TST0001,123,,EXAMPLOV,Piotr,,,,,Primary Name,Пётр Эксамплов,Test regime,Individual\n"
    '01/10/2026,TST0001,123,,"EXAMPLEOFF, LATE",Peter,,,,,Alias,,Test regime,Individual\n'
)


def named(source: str, text: str, **more: bytes) -> list[tuple[str, str]]:
    return [(listed.entry, listed.name) for listed in read_list(source, text.encode(), **more).names]


def test_the_un_list_gives_names_aliases_and_original_script():
    assert named("un", UN) == [
        ("TSi.001", "PIOTR EXAMPLOV"),
        ("TSi.001", "Peter Exampleoff"),
        ("TSi.001", "Пётр Эксамплов"),
        ("TSe.002", "SAMPLE TRADING"),
        ("TSe.002", "STC"),
    ]
    assert read_list("un", UN.encode()).published == date(2026, 2, 27)


def test_ofac_gives_names_weak_aliases_and_those_of_alt_csv():
    assert named("ofac", OFAC, alternates=ALT.encode()) == [
        ("7", "EXAMPLOV, Piotr"),
        ("7", "THE SAMPLE"),
        ("8", "SAMPLE SHIPPING LINES"),
        ("7", "EXAMPLEOFF, Peter"),
    ]
    assert {listed.kind for listed in read_list("ofac", OFAC.encode()).names} == {"individual", "entity"}


def test_csl_dpl_eu_and_uk_give_their_names():
    assert named("csl", CSL) == [
        ("12", "SAMPLE WORKS"),
        ("12", "SAMPLE WERKE"),
        ("12", "SAMPLE USINES"),
        ("12", "SAMPLE FABRYKA"),
    ]
    assert [name for _, name in named("dpl", DPL)] == ["PIOTR EXAMPLOV", "PETER EX"]
    assert named("eu", EU) == [("EU.27.28", "Piotr Examplov"), ("EU.27.28", "Пётр Эксамплов")]
    assert read_list("eu", EU.encode()).published == date(2026, 11, 20)
    assert named("uk", UK) == [
        ("TST0001", "Piotr EXAMPLOV"),
        ("TST0001", "Пётр Эксамплов"),
        ("TST0001", "Peter EXAMPLEOFF, LATE"),
    ]
    assert read_list("uk", UK.encode()).published == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("source", "text", "said"),
    [
        ("uk", "", "empty"),
        ("eu", "\x1a\r\n", "empty"),
        ("csl", "<html>log in</html>", "another shape"),
        ("ofac", "ent_num,name\n", "another shape"),
        ("dpl", "Name,City\n", "another shape"),
        ("un", "<html></html>", "another shape"),
        ("un", "<CONSOLIDATED_LIST>", "another shape"),
        ("un", "<CONSOLIDATED_LIST></CONSOLIDATED_LIST>", "no name"),
        ("un", '<!DOCTYPE x [<!ENTITY a "b">]><CONSOLIDATED_LIST>&a;</CONSOLIDATED_LIST>', "document type"),
        ("xx", "text", "is no list"),
    ],
)
def test_what_is_not_the_list_is_refused_with_its_reason(source, text, said):
    with pytest.raises(ScreeningListInvalid, match=said):
        read_list(source, text.encode())


@pytest.mark.parametrize(
    ("source", "file", "least", "name"),
    [
        ("csl", "csl.csv", 240, "7TH OF TIR INDUSTRIAL COMPLEX"),
        ("ofac", "cons_prim.csv", 440, "HANIYA, Ismail Abdul Salah"),
        ("dpl", "dpl.txt", 400, "ADRIAN MANUEL HERNANDEZ"),
        ("un", "UN_consolidated.xml", 3_000, "ERIC BADEGE"),
    ],
)
def test_the_published_files_are_read(source, file, least, name):
    if not SAMPLES.is_dir():
        pytest.skip("the samples of the published lists are not here (SHIPSMART_SHARED)")
    names = [listed.name for listed in read_list(source, (SAMPLES / file).read_bytes()).names]
    assert len(names) >= least
    assert name in names


def test_an_address_file_of_ofac_is_not_taken_for_aliases():
    addresses = b'7,1,"12 Harbour Road","Sampletown","Nowhere",-0- \r\n'
    with pytest.raises(ScreeningListInvalid, match="none of ALT"):
        read_list("ofac", OFAC.encode(), alternates=addresses)
    with pytest.raises(ScreeningListInvalid):
        read_list("ofac", addresses)
