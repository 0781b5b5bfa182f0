"""Words for what a product lacks, what its text hints at, and what is asked about it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LACK_WORDS: dict[str, Promise] = {
    "code": _("No HS code"),
    "origin": _("No origin"),
    "weight": _("No weight"),
    "value": _("No value"),
    "national": _("National digits open"),
    "restricted": _("May be restricted"),
}
HINT_WORDS: dict[str, Promise] = {
    "adult": _("Adult goods"),
    "aerosol": _("Aerosol"),
    "alcohol": _("Alcohol"),
    "animal_product": _("Animal product"),
    "battery": _("Battery"),
    "blade": _("Blade"),
    "chemical": _("Chemical"),
    "compressed_gas": _("Compressed gas"),
    "cultural_goods": _("Cultural goods"),
    "flammable_liquid": _("Flammable liquid"),
    "food": _("Food"),
    "food_supplement": _("Food supplement"),
    "lighter": _("Lighter"),
    "lithium_battery": _("Lithium battery"),
    "magnet": _("Magnet"),
    "medical_device": _("Medical device"),
    "medicine": _("Medicine"),
    "plant": _("Plant"),
    "precious": _("Precious metal or stone"),
    "protected_species": _("Protected species"),
    "radio_device": _("Radio device"),
    "tobacco": _("Tobacco"),
    "used_goods": _("Used goods"),
    "weapon": _("Weapon"),
}
QUESTIONS: dict[str, Promise] = {
    "wearer": _("Who wears it?"),
    "material": _("What is it made of?"),
    "construction": _("Is it knitted or woven?"),
}
ANSWERS: dict[str, Promise] = {
    "man": _("Men"),
    "woman": _("Women, or both"),
    "boy": _("Boys"),
    "girl": _("Girls"),
    "baby": _("Babies"),
    "knit": _("Knitted or crocheted"),
    "woven": _("Woven"),
    "other": _("Something else"),
    "cotton": _("Cotton"),
    "wool": _("Wool"),
    "silk": _("Silk"),
    "linen": _("Linen"),
    "synthetic": _("Synthetic fibres"),
    "artificial": _("Artificial fibres, such as viscose"),
    "leather": _("Leather"),
    "plastic": _("Plastic"),
    "rubber": _("Rubber"),
    "wood": _("Wood"),
    "bamboo": _("Bamboo"),
    "glass": _("Glass"),
    "ceramic": _("Ceramic"),
    "porcelain": _("Porcelain"),
    "steel": _("Iron or steel"),
    "stainless": _("Stainless steel"),
    "aluminium": _("Aluminium"),
    "copper": _("Copper"),
    "silver": _("Silver"),
    "gold": _("Gold"),
    "paper": _("Paper"),
    "textile": _("Textile"),
}


def question(key: str) -> str:
    """Return the question; one on a place in a country's tree is asked with the words of the law below it."""
    return str(QUESTIONS.get(key) or _("Which of these is it?"))
