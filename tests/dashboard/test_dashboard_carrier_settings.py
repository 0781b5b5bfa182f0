"""Each carrier's own settings: what its adapter reads can be set by the merchant, with a word of help."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from shipsmart.dashboard.carrier_settings import FIELDS, settings_of
from shipsmart.ports import manifests
from shipsmart.rating.models import CarrierAccount

CARRIERS = [key for key, module in manifests().items() if module.KIND == "carrier"]
OBVIOUS = {"pickup_type", "account_type", "price_type"}  # the choices say it


@pytest.mark.parametrize("carrier", CARRIERS)
def test_what_an_adapter_reads_can_be_set_and_what_can_be_set_is_read(carrier):
    folder = Path(str(import_module(f"integrations.carriers.{carrier}").__file__)).parent
    read = {
        name
        for file in folder.glob("*.py")
        for name in re.findall(r"""settings\.get\(\s*["'](\w+)["']""", file.read_text(encoding="utf-8"))
    }
    read_elsewhere = {"tracking_per_minute", "volumetric_divisor", "label_format", "push", "own_invoice"}
    offered = {setting.key for setting in settings_of(carrier)}
    assert read <= offered
    assert offered - read_elsewhere <= read


def test_every_field_has_a_help_text():
    assert [key for key, setting in FIELDS.items() if not setting.hint and key not in OBVIOUS] == []


@pytest.mark.parametrize("carrier", CARRIERS)
def test_the_page_of_a_carrier_shows_its_fields(owner, carrier):
    page = owner.get(f"/settings/carriers/new/{carrier}/")
    assert page.status_code == 200
    for setting in settings_of(carrier):
        assert f'name="setting_{setting.key}"' in page.content.decode()


def test_codes_numbers_and_flags_are_stored_as_adapters_read_them(owner, shop):
    typed = {"credential_api_key": "k", "setting_ddp_services": "DDP1, PDDP2 DDP1", "active": "on"}
    assert owner.post("/settings/carriers/new/royal_mail/", typed).status_code == 302
    account = CarrierAccount.objects.get(merchant=shop.merchant, carrier="royal_mail")
    assert (account.number, account.settings) == ("", {"ddp_services": ["DDP1", "PDDP2"]})
    page = owner.get(f"/settings/carriers/{account.pk}/").content.decode()
    assert 'value="DDP1 PDDP2"' in page


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("setting_crid", "12A"), ("setting_mid", "1234"), ("setting_tracking_per_minute", "0")],
)
def test_a_setting_that_cannot_be_right_is_refused_at_its_field(owner, shop, field, wrong):
    typed = {"number": "1000012345", "credential_client_id": "c", "credential_client_secret": "s", "active": "on"}
    good = {"setting_crid": "12345678", "setting_mid": "901234567", "setting_account_type": "EPS"}
    page = owner.post("/settings/carriers/new/usps/", typed | good | {field: wrong})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not CarrierAccount.objects.filter(merchant=shop.merchant, carrier="usps").exists()
