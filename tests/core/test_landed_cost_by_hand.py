"""The landed cost of thousands of random carts against formulas written out by hand, one short function a country.

Nothing of the engine is used but its front door; amounts are fractions, the figures of November 2026 stand here with
where they come from. All amounts are in the currency of the destination.
"""

from datetime import UTC, datetime
from fractions import Fraction
from math import floor
from random import Random

import pytest

from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

CARTS = 150
SHIRT, TRAINER, TOY, BOOK = "610910", "640411", "950300", "490199"
# What the merchant's rulings say in every request but those to the US and Switzerland, so that no table is needed.
DUTY = {SHIRT: Fraction(12, 100), TRAINER: Fraction(169, 1000), TOY: Fraction(47, 1000), BOOK: Fraction(0)}


def up(amount, step=Fraction(1, 100)):
    """Round half up to a step."""
    return floor(amount / step + Fraction(1, 2)) * step


def down(amount, step):
    return floor(amount / step) * step


def shared(total, weights, step=Fraction(1, 100)):
    """Share whole steps out by weight; what is left over goes to the largest remainders, of equals to the first."""
    exact = [total / step * weight / sum(weights) for weight in weights]
    parts = [floor(part) for part in exact]
    by_rest = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
    for i in by_rest[: int(total / step) - sum(parts)]:
        parts[i] += 1
    return [part * step for part in parts]


def tariff_and_tax(cart, rate, *, cif=True):
    """Duty on the customs value; tax on value, duty and freight, line by line, to the cent."""
    duty = tax = Fraction(0)
    for line in cart.lines:
        due = (line.value + (line.freight if cif else 0)) * DUTY[line.code]
        duty += up(due)
        tax += up((line.value + line.freight + due) * rate(line.code))
    return {"duty": duty, "import_tax": tax}


def sale_tax(lines, rate):
    """Tax charged by the seller on goods and freight, without duty."""
    return {"duty": Fraction(0), "import_tax": sum(up((line.value + line.freight) * rate(line.code)) for line in lines)}


def germany(cart):
    """EUR 150 (Regulation 1186/2009), EUR 3 a six-digit class (2026/382), 19 and 7 % (UStG § 12, annex 2 no. 49)."""

    def vat(code):
        return Fraction(7 if code == BOOK else 19, 100)

    if cart.goods > 150:
        return tariff_and_tax(cart, vat)
    classes = {line.code for line in cart.lines}
    if cart.schemes:
        return {**sale_tax(cart.lines, vat), "duty": Fraction(3 * len(classes))}
    tax = Fraction(0)
    for code in classes:
        lines = [line for line in cart.lines if line.code == code]
        for line, due in zip(lines, shared(Fraction(3), [line.value for line in lines]), strict=True):
            tax += up((line.value + line.freight + due) * vat(code))
    return {"duty": Fraction(3 * len(classes)), "import_tax": tax}


def great_britain(cart):
    """GBP 135 (VAT at the sale), above it duty and VAT on CIF; 20 %, books free (VATA 1994, schedule 8 group 3)."""

    def vat(code):
        return Fraction(0 if code == BOOK else 20, 100)

    return sale_tax(cart.lines, vat) if cart.goods <= 135 else tariff_and_tax(cart, vat)


# HTS 2026: base duty; Section 301 of China: list 3 25 %, list 4A 7.5 %, none on toys (list 4B never began).
US_BASE = {"6109100012": Fraction(165, 1000), "4202219000": Fraction(9, 100), "9503000073": Fraction(0)}
US_CHINA = {"6109100012": Fraction(75, 1000), "4202219000": Fraction(1, 4), "9503000073": Fraction(0)}


def united_states(cart):
    """Value without freight; Section 301 of July 2026 (memorandum of 2026-07-23); fees of fiscal year 2027."""
    duty = additional = Fraction(0)
    for line in cart.lines:
        base = US_BASE[line.code]
        duty += up(line.value * base)
        if line.origin == "CN":
            additional += up(line.value * US_CHINA[line.code])
        rate = {
            "CN": Fraction(1, 8),
            "IN": Fraction(1, 10),
            "DE": max(Fraction(0), Fraction(1, 10) - base),
            "JP": max(Fraction(0), Fraction(1, 8) - base),
        }
        additional += up(line.value * rate.get(line.origin, Fraction(0)))
    formal = min(max(cart.goods * Fraction(3464, 1_000_000), Fraction(3458, 100)), Fraction(67086, 100))
    fee = up(formal) if cart.goods > 2_500 else Fraction(277, 100)
    return {"duty": duty, "additional_duty": additional, "import_tax": Fraction(0), "fees": fee}


CANADA = {"AB": (5, 0), "BC": (5, 7), "SK": (5, 6), "MB": (5, 7), "ON": (13, 0), "QC": (5, Fraction(9975, 1000)),
          "NS": (14, 0), "NB": (15, 0)}  # fmt: skip


def canada(cart):
    """By courier from the US: CAD 40 free, CAD 150 free of duty, FOB; GST or HST and provincial tax of consumers."""
    if cart.goods <= 40:
        return {"duty": Fraction(0), "import_tax": Fraction(0)}
    duty = tax = Fraction(0)
    for line in cart.lines:
        due = line.value * DUTY[line.code] if cart.goods > 150 else Fraction(0)
        duty += up(due)
        tax += sum(up((line.value + due) * rate / 100) for rate in CANADA[cart.region])
    return {"duty": duty, "import_tax": tax}


def australia(cart):
    """Up to AUD 1,000: 10 % at the sale. Above: FOB duty, GST on all, charges (ABF; DAFF, air, 2024-07)."""

    def gst(code):
        return Fraction(1, 10)

    if cart.goods <= 1_000:
        return {**sale_tax(cart.lines, gst), "fees": Fraction(0)}
    return {**tariff_and_tax(cart, gst, cif=False), "fees": Fraction(45 + (152 if cart.goods >= 10_000 else 50))}


def brazil(cart):
    """To the state of Rio at BRL 5 a dollar. Remessa Conforme: nothing up to USD 50, then 60 % less USD 30 (Lei
    15.502/2026); outside it 60 %; ICMS of 17 % in its own base (Convênio ICMS 81/2023)."""
    value = cart.goods + cart.freight
    due = value * Fraction(6, 10) - (150 if cart.schemes else 0)
    if cart.schemes and value <= 250:
        due = Fraction(0)
    values = [line.value + line.freight for line in cart.lines]
    shares = shared(up(due), values) if len(values) > 1 else [due]
    tax = sum(up((v + s) / (1 - Fraction(17, 100)) * Fraction(17, 100)) for v, s in zip(values, shares, strict=True))
    return {"duty": up(due), "import_tax": tax}


def norway(cart):
    """VOEC: pieces under NOK 3,000 bear 25 % at the sale, books nothing; the others duty and VAT on CIF."""

    def vat(code):
        return Fraction(0 if code == BOOK else 25, 100)

    small = [line for line in cart.lines if line.value / line.quantity < 3_000]
    large = tariff_and_tax(Cart(lines=[line for line in cart.lines if line not in small]), vat)
    return {"duty": large["duty"], "import_tax": large["import_tax"] + sale_tax(small, vat)["import_tax"]}


def switzerland(cart):
    """No duty on industrial goods since 2024; 8.1 and 2.6 % on CIF in five rappen; up to CHF 5 nothing is levied."""
    vat = {code: Fraction(26 if code == BOOK else 81, 1000) for code in DUTY}
    taxes = {rate: Fraction(0) for rate in vat.values()}
    for line in cart.lines:
        taxes[vat[line.code]] += (line.value + line.freight) * vat[line.code]
    step = Fraction(5, 100)
    waived = up(sum(taxes.values()), step) <= 5
    return {"duty": Fraction(0), "import_tax": Fraction(0) if waived else sum(up(tax, step) for tax in taxes.values())}


def japan(cart):
    """Customs FAQ 1111: bases in 1,000 yen, dues in yen by code, sums in 100 yen; 7.8 % and 22/78 of it. JPY 10,000."""
    if cart.goods + cart.freight <= 10_000:
        return {"duty": Fraction(0), "import_tax": Fraction(0)}
    duty = national = local = 0
    for code in {line.code for line in cart.lines}:
        value = sum(line.value + line.freight for line in cart.lines if line.code == code)
        due = floor(down(value, 1_000) * DUTY[code])
        tax = floor(down(value + down(due, 100), 1_000) * Fraction(78, 1000))
        duty, national, local = duty + due, national + tax, local + floor(down(tax, 100) * Fraction(22, 78))
    return {"duty": down(duty, 100), "import_tax": down(national, 100) + down(local, 100)}


def india(cart):
    """To a person: heading 9804 at 10 %, surcharge a tenth of it, IGST 18 % (Mumbai Customs); INR 100 not collected.
    To a business: IGST 5 % on clothes and shoes up to INR 2,500 a piece and on toys, else 18 %."""
    person = cart.buyer == "consumer"
    if person and (cart.goods + cart.freight) * Fraction(3098, 10_000) <= 100:
        return {"duty": Fraction(0), "import_tax": Fraction(0)}
    duty = tax = Fraction(0)
    for line in cart.lines:
        value = line.value + line.freight
        base = value * (Fraction(1, 10) if person else DUTY[line.code])
        low = not person and (line.code == TOY or line.value / line.quantity <= 2_500)
        duty += up(base) + up(base / 10)
        tax += up((value + base * Fraction(11, 10)) * Fraction(5 if low else 18, 100))
    return {"duty": duty, "import_tax": tax}


class Line:
    def __init__(self, code, origin, quantity, value):
        self.code, self.origin, self.quantity, self.value, self.freight = code, origin, quantity, value, Fraction(0)


class Cart:
    def __init__(self, lines, freight=Fraction(0), minor=Fraction(1, 100), **rest):
        self.lines, self.freight, self.goods = lines, freight, sum(line.value for line in lines)
        self.schemes, self.region, self.buyer = rest.get("schemes"), rest.get("region"), rest.get("buyer", "consumer")
        if lines and freight:
            for line, part in zip(lines, shared(freight, [line.value for line in lines], minor), strict=True):
                line.freight = part


ALL, NO_BOOKS = (SHIRT, TRAINER, TOY, BOOK), (SHIRT, TRAINER, TOY)
# formula, currency, codes, origins, dearest line, and the choices of which each cart takes one
PLACES = {
    "DE": (germany, "EUR", ALL, "CN", 120, [{"schemes": ["EU_IOSS"]}, {}]),
    "GB": (great_britain, "GBP", ALL, "CN", 120, [{"schemes": ["GB_VAT"]}, {}]),
    "US": (united_states, "USD", tuple(US_BASE), "CN IN DE JP KE", 1_600, [{}]),
    "CA": (canada, "CAD", NO_BOOKS, "US", 110, [{"region": region} for region in CANADA]),
    "AU": (australia, "AUD", ALL, "CN", 9_000, [{"schemes": ["AU_GST"]}]),
    "BR": (brazil, "BRL", NO_BOOKS, "CN", 900, [{"region": "RJ", "schemes": s} for s in (["BR_REMESSA_CONFORME"], [])]),
    "NO": (norway, "NOK", ALL, "CN", 5_000, [{"schemes": ["NO_VOEC"]}]),
    "CH": (switzerland, "CHF", ALL, "CN", 70, [{}]),
    "JP": (japan, "JPY", NO_BOOKS, "CN", 20_000, [{"buyer": "business"}]),
    "IN": (india, "INR", NO_BOOKS, "CN", 6_000, [{}, {"buyer": "business"}]),
}


def some_cart(random, place):
    """Return a random cart, dearest line first; no two are worth the same, so nobody need say who gets an odd cent."""
    _, currency, codes, origins, dearest, choices = PLACES[place]
    minor = Fraction(1) if currency == "JPY" else Fraction(1, 100)
    pieces = {}
    for _ in range(random.randint(1, 4)):
        quantity = random.choice((1, 1, 2, 3))
        top = random.choice((dearest, dearest, dearest // 10))
        price = random.randint(1, int(top / minor)) * minor
        value = quantity * price
        pieces[value] = Line(random.choice(codes), random.choice(origins.split()), quantity, value)
    lines = [pieces[value] for value in sorted(pieces, reverse=True)]
    freight = random.choice((0, random.randint(0, int(dearest / minor) // 10))) * minor
    return Cart(lines, freight, minor, **random.choice(choices))


def asked(place, cart):
    _, currency, codes, *_ = PLACES[place]
    rulings = [] if place in ("US", "CH") else [{"hs_code": c, "duty": f"{float(DUTY[c] * 100):.1f}%"} for c in codes]
    return {
        "at": "2026-11-10T12:00:00+00:00",
        "ship_from": {"country": "US" if place == "CA" else "CN"},
        "ship_to": {"country": place, **({"region": cart.region} if cart.region else {})},
        "currency": currency,
        "buyer": cart.buyer,
        "schemes": cart.schemes or [],
        "freight": f"{float(cart.freight):.2f}" if currency != "JPY" else str(cart.freight),
        "exchange_rates": [{"from": "USD", "to": "BRL", "rate": "5"}],
        "rate_overrides": rulings,
        "lines": [
            {
                "quantity": line.quantity,
                "unit_price": f"{float(line.value / line.quantity):.2f}",
                "hs_code": line.code,
                "origin": line.origin,
            }
            for line in cart.lines
        ],
    }


@pytest.mark.parametrize("place", PLACES)
def test_the_engine_agrees_with_the_formula_written_by_hand(place):
    random, now = Random(place), datetime(2026, 11, 22, tzinfo=UTC)
    for _ in range(CARTS):
        cart = some_cart(random, place)
        request = asked(place, cart)
        answer = compute(parse_request(request, now=now), law=current()).as_answer()
        by_hand = PLACES[place][0](cart)
        totals = answer["local_totals"]
        assert {key: Fraction(totals[key]) for key in by_hand} == by_hand, request
        charges = sum(Fraction(totals[key]) for key in ("duty", "additional_duty", "excise", "import_tax", "fees"))
        assert Fraction(answer["totals"]["landed_cost"]) == cart.goods + cart.freight + charges, request
