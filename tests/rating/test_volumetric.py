from shipsmart.ports import ParcelSpec
from shipsmart.rating.volumetric import billed_weight_g, divisor_of

LIGHT = ParcelSpec("1", 1_200, 300, 200, 150)  # 9,000 cm3
HEAVY = ParcelSpec("2", 4_000, 300, 200, 150)


def test_the_greater_weight_is_billed_parcel_by_parcel():
    assert billed_weight_g([LIGHT, HEAVY], 5000) == 1_800 + 4_000
    assert billed_weight_g([LIGHT, HEAVY], 6000) == 1_500 + 4_000


def test_the_contracts_divisor_comes_before_the_carriers_own():
    assert divisor_of("correios", {}) == 6000
    assert divisor_of("correios", {"volumetric_divisor": "4000"}) == 4000
    assert divisor_of("correios", {"volumetric_divisor": "0"}) == 6000
    assert divisor_of("somebody", {"volumetric_divisor": "a lot"}) == 5000
