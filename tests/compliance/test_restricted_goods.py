"""Goods that may not go: by destination, by carrier, by where they were made, and with a permit."""

import pytest

from shipsmart.compliance.gate import examine
from shipsmart.compliance.wording import table
from shipsmart.core.codes import COUNTRIES
from shipsmart.documents.snapshots import parse_shipment
from tests.documents.builders import line_data, party_data, shipment_data, shipper_data


def said(*, to: str = "US", carrier: str = "table", references: dict | None = None, city: str = "Town", **line) -> str:
    """Return what the gate says of restricted goods: block, warn, or nothing."""
    changes = {"hs_code": "961700", "description": "Steel bottle"} | line
    data = shipment_data(
        lines=[line_data(**changes)],
        consignee=party_data(country=to, city=city),
        carrier=carrier,
        references=references or {},
        shipper=shipper_data(country="CH"),
        collected=None,
        incoterm="DAP",
    )
    verdict = examine(parse_shipment(data))
    if any(found.code == "restricted_goods" for found in verdict.blocks):
        return "block"
    return "warn" if any(found.code == "restricted_goods" for found in verdict.warnings) else ""


@pytest.mark.parametrize(
    ("description", "hs_code", "to", "elsewhere"),
    [
        ("Disposable vape, 600 puffs", "854340", "AU", "NZ"),
        ("Nicotine vapes", "961700", "SG", "NZ"),
        ("Red wine, Rioja", "220421", "SA", "NO"),
        ("Single malt", "220830", "AE", "NO"),
        ("Butterfly knife, steel", "821193", "GB", "US"),
        ("Mini drone with camera", "880621", "IN", "NO"),
        ("Airsoft gun", "950300", "JP", ""),
        ("Lotion tested on animals", "330499", "DE", "US"),
        ("CBD oil drops", "330499", "SG", "US"),
        ("Pepper spray", "330790", "GB", "US"),
        ("Used clothes, sorted", "630900", "BR", "NO"),
        ("Baby walker", "940390", "CA", "GB"),
        ("Chewing gum", "170410", "SG", "MY"),
        ("GPS jammer", "851769", "NO", ""),
    ],
)
def test_barred_goods_are_blocked_where_they_are_barred(description, hs_code, to, elsewhere):
    assert said(description=description, hs_code=hs_code, to=to) == "block"
    if elsewhere:
        assert said(description=description, hs_code=hs_code, to=elsewhere) != "block"


@pytest.mark.parametrize(
    ("description", "hs_code", "to"),
    [
        ("Tomato, packets of 50", "120991", "DE"),
        ("Cured beef", "021020", "GB"),
        ("Manuka honey", "040900", "NZ"),
        ("Wallet of python leather", "420231", "JP"),
        ("Ancient coin, bronze", "970531", "FR"),
        ("Night vision goggles", "900580", "BR"),
        ("Dog chews of rawhide", "961700", "AU"),
    ],
)
def test_restricted_goods_go_with_a_permit_only(description, hs_code, to):
    assert said(description=description, hs_code=hs_code, to=to) == "block"
    assert said(description=description, hs_code=hs_code, to=to, references={"permit": "DE-2026-17"}) == "warn"


def test_a_rule_from_memory_bars_until_a_person_has_looked_it_up_and_says_so():
    looked_up = {"references": {"permit": "allowed, looked up 2026-11-23"}}
    assert said(description="Airsoft pistol", hs_code="950300", to="US") == "block"
    assert said(description="Airsoft pistol", hs_code="950300", to="US", **looked_up) == "warn"
    assert said(description="Fireworks", hs_code="360410", to="US", **looked_up) == "block"  # no guess


@pytest.mark.parametrize(
    "description",
    ["Ivory silk blouse", "Dress in ivory", "Glasses, tortoiseshell acetate", "Whisky glass", "Snakeskin print scarf",
     "Brush that removes cat fur", "Asbestos-free gloves", "Soap, not tested on animals", "Counterfeit money detector"],
)  # fmt: skip
@pytest.mark.parametrize("to", ["DE", "SA"])
def test_words_that_mean_another_thing_stop_nothing(description, to):
    assert said(description=description, to=to) == ""


@pytest.mark.parametrize(
    ("carrier", "answer"), [("royal_mail", "block"), ("usps", "block"), ("table", "")], ids=["post", "usps", "courier"]
)
def test_perfume_goes_by_courier_and_never_by_post(carrier, answer):
    goods = {"un": "UN1266", "packing_instruction": "Y344", "watt_hours": None, "count": 1}
    description = "Eau de parfum, 50 ml"
    assert said(description=description, hs_code="330300", to="US", carrier=carrier, dangerous_goods=goods) == answer


def test_goods_of_an_embargo_are_known_by_where_they_were_made():
    assert said(to="US", origin="IR", description="Carpet, hand-knotted, wool", hs_code="570110") == "block"
    assert said(to="DE", origin="IR", description="Carpet, hand-knotted, wool", hs_code="570110") == ""
    assert said(to="DE", origin="RU", description="Steel pan", hs_code="732393") == "block"


@pytest.mark.parametrize(("city", "answer"), [("Sevastopol", "block"), ("Севастополь", "block"), ("Київ", "")])
def test_an_embargoed_region_is_known_by_its_towns(city, answer):
    assert said(to="UA", city=city) == answer


def test_every_rule_has_a_source_and_names_countries_that_exist():
    for rule in table("restricted")["goods"]:
        assert rule["source"] and rule["action"] in {"block", "permit", "warn"}, rule["name"]
        assert rule.get("hs") or rule.get("words"), rule["name"]
        assert set(rule.get("destinations", ())) - {"EU"} <= set(COUNTRIES), rule["name"]
