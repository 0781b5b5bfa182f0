import re

import pytest

from checkout import links
from checkout.language import languages
from shipsmart.shipments.models import Shipment


def path(link: str) -> str:
    return link.removeprefix("http://127.0.0.1:8000")


@pytest.fixture(autouse=True)
def _public_url(settings):
    settings.PUBLIC_URL = "http://127.0.0.1:8000"


def test_the_journey_shows_the_customs_step_and_what_comes_next(client, shipment, scan):
    scan("picked_up", 8)
    scan("import_customs", 12, place="Leipzig", country="DE")
    page = client.get(path(links.tracking_link(shipment)), HTTP_ACCEPT_LANGUAGE="en-GB").content.decode()
    assert re.findall(r'<li class="(\w+)"', page) == ["done", "done", "done", "current", "todo", "todo"]
    assert "<h1>At customs</h1>" in page
    assert "Next customs looks at the papers." in page
    assert "Leipzig, Germany" in page
    assert "1234567890" in page
    assert 'href="https://www.dhl.com/track?id=1234567890"' in page


def test_inside_a_customs_union_there_is_no_customs_step(client, shipment, scan):
    shipment.order.country = "NO"
    shipment.order.save()
    scan("picked_up", 8)
    page = client.get(path(links.tracking_link(shipment)) + "?lang=en").content.decode()
    assert "Customs" not in page
    assert "Next the parcel goes to the depot near you." in page


def test_a_delivered_parcel_has_all_steps_done(client, shipment, scan):
    scan("delivered", 15)
    page = client.get(path(links.tracking_link(shipment))).content.decode()
    assert re.findall(r'<li class="(\w+)"', page) == ["done"] * 6


def test_paid_ahead_says_nothing_to_pay_and_links_the_proof(client, shipment):
    page = client.get(path(links.tracking_link(shipment)) + "?lang=en").content.decode()
    assert "There is nothing to pay at the door." in page
    assert path(links.proof_link(shipment.order)) in page


def test_not_paid_ahead_says_that_the_carrier_may_ask(client, shipment):
    Shipment.objects.update(duties_collected=False, duty_payer="recipient", incoterm="DAP")
    page = client.get(path(links.tracking_link(shipment)) + "?lang=en").content.decode()
    assert "the carrier may ask for them at the door" in page
    assert "nothing to pay" not in page


def test_an_unknown_code_is_shown_in_the_carriers_words_and_moves_no_step(client, shipment, scan):
    scan("picked_up", 8)
    scan("unknown", 9, text="<b>Mystery</b> scan")
    page = client.get(path(links.tracking_link(shipment)) + "?lang=en").content.decode()
    assert "&lt;b&gt;Mystery&lt;/b&gt; scan" in page
    assert "<h1>Picked up by the carrier</h1>" in page


def test_a_carriers_link_never_becomes_a_script(client, shipment):
    Shipment.objects.update(tracking_url="javascript:alert(1)")
    assert "javascript:" not in client.get(path(links.tracking_link(shipment))).content.decode()


@pytest.mark.parametrize(
    ("asked", "browser", "heading"),
    [("", "", "Etikett erstellt"), ("", "pt-BR,pt;q=0.9", "Etiqueta criada"), ("fr", "pt-BR", "Étiquette créée")],
)
def test_the_language_is_the_one_asked_for_then_the_browsers_then_the_countrys(
    client, shipment, asked, browser, heading
):
    url = path(links.tracking_link(shipment)) + (f"?lang={asked}" if asked else "")
    assert heading in client.get(url, HTTP_ACCEPT_LANGUAGE=browser).content.decode()


def test_the_pages_are_neither_indexed_nor_kept_nor_told_on(client, shipment):
    for link in (links.tracking_link(shipment), links.proof_link(shipment.order)):
        response = client.get(path(link))
        assert response.status_code == 200
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "private, no-store"


def test_the_proof_names_what_was_collected_and_no_ioss_number_and_no_person(client, shipment):
    page = client.get(path(links.proof_link(shipment.order)) + "?lang=en").content.decode()
    for expected in ("€3.00", "€11.57", "€14.57", "#1077", "1234567890", "IOSS", "Fjord Goods AS"):
        assert expected in page
    for secret in ("IM4420001234", "Mustermann", "Hauptstrasse"):
        assert secret not in page


def test_an_order_without_prepaid_duties_proves_nothing(client, order):
    order.collected = None
    order.save()
    page = client.get(path(links.proof_link(order)) + "?lang=en").content.decode()
    assert "Nothing was paid ahead for this order" in page
    assert "€" not in page


def test_a_shortened_or_forged_link_is_not_found(client, shipment):
    good = path(links.tracking_link(shipment)).rstrip("/")
    for bad in (good[:-1], good.replace("/track/", "/proof/"), f"/checkout/track/{shipment.pk}", "/checkout/track/~"):
        response = client.get(bad + "/")
        assert response.status_code == 404
        assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_a_link_to_a_deleted_shipment_is_not_found(client, shipment):
    url = path(links.tracking_link(shipment))
    shipment.delete()
    assert client.get(url).status_code == 404


def test_every_language_of_the_pages_has_the_same_words():
    english = {table: list(words) for table, words in languages()["en"].words.items() if isinstance(words, dict)}
    for code, language in languages().items():
        own = {table: list(words) for table, words in language.words.items() if isinstance(words, dict)}
        assert own == english, code
