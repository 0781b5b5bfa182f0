import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.feeds import rates
from integrations.feeds.report import BadFeed
from shipsmart.rules.book import rate_set

SHARED = Path(os.environ.get("SHIPSMART_SHARED", Path(__file__).resolve().parents[4] / "shared"))
ECB = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><gesmes:subject>Reference rates</gesmes:subject><Cube>
<Cube time="2026-11-20"><Cube currency="USD" rate="1.1201"/><Cube currency="JPY" rate="178.02"/></Cube>
<Cube time="2026-11-19"><Cube currency="USD" rate="1.1188"/><Cube currency="XXL" rate="0"/></Cube>
</Cube></gesmes:Envelope>"""
HMRC = """<?xml version="1.0" encoding="UTF-8"?><exchangeRateMonthList Period="01/Nov/2026 to 30/Nov/2026">
<exchangeRate><countryName>USA</countryName><countryCode>US</countryCode><currencyName>Dollar </currencyName>
<currencyCode>USD</currencyCode><rateNew>1.3177</rateNew></exchangeRate>
<exchangeRate><countryName>Ecuador</countryName><countryCode>EC</countryCode><currencyName>Dollar</currencyName>
<currencyCode>USD</currencyCode><rateNew>1.3177</rateNew></exchangeRate>
<exchangeRate><countryName>Japan</countryName><countryCode>JP</countryCode><currencyName>Yen</currencyName>
<currencyCode>JPY</currencyCode><rateNew>209.5</rateNew></exchangeRate></exchangeRateMonthList>"""
HMRC_CSV = """Country/Territories,Currency,Currency Code,Currency Units per £1,Start Date,End Date
USA,Dollar,USD,1.3177,01/11/2026,30/11/2026
Ecuador,Dollar,USD,1.3177,01/11/2026,30/11/2026
Japan,Yen,JPY,209.5,01/11/2026,30/11/2026
"""
HMRC_PERIOD_CSV = """Period,countryName,countryCode,currencyName,currencyCode,rateNew
01/Nov/2026 to 30/Nov/2026,USA,US,Dollar,USD,1.3177
01/Nov/2026 to 30/Nov/2026,Ecuador,EC,Dollar,USD,1.3177
01/Nov/2026 to 30/Nov/2026,Japan,JP,Yen,JPY,209.5
"""


def saved(tmp_path, text, name="rates.xml"):
    path = tmp_path / name
    path.write_text(text)
    return path


def sets_of(found):
    return [rate_set(line) for line in found.as_lines(source="S", url="https://example.test/").splitlines()]


def test_the_ecb_gives_one_set_a_day_oldest_first(tmp_path):
    found = rates.ecb(saved(tmp_path, ECB))
    first, second = sets_of(found)
    assert (first.base, first.day, first.purpose, first.rates) == (
        "EUR", date(2026, 11, 19), "threshold", {"USD": Decimal("1.1188")}
    )  # fmt: skip
    assert second.rates == {"USD": Decimal("1.1201"), "JPY": Decimal("178.02")}


def test_a_price_of_zero_is_listed_and_not_taken(tmp_path):
    tally = rates.ecb(saved(tmp_path, ECB)).tally
    assert (tally.read, tally.taken) == (4, 3)
    assert (tally.unread[0].row, tally.unread[0].column, tally.unread[0].text) == ("5", "XXL", "0")


@pytest.mark.parametrize(
    ("name", "text"), [("month.xml", HMRC), ("month.csv", HMRC_CSV), ("period.csv", HMRC_PERIOD_CSV)]
)
def test_hmrc_rates_hold_from_the_first_of_the_month(tmp_path, name, text):
    found = rates.hmrc(saved(tmp_path, text, name))
    [one] = sets_of(found)
    assert (one.base, one.day, one.purpose) == ("GBP", date(2026, 11, 1), "customs")
    assert one.rates == {"USD": Decimal("1.3177"), "JPY": Decimal("209.5")}
    assert found.tally.aside == {"the same price again: countries share a currency": 1}


def test_a_second_price_for_the_same_currency_is_listed(tmp_path):
    found = rates.hmrc(
        saved(tmp_path, HMRC_CSV.replace("Ecuador,Dollar,USD,1.3177", "Ecuador,Dollar,USD,1.4"), "m.csv")
    )
    assert found.tally.unread[0].reason.startswith("a second price")
    assert sets_of(found)[0].rates["USD"] == Decimal("1.3177")


def test_a_merchants_table_names_its_own_source_and_purpose(tmp_path):
    text = "base,currency,rate,day,purpose,source\nBRL,USD,0.1871,2026-11-20,display,our bank\n"
    [one] = sets_of(rates.manual(saved(tmp_path, text, "own.csv")))
    assert (one.base, one.purpose, one.source, one.rates) == (
        "BRL", "display", "our bank", {"USD": Decimal("0.1871")}
    )  # fmt: skip


@pytest.mark.parametrize("bad", ["NaN", "-1", "1e5", "", "1,5", "9" * 30, "Infinity"])
def test_no_price_is_guessed_from_what_is_no_number(tmp_path, bad):
    text = f'base,currency,rate,day\nEUR,USD,"{bad}",2026-11-20\nEUR,GBP,0.88,2026-11-20\n'
    found = rates.manual(saved(tmp_path, text, "own.csv"))
    assert [cell.text for cell in found.tally.unread] == [bad]
    assert sets_of(found)[0].rates == {"GBP": Decimal("0.88")}


@pytest.mark.parametrize(
    ("reader", "name", "text", "said"),
    [
        (rates.ecb, "a.xml", ECB[:300], "line 4 column"),
        (rates.ecb, "a.xml", "", "line 1 column 0"),
        (rates.ecb, "a.xml", "<html><body>Not found</body></html>", "holds no exchange rates"),
        (rates.ecb, "a.xml", ECB.replace("2026-11-20", "yesterday"), "row 4: time 'yesterday' is no date"),
        (rates.ecb, "a.xml", '<a><Cube currency="USD" rate="1"/></a>', "a rate before any day"),
        (rates.hmrc, "a.xml", HMRC.replace("Nov/2026", "Nev/2026"), "Period '01/Nev/2026' is no date"),
        (rates.hmrc, "a.xml", HMRC.replace(' Period="01/Nov/2026 to 30/Nov/2026"', ""), "Period '' is no date"),
        (rates.hmrc, "a.csv", HMRC_PERIOD_CSV.replace("Nov/2026 to", "Nev/2026 to"), "row 2: Period '01/Nev/2026'"),
        (rates.hmrc, "a.csv", "Country,Rate\nUSA,1\n", "row 1: column 'Currency Code' is missing"),
        (rates.manual, "a.csv", "base,currency,rate,day\nEUR,USD,1.1,soon\n", "row 2: day 'soon' is no date"),
        (rates.manual, "a.csv", "base,currency,rate,day,purpose\nEUR,USD,1,2026-11-20,fun\n", "row 2: purpose 'fun'"),
    ],
)
def test_a_broken_file_names_row_and_column(tmp_path, reader, name, text, said):
    with pytest.raises(BadFeed) as error:
        reader(saved(tmp_path, text, name))
    assert said in error.value.message


@given(prices=st.dictionaries(st.sampled_from(["USD", "JPY", "KWD", "IDR"]),
                              st.decimals("0.0001", "99999", places=4), min_size=1))  # fmt: skip
def test_what_is_written_is_read_back_to_the_last_digit(tmp_path_factory, prices):
    rows = "".join(f"EUR,{code},{price:f},2026-11-20\n" for code, price in prices.items())
    path = tmp_path_factory.mktemp("own") / "own.csv"
    path.write_text("base,currency,rate,day\n" + rows)
    [one] = sets_of(rates.manual(path))
    assert one.rates == prices


def test_the_monthly_rates_at_hand_are_read_whole():
    path = SHARED / "data/uk/xi/monetary_exchange_rates.json"
    if not path.is_file():
        pytest.skip("saved rates of the trade tariff are not here (set SHIPSMART_SHARED)")
    found = rates.eu_monthly(path)
    published = json.loads(path.read_text())
    assert (found.tally.taken, len(found.tally.unread)) == (len(published), 0)
    june = next(one for one in sets_of(found) if one.day == date(2021, 6, 1))
    assert june.rates == {"GBP": Decimal("0.85765")}
