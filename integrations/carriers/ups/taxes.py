"""Tax numbers in UPS's words: VendorInfo for tax already collected, GlobalTaxInformation for the rest. Pure."""

from typing import Any

from integrations.carriers.ups.codes import (
    CONSIGNEE_ADDRESS,
    CONSIGNEE_ID_TYPES,
    CONSIGNEE_ROLE,
    CONSIGNOR_ID_TYPES,
    CONSIGNOR_ROLE,
    EORI_PURPOSE,
    EXPORTER_ADDRESS,
    IMPORTER_ADDRESS,
    OTHER_PURPOSE,
    VENDOR_COLLECT,
)
from integrations.carriers.ups.limits import TEXTS
from integrations.kit.fields import fitting, tax_code
from integrations.kit.tax_ids import SAID_IN_WORDS, issuer
from shipsmart.ports import LabelOrder, Party, TaxId


def vendor_info(order: LabelOrder) -> dict[str, str] | None:
    """Return the registration under which import tax was collected at checkout (IOSS, VOEC, ...), or None."""
    for tax_id in order.shipper.tax_ids:
        if code := _vendor_code(tax_id):
            return {
                "VendorCollectIDTypeCode": code,
                "VendorCollectIDNumber": fitting(tax_id.number, TEXTS["vendor number"], "consignor tax id"),
                "ConsigneeType": "01" if order.consignee.company else "02",
            }
    return None


def global_tax_information(order: LabelOrder) -> dict[str, Any] | None:
    """Return every other tax number of consignor, consignee and importer with type, purpose and issuer, or None."""
    consignor = _numbers(order.shipper, CONSIGNOR_ID_TYPES, "consignor", EXPORTER_ADDRESS)
    consignee = _numbers(order.consignee, CONSIGNEE_ID_TYPES, "consignee", CONSIGNEE_ADDRESS)
    if order.importer is not None and order.importer != order.consignee:
        consignee += _numbers(order.importer, CONSIGNEE_ID_TYPES, "importer", IMPORTER_ADDRESS)
    agents = [
        {"AgentRole": role, "TaxIdentificationNumber": numbers}
        for role, numbers in ((CONSIGNOR_ROLE, consignor), (CONSIGNEE_ROLE, consignee))
        if numbers
    ]
    return {"AgentTaxIdentificationNumber": agents} if agents else None


def _vendor_code(tax_id: TaxId) -> str | None:
    return VENDOR_COLLECT.get((tax_id.type, "")) or VENDOR_COLLECT.get((tax_id.type, tax_id.country))


def _numbers(party: Party, types: dict[str, str], field: str, role: str) -> list[dict[str, str]]:
    return [
        {
            "IdentificationNumber": fitting(tax_id.number, TEXTS["vendor number"], f"{field} tax id"),
            "IDNumberCustomerRole": role,
            "IDNumberEncryptionIndicator": "0",
            "IDNumberIssuingCntryCd": issuer(tax_id, field),
            "IDNumberPurposeCode": EORI_PURPOSE if tax_id.type == "EORI" else OTHER_PURPOSE,
            "IDNumberTypeCode": tax_code(tax_id, types, field),
        }
        for tax_id in party.tax_ids
        if tax_id.type not in SAID_IN_WORDS and not _vendor_code(tax_id)
    ]
