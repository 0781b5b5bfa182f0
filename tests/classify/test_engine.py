"""What the classifier answers, and when it does not."""

import pytest

from shipsmart.classify import Answer, Item, classify, engine
from shipsmart.classify.national import packaged


def first(answer: Answer) -> str:
    return answer.candidates[0].hs_code


@pytest.mark.parametrize(
    ("item", "hs_code"),
    [
        (Item("Mens crew neck tee", material="100% cotton"), "610910"),
        (Item("Mens crew neck tee", material="polyester"), "610990"),
        (Item("Vestido longo de viscose"), "620444"),
        (Item("Silver ring with cubic zirconia", material="925 silver"), "711311"),
        (Item("Gold tone ring with cubic zirconia"), "711620"),
        (Item("Caneca de porcelana"), "691110"),
        (Item("Taza de cristal para café"), "701337"),
        (Item("Phone case compatible with wireless charger"), "392690"),
        (Item("Wool sweater"), "611011"),
        (Item("Women and men unisex cotton shirt"), "620630"),
    ],
)
def test_material_construction_and_wearer_decide_the_code(item: Item, hs_code: str) -> None:
    assert first(classify(item)) == hs_code


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Bicycle chain", "7315"),
        ("Luggage tag", "3926"),
        ("Ring light", "9405"),
        ("TV", "8528"),
        ("Charging cable", "8544"),
        ("Laptop battery", "8507"),
        ("Watch movement", "9108"),
        ("Oxygen sensor", "9027"),
        ("Capa de volante", "8708"),
        ("Luva cirúrgica", "4015"),
        ("Percha de madera", "4421"),
        ("Cabezal de impresión", "8443"),
    ],
)
def test_a_compound_is_what_its_last_noun_says(title: str, heading: str) -> None:
    assert first(classify(Item(title)))[:4] == heading


def test_goods_for_pets_are_not_of_pet() -> None:
    toy = classify(Item("Dog toy rope", category="Pet Products"))
    assert not any("rule: plastic" in why for why in toy.candidates[0].why)


def test_the_reasons_name_the_words_the_rule_and_the_heading() -> None:
    best = classify(Item("Camiseta de algodão", category="Moda > Camisetas")).candidates[0]
    assert best.why[0].startswith("“camiseta” in the title and category, our dictionary clothing.csv:2; rule: cotton")
    assert best.why[1] == "words of the heading: camiseta, algodao"
    assert best.why[-1].startswith("heading 610910: T-shirts, singlets")


def test_what_the_text_does_not_say_is_asked() -> None:
    answer = classify(Item("Plain tee"))
    assert answer.questions == ("t shirt: cotton?",)
    assert answer.decision == "review"
    assert {"610910", "610990"} <= {candidate.hs_code for candidate in answer.candidates}


def test_a_plain_title_with_its_category_is_accepted() -> None:
    assert classify(Item("Scented soy candle", category="Home > Candles")).decision == "accept"


def test_a_title_alone_is_never_accepted() -> None:
    assert classify(Item("Scented soy candle")).decision == "review"


@pytest.mark.parametrize("title", ["Scented soy candle holder", "Candle making machine"])
def test_a_word_that_makes_another_thing_of_it_is_looked_at(title: str) -> None:
    assert classify(Item(title, category="Home > Candles")).decision != "accept"


def test_a_title_that_names_many_things_is_not_accepted() -> None:
    crowded = "Phone case wallet keychain ring bracelet mug gift for women men"
    assert classify(Item(crowded, category="Gifts")).decision != "accept"


@pytest.mark.parametrize("title", ["", "🎉🎉🎉", "zzqx 0192-AB", "!!!", "\x00\ud800"])
def test_rubbish_gets_no_code(title: str) -> None:
    answer = classify(Item(title))
    assert answer.decision == "abstain"
    assert answer.candidates == ()


def test_a_given_ncm_that_the_text_bears_out_is_accepted() -> None:
    answer = classify(Item("Mouse gamer", ncm="8471.60.53"))
    assert (first(answer), answer.decision) == ("847160", "accept")
    assert answer.candidates[0].why[0] == "the shop gave 847160"


def test_a_given_ncm_that_the_text_contradicts_is_looked_at() -> None:
    answer = classify(Item("Caneca de porcelana", ncm="84716053", category="Cozinha"))
    assert answer.decision != "accept"
    assert {"847160", "691110"} <= {candidate.hs_code for candidate in answer.candidates}


def test_a_code_that_does_not_exist_counts_for_nothing() -> None:
    assert classify(Item("Mouse gamer", ncm="99999999")) == classify(Item("Mouse gamer"))


def test_the_language_parts_names_that_mean_different_things() -> None:
    assert first(classify(Item("Bata azul", language="pt"))) == "620640"  # a blouse
    assert first(classify(Item("Bata azul", language="es"))) == "620892"  # a bathrobe


def test_confidences_fall_and_are_shares() -> None:
    candidates = classify(Item("Leather wallet for men")).candidates
    confidences = [candidate.confidence for candidate in candidates]
    assert len(candidates) == 5
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < sum(confidences) <= 1


def national(hs_code: str, country: str, *, ncm: str = "") -> str:
    return engine().national(hs_code, Item("bag", ncm=ncm), table=packaged(country)).code


def test_a_national_code_is_given_only_when_it_is_certain() -> None:
    assert national("610910", "BR") == "61091000"
    assert national("420222", "BR") == ""
    assert national("420222", "BR", ncm="4202.22.20") == "42022220"
    assert national("610910", "FR") == ""
    assert national("", "BR") == ""
