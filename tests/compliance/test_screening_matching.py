"""Recall on a labelled set of public list entries, false alarms on everyday names, and time per party."""

import itertools
import os
import random
import time
from pathlib import Path

import pytest

from shipsmart.compliance.screening.lists import read_list
from shipsmart.compliance.screening.matching import Listed, NameIndex
from shipsmart.compliance.screening.names import consonants, latin, read

SHARED = Path(os.environ.get("SHIPSMART_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
SAMPLES = SHARED / "data" / "sanctions"

# Listed name -> ways the same party may be written on an order.
LABELLED = {
    "SADDAM HUSSEIN AL-TIKRITI": ("Hussein Saddam al Tikriti", "صدام حسين التكريتي", "Saddam Husayn Tikriti"),
    "HANIYA, Ismail Abdul Salah": ("Ismail Abdul Salah Haniya", "Ismail Haniya", "Haniyah, Ismael Abdel Salah"),
    "ERIC BADEGE": ("Badege, Eric", "Эрик Бадеге", "Éric BADEGÉ", "Mr Eric Badege"),
    "Sergei Viktorovich LAVROV": ("Сергей Викторович Лавров", "Lavrov Sergey Viktorovich", "Sergej Lavrov"),
    "Igor Ivanovich SECHIN": ("Игорь Сечин", "Setchine Igor Ivanovitch", "Ihor Ivanovych Sechin"),
    "Mohammed ABDUL JAWAD": ("Muhammad Abdul-Jawad", "محمد عبد الجواد", "Mohamed Abdeljawad"),
    "ROSE GROUP LIMITED": ("Rose Group Ltd.", "ROSE-GROUP LLC"),
    "Γεώργιος ΠΑΠΑΔΟΠΟΥΛΟΣ": ("Georgios Papadopoulos", "Papadopoulos Georgios"),
    "Lech WAŁĘSKI-ŻÓŁĆ": ("Lech Waleski Zolc", "Zolc-Waleski Lech"),
    "7TH OF TIR INDUSTRIAL COMPLEX": ("7th of Tir Industrial Complex", "Industrial Complex 7th of Tir Isfahan"),
    "HEZBOLLAH": ("Hizballah", "Hezbollah", "حزب الله"),
    "KIM Yong Chol": ("김영철", "Yong Chol Kim"),
    "WANG, Xiaoming": ("王小明", "Xiaoming Wang", "王小明 "),
    "Binyamin SHALOM": ("בנימין שלום", "Shalom Binyamin", "Binyamin Shalom"),
    "Giorgi BERIDZE": ("გიორგი ბერიძე", "Beridze Giorgi"),
    "Aram SARGSYAN": ("Արամ Սարգսյան",),
    "Vijay MALIKA": ("विजय मालिका",),
    "Volodymyr HRYHORENKO": ("Володимир Григоренко", "Volodymyr Hryhorenko"),
    "Reza JAHANBAKHSHPOUR": ("رضا جهانبخش‌پور", "Jahanbakhsh Pour Reza"),
    "Gholamreza MORADI": ("Moradi Gholam Reza", "غلامرضا مرادی"),
    "Abdelkader BENYOUSSEF": ("Abd al-Qadir Bin Yusuf", "عبد القادر بن يوسف"),
    "Dmitry Anatolyevich VOLKONSKIY": ("Dmitrij Volkonskij", "Дмитрий Волконский"),
    "TECHNOPROMSTROY JSC": ("АО Технопромстрой", "Tekhnopromstroy"),
    "AL QAIDA": ("Al-Qaida", "Alqaida", "Al Qa'ida"),
}
ORDINARY = [
    f"{first} {last}"
    for first, last in itertools.product(
        ["Anna", "John", "Marie", "Carlos", "Yuki", "Olga", "Ahmed", "Fatima", "Ivan", "Wei", "Lucas", "Sofia"],
        ["Müller", "Smith", "Dubois", "García", "Tanaka", "Petrova", "Haddad", "Novák", "Chen", "Silva", "Rossi"],
    )
]


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex(Listed("un", f"E{number}", name) for number, name in enumerate(LABELLED))


@pytest.fixture(scope="module")
def published() -> NameIndex:
    if not SAMPLES.is_dir():
        pytest.skip("the samples of the published lists are not here (SHIPSMART_SHARED)")
    files = {"csl": "csl.csv", "ofac": "cons_prim.csv", "dpl": "dpl.txt", "un": "UN_consolidated.xml"}
    return NameIndex(
        listed for source, file in files.items() for listed in read_list(source, (SAMPLES / file).read_bytes()).names
    )


@pytest.mark.parametrize(("listed", "written"), [(key, text) for key, texts in LABELLED.items() for text in texts])
def test_a_party_is_found_however_its_name_is_written(index, listed, written):
    assert listed in [match.listed.name for match in index.search(written)]


def test_everyday_names_raise_few_alarms(published):
    alarms = [name for name in ORDINARY if published.search(name)]
    assert alarms == []  # of 132 names against some 5,400 listed ones


def test_each_published_name_is_found_as_written_and_with_its_words_turned_round(published):
    rows = random.Random(7).sample(published.listed, 400)
    missed = []
    for listed in rows:
        turned = " ".join(reversed(listed.name.replace(",", " ").split()))
        for text in (listed.name, listed.name.lower(), turned):
            if listed.entry not in [match.listed.entry for match in published.search(text)]:
                missed.append((listed.name, text))
    assert missed == []


def test_a_party_is_searched_and_not_compared_with_30000_names_in_turn(published):
    rows = list(published.listed)
    rng = random.Random(3)
    words = sorted({word for listed in rows for word in listed.name.split() if len(word) > 3})
    while len(rows) < 30_000:
        rows.append(Listed("eu", f"M{len(rows)}", " ".join(rng.sample(words, 3))))
    big = NameIndex(rows)
    names = [*ORDINARY[:40], "Mohammed Ahmed Hassan Ali", "Abdul Rahman Mohammad Ibrahim Khan", "محمد علي حسن"]
    start = time.process_time()
    for name in names:
        big.search(name)
    assert (time.process_time() - start) / len(names) < 0.5  # the benchmark has the figure; this is a search, no walk


def test_names_are_read_alike_over_scripts():
    assert latin("Щукин Ёлкин Łódź Ødegård Straße") == "shchukin elkin lodz odegard strasse"
    assert consonants("mohammed") == consonants("muhammad") == consonants("mhmd")
    assert read("The Rose Group of Companies Ltd").words == ("rose", "group", "companies")
    assert read("Ltd").words == ("ltd",)
    assert NameIndex([Listed("un", "1", "X")]).search("") == []
