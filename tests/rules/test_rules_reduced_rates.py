"""Rates of goods that web shops ship, as the acts have them: (place, code, per cent on 2026-11-22)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shipsmart.rules import current

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RATES = """
AT 490199 10    AT 040120 4.9   AT 090121 20    AT 200912 20    AT 300490 10    AU 040120 0     AU 490199 10
BE 490199 6     BE 220110 6     BE 300490 6     BG 490199 9     BG 020130 20    CA 040120 0     CA 090411 0
CH 490199 2.6   CH 220110 2.6   CH 300490 2.6   CY 490199 3     CZ 490199 0     CZ 020130 12    CZ 300490 12
DE 490199 7     DE 490400 7     DE 490520 7     DE 090121 7     DE 200912 19    DE 300490 19    DE 220110 19
DK 490199 25    EE 490199 9     EE 300490 9     ES 490199 4     ES 190590 4     ES 020130 10    ES 220110 10
FI 490199 13.5  FI 220110 13.5  FR 490199 5.5   FR 220110 5.5   FR 180632 20    FR 300490 10    GB 490199 0
GB 611120 0     GB 190590 0     GB 200912 20    GB 180632 20    GR 490199 6     GR 300490 6     HR 490199 5
HR 040120 5     HU 490199 5     HU 040120 5     HU 020329 5     HU 020130 5     HU 190590 18    HU 180632 27
IE 490199 0     IE 611120 0     IE 200912 23    IE 180632 23    IE 090121 0     IS 490199 11    IS 300490 24
IT 490199 4     IT 300490 10    IT 090121 22    IT 200912 22    JP 020130 6.24  JP 220110 6.24  JP 490199 7.8
KR 490199 0     KR 020130 0     KR 190590 10    LT 490199 5     LT 300490 5     LU 490199 3     LU 180632 3
LV 490199 5     LV 300490 12    MT 490199 5     MT 180632 5     MT 020130 0     NL 490199 9     NL 220110 9
NO 490199 0     NO 020130 15    NO 220110 15    NO 300490 25    NZ 490199 15    PL 490199 5     PL 180632 23
PL 090411 8     PL 090240 23    PL 300490 8     PT 490199 6     PT 300490 6     RO 490199 11    RO 180632 21
RO 020130 11    RS 490199 10    SE 490199 6     SE 020130 6     SE 300490 25    SI 490199 5     SI 020130 9.5
SK 490199 5     SK 020130 5     SK 180632 23    TR 490199 0     TR 190590 1     TR 300490 10    TR 611120 10
PT 090121 23    PT 180632 23    PT 220110 13    PT 020130 6     CZ 200912 21    CZ 090121 12
GB 200520 20    XI 200811 20    UA 300490 7     XI 490199 0     XI 200912 20    MX 490199 0     MX 020130 0
AR 490199 0     CO 490199 0
"""
# Taxes that come on top of another import tax: Canada's provinces, Japan's prefectures.
SECOND = ("pst", "qst", "local_consumption_tax")
WORDS = RATES.split()
CASES = list(zip(WORDS[::3], WORDS[1::3], WORDS[2::3], strict=True))


@pytest.mark.parametrize("country", sorted({country for country, _, _ in CASES}))
def test_goods_bear_the_rate_of_their_kind(country):
    regime = current().regime(country, region=None, at=NOW)
    [place] = [i for i, tax in enumerate(regime.taxes) if tax.kind == "import_tax" and tax.id not in SECOND]
    wanted = {code: Decimal(rate) for place_of, code, rate in CASES if place_of == country}
    found = {code: regime.plan(code, "CN", None).rates[place][0].rate * 100 for code in wanted}
    assert found == wanted


@pytest.mark.parametrize("country", current().countries)
def test_no_two_rates_claim_the_same_goods(country):
    for state in (None, "NY", "MA", "RI"):
        for tax in current().regime(country, region=state, at=NOW).taxes:
            open_rates = [rate for rate in tax.rates[:-1] if rate.unit_price_limit is None]
            claimed = [(prefix, rate.regions) for rate in open_rates for prefix in rate.hs]
            assert len(claimed) == len(set(claimed)), tax.id
