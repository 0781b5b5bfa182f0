"""Tax numbers: check digits where they are published (IOSS has one that is not, RFC one that the SAT itself breaks)."""

import pytest

from shipsmart.compliance.tax_ids import CHECKS, is_well_formed
from shipsmart.ports import TaxId

RIGHT = (
    ("VAT", "DE136695976", "DE"),
    ("VAT", "136695976", "DE"),
    ("VAT", "EL094259216", "GR"),
    ("VAT", "GB980780684", "GB"),
    ("VAT", "XI980780684", "XI"),
    ("VAT", "CHE-107.787.577 IVA", "CH"),
    ("VAT", "NO995525828MVA", "NO"),
    ("VAT", "JP5010001008771", "JP"),
    ("IOSS", "IM2460000006", "EU"),
    ("VOEC", "VOEC2023456", "NO"),
    ("GST", "51824753556", "AU"),
    ("ARN", "300012345678", "AU"),
    ("ABN", "83914571673", "AU"),
    ("IRD", "49-091-850", "NZ"),
    ("CNPJ", "16.727.230/0001-97", "BR"),
    ("CPF", "390.533.447-05", "BR"),
    ("EIN", "91-1144442", "US"),
    ("RFC", "GODE561231GR8", "MX"),
    ("RUT", "76086428-5", "CL"),
    ("PCCC", "P123456789012", "KR"),
    ("UID", "CHE-107.787.577 TVA", "CH"),
    ("TCKN", "17291716060", "TR"),
    ("REX", "NOREX995525828", "NO"),
    ("IEC", "0510012345", "IN"),
)
WRONG = (
    ("VAT", "DE136695978", "DE"),
    ("VAT", "FR136695976", "DE"),
    ("VAT", "GB802311781", "GB"),
    ("VAT", "XI802311781", "XI"),
    ("VAT", "CHE-107.787.578 IVA", "CH"),
    ("VAT", "NO995525829MVA", "NO"),
    ("VAT", "<b>1</b>", "JP"),
    ("IOSS", "IM9990000006", "EU"),
    ("IOSS", "EU372000042", "EU"),
    ("VOEC", "VOEC12345", "NO"),
    ("GST", "51-8", "AU"),
    ("ARN", "30001234567", "AU"),
    ("ABN", "99999999999", "AU"),
    ("IRD", "9125568", "NZ"),
    ("CNPJ", "16.727.230/0001-98", "BR"),
    ("CPF", "231.002.999-00", "BR"),
    ("EIN", "07-1144442", "US"),
    ("RFC", "GODE56123GR8", "MX"),
    ("RUT", "76086428-6", "CL"),
    ("PCCC", "P12345678901", "KR"),
    ("UID", "CHE-107.787.578", "CH"),
    ("TCKN", "17291716050", "TR"),
    ("REX", "995525828", "NO"),
    ("IEC", "05100123", "IN"),
)


def test_every_type_but_eori_is_tried_both_ways() -> None:
    # EORI is tried in test_gate.py.
    assert {row[0] for row in RIGHT} == {row[0] for row in WRONG} == set(CHECKS) - {"EORI"}


@pytest.mark.parametrize(("kind", "number", "country"), RIGHT)
def test_a_right_number_passes(kind: str, number: str, country: str) -> None:
    assert is_well_formed(TaxId(kind, number, country))


@pytest.mark.parametrize(("kind", "number", "country"), WRONG)
def test_a_wrong_number_is_told(kind: str, number: str, country: str) -> None:
    assert not is_well_formed(TaxId(kind, number, country))
