from datetime import UTC, datetime

import pytest

from shipsmart.rules import current

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def plan(country, code, origin, preference=None):
    return current().regime(country, region=None, at=NOW).plan(code, origin, preference)


def rules(found):
    return [rule.stamp.rule for rule in found.additional]


def codes(notes):
    return {code for code, _ in notes}


def test_an_agreement_is_known_by_any_spelling_of_its_name():
    for name in ("EU-UK TCA", "eu_uk_tca", "tca_uk", "GB-EU", "uk-eu", "EU-UK 2021"):
        assert plan("DE", "610910", "GB", name).agreement


def test_an_agreement_does_not_serve_goods_of_another_origin():
    found = plan("DE", "610910", "CN", "EU-UK TCA")
    assert not found.agreement
    assert codes(found.duty_warnings) == {"preference_not_for_origin"}


def test_an_unknown_agreement_is_named_and_not_applied():
    assert "preference_unknown" in codes(plan("DE", "610910", "GB", "nonsense").duty_warnings)


def test_usmca_frees_only_lines_that_the_schedule_marks():
    assert plan("US", "6109100012", "MX", "USMCA").agreement == "USMCA"


def test_china_lists_replace_each_other_and_country_duties_come_on_top():
    assert rules(plan("US", "6109100012", "CN")) == ["us/section_301_list_4a", "us/section_301_2026_12_5"]


def test_a_six_digit_code_over_listed_lines_is_charged_and_said_to_be_doubtful():
    found = plan("US", "610910", "CN")
    assert "us/section_301_list_4a" in rules(found)
    assert "additional_duty_doubtful" in codes(found.duty_warnings)


def test_goods_without_a_code_are_not_charged_by_lists_but_the_possibility_is_said():
    found = plan("US", None, "CN")
    assert "us/section_301_list_4a" not in rules(found)
    assert "additional_duty_possible" in codes(found.duty_warnings)


def test_a_section_232_duty_keeps_the_country_duty_away():
    assert rules(plan("US", "72091500", "IN")) == ["us/section_232_metals_mill"]


def test_books_are_free_of_the_country_duties():
    assert rules(plan("US", "49019900", "VN")) == []


def test_the_reduced_rate_of_the_longest_heading_wins():
    regime = current().regime("IE", region=None, at=NOW)
    rates = {code: regime.plan(code, "CN", None).rates[0][0].stamp.rule for code in ("611120", "490199", "851713")}
    assert rates == {"611120": "ie/vat_childrens_wear", "490199": "ie/vat_books", "851713": "ie/vat"}


def test_made_up_regions_share_one_regime():
    book = current()
    first, second = (book.regime("CA", region=name, at=NOW) for name in ("Q1", "Q2"))
    assert first is second
    assert "region_missing" in codes(first.warnings)
    assert book.regime("DE", region="Q1", at=NOW) is book.regime("DE", region=None, at=NOW)


@pytest.mark.parametrize(
    ("state", "remittance", "ordinary"), [("SP", "0.17", "0.18"), ("MG", "0.20", "0.18"), ("RJ", "0.17", "0.22")]
)
def test_brazilian_states_pay_their_own_rate(state, remittance, ordinary):
    regime = current().regime("BR", region=state, at=NOW)
    rates = zip(regime.taxes, regime.plan("610910", "CN", None).rates, strict=True)
    icms = {tax.id: str(found[0].rate) for tax, found in rates if tax.id.startswith("icms")}
    assert icms == {"icms": remittance, "icms_import": ordinary}
