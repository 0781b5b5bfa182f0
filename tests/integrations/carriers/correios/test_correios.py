"""The Correios: prices inside Brazil, and the scans of parcels from abroad with their customs stages."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from integrations.carriers.correios import manifest, mapping
from integrations.carriers.correios.adapter import adapter
from shipsmart.ports import CarrierAccountRef, IntegrationError, Milestone, ParcelSpec
from tests.integrations.carriers.carrier_cases import BRAZILIAN, GERMAN, enquiry
from tests.integrations.carriers.kit import CarrierContract, Subject

CORREIOS = CarrierAccountRef("correios", "0067599079", {"user": "u", "access_code": "a"})
RIO = replace(BRAZILIAN, city="Rio de Janeiro", region="RJ", postcode="20040-002")


def domestic(found):
    return replace(found, shipper=BRAZILIAN, consignee=RIO, currency="BRL")


class TestCorreiosContract(CarrierContract):
    subject = Subject(manifest, adapter, CORREIOS, "03220", enquiry=domestic,
                      followed="LX473124829CN")  # fmt: skip

    def test_a_parcel_from_abroad_shows_its_customs_stages(self, practice):
        steps = [event.milestone for event in adapter.tracking_events(CORREIOS, "LX473124829CN", timeout_s=5)]
        assert Milestone.UNKNOWN not in steps
        assert steps.index(Milestone.ARRIVED_DESTINATION) < steps.index(Milestone.IMPORT_CUSTOMS)
        assert steps.index(Milestone.IMPORT_CUSTOMS) < steps.index(Milestone.CUSTOMS_CLEARED)
        assert steps[-1] == Milestone.DELIVERED

    def test_a_service_outside_the_contract_is_left_out(self, practice):
        account = replace(CORREIOS, settings={"services": {"03220": "SEDEX", "04014": "old SEDEX"}})
        quotes = adapter.carrier_quotes(account, domestic(enquiry()), timeout_s=5)
        assert [quote.service for quote in quotes] == ["03220"]
        assert quotes[0].deliver_by is not None


def test_sizes_are_whole_centimetres_and_never_below_what_is_priced():
    small = domestic(enquiry(parcels=(ParcelSpec("1", 149, 101, 50, 9),)))
    row = mapping.price_parameters(CORREIOS, small)[0]
    assert (row["comprimento"], row["largura"], row["altura"], row["psObjeto"]) == ("16", "11", "2", "149")
    row = mapping.price_parameters(CORREIOS, domestic(enquiry()))[0]
    assert (row["comprimento"], row["largura"], row["altura"], row["psObjeto"]) == ("31", "21", "11", "1250")
    assert (row["cepOrigem"], row["cepDestino"]) == ("01304001", "20040002")


@pytest.mark.parametrize(("text", "amount"), [("29,50", "29.50"), ("1.234,50", "1234.50"), ("0,00", "0.00")])
def test_brazilian_amounts_are_read_exactly(text, amount):
    assert mapping.reais(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consignee": GERMAN}, "wrong_country"),
        ({"consignee": replace(RIO, postcode="2004")}, "wrong_postcode"),
        ({"consignee": replace(RIO, postcode="")}, "missing_data"),
        ({"parcels": (ParcelSpec("1", 30_001, 300, 200, 100),)}, "too_large"),
        ({"parcels": (ParcelSpec("1", 1000, 1_001, 200, 100),)}, "too_large"),
        ({"parcels": (ParcelSpec("1", 1000, 200, 200, 100),) * 2}, "too_many_parcels"),
    ],
)
def test_what_they_do_not_price_is_refused_before_it_is_sent(changes, code):
    with pytest.raises(IntegrationError) as caught:
        mapping.price_parameters(CORREIOS, replace(domestic(enquiry()), **changes))
    assert (caught.value.code, caught.value.permanent) == (code, True)


def test_the_day_is_asked_in_their_order():
    row = mapping.time_parameters(CORREIOS, domestic(enquiry(ship_on=date(2026, 11, 3))))[0]
    assert row["dtEvento"] == "03-11-2026"


def test_scans_have_brasilias_clock_and_the_shopper_who_must_pay_is_named():
    raw = {"codigo": "PAR", "tipo": "17", "dtHrCriado": "2026-11-02T23:17:58", "descricao": "Aguardando pagamento",
           "unidade": {"endereco": {"cidade": "CURITIBA", "uf": "PR"}}}  # fmt: skip
    event = mapping.event_from(raw)
    assert event.at.isoformat() == "2026-11-03T02:17:58+00:00"
    assert (event.milestone, event.reason, event.code) == (Milestone.CUSTOMS_HOLD, "duties_unpaid", "PAR:17")
    assert (event.place, event.country) == ("CURITIBA", "BR")


def test_a_unit_abroad_has_its_name_for_a_place_and_an_unknown_code_stays_unknown():
    raw = {"codigo": "XYZ", "tipo": "3", "dtHrCriado": "2026-11-02T10:00:00", "unidade": {"nome": "CHINA"}}
    event = mapping.event_from(raw)
    assert (event.place, event.country, event.milestone, event.code) == ("CHINA", "", Milestone.UNKNOWN, "XYZ:03")
