"""The agreements that ship inside: whom they serve, what they leave out, from when, and what proves the origin."""

from datetime import UTC, datetime

import pytest

from shipsmart.core.codes import CUSTOMS_UNIONS
from shipsmart.rules.book import current

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SMALL_OR_FREE = {"HK", "SG", "CH", "LI", "IS"}


def plan(country: str, code: str, origin: str, agreement: str, at: datetime = AT):
    return current().regime(country, region=None, at=at).plan(code, origin, agreement)


@pytest.mark.parametrize(
    ("country", "code", "origin", "agreement"),
    [
        ("JP", "620342", "VN", "CPTPP"), ("JP", "610910", "IT", "JP-EU"), ("JP", "620630", "GB", "CEPA"),
        ("JP", "420222", "TH", "JP-TH"), ("KR", "610910", "VN", "AKFTA"), ("KR", "330499", "CA", "KR-CA"),
        ("NZ", "610910", "AU", "CER"), ("NZ", "640399", "IT", "NZ-EU"), ("CA", "610910", "JP", "CPTPP"),
        ("CA", "610910", "GB", "CUKTCA"), ("AU", "610910", "CN", "RCEP"), ("AU", "420222", "IN", "AU-IN"),
        ("CL", "610910", "MX", "CL-MX"), ("MX", "330410", "FR", "MX-EU"), ("BR", "610910", "AR", "Mercosul"),
        ("AR", "640399", "BR", "MERCOSUR"), ("PE", "610910", "CO", "CAN"), ("CO", "610910", "US", "CO-US"),
        ("TR", "610910", "IT", "A.TR"), ("TR", "640399", "GB", "TR-UK"), ("ZA", "610910", "DE", "SADC-EU"),
        ("AE", "610910", "SA", "GCC"), ("SA", "610910", "AE", "GCC"), ("TH", "640399", "VN", "ATIGA"),
        ("VN", "610910", "DE", "EVFTA"), ("TW", "610910", "NZ", "ANZTEC"), ("UA", "610910", "PL", "DCFTA"),
        ("RS", "610910", "DE", "SAA"), ("IL", "610910", "US", "IL-US"), ("GB", "610910", "UA", "UK-UA"),
        ("DE", "610910", "RS", "EU-RS"), ("NO", "610910", "KR", "NO-KR"), ("IN", "610910", "BD", "SAFTA"),
    ],
)  # fmt: skip
def test_goods_of_a_partner_with_proof_are_free_of_a_duty_that_others_pay(country, code, origin, agreement):
    found = plan(country, code, origin, agreement)
    assert found.base.text == "0%"
    assert found.base.stamp.confidence == "estimate"
    assert plan(country, code, "KP", agreement).base.duty.rate > 0


@pytest.mark.parametrize(
    ("country", "code", "origin", "agreement"),
    [("JP", "640399", "VN", "CPTPP"), ("JP", "420221", "IT", "JP-EU"), ("MX", "610910", "VN", "CPTPP"),
     ("BR", "170199", "AR", "MERCOSUL"), ("TR", "090121", "IT", "A.TR"), ("RS", "610910", "CN", "RS-CN")],
)  # fmt: skip
def test_what_an_agreement_leaves_out_pays_the_normal_duty_and_says_so(country, code, origin, agreement):
    found = plan(country, code, origin, agreement)
    assert found.base.text == plan(country, code, "KP", "").base.text
    assert "preference_not_for_goods" in [code for code, _ in found.duty_warnings]


@pytest.mark.parametrize(
    ("country", "origin", "agreement", "first"),
    [
        ("NZ", "GB", "UK-NZ", "2023-05-31T00:00:00+12:00"),
        ("NZ", "DE", "EU-NZ", "2024-05-01T00:00:00+12:00"),
        ("JP", "GB", "CPTPP", "2024-12-15T09:00:00+09:00"),
        ("AU", "IN", "AU-IN", "2022-12-29T00:00:00+11:00"),
        ("CL", "VN", "CPTPP", "2023-02-21T00:00:00-03:00"),
    ],
)
def test_an_agreement_begins_at_its_instant(country, origin, agreement, first):
    start = datetime.fromisoformat(first)
    before = datetime.fromtimestamp(start.timestamp() - 1, UTC)
    assert plan(country, "620342", origin, agreement, before).base.text != "0%"
    assert plan(country, "620342", origin, agreement, start).base.text == "0%"


@pytest.mark.parametrize(
    ("country", "origin", "agreement"),
    [("GB", "DE", "TCA"), ("DE", "KR", "EU-KR"), ("FR", "VN", "EVFTA"), ("KR", "DE", "KR-EU"), ("NZ", "DE", "EU-NZ")],
)
def test_over_six_thousand_euro_a_sellers_own_statement_is_no_proof(country, origin, agreement):
    found = plan(country, "610910", origin, agreement)
    assert (found.proof.amount, found.proof.currency) == (6000, "EUR")
    assert "registered or approved exporter" in found.proof_note


def test_every_place_that_charges_duty_knows_an_agreement():
    without = {
        country
        for country in current().countries
        if not any(rule.kind == "preference" for rule in current().compiler.rules_of(country))
        and CUSTOMS_UNIONS.get(country, country) not in SMALL_OR_FREE
    }
    assert without == set()


@pytest.mark.parametrize(
    ("code", "origin", "day", "warned"),
    [
        ("610910", "US", "2025-03-04T00:01:00-05:00", True),
        ("610910", "US", "2025-03-04T00:00:59-05:00", False),
        ("610910", "US", "2025-09-01T00:00:00-04:00", False),
        ("610910", "MX", "2025-06-01T00:00:00-04:00", False),
        ("732393", "US", "2026-11-22T00:00:00-05:00", True),
    ],
)
def test_canada_warns_of_its_surtax_on_goods_of_the_united_states(code, origin, day, warned):
    added = plan("CA", code, origin, "", datetime.fromisoformat(day)).additional
    assert [bool(rule.notice) for rule in added] == [True] * warned
