"""The widget as a shopper meets it: on a store's page, of another origin than the app that answers."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from playwright.sync_api import Page, Route, expect

from shipsmart.catalog.models import Suggestion, Variant
from shipsmart.merchants.models import Merchant

GERMANY = "&country=DE&locale=de"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def widget(page: Page):
    return page.locator("landed-cost section")


def amount(page: Page, row: str) -> str:
    return page.locator(f'landed-cost tr[data-row="{row}"] td').inner_text().replace("\xa0", " ")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_german_shopper_sees_every_line_and_nothing_at_the_door(open_page, store_page, width):
    page = open_page(width=width)
    page.goto(store_page + GERMANY)
    expect(widget(page)).to_have_attribute("data-state", "ready")
    # 90.00 goods + 12.90 freight = 102.90; duty EUR 3 flat; 19 % VAT of 102.90 = 19.551; together 125.45.
    rows = ("goods", "freight", "duty", "import_tax", "total")
    assert [amount(page, row) for row in rows] == ["90,00 €", "12,90 €", "3,00 €", "19,55 €", "125,45 €"]
    expect(widget(page)).to_contain_text("Gesamtkosten nach Deutschland")
    expect(widget(page)).to_contain_text("DDP · Zoll und Steuern inbegriffen")
    expect(widget(page)).to_contain_text("An der Haustür ist nichts zu zahlen.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_brazilian_shopper_sees_what_the_carrier_will_ask(open_page, store_page):
    page = open_page(width=390, locale="pt-BR")
    page.goto(store_page + "&country=BR&region=SP&locale=pt-BR")
    expect(widget(page)).to_have_attribute("data-state", "ready")
    expect(widget(page)).to_contain_text("DAP · Impostos não incluídos")
    assert amount(page, "now") == "€ 102,90"
    door = amount(page, "door")
    expect(widget(page)).to_contain_text(re.compile(r"A transportadora vai cobrar cerca de €\s"))
    assert door.removeprefix("€ ") in widget(page).locator(".door").inner_text()


def test_the_reason_of_a_line_opens_by_keyboard_and_names_the_law(open_page, store_page):
    page = open_page()
    page.goto(store_page + GERMANY)
    why = page.get_by_role("button", name="Warum? Einfuhrumsatzsteuer")
    reason = page.locator("landed-cost #why-import_tax")
    expect(reason).to_be_hidden()
    why.focus()
    page.keyboard.press("Enter")
    expect(why).to_have_attribute("aria-expanded", "true")
    expect(reason).to_be_visible()
    expect(reason).to_contain_text(re.compile(r"102,90\s€ × 19% = 19,55\s€"))
    expect(reason.get_by_role("link")).to_have_attribute("href", re.compile("^https://"))
    expect(why).to_be_focused()


def test_another_service_changes_the_total_and_the_page_is_told(open_page, store_page):
    page = open_page()
    page.goto(store_page + GERMANY)
    page.get_by_label("Versandart").focus()
    page.get_by_label("Versandart").select_option(index=1)
    # 90.00 + 24.50 = 114.50; duty 3.00; 19 % of 114.50 = 21.755 → 21.76; together 139.26.
    assert amount(page, "total") == "139,26 €"
    expect(page.get_by_label("Versandart")).to_be_focused()
    told = page.evaluate("told")
    assert [detail["totals"]["landed_cost"] for detail in told] == ["125.45", "139.26"]
    assert told[-1]["pay_now"] == "139.26"


def test_the_checkouts_service_is_shown_without_a_choice(open_page, store_page):
    page = open_page()
    page.goto(store_page + GERMANY)
    expect(page.get_by_label("Versandart")).to_be_visible()
    code = page.evaluate("told[0].service_code")
    page.locator("landed-cost").evaluate("(node, code) => node.setAttribute('service', code)", code)
    expect(page.get_by_label("Versandart")).to_have_count(0)


def test_text_from_the_merchant_stays_text(open_page, store_page):
    page = open_page()
    page.goto(store_page + GERMANY)
    expect(page.get_by_label("Versandart")).to_contain_text("<b>Fast</b> parcel")
    expect(page.locator("landed-cost b")).to_have_count(0)


def test_a_changed_country_asks_again_once(open_page, store_page):
    page = open_page()
    page.goto(store_page + GERMANY)
    expect(widget(page)).to_have_attribute("data-state", "ready")
    asked = []
    page.on("request", lambda request: asked.append(request.post_data_json) if "estimate" in request.url else None)
    page.evaluate(
        """() => { const node = document.querySelector("landed-cost");
        for (const country of ["AU", "FR", "BR"]) node.setAttribute("country", country); }"""
    )
    expect(widget(page)).to_contain_text("Gesamtkosten nach Brasilien")
    assert [body["country"] for body in asked] == ["BR"]


def test_a_late_answer_never_overwrites_a_newer_one(open_page, store_page):
    page = open_page()
    held: list[Route] = []

    def hold_australia(route: Route) -> None:
        if route.request.post_data_json["country"] == "AU":
            held.append(route)
        else:
            route.continue_()

    page.route("**/checkout/estimate", hold_australia)
    page.goto(store_page + "&country=AU&locale=en")
    page.wait_for_timeout(400)
    assert len(held) == 1
    page.locator("landed-cost").evaluate("node => node.setAttribute('country', 'DE')")
    expect(widget(page)).to_contain_text("Total cost to Germany")


def test_a_failure_offers_another_try_in_the_shoppers_language(open_page, store_page):
    page = open_page(expected=("503",))
    page.route("**/checkout/estimate", lambda route: route.fulfill(status=503, json={}), times=1)
    page.goto(store_page + GERMANY)
    retry = page.get_by_role("button", name="Erneut versuchen")
    expect(widget(page)).to_contain_text("Bestellen ist trotzdem möglich.")
    retry.click()
    expect(widget(page)).to_contain_text("125,45")


def test_a_hung_answer_is_given_up_after_eight_seconds(open_page, store_page):
    page = open_page()
    page.clock.install(time=NOON)
    page.clock.pause_at(NOON + timedelta(seconds=1))  # only the test moves time: a slow machine must not
    page.route("**/checkout/estimate", lambda route: None)
    page.goto(store_page + GERMANY)
    page.clock.run_for(400)
    expect(widget(page)).to_have_attribute("aria-busy", "true")
    page.clock.run_for(7000)
    expect(widget(page)).to_have_attribute("data-state", "loading")
    page.clock.run_for(1000)
    expect(page.get_by_role("button", name="Erneut versuchen")).to_be_visible()


def test_without_a_country_it_asks_for_one_and_sends_nothing(open_page, store_page):
    page = open_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "estimate" in request.url else None)
    page.goto(store_page + "&locale=pt-BR")
    expect(widget(page)).to_contain_text("Escolha um país para ver os impostos.")
    assert asked == []


def test_what_cannot_be_delivered_says_so(open_page, store_page):
    page = open_page()
    page.goto(store_page + "&country=AU&locale=de")
    expect(widget(page)).to_contain_text("Lieferung nach Australien ist nicht möglich.")


def test_a_language_we_lack_reads_english_with_its_own_money(open_page, store_page):
    page = open_page()
    page.goto(store_page + "&country=DE&locale=sv-SE")
    expect(widget(page)).to_contain_text("Total cost to Germany")
    assert amount(page, "total") == "125,45 €"


def test_screen_readers_hear_the_total(open_page, store_page):
    page = open_page()
    page.goto(store_page + "&country=DE&locale=en")
    status = page.locator("landed-cost [role=status]")
    expect(status).to_have_text("Total landed cost: €125.45. Nothing to pay at the door.")


def test_an_open_code_shows_its_band_and_a_price_paid_ahead_stays_final(open_page, store_page):
    variant = Variant.objects.get()
    variant.classifications.all().delete()
    found = [{"hs_code": code, "confidence": 0.3, "why": []} for code in ("610910", "490199")]  # a T-shirt or a book
    Suggestion.objects.create(variant=variant, decision="review", candidates=found, text_hash="x")
    Merchant.objects.update(settings_version=F("settings_version") + 1)
    page = open_page(width=390)
    page.goto(store_page + GERMANY)
    expect(widget(page)).to_contain_text(re.compile(r"Dieser Preis ist endgültig\..*zwischen [\d,]+\s€ und [\d,]+\s€"))
    page.goto(store_page + "&country=BR&region=SP&locale=pt-BR")
    expect(widget(page)).to_contain_text(re.compile(r"estimados entre €\s[\d,]+ e €\s[\d,]+"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
