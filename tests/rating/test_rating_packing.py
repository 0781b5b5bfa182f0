from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shipsmart.ports import CustomsItem
from shipsmart.rating.packing import pack, pack_into
from shipsmart.rating.values import BoxSize

SMALL = BoxSize("small", 250, 200, 100, 60, 5_000)
LARGE = BoxSize("large", 600, 400, 400, 500, 20_000)
MUG = CustomsItem("M", "Ceramic mug", "691110", "PT", 1, Decimal(12), 400)


def test_goods_go_into_the_smallest_box_that_takes_them_with_its_own_weight():
    assert [(p.weight_g, p.length_mm, p.width_mm, p.height_mm) for p in pack([MUG], [LARGE, SMALL])] == [
        (460, 250, 200, 100)
    ]


def test_volume_at_the_stated_density_decides_for_the_larger_box():
    # 5 litres at 200 kg/m3 take 1,000 g of goods; 1,200 g need the next box.
    assert pack([replace(MUG, quantity=3)], [SMALL, LARGE])[0].weight_g == 1_200 + 500


def test_goods_over_the_largest_box_go_into_several_and_no_gram_is_lost():
    parcels = pack([replace(MUG, quantity=100, unit_weight_g=500)], [SMALL, LARGE])
    assert len(parcels) == 3
    assert sum(p.weight_g for p in parcels) == 50_000 + 3 * 500
    assert [p.reference for p in parcels] == ["1", "2", "3"]
    assert all(p.weight_g <= 20_000 for p in parcels)


def test_a_single_unit_over_every_limit_travels_alone():
    parcels = pack([replace(MUG, unit_weight_g=45_000), MUG], [LARGE])
    assert sorted(p.weight_g for p in parcels) == [900, 45_500]


def test_without_boxes_a_default_is_used_and_without_goods_there_is_no_parcel():
    assert pack([MUG], [])[0].weight_g == 400
    assert pack([], [SMALL]) == ()


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 9_000)), min_size=1, max_size=8))
def test_weight_in_is_weight_out_and_no_box_is_overfilled(rows):
    items = [replace(MUG, quantity=quantity, unit_weight_g=weight) for quantity, weight in rows]
    parcels = pack(items, [LARGE])
    assert sum(p.weight_g - 500 for p in parcels) == sum(quantity * weight for quantity, weight in rows)
    assert all(p.weight_g <= 20_000 for p in parcels)


def test_what_fits_no_box_is_named_and_what_only_needs_several_is_not():
    crate = replace(MUG, sku="CRATE", unit_weight_g=45_000)
    assert pack_into([SMALL, LARGE], [crate, MUG]).misfits == ("CRATE (45000 g) fits no box",)
    many = pack_into([SMALL, LARGE], [replace(MUG, quantity=100)])
    assert (many.misfits, [box.name for box in many.boxes]) == ((), ["large"] * 3)
