"""Words that hint at restricted goods, in three languages."""

import pytest

from shipsmart.classify import Item
from shipsmart.classify.hints import hints


def kinds(title: str, description: str = "") -> set[str]:
    return {hint.kind for hint in hints(Item(title, description=description))}


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("20000 mAh power bank", "lithium_battery"),
        ("Faca de churrasco 8 polegadas", "blade"),
        ("Navaja plegable de acero", "blade"),
        ("Eau de Parfum 50 ml", "flammable_liquid"),
        ("Esmalte de unhas vermelho", "flammable_liquid"),
        ("Suplemento de magnesio 60 cápsulas", "food_supplement"),
        ("Sementes de tomate", "plant"),
        ("Queso manchego curado", "animal_product"),
        ("Crocodile leather wallet", "protected_species"),
        ("Vape pod descartável", "tobacco"),
        ("Neodymium magnets 10 mm", "magnet"),
        ("Vinho tinto 750 ml", "alcohol"),
    ],
)
def test_restricted_goods_are_hinted_at(title: str, kind: str) -> None:
    assert kind in kinds(title)


@pytest.mark.parametrize(
    "title", ["Cotton T-shirt", "Radio without battery", "Tray for knives", "Caneca sem bateria", ""]
)
def test_harmless_goods_are_not(title: str) -> None:
    assert kinds(title) == set()


def test_the_description_counts_and_each_kind_is_named_once_with_its_words() -> None:
    found = hints(Item("Camping lamp", description="Runs on a lithium battery. Lithium battery inside."))
    assert [(hint.kind, hint.words) for hint in found] == [("lithium_battery", "lithium battery")]
