"""shopify.app.toml: what only the app's own configuration can hold, written from the same lists the code works with.

    python -m integrations.storefronts.shopify.app_config --client-id ID --url https://app.example > shopify.app.toml

Source: https://shopify.dev/docs/apps/build/cli-for-apps/app-configuration
"""

import argparse
import json
import sys

from integrations.storefronts.shopify.codes import COMPLIANCE_TOPICS
from integrations.storefronts.shopify.manifest import API_VERSION, OPTIONAL_SCOPES, SCOPES

PROXY_PREFIX, PROXY_PATH = "apps", "shipsmart"


def app_toml(*, client_id: str, url: str, name: str = "ShipSmart") -> str:
    """Return the file's text. `url` is where Shopify reaches this app; a JSON text is a TOML text too."""
    url = url.rstrip("/")
    return f"""client_id = {json.dumps(client_id)}
name = {json.dumps(name)}
application_url = {json.dumps(f"{url}/shopify/app")}
embedded = true
extension_directories = ["checkout/extension", "checkout/extension/theme"]

[access_scopes]
scopes = {json.dumps(",".join(SCOPES))}
optional_scopes = {json.dumps(list(OPTIONAL_SCOPES))}

[auth]
redirect_urls = [{json.dumps(f"{url}/shopify/callback")}]

[app_proxy]
url = {json.dumps(f"{url}/shopify/proxy")}
prefix = {json.dumps(PROXY_PREFIX)}
subpath = {json.dumps(PROXY_PATH)}

[webhooks]
api_version = {json.dumps(API_VERSION)}

[[webhooks.subscriptions]]
compliance_topics = {json.dumps(list(COMPLIANCE_TOPICS))}
uri = "/shopify/webhooks/compliance"
"""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Write shopify.app.toml to standard output.")
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--url", required=True, help="where Shopify reaches this app (PUBLIC_URL)")
    parser.add_argument("--name", default="ShipSmart")
    said = parser.parse_args(arguments)
    sys.stdout.write(app_toml(client_id=said.client_id, url=said.url, name=said.name))


if __name__ == "__main__":
    main()
