"""The Correios: prices inside Brazil, and the scans of parcels from abroad with their customs stages."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from integrations.carriers.correios import manifest, mapping, prepostagem
from integrations.carriers.correios.adapter import adapter
from shipsmart.ports import (
    CarrierAccountRef,
    CustomsItem,
    DangerousGoods,
    Incoterm,
    IntegrationError,
    Milestone,
    ParcelSpec,
    TaxId,
)
from tests.integrations.carriers.carrier_cases import BRAZILIAN, GERMAN, PARCEL, SHIRT, enquiry, label_order
from tests.integrations.carriers.kit import CarrierContract, Subject

CORREIOS = CarrierAccountRef("correios", "0067599079", {"user": "u", "access_code": "a"})
RIO = replace(BRAZILIAN, city="Rio de Janeiro", region="RJ", postcode="20040-002")


SHOP = replace(BRAZILIAN, company="Casa Lume Ltda", tax_ids=(TaxId("CNPJ", "11.222.333/0001-81", "BR"),),
               address2="Consolação", district="Consolação")  # fmt: skip
RIO = replace(RIO, address1="Rua da Assembleia, 10", address2="Sala 1203, Centro", district="Centro")
DAP = {"incoterm": Incoterm.DAP, "duty_payer": "recipient", "collected_duty": None, "collected_import_tax": None}


def domestic(found):
    return replace(found, shipper=BRAZILIAN, consignee=RIO, currency="BRL")


def at_home(found):
    values = {**DAP, "duty_payer": found.duty_payer} if found.duty_payer == "recipient" else {}
    if found.incoterm == Incoterm.DDP and found.duty_payer == "sender":
        values = DAP
    return replace(found, shipper=SHOP, consignee=RIO, currency="BRL", **values)


class TestCorreiosContract(CarrierContract):
    subject = Subject(manifest, adapter, CORREIOS, "03220", enquiry=domestic, order=at_home,
                      refused=("city", "address1", "district"), followed="LX473124829CN")  # fmt: skip

    def test_the_carrier_heard_what_the_order_says(self, practice):
        order = self.order("kit-heard")
        adapter.buy_label(CORREIOS, order, timeout_s=10)
        (booked,) = self.ours(practice, "kit-heard")
        worth = sum((item.unit_price * item.quantity for item in order.items), Decimal(0))
        assert (booked["declared_value"], booked["currency"], booked["weight_kg"]) == (worth, "BRL", Decimal("1.25"))
        assert (booked["origin"], booked["destination"], booked["account"]) == ("BR", "BR", CORREIOS.number)

    def test_what_customs_must_know_stands_in_the_request(self):
        pytest.skip("no customs inside Brazil")

    @pytest.mark.parametrize("field", ["description"])
    def test_customs_data_of_goods_are_never_made_up(self, field):
        super().test_customs_data_of_goods_are_never_made_up(field)

    def test_a_label_that_is_not_drawn_in_time_leaves_the_outcome_unknown_and_is_found(self, practice):
        practice.fault("http_500", carrier="correios", operation="recover")
        with pytest.raises(IntegrationError) as caught:
            self.buy("late-label")
        assert (caught.value.outcome_unknown, caught.value.permanent) == (True, False)
        practice.calm()
        found = adapter.find_shipment(CORREIOS, reference="late-label", since=date(2026, 1, 1), timeout_s=5)
        assert found.label.label.startswith(b"%PDF")
        assert len(self.ours(practice, "late-label")) == 1

    def test_what_was_cancelled_is_no_booking_any_more(self, practice):
        waybill = self.buy("called-off").waybill
        adapter.void(CORREIOS, waybill, timeout_s=5)
        since = date(2026, 1, 1)
        assert adapter.find_shipment(CORREIOS, reference="called-off", since=since, timeout_s=5) is None

    def test_a_booked_parcel_is_followed_by_its_own_number(self, practice):
        waybill = self.buy("followed").waybill
        practice.advance(days=20)
        steps = [event.milestone for event in adapter.tracking_events(CORREIOS, waybill, timeout_s=5)]
        assert steps[-1] == Milestone.DELIVERED
        assert Milestone.IMPORT_CUSTOMS not in steps

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


def order(**changes):
    return replace(at_home(label_order(service="03220")), **changes)


def body(**changes):
    return prepostagem.body(CORREIOS, order(**changes))


def test_a_prepostagem_says_what_the_order_says():
    found = body()
    assert found["remetente"]["cpfCnpj"] == "11222333000181"
    assert found["destinatario"] | {"endereco": None} == {
        "nome": "João Silva", "cpfCnpj": "11144477735", "email": "joerg@example.de",
        "dddCelular": "11", "celular": "987654321", "endereco": None,
    }  # fmt: skip
    assert found["destinatario"]["endereco"] == {
        "cep": "20040002", "logradouro": "Rua da Assembleia", "numero": "10", "complemento": "Sala 1203",
        "bairro": "Centro", "cidade": "Rio de Janeiro", "uf": "RJ",
    }  # fmt: skip
    assert (found["pesoInformado"], found["alturaInformada"], found["comprimentoInformado"]) == ("1250", "11", "31")
    assert found["itensDeclaracaoConteudo"][0] == {
        "conteudo": "T-shirt, cotton, knitted", "quantidade": "3", "valor": "19.99"
    }  # fmt: skip
    assert (found["pedidoExternoOrigem"], found["numeroCartaoPostagem"]) == ("SS00000042", CORREIOS.number)


@pytest.mark.parametrize(
    ("line", "street", "number"),
    [
        ("Rua Augusta 1500", "Rua Augusta", "1500"),
        ("Av. Paulista, 1000", "Av. Paulista", "1000"),
        ("Rua 7 de Setembro, nº 12A", "Rua 7 de Setembro", "12A"),
        ("Estrada do Sol S/N", "Estrada do Sol", "S/N"),
    ],
)
def test_the_house_number_is_read_from_the_end_of_the_street(line, street, number):
    found = body(consignee=replace(RIO, address1=line))["destinatario"]["endereco"]
    assert (found["logradouro"], found["numero"]) == (street, number)


def test_a_discount_finer_than_the_cent_still_adds_up():
    goods = body(items=(CustomsItem("M", "Caneca", "691200", "BR", 3, Decimal("19.9933"), 400),))
    rows = [(row["quantidade"], row["valor"]) for row in goods["itensDeclaracaoConteudo"]]
    assert rows == [("2", "19.99"), ("1", "20.00")]


@pytest.mark.parametrize(("phone", "told"), [("1132654321", {"dddTelefone": "11", "telefone": "32654321"}),
                                             ("+49 221 1234567890", {}), ("", {})])  # fmt: skip
def test_phones_are_told_as_brazil_writes_them_or_not_at_all(phone, told):
    found = body(consignee=replace(RIO, phone=phone))["destinatario"]
    assert {name: value for name, value in found.items() if "elefone" in name or "elular" in name} == told


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"consignee": GERMAN}, "wrong_country", "consignee country"),
        ({"shipper": GERMAN}, "wrong_country", "consignor country"),
        ({"shipper": replace(SHOP, tax_ids=())}, "missing_data", "consignor tax id"),
        ({"consignee": replace(RIO, address1="Rua da Assembleia")}, "missing_data", "consignee address1"),
        ({"consignee": replace(RIO, district="")}, "missing_data", "consignee district (bairro)"),
        ({"consignee": replace(RIO, address1=f"Rua {'X' * 60}, 1")}, "wrong_length", "consignee street"),
        ({"consignee": replace(RIO, region="Rio")}, "wrong_length", "consignee region"),
        ({"currency": "USD"}, "wrong_currency", "currency"),
        ({"service": "SEDEX-12"}, "wrong_length", "service"),
        ({"parcels": (PARCEL, PARCEL)}, "too_many_parcels", "parcels"),
        ({"items": (replace(SHIRT, quantity=0),)}, "wrong_quantity", "item 1 quantity"),
        ({"items": (replace(SHIRT, unit_price=Decimal(0)),)}, "missing_data", "item 1 price"),
        ({"items": (replace(SHIRT, dangerous=DangerousGoods("UN3481", "967", "II")),)}, "dangerous_goods_refused",
         "dangerous goods"),
    ],
)  # fmt: skip
def test_what_they_do_not_take_is_named_before_it_is_sent(changes, code, field):
    with pytest.raises(IntegrationError) as caught:
        body(**changes)
    assert (caught.value.code, caught.value.permanent, caught.value.details["field"]) == (code, True, field)


def test_a_page_of_others_and_dead_parcels_is_searched_without_mistaking_one():
    rows = [
        {"id": "1", "codigoObjeto": "AB1", "pedidoExternoOrigem": "SS1", "statusAtual": 5},
        {"id": "2", "codigoObjeto": "AB2", "pedidoExternoOrigem": "SS11", "statusAtual": 2},
        {"id": "3", "codigoObjeto": "AB3", "pedidoExternoOrigem": "SS1", "statusAtual": 7},
    ]
    assert prepostagem.named(rows, "SS1") == {"id": "3", "codigoObjeto": "AB3"}
    assert prepostagem.named(rows[:2], "SS1") is None
