"""The shares of the bench, and the floor under the classifier on our own products."""

from integrations.bench.classify_fit import curve, fit
from integrations.bench.classify_quality import (
    RULINGS,
    abstention,
    calibration_error,
    kept_aside,
    labelled,
    measure,
    tuning,
    wilson,
)
from shipsmart.classify import Answer, Candidate, engine
from shipsmart.classify.folding import words


def test_no_labelled_title_stands_word_for_word_in_the_dictionary() -> None:
    names = {phrase for phrase, _ in engine().kinds.items()}
    assert [product.item.title for product in labelled() if tuple(words(product.item.title)) in names] == []


def test_labelled_products_cover_three_languages_and_codes_that_exist() -> None:
    products = labelled()
    assert {product.language for product in products} == {"en", "pt", "es"}
    assert [p.hs_code for p in products if p.hs_code not in engine().nomenclature] == []


def test_of_what_is_accepted_nineteen_in_twenty_are_right() -> None:
    quality = measure(engine(), labelled())
    assert quality.products >= 150
    assert (quality.accepted_precision_hs6 or 0) >= 0.95
    assert quality.accepted >= 10
    assert quality.top1_hs6 >= 0.8


def test_the_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    # Two at 0.9, one of them right: 0.4 off. Two at 0.2, none right: 0.2 off.
    assert round(calibration_error([(0.9, True), (0.9, False), (0.2, False), (0.2, False)]), 6) == 0.3


def test_the_fit_learns_which_feature_tells() -> None:
    rows = [((1.0, 1.0), True, True)] * 9 + [((1.0, 1.0), False, True)] + [((1.0, 0.0), False, True)] * 10
    weights = fit(rows, fixed={})
    assert weights[1] > 1
    assert list(curve(rows, weights))[0] == (0.3, 10, 9)


def test_there_are_six_hundred_and_no_row_is_on_both_sides() -> None:
    assert len(labelled()) + len(labelled(RULINGS)) >= 600
    assert not {p.item.title for p in tuning()} & {p.item.title for p in kept_aside()}


def test_wilsons_lower_bound() -> None:
    # 44 of 44: 44 / (44 + 1.96 squared) = 0.9197.
    assert round(wilson(44, 44), 4) == 0.9197
    assert wilson(0, 0) == 0.0


def test_the_abstention_curve_leaves_out_the_unsure() -> None:
    sure, unsure = (Answer((Candidate("610910", c, ()),), "review") for c in (0.9, 0.1))
    points = abstention([(sure, "610910"), (unsure, "420222")])
    assert points[0] == (0.0, 1.0, 0.5)
    assert points[9] == (0.9, 0.5, 1.0)
