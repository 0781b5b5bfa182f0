import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from integrations.feeds.operations import Wishes, import_local_rates
from shipsmart.dashboard.throttle import LIMIT
from shipsmart.merchants.models import ApiKey, AuditEntry, Hub, Market, Member, Merchant, TaxRegistration
from shipsmart.quotes import rulebook
from shipsmart.rating.models import CarrierAccount, FeeRule, TableRate
from tests.dashboard.conftest import PASSWORD


def url(name: str, *args: Any) -> str:
    return reverse(f"dashboard:{name}", args=args)


def version(shop: Any) -> int:
    return Merchant.objects.get(pk=shop.merchant.pk).settings_version


def identity(**values: str) -> dict[str, str]:
    return {
        "name": "Casa Lume",
        "company": "Casa Lume Lda",
        "address1": "Rua do Almada 14",
        "city": "Porto",
        "country": "pt",
        "currency": "eur",
        "quote_deadline_ms": "900",
        **values,
    }


def test_the_company_is_changed_with_a_trace(shop: Any, owner: Client) -> None:
    before = version(shop)
    assert owner.post(url("settings_identity"), identity()).status_code == 302
    merchant = Merchant.objects.get(pk=shop.merchant.pk)
    assert (merchant.name, merchant.country, merchant.currency) == ("Casa Lume", "PT", "EUR")
    entry = AuditEntry.objects.get(action="identity.changed")
    assert entry.data["name"] == ["lume", "Casa Lume"]
    assert entry.actor == "owner@example.com"
    assert version(shop) > before
    assert "identity.changed" in owner.get(url("settings_audit")).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"country": "XX"}, {"currency": "EURO"}, {"quote_deadline_ms": "20000"}, {"name": ""}]
)
def test_a_wrong_company_is_refused(shop: Any, owner: Client, wrong: dict[str, str]) -> None:
    assert owner.post(url("settings_identity"), identity(**wrong)).status_code == 422
    assert not AuditEntry.objects.exists()


ROWS = {
    "markets": {"country": "us", "incoterm": "DDP", "active": "on"},
    "taxes": {"kind": "EORI", "number": "GB 205672212000", "country": "GB", "scheme": ""},
    "importers": {
        "imports_into": "de",
        "company": "Kai GmbH",
        "address1": "Kai 1",
        "city": "Hamburg",
        "country": "de",
        "tax_ids": "eori DE123456789012345\nVAT DE136695976 de",
    },
    "boxes": {"name": "S", "length_mm": 200, "width_mm": 150, "height_mm": 80, "tare_g": 90, "max_weight_g": 2000},
    "table": {
        "service_name": "Post",
        "service": "post",
        "countries": "de, FR de",
        "max_weight_g": 2000,
        "price": "14.90",
        "currency": "EUR",
        "days_from": 5,
        "days_to": 9,
        "fallback_only": "on",
    },
    "fees": {"name": "DTP", "share": "2", "minimum": "15", "flat": "0", "currency": "EUR"},
}


@pytest.mark.parametrize("slug", ROWS)
def test_rows_are_added_changed_and_removed_with_a_trace(shop: Any, owner: Client, slug: str) -> None:
    before = version(shop)
    response = owner.post(url("settings_row_new", slug), ROWS[slug])
    assert response.status_code == 302, response.context["form"].errors
    rows = owner.get(url("settings_section", slug)).context["rows"]
    newest = max(pk for pk, _cells in rows)
    assert owner.post(url("settings_row", slug, newest), ROWS[slug]).status_code == 302
    assert owner.post(url("settings_row_remove", slug, newest)).status_code == 302
    assert len(owner.get(url("settings_section", slug)).context["rows"]) == len(rows) - 1
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == [f"{slug}.added", f"{slug}.changed", f"{slug}.removed"]
    assert version(shop) >= before + 3


def test_rows_are_kept_as_meant(shop: Any, owner: Client) -> None:
    for slug, values in ROWS.items():
        owner.post(url("settings_row_new", slug), values)
    assert TableRate.objects.get().countries == ["DE", "FR"]
    assert FeeRule.objects.get().percent == Decimal("0.02")
    assert Market.objects.get(country="US").merchant == shop.merchant
    assert TaxRegistration.objects.get().number == "GB205672212000"


@pytest.mark.parametrize(
    ("slug", "wrong"),
    [
        ("markets", {"country": "GB"}),
        ("markets", {"country": "ZZ"}),
        ("taxes", {"kind": "IOSS", "number": "IM123", "country": "EU"}),
        ("importers", {"imports_into": "ZZ"}),
        ("importers", {"tax_ids": "EORI"}),
        ("importers", {"tax_ids": "CNPJ 11222333000180"}),
        ("boxes", {"length_mm": 0}),
        ("table", {"price": "-1"}),
        ("table", {"days_from": 9, "days_to": 2}),
        ("table", {"countries": "DE XX"}),
        ("fees", {"share": "101"}),
        ("fees", {"currency": "XXX1"}),
    ],
)
def test_a_wrong_row_is_refused(shop: Any, owner: Client, slug: str, wrong: dict[str, Any]) -> None:
    assert owner.post(url("settings_row_new", slug), ROWS[slug] | wrong).status_code == 422
    assert not AuditEntry.objects.exists()


def test_the_page_says_whose_local_sales_taxes_are_imported(
    shop: Any, owner: Client, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    file = tmp_path / "own.csv"
    file.write_text("state,zip,rate,valid_from\nTX,75001,0.02,2025-01-01\n")
    import_local_rates("manual", file, wishes=Wishes())
    mine = {"merchant": shop.merchant, "kind": "EIN", "country": "US"}
    for number, state in enumerate(("TX", "KS", "CT", "OR")):
        TaxRegistration.objects.create(**mine, scheme=f"US_SALES_TAX:{state}", number=f"12-345678{number}")
    text = owner.get(url("settings_section", "taxes")).content.decode()
    rulebook.forget()
    cells = dict(re.findall(r">US SALES TAX:(\w\w)</td><td data-th=\"Local sales tax\">(.*?)</td>", text))
    missing = "not imported, the state alone is charged"
    assert cells == {"TX": "imported, in force from 1 Jan 2025", "KS": missing, "CT": "–", "OR": "–"}


def test_an_unknown_section_is_not_there(owner: Client) -> None:
    assert owner.get(url("settings_section", "nothing")).status_code == 404
    assert owner.get(url("settings_carrier_new", "nobody")).status_code == 404


def test_stored_credentials_are_never_shown_again(shop: Any, owner: Client) -> None:
    for path in (url("settings_carriers"), url("settings_carrier", shop.account.pk), url("settings_audit")):
        text = owner.get(path).content.decode()
        assert "the-stored-secret" not in text
        assert "api-user" not in text


def test_an_empty_credential_keeps_what_is_stored(shop: Any, owner: Client) -> None:
    before = version(shop)
    data = {
        "label": "DHL main",
        "number": "951234567",
        "offered": "P, U P",
        "active": "on",
        "credential_username": "",
        "credential_password": "a-new-secret",
        "setting_duties_account": "951234568",
    }
    assert owner.post(url("settings_carrier", shop.account.pk), data).status_code == 302
    account = CarrierAccount.objects.get(pk=shop.account.pk)
    assert account.credentials == {"username": "api-user", "password": "a-new-secret"}
    assert account.services == ["P", "U"]
    assert account.settings["duties_account"] == "951234568"
    entry = AuditEntry.objects.get(action="carrier.changed")
    assert "a-new-secret" not in str(entry.data)
    assert version(shop) > before


def test_a_new_account_needs_its_credentials(shop: Any, owner: Client) -> None:
    path = url("settings_carrier_new", "ups")
    assert owner.post(path, {"number": "A1B2C3", "active": "on"}).status_code == 422
    data = {"number": "A1B2C3", "active": "on", "credential_client_id": "i", "credential_client_secret": "s"}
    assert owner.post(path, data).status_code == 302
    account = CarrierAccount.objects.get(carrier="ups")
    assert (account.merchant, account.credentials) == (shop.merchant, {"client_id": "i", "client_secret": "s"})


def test_the_same_account_twice_is_refused(shop: Any, owner: Client) -> None:
    data = {"number": "951234567", "credential_username": "u", "credential_password": "p"}
    assert owner.post(url("settings_carrier_new", "dhl_express"), data).status_code == 422


def test_a_carrier_that_does_not_answer_is_said_so(shop: Any, teammate: Client, settings: Any) -> None:
    settings.DHL_EXPRESS_BASE_URL = "http://127.0.0.1:9"
    response = teammate.post(url("settings_carrier_test", shop.account.pk), headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert not response.context["result"].worked


@pytest.mark.parametrize(
    ("carrier", "place"),
    [
        ("usps", {"country": "US", "postcode": "38118", "region": "TN"}),
        ("correios", {"country": "BR", "postcode": "01304-001", "region": "SP"}),
    ],
)
def test_an_account_of_a_hub_is_tried_from_there(
    shop: Any, teammate: Client, settings: Any, carriers: dict[str, str], carrier: str, place: dict[str, str]
) -> None:
    """In the carrier's own currency, and inside the country where it has prices for that alone."""
    setattr(settings, f"{carrier.upper()}_BASE_URL", carriers[carrier])
    Hub.objects.create(merchant=shop.merchant, name="There", address1="1 Main St", city="There", **place)
    account = CarrierAccount.objects.create(
        merchant=shop.merchant,
        carrier=carrier,
        number="0067599079",
        credentials={"client_id": "c", "client_secret": "s", "user": "u", "access_code": "a"},
        settings={"crid": "1", "mid": "2"} if carrier == "usps" else {},
        sender_countries=[place["country"]],
    )
    result = teammate.post(url("settings_carrier_test", account.pk), headers={"HX-Request": "true"}).context["result"]
    assert (result.worked, "It works" in result.message) == (True, True), result.message


def test_nobody_is_asked_for_a_shop_address(shop: Any, owner: Client, settings: Any) -> None:
    """Shopify forbids to ask for it: an installation begins in Shopify."""
    assert "Whoever runs this installation" in owner.get(url("settings_store")).content.decode()
    settings.SHOPIFY_INSTALL_URL = "https://apps.shopify.com/shipsmart"
    page = owner.get(url("settings_store")).content.decode()
    assert 'href="https://apps.shopify.com/shipsmart"' in page
    assert 'name="shop"' not in page


def test_a_key_is_shown_once_and_can_be_revoked(shop: Any, owner: Client) -> None:
    made = owner.post(url("settings_keys"), {"label": "warehouse"})
    secret = made.context["made"]
    key = ApiKey.objects.get()
    assert ApiKey.digest_of(secret) == key.digest
    assert secret in made.content.decode()
    assert secret not in owner.get(url("settings_keys")).content.decode()
    assert secret not in str(list(AuditEntry.objects.values_list("data", flat=True)))
    owner.post(url("settings_key_revoke", key.pk))
    assert ApiKey.objects.get().revoked_at is not None


def invite(owner: Client, email: str = "new@example.com", role: str = "member") -> str:
    response = owner.post(url("settings_invite"), {"email": email, "role": role})
    return response.context["link"].removeprefix("http://testserver")


def test_an_invitation_lets_one_person_in_once(shop: Any, owner: Client, client: Client) -> None:
    link = invite(owner)
    assert "lume" in client.get(link).content.decode()
    assert client.post(link, {"password": "short"}).status_code == 422
    assert client.post(link, {"password": PASSWORD}).status_code == 302
    member = Member.objects.get(user__username="new@example.com")
    assert (member.merchant, member.role) == (shop.merchant, "member")
    assert client.get(url("orders")).status_code == 200
    assert Client().get(link).status_code == 410
    member.delete()
    assert client.post(link).status_code == 410


def test_an_invitation_for_a_known_user_needs_her_log_in(shop: Any, owner: Client, stranger: Client) -> None:
    link = invite(owner, "stranger@example.com")
    assert Client().get(link)["Location"].startswith("/login/")
    assert owner.get(link)["Location"].startswith("/login/")
    assert stranger.post(link).status_code == 302
    assert Member.objects.filter(user__username="stranger@example.com").count() == 2


def test_a_forged_invitation_is_refused(shop: Any, owner: Client, client: Client) -> None:
    link = invite(owner)
    assert client.get(link[:-3] + "xx/").status_code == 410
    assert not get_user_model().objects.filter(username="new@example.com").exists()


def test_the_last_owner_stays(shop: Any, owner: Client) -> None:
    member = shop.merchant.members.get()
    owner.post(url("settings_role", member.pk), {"role": "member"})
    owner.post(url("settings_member_remove", member.pk))
    assert shop.merchant.members.get().role == Member.Role.OWNER


def test_roles_change_and_members_go(shop: Any, owner: Client, teammate: Client) -> None:
    member = Member.objects.get(user__username="teammate@example.com")
    owner.post(url("settings_role", member.pk), {"role": "owner"})
    assert teammate.get(url("settings_keys")).status_code == 200
    owner.post(url("settings_member_remove", member.pk))
    assert teammate.get(url("orders")).status_code == 403
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["team.role", "team.removed"]


def login(name: str, password: str, address: str = "10.0.0.1") -> Any:
    return Client(REMOTE_ADDR=address).post(url("login"), {"username": name, "password": password})


def test_ten_failures_bring_a_pause_for_that_user_and_address(shop: Any, owner: Client) -> None:
    for _ in range(LIMIT):
        assert login("owner@example.com", "wrong").status_code == 422
    refused = login("Owner@example.com ", PASSWORD)
    assert refused.status_code == 429
    assert "Try again in 15 minutes" in refused.content.decode()
    assert refused["Retry-After"] == "900"
    assert login("owner@example.com", PASSWORD, "10.0.0.2").status_code == 302
    assert login("other@example.com", "wrong").status_code == 422


def test_a_good_log_in_clears_the_count(shop: Any, owner: Client) -> None:
    for _ in range(LIMIT - 1):
        login("owner@example.com", "wrong")
    assert login("owner@example.com", PASSWORD).status_code == 302
    assert login("owner@example.com", "wrong").status_code == 422
    assert login("owner@example.com", PASSWORD).status_code == 302


def test_log_out_ends_the_session(shop: Any, owner: Client) -> None:
    assert owner.get(url("logout")).status_code == 405
    assert owner.post(url("logout"))["Location"] == "/login/"
    assert owner.get(url("home")).status_code == 302
