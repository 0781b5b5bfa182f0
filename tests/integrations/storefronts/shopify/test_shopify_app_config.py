"""shopify.app.toml agrees with the code: scopes, addresses that exist, privacy topics, extensions that are there."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import resolve

from integrations.storefronts.shopify.app_config import app_toml
from integrations.storefronts.shopify.manifest import API_VERSION, OPTIONAL_SCOPES, SCOPES

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def config():
    return tomllib.loads(app_toml(client_id="id", url="https://app.example/"))


def test_scopes_and_version_are_those_of_the_code(config):
    assert config["access_scopes"]["scopes"].split(",") == list(SCOPES)
    assert config["webhooks"]["api_version"] == API_VERSION == settings.SHOPIFY_API_VERSION


def test_every_address_is_one_of_ours(config):
    [subscription] = config["webhooks"]["subscriptions"]
    addresses = [config["application_url"], *config["auth"]["redirect_urls"], subscription["uri"]]
    addresses.append(f"{config['app_proxy']['url']}/estimate")
    names = [resolve(urlsplit(address).path).view_name for address in addresses]
    assert names == ["shopify:app", "shopify:callback", "shopify:webhooks", "shopify:proxy_estimate"]


def test_privacy_topics_are_asked_for_as_such(config):
    [subscription] = config["webhooks"]["subscriptions"]
    assert set(subscription["compliance_topics"]) == {"customers/data_request", "customers/redact", "shop/redact"}
    assert "topics" not in subscription


def test_extensions_exist_and_the_block_asks_the_proxy(config):
    kinds = {}
    for folder in config["extension_directories"]:
        extension = tomllib.loads((ROOT / folder / "shopify.extension.toml").read_text())
        assert extension["api_version"] == API_VERSION
        kinds[extension["extensions"][0]["type"]] = folder
    assert set(kinds) == {"ui_extension", "theme"}
    block = (ROOT / kinds["theme"] / "blocks/landed-cost.liquid").read_text()
    assert f"/{config['app_proxy']['prefix']}/{config['app_proxy']['subpath']}" in block


def test_every_target_has_its_module():
    folder = ROOT / "checkout/extension"
    [extension] = tomllib.loads((folder / "shopify.extension.toml").read_text())["extensions"]
    assert {target["target"] for target in extension["targeting"]} == {
        "customer-account.order.action.menu-item.render",
        "customer-account.order.action.render",
        "purchase.checkout.shipping-option-item.details.render",
        "purchase.thank-you.block.render",
        "customer-account.order-status.block.render",
        "customer-account.order-status.fulfillment-details.render-after",
    }
    for target in extension["targeting"]:
        assert (folder / target["module"]).is_file()


def test_a_name_cannot_break_out_of_its_place():
    config = tomllib.loads(app_toml(client_id='a"\n[x]', url="https://app.example", name='"'))
    assert (config["client_id"], config["name"]) == ('a"\n[x]', '"')


def test_the_command_writes_the_file():
    command = [sys.executable, "-m", "integrations.storefronts.shopify.app_config"]
    command += ["--client-id", "id", "--url", "https://app.example"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == app_toml(client_id="id", url="https://app.example")


def test_every_test_that_the_listing_names_exists():
    listing = (ROOT / "integrations/storefronts/shopify/README.md").read_text().partition("## Listing checklist")[2]
    named = set(re.findall(r"`(test_\w+)`", listing))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.M)
    }
    assert len(named) > 15
    assert named - written == set()


def test_scopes_of_extras_are_optional(config):
    assert config["access_scopes"]["optional_scopes"] == list(OPTIONAL_SCOPES)
    assert not set(OPTIONAL_SCOPES) & set(SCOPES)
