"""What a rule file can say beyond plain rates, on a made-up law whose amounts are worked out by hand."""

from datetime import UTC, datetime

import pytest

from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.core.revision import revise
from shipsmart.rules import current, load_rulebook
from shipsmart.rules.dated import BadRule

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HEAD = """title = "Kenya: {name}"
kind = "{kind}"
checked = 2026-11-22
source_title = "A law"
source = "https://example.org/law"
confidence = "verified"

[[values]]
effective = 2026-01-01T00:00:00+03:00
status = "enacted"
"""
LAW = {
    "jurisdiction": ("jurisdiction", 'currency = "KES"\ncustoms_value = "cif"'),
    "standard": ("route", 'order = 90\nduty = "tariff"\ntax = "normal"'),
    "base_duty": ("base_duty", 'all = "10%"'),
    "vat": ("tax", 'rate = 0.16\nbase = ["customs_value", "duty"]'),
}


@pytest.fixture
def law(tmp_path):
    """Write the files of Kenya, with others added or put in their place, and load them."""

    def build(**files):
        (tmp_path / "ke").mkdir(exist_ok=True)
        for name, (kind, body) in {**LAW, **files}.items():
            (tmp_path / "ke" / f"{name}.toml").write_text(HEAD.format(kind=kind, name=name) + body + "\n")
        return load_rulebook(tmp_path)

    return build


def costed(book, *lines, **changes):
    lines = lines or ({"id": "a", "quantity": 1, "unit_price": "1000.00", "hs_code": "610910", "origin": "CN"},)
    data = {
        "at": "2026-11-10T12:00:00+03:00",
        "ship_from": {"country": "CN"},
        "ship_to": {"country": "KE"},
        "currency": "KES",
        "lines": list(lines),
        **changes,
    }
    return compute(parse_request(data, now=NOW), law=book)


def rows(found):
    charges = found.as_answer()["charges"]
    return {(c["rule"].partition("/")[2], c["line"]): (c["base"]["amount"], c["rate"], c["amount"]) for c in charges}


def test_only_what_of_each_piece_exceeds_the_free_part_is_taxed(law):
    over = ("tax_rate", 'tax = "vat"\nrate = 0.16\nhs = ["61"]\nfree_part = "175 KES"')
    book = law(vat=("tax", 'rate = 0.16\nbase = ["goods"]'), over=over)
    line = {"id": "a", "quantity": 2, "unit_price": "200.00", "hs_code": "610910", "origin": "CN"}
    # 2 x (200 - 175) = 50 at 16 %; of 170 a piece nothing is left; bags have no free part.
    assert rows(costed(book, line))["over", "a"] == ("50.00", "16%", "8.00")
    assert rows(costed(book, {**line, "unit_price": "170.00"}))["over", "a"] == ("0.00", "16%", "0.00")
    assert rows(costed(book, {**line, "hs_code": "420221"}))["vat", "a"] == ("400.00", "16%", "64.00")
    base = costed(book, line).as_answer()["charges"][-1]["base"]["made_of"]
    assert base == {"goods": "400.00", "free_part": "-350.00"}


def test_a_free_part_comes_back_with_its_piece(law):
    over = ("tax_rate", 'tax = "vat"\nrate = 0.16\nhs = ["61"]\nfree_part = "175 KES"')
    book = law(vat=("tax", 'rate = 0.16\nbase = ["goods"]'), over=over)
    line = {"id": "a", "quantity": 2, "unit_price": "200.00", "hs_code": "610910", "origin": "CN"}
    cut = revise(costed(book, line), kept={"a": 1}).charges[-1].quoted
    assert [str(part) for part in cut] == ["8.00", "4.00", "4.00"]


@pytest.mark.parametrize(
    ("price", "due"), [("175.00", "0.00"), ("175.01", "0.00"), ("200.00", "1.56"), ("99.00", "0.00")]
)
def test_massachusetts_taxes_the_excess_over_175_dollars(price, due):
    # 6.25 % of 25.00 is 1.5625; of one cent nothing is left after rounding.
    line = {"id": "a", "quantity": 1, "unit_price": price, "hs_code": "610910", "origin": "CN"}
    place = {"country": "US", "region": "MA"}
    found = costed(current(), line, ship_to=place, currency="USD", schemes=["US_SALES_TAX:MA"])
    tax = [c for c in found.as_answer()["charges"] if c["rule"].startswith("us/sales_tax")]
    assert [c["amount"] for c in tax] == [due]


def test_a_fee_of_the_state_stands_in_the_base_of_a_tax(law):
    vat = ("tax", 'rate = 0.16\nbase = ["customs_value", "duty", "fee:stamp"]')
    book = law(vat=vat, stamp=("fee", 'per = "entry"\namount = "0.8%"'))
    first = {"id": "a", "quantity": 1, "unit_price": "1000.00", "hs_code": "610910", "origin": "CN"}
    found = costed(book, first, {**first, "id": "b", "unit_price": "500.00"})
    # 0.8 % of 1500 is 12.00, shared 8.00 to 4.00: 16 % of 1000 + 100 + 8 and of 500 + 50 + 4.
    assert rows(found)["vat", "a"] == ("1108.00", "16%", "177.28")
    assert rows(found)["vat", "b"] == ("554.00", "16%", "88.64")
    assert rows(found)["stamp", None] == ("1500.00", "0.8% per entry", "12.00")


def test_the_tax_on_a_fee_stands_when_the_goods_come_back(law):
    vat = ("tax", 'rate = 0.16\nbase = ["customs_value", "duty", "fee:stamp"]')
    book = law(vat=vat, stamp=("fee", 'per = "entry"\namount = "0.8%"'))
    revised = revise(costed(book), kept={"a": 0}).charges
    kept = {row.charge.stamp.rule: str(row.quoted.kept) for row in revised}
    # 16 % of the fee of 8.00 is 1.28.
    assert kept == {"ke/base_duty": "0.00", "ke/vat": "1.28", "ke/stamp": "8.00"}


def test_mexico_puts_the_processing_fee_into_the_base_of_iva():
    line = {"id": "a", "quantity": 1, "unit_price": "100000.00", "hs_code": "950300", "origin": "CN"}
    found = rows(costed(current(), line, ship_to={"country": "MX"}, currency="MXN", buyer="business"))
    duty, fee, iva = found["base_duty", "a"], found["dta", None], found["iva", "a"]
    assert fee == ("100000.00", "0.8% per entry", "800.00")
    assert float(iva[0]) == float(duty[0]) + float(duty[2]) + 800


def test_a_route_may_set_the_base_of_one_tax_alone(law):
    levy = ("tax", 'order = 10\nrate = 0.03\nbase = ["customs_value"]')
    route = ("route", 'order = 10\nduty = "tariff"\ntax = "normal"\ntax_base = { vat = ["goods"] }')
    found = rows(costed(law(levy=levy, simple=route), freight="100.00"))
    assert found["vat", "a"] == ("1000.00", "16%", "160.00")
    assert found["levy", "a"] == ("1100.00", "3%", "33.00")
    whole = ("route", 'order = 10\nduty = "tariff"\ntax = "normal"\ntax_base = ["goods"]')
    found = rows(costed(law(levy=levy, simple=whole), freight="100.00"))
    assert (found["vat", "a"][0], found["levy", "a"][0]) == ("1000.00", "1000.00")


def test_a_tax_may_be_for_one_kind_of_consignee(law):
    book = law(levy=("tax", 'order = 10\nrate = 0.03\nbase = ["customs_value"]\nbuyers = ["business"]'))
    assert ("levy", "a") not in rows(costed(book))
    assert rows(costed(book, buyer="business"))["levy", "a"] == ("1000.00", "3%", "30.00")


def test_a_route_may_charge_the_additional_duties_alone(law):
    files = {
        "mail": (
            "route",
            'order = 10\ntransports = ["post"]\nduty = "additional"\nduty_groups = ["x"]\ntax = "normal"',
        ),
        "extra_x": ("additional_duty", 'duty = "20%"\ngroup = "x"'),
        "extra_y": ("additional_duty", 'duty = "5%"\ngroup = "y"'),
    }
    book = law(**files)
    by_mail = rows(costed(book, transport="post"))
    assert by_mail["mail", None] == ("1000.00", "0%", "0.00")
    assert by_mail["extra_x", "a"] == ("1000.00", "20%", "200.00")
    assert by_mail["vat", "a"] == ("1200.00", "16%", "192.00")
    assert len(by_mail) == 3
    assert rows(costed(book))["vat", "a"] == ("1350.00", "16%", "216.00")  # 10 % + 20 % + 5 %


def test_mail_to_the_united_states_paid_the_ieepa_duty_alone_until_february_2026():
    line = {"id": "a", "quantity": 1, "unit_price": "100.00", "hs_code": "610910", "origin": "JP"}
    to = {"ship_from": {"country": "JP"}, "ship_to": {"country": "US"}, "currency": "USD", "transport": "post"}
    # Japan's duty tops the ordinary one up to 15 %; by mail there is no ordinary one, so 15.00 it is.
    answer = costed(current(), line, **to, at="2025-12-01T12:00:00-05:00").as_answer()
    assert (answer["totals"]["duty"], answer["totals"]["additional_duty"]) == ("0.00", "15.00")
    later = costed(current(), line, **to, at="2026-02-24T00:01:00-05:00").as_answer()
    assert (later["totals"]["duty"], later["totals"]["additional_duty"]) == ("10.00", "0.00")


def test_an_exempt_list_and_a_doubtful_list_go_together(tmp_path, law):
    (tmp_path / "tariff").mkdir()
    (tmp_path / "tariff" / "ke_lists.csv").write_text("list,hs\nexempt,490199\nmaybe,950300\n")
    extra = 'duty = "20%"\nnot_list = ["exempt"]\ndoubtful_list = ["maybe"]'
    book = law(extra=("additional_duty", extra))
    line = {"id": "a", "quantity": 1, "unit_price": "1000.00", "origin": "CN"}
    assert ("extra", "a") not in rows(costed(book, {**line, "hs_code": "490199"}))
    doubtful, plain = (costed(book, {**line, "hs_code": code}) for code in ("950300", "610910"))
    assert rows(doubtful)["extra", "a"] == rows(plain)["extra", "a"] == ("1000.00", "20%", "200.00")
    codes = [[note["code"] for note in found.as_answer()["warnings"]] for found in (doubtful, plain)]
    assert codes == [["additional_duty_doubtful"], []]


@pytest.mark.parametrize(
    ("name", "kind", "body", "said"),
    [
        ("vat", "tax", 'rate = 0.16\nbase = ["custom_value"]', "custom_value"),
        ("vat", "tax", 'rate = 0.16\nbase = "goods"', "goods"),
        ("vat", "tax", 'rate = 0.16\nbase = ["goods", "fee:none"]', "none"),
        ("vat", "tax", 'rate = 0.16\nbase = ["goods", "tax:none"]', "none"),
        ("vat", "tax", 'rate = 0.16\nbuyers = ["company"]', "company"),
        ("standard", "route", 'order = 90\nduty = "tariff"\ntax_base = { iva = ["goods"] }', "iva"),
        ("standard", "route", 'order = 90\nduty = "tariff"\ntaxes = ["iva"]', "iva"),
        ("standard", "route", 'order = 90\nduty = "tariff"\nduty_groups = ["x"]', "duty_groups"),
        ("over", "tax_rate", 'tax = "vat"\nrate = 0.1\nfree_part = "175"', "175"),
        ("stamp", "fee", 'amount = "2 USD"\nsteps = [{ amount = "2 USD" }, { up_to = 3, amount = "1 USD" }]', "steps"),
        ("stamp", "fee", 'amount = "2 USD"\nsteps = [{ up_to = 3, amount = "2 USD" }]', "last step"),
    ],
)
def test_what_a_file_misspells_does_not_load(law, name, kind, body, said):
    with pytest.raises(BadRule, match=said):
        law(**{name: (kind, body)}).regime("KE", region=None, at=NOW)
