from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from shipsmart.dashboard.templatetags import pages
from shipsmart.orders.models import Order

WORDS = {"en": ("Orders", "Delivered", "Needs data"), "pt-br": ("Pedidos", "Entregue", "Faltam dados"),
         "es": ("Pedidos", "Entregado", "Faltan datos")}  # fmt: skip
NAMES = ("home", "orders", "products", "products_import", "products_readiness", "products_review", "products_national",
         "quotes", "settings_identity",
         "settings_store", "settings_carriers", "settings_team", "settings_keys", "settings_audit",
         "settings_rules", "settings_rule_new", "settings_simulator", "batches", "handover", "returns",
         "screening")  # fmt: skip


@pytest.mark.parametrize("language", ["en", "pt-br", "es"])
def test_every_page_renders_in_every_language(shop: Any, owner: Client, language: str) -> None:
    owner.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    paths = [reverse(f"dashboard:{name}") for name in NAMES]
    paths += [
        reverse("dashboard:settings_section", args=[slug])
        for slug in ("markets", "taxes", "hubs", "boxes", "table", "fees")
    ]
    paths += [reverse("dashboard:order", args=[shop.order.pk]), reverse("dashboard:quote", args=[shop.quote.quote_id])]
    for path in paths:
        response = owner.get(path)
        assert response.status_code == 200, path
        assert f'<html lang="{language}">' in response.content.decode()
    text = owner.get(reverse("dashboard:orders")).content.decode()
    orders, delivered, _gaps = WORDS[language]
    assert f"<h1>{orders}</h1>" in text
    assert delivered in text


@pytest.mark.parametrize("language", ["pt-br", "es"])
def test_states_and_reasons_are_in_the_readers_language(shop: Any, owner: Client, language: str) -> None:
    Order.objects.filter(pk=shop.order.pk).update(state=Order.State.NEEDS_DATA)
    owner.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    text = owner.get(reverse("dashboard:order", args=[shop.order.pk])).content.decode()
    assert WORDS[language][2] in text
    assert "Why this price" not in text
    assert "Import tax" not in text


def test_the_reader_chooses_a_language(shop: Any, owner: Client) -> None:
    response = owner.post(reverse("dashboard:language"), {"language": "es", "next": "/orders/"})
    assert response["Location"] == "/orders/"
    assert "<h1>Pedidos</h1>" in owner.get("/orders/").content.decode()


@pytest.mark.parametrize("name", ["pt_BR", "es"])
def test_the_compiled_words_are_those_of_the_source_and_complete(name: str) -> None:
    folder = Path(settings.LOCALE_PATHS[0]) / name / "LC_MESSAGES"
    source = [message for message in read_po((folder / "django.po").open("rb")) if message.id]
    compiled = GNUTranslations((folder / "django.mo").open("rb"))
    assert len(source) > 400
    for message in source:
        if isinstance(message.id, tuple):
            assert message.string == (compiled.ngettext(*message.id, 1), compiled.ngettext(*message.id, 2))
            assert all(message.string)
        else:
            assert message.string == compiled.gettext(message.id)
            assert message.string


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "€1,234.50"), ("pt-br", "€\xa01.234,50"), ("es", "1.234,50\xa0€")]
)
def test_money_is_written_as_the_reader_writes_it(language: str, shown: str) -> None:
    with translation.override(language):
        assert pages.money("1234.500", "EUR") == shown


def test_money_hides_no_digit() -> None:
    with translation.override("en"):
        assert pages.money("1.005", "EUR") == "1.005 EUR"
        assert pages.money("500", "JPY") == "¥500"
        assert pages.money("0.5", "JPY") == "0.5 JPY"
        assert pages.money(None, "EUR") == "–"


def test_codes_are_grouped_for_reading() -> None:
    assert [pages.hs(code) for code in ("610910", "61091000", "6109100010", "")] == [
        "6109.10",
        "6109.10.00",
        "6109.10.00.10",
        "",
    ]
