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


UMBRELLA = replace(MUG, sku="UMB", unit_weight_g=300, size_mm=(40, 550, 40))


def test_a_long_thing_needs_a_long_box_however_light_it_is():
    assert pack_into([SMALL, LARGE], [UMBRELLA]).boxes == (LARGE,)
    assert pack_into([SMALL, LARGE], [replace(UMBRELLA, size_mm=(240, 190, 90))]).boxes == (SMALL,)


def test_a_thing_may_be_turned_and_one_alone_may_fill_its_box():
    assert pack_into([SMALL], [replace(MUG, size_mm=(100, 250, 200))]).misfits == ()


def test_several_sized_things_fill_a_box_to_four_fifths():
    brick = replace(MUG, unit_weight_g=10, size_mm=(100, 100, 100))  # a litre; the small box holds five
    assert pack_into([SMALL, LARGE], [replace(brick, quantity=4)]).boxes == (SMALL,)
    assert pack_into([SMALL, LARGE], [replace(brick, quantity=5)]).boxes == (LARGE,)


def test_a_thing_too_long_for_every_box_is_named_with_its_sides():
    pole = replace(UMBRELLA, size_mm=(900, 40, 40))
    found = pack_into([SMALL, LARGE], [pole, MUG])
    assert found.misfits == ("UMB (300 g, 900 x 40 x 40 mm) fits no box",)
    assert sum(parcel.weight_g for parcel in found.parcels) == 300 + 400 + sum(box.tare_g for box in found.boxes)


SIZED = st.tuples(st.integers(1, 5), st.integers(1, 4_000), st.tuples(*[st.integers(1, 400)] * 3))


@given(st.lists(SIZED, min_size=1, max_size=6))
def test_sized_goods_lose_no_gram_and_nothing_lies_in_a_box_too_short_for_it(rows):
    items = [replace(MUG, quantity=n, unit_weight_g=grams, size_mm=size) for n, grams, size in rows]
    found = pack_into([SMALL, LARGE], items)
    assert sum(p.weight_g for p in found.parcels) == sum(n * grams for n, grams, _ in rows) + sum(
        box.tare_g for box in found.boxes
    )
    assert found.misfits == ()
    longest = max(max(size) for *_, size in rows)
    assert max(max(p.length_mm, p.width_mm, p.height_mm) for p in found.parcels) >= longest
