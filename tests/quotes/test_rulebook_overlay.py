"""The rulebook in force: packaged law with imported tariffs and rates laid over it, swapped whole."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from integrations.feeds import operations
from integrations.feeds.operations import Wishes
from shipsmart import rules
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.quotes import rulebook
from shipsmart.quotes.radar import differences
from shipsmart.rules.tariff import Tariff

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
HEAD = "HTS Number,Description,General Rate of Duty,Special Rate of Duty,Column 2 Rate of Duty\n"


@pytest.fixture
def root(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    rulebook.forget()
    yield rulebook.folder()
    rulebook.forget()


def import_shirts(tmp_path, duty, *, effective=date(2026, 11, 1)):
    path = tmp_path / "hts.csv"
    path.write_text(f"{HEAD}6109.10.00,Shirts,{duty},,90%\n")
    wishes = Wishes(effective=effective, merge=True, title="Shirts only")
    return operations.import_tariff("hts", path, wishes=wishes, today=TODAY)


def import_rate(tmp_path, price, day="2026-11-21"):
    path = tmp_path / "own.csv"
    path.write_text(f"base,currency,rate,day,source\nUSD,BRL,{price},{day},our bank\n")
    return operations.import_rates("manual", path, wishes=Wishes())


def shirts(at=NOW, currency="USD"):
    return {
        "id": "shirts", "at": at.isoformat(), "ship_from": {"country": "GB"}, "ship_to": {"country": "US"},
        "currency": currency,
        "lines": [{"id": "1", "quantity": 10, "unit_price": "100.00", "hs_code": "6109100004", "origin": "GB"}],
    }  # fmt: skip


def answer(request, law):
    return compute(parse_request(request, now=NOW), law=law).as_answer()


def duty(found):
    return sum(Decimal(c["amount"]) for c in found["charges"] if c["kind"] == "duty")


def test_without_imports_the_packaged_rulebook_is_in_force(root):
    assert rulebook.current() is rules.current()


def test_an_import_changes_duty_version_and_hash_together(root, tmp_path):
    before = answer(shirts(), rulebook.current())
    import_shirts(tmp_path, "20%")
    after = answer(shirts(), rulebook.current())
    # 1,000 dollars of shirts: 16.5 % in the packaged schedule, 20 % in the imported one.
    assert (duty(before), duty(after)) == (Decimal("165.00"), Decimal("200.00"))
    assert before["rulebook"]["sha256"] != after["rulebook"]["sha256"]
    assert before["rulebook"]["version"] != after["rulebook"]["version"]


def test_a_charge_names_the_imported_source_and_its_day(root, tmp_path):
    import_shirts(tmp_path, "20%")
    [charge] = [c for c in answer(shirts(), rulebook.current())["charges"] if c["kind"] == "duty"]
    assert charge["source"]["title"].startswith("Shirts only; other codes: USITC")
    assert charge["in_force"]["from"] == "2026-11-01T00:00:00-04:00"


@pytest.mark.parametrize(
    ("at", "amount"),
    [("2026-11-01T03:59:59+00:00", "165.00"), ("2026-11-01T04:00:00+00:00", "200.00")],
)
def test_an_imported_tariff_begins_at_midnight_where_it_applies(root, tmp_path, at, amount):
    import_shirts(tmp_path, "20%")
    assert duty(answer(shirts(datetime.fromisoformat(at)), rulebook.current())) == Decimal(amount)


def test_an_older_import_ends_where_the_next_begins(root, tmp_path):
    import_shirts(tmp_path, "20%", effective=date(2026, 11, 10))
    import_shirts(tmp_path, "18%", effective=date(2026, 11, 1))
    law = rulebook.current()
    found = {day: duty(answer(shirts(datetime(2026, 11, day, 12, tzinfo=UTC)), law)) for day in (5, 15)}
    assert found == {5: Decimal("180.00"), 15: Decimal("200.00")}


def test_merged_codes_leave_all_others_as_they_were(root, tmp_path):
    import_shirts(tmp_path, "20%")
    at = datetime(2026, 11, 22, tzinfo=UTC)
    plans = [book.regime("US", region=None, at=at).plan("8518302000", "GB", None).base.text
             for book in (rules.current(), rulebook.current())]  # fmt: skip
    assert plans[0] == plans[1] != ""


def test_newer_rows_speak_for_all_codes_below_them():
    older = Tariff("a", "hs,duty,column_2\n61091000,16.5%,90%\n6109100004,17%,\n6110,6%,\n")
    found = rulebook.overlaid(older, Tariff("b", "hs,duty\n61091000,20%\n"))
    assert {code: found.find(code).text for code in ("6109100004", "61091000", "61101190")} == {
        "6109100004": "20%", "61091000": "20%", "61101190": "6%"
    }  # fmt: skip
    assert found.second_column("61091000") is None
    assert found.confidence == {"61091000": "verified"}


def test_imported_exchange_rates_serve_and_change_the_hash(root, tmp_path):
    before = rulebook.current().sha256
    import_rate(tmp_path, "5.50")
    book = rulebook.current()
    nearest = next(one for one in book.rate_sets(NOW) if one.source == "our bank")
    assert nearest.rates == {"BRL": Decimal("5.50")}
    assert book.rate_sets(NOW)[0] is nearest
    assert book.sha256 != before


def test_a_rate_imported_again_takes_the_place_of_the_first(root, tmp_path):
    import_rate(tmp_path, "5.50")
    import_rate(tmp_path, "5.60")
    prices = [one.rates["BRL"] for one in rulebook.current().exchange if one.source == "our bank"]
    assert prices == [Decimal("5.60")]


def test_an_old_hash_finds_its_own_rulebook_again(root, tmp_path):
    packaged = rulebook.current()
    import_shirts(tmp_path, "20%")
    first = rulebook.current()
    import_rate(tmp_path, "5.50")
    again = rulebook.find(first.sha256)
    assert (again.version, again.sha256) == (first.version, first.sha256)
    assert answer(shirts(), again) == answer(shirts(), first)
    assert rulebook.find(packaged.sha256) is packaged
    assert rulebook.find("0" * 64) is None


def test_a_process_sees_an_import_of_another_within_its_interval(root, tmp_path, monkeypatch):
    before = rulebook.current()
    monkeypatch.setattr(operations.rulebook, "forget", lambda: None)
    import_shirts(tmp_path, "20%")
    assert rulebook.current() is before
    monkeypatch.setattr(rulebook, "CHECK_EVERY_S", 0.0)
    assert rulebook.current().sha256 != before.sha256


def test_a_damaged_release_leaves_the_last_good_rulebook_in_force(root, tmp_path):
    import_shirts(tmp_path, "20%")
    good = rulebook.current()
    import_rate(tmp_path, "5.50")
    table = next(root.glob("tariff/us/*/table.csv"))
    table.write_text(table.read_text().replace("20%", "0%"))
    rulebook.forget()
    assert rulebook.current() is good


def test_a_process_that_starts_with_a_damaged_release_answers_by_the_packaged_law(root, tmp_path, monkeypatch):
    import_shirts(tmp_path, "20%")
    next(root.glob("tariff/us/*/table.csv")).unlink()
    monkeypatch.setattr(rulebook, "_memory", rulebook._Memory())
    assert rulebook.current() is rules.current()


def test_threads_see_one_rulebook_or_the_other_and_never_wait(root, tmp_path, monkeypatch):
    monkeypatch.setattr(rulebook, "CHECK_EVERY_S", 0.0)
    before = rulebook.current()
    seen, stop = set(), threading.Event()

    def look():
        while not stop.is_set():
            book = rulebook.current()
            seen.add((book.version, book.sha256, duty(answer(shirts(), book))))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    import_shirts(tmp_path, "20%")
    after = rulebook.current()
    stop.set()
    for thread in threads:
        thread.join()
    assert seen <= {
        (before.version, before.sha256, Decimal("165.00")), (after.version, after.sha256, Decimal("200.00"))
    }  # fmt: skip


def test_the_radar_names_the_charge_and_by_how_much(root, tmp_path):
    import_shirts(tmp_path, "20%")
    old, new = rules.current(), rulebook.current()
    request = shirts()
    [found] = differences([(request, answer(request, old))], old=old, new=new)
    assert found.difference == Decimal("35.00")
    assert [(c.kind, c.line, c.old, c.new, c.difference, c.old_rate, c.new_rate) for c in found.charges] == [
        ("duty", "1", Decimal("165.00"), Decimal("200.00"), Decimal("35.00"), "16.5%", "20%")
    ]
    assert (found.id, found.destination, found.currency, found.drifted) == ("shirts", "US", "USD", False)


def test_the_radar_is_silent_about_quotes_that_stay(root, tmp_path):
    import_shirts(tmp_path, "20%", effective=date(2026, 12, 1))
    old, new = rules.current(), rulebook.current()
    request = shirts()
    rows = [(request, answer(request, old))]
    assert list(differences(rows, old=old, new=new)) == []
    [later] = differences(rows, old=old, new=new, at=datetime(2026, 12, 2, tzinfo=UTC))
    assert later.difference == Decimal("35.00")


def test_the_radar_says_when_a_duty_can_no_longer_be_computed(root, tmp_path):
    path = tmp_path / "hts.csv"
    path.write_text(f"{HEAD}6109.10.00,Shirts,See additional U.S. note 3,,\n6110.11.00,Jerseys,16%,,\n")
    operations.import_tariff("hts", path, wishes=Wishes(effective=date(2026, 11, 1), merge=True), today=TODAY)
    old, new = rules.current(), rulebook.current()
    [found] = differences([(shirts(), answer(shirts(), old))], old=old, new=new)
    assert (found.new_status, found.new_total, found.difference) == ("not_computable", None, None)
    assert [c.new for c in found.charges if c.kind == "duty"] == [None]
