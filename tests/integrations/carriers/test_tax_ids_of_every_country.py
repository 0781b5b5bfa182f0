"""Whatever number customs ask for, a store brings or the settings offer: every courier has a code for it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from integrations.carriers.dhl_express.codes import REGISTRATION_TYPES
from integrations.carriers.fedex.codes import TIN_TYPES
from integrations.carriers.ups.codes import CONSIGNEE_ID_TYPES, CONSIGNOR_ID_TYPES, VENDOR_COLLECT
from integrations.kit.tax_ids import SAID_IN_WORDS, issuer
from integrations.storefronts.shopify.codes import TAX_ID_TYPES
from integrations.storefronts.vtex.codes import DOCUMENTS
from shipsmart.compliance.party_checks import RECIPIENT_IDS, SCHEME_IDS
from shipsmart.compliance.tax_ids import CHECKS
from shipsmart.dashboard.forms.sections import KINDS
from shipsmart.documents import agreements
from shipsmart.ports import TaxId

OF_RECIPIENTS = {kind for kinds, _, _ in RECIPIENT_IDS.values() for kind in kinds}
OF_SHOPPERS = OF_RECIPIENTS | set(TAX_ID_TYPES.values()) | set(DOCUMENTS.values()) | {"CNPJ", "VAT", "EORI"}
OF_MERCHANTS = (set(KINDS) | set(CHECKS)) - set(SAID_IN_WORDS)
TABLES: dict[str, tuple[Mapping[str, str], set[str]]] = {
    "DHL, shoppers": (REGISTRATION_TYPES, OF_SHOPPERS),
    "DHL, merchants": (REGISTRATION_TYPES, OF_MERCHANTS),
    "FedEx, shoppers": (TIN_TYPES, OF_SHOPPERS),
    "FedEx, merchants": (TIN_TYPES, OF_MERCHANTS),
    "UPS, shoppers": (CONSIGNEE_ID_TYPES, OF_SHOPPERS),
    "UPS, merchants": (CONSIGNOR_ID_TYPES | {kind: code for (kind, _), code in VENDOR_COLLECT.items()}, OF_MERCHANTS),
}


@pytest.mark.parametrize("table", TABLES)
def test_every_number_has_a_code(table: str) -> None:
    codes, kinds = TABLES[table]
    assert kinds - set(codes) == set()


def test_the_settings_take_every_number_that_is_asked_of_merchants() -> None:
    table = tomllib.loads(Path(agreements.__file__).with_name("agreements.toml").read_text(encoding="utf-8"))
    named = [one.get("number_types", {}) for one in table.values() if isinstance(one, dict)]
    of_exporters = {kind for types in named for kinds in types.values() for kind in kinds}
    assert "REX" in of_exporters
    of_sellers = {kind for kinds in SCHEME_IDS.values() for kind in kinds}
    assert of_exporters | of_sellers | {"EORI", "IOSS"} <= set(KINDS)


@pytest.mark.parametrize("country", RECIPIENT_IDS)
def test_the_number_a_country_asks_for_names_its_issuer(country: str) -> None:
    for kind in set(RECIPIENT_IDS[country][0]) - {"KYC"}:  # any of several papers: the form states the country
        assert issuer(TaxId(kind, "1234567"), "consignee") == country
