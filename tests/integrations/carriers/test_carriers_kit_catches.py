"""The contract-test kit is worth nothing unless it catches wrong adapters: each mistake fails the test made for it."""

from collections.abc import Callable
from dataclasses import replace
from inspect import signature
from typing import Any

import pytest

from integrations.carriers.dhl_express import manifest
from integrations.carriers.dhl_express.adapter import DhlExpress
from integrations.carriers.ups import manifest as ups_manifest
from integrations.carriers.ups.adapter import Ups
from shipsmart.ports import CarrierAccountRef, CarrierEvent, FoundShipment, IntegrationError, Label, Milestone
from tests.integrations.carriers.carrier_cases import Practice
from tests.integrations.carriers.kit import CarrierContract, Subject

DHL = CarrierAccountRef("dhl_express", "123456789", {"username": "u", "password": "p"})
UPS = CarrierAccountRef("ups", "A1B2C3", {"client_id": "c", "client_secret": "s"})


class InventsThePhone(DhlExpress):
    def buy_label(self, account: Any, order: Any, **more: Any) -> Label:
        consignee = replace(order.consignee, phone=order.consignee.phone or "0000000000")
        return super().buy_label(account, replace(order, consignee=consignee), **more)


class InventsTheOrigin(DhlExpress):
    def buy_label(self, account: Any, order: Any, **more: Any) -> Label:
        items = tuple(replace(item, origin=item.origin or order.shipper.country) for item in order.items)
        return super().buy_label(account, replace(order, items=items), **more)


class BuysAgainWhenTheAnswerIsLost(DhlExpress):
    def buy_label(self, account: Any, order: Any, **more: Any) -> Label:
        try:
            return super().buy_label(account, order, **more)
        except IntegrationError:
            return super().buy_label(account, order, **more)


class TakesALostAnswerForARefusal(DhlExpress):
    def buy_label(self, account: Any, order: Any, **more: Any) -> Label:
        try:
            return super().buy_label(account, order, **more)
        except IntegrationError as error:
            raise IntegrationError(str(error), permanent=True) from error


class DoublesTheValue(DhlExpress):
    def buy_label(self, account: Any, order: Any, **more: Any) -> Label:
        items = tuple(replace(item, unit_price=item.unit_price * 2) for item in order.items)
        return super().buy_label(account, replace(order, items=items), **more)


class DropsALine(DhlExpress):
    def buy_label(self, account: Any, order: Any, **more: Any) -> Label:
        return super().buy_label(account, replace(order, items=order.items[:1]), **more)


class DropsTheIoss(DhlExpress):
    def buy_label(self, account: Any, order: Any, **more: Any) -> Label:
        return super().buy_label(account, replace(order, shipper=replace(order.shipper, tax_ids=())), **more)


class NamesAnInvoiceOfItsOwn(DhlExpress):
    def buy_label(self, account: Any, order: Any, **more: Any) -> Label:
        return super().buy_label(account, replace(order, invoice_number="INV-00000"), **more)


class CutsTheWeight(DhlExpress):
    def buy_label(self, account: Any, order: Any, **more: Any) -> Label:
        parcels = tuple(replace(parcel, weight_g=parcel.weight_g // 1000 * 1000) for parcel in order.parcels)
        return super().buy_label(account, replace(order, parcels=parcels), **more)


class IgnoresWhoPays(DhlExpress):
    def buy_label(self, account: Any, order: Any, **more: Any) -> Label:
        payer = "sender" if order.incoterm == "DDP" else "recipient"
        return super().buy_label(account, replace(order, duty_payer=payer), **more)


class FindsWhateverThereIs(DhlExpress):
    def find_shipment(self, account: Any, **more: Any) -> FoundShipment | None:
        return FoundShipment("1234567890")


class GuessesUnknownCodes(DhlExpress):
    def tracking_events(self, account: Any, waybill: str, **more: Any) -> list[CarrierEvent]:
        events = super().tracking_events(account, waybill, **more)
        return [replace(event, milestone=Milestone.IN_TRANSIT) for event in events]


class LosesTheTimeZone(DhlExpress):
    def tracking_events(self, account: Any, waybill: str, **more: Any) -> list[CarrierEvent]:
        events = super().tracking_events(account, waybill, **more)
        return [replace(event, at=event.at.replace(tzinfo=None)) for event in events]


class QuotesWithoutCurrency(DhlExpress):
    def carrier_quotes(self, account: Any, enquiry: Any, **more: Any) -> Any:
        return [replace(quote, currency="") for quote in super().carrier_quotes(account, enquiry, **more)]


class HidesWrongCredentials(DhlExpress):
    def carrier_quotes(self, account: Any, enquiry: Any, **more: Any) -> Any:
        try:
            return super().carrier_quotes(account, enquiry, **more)
        except IntegrationError:
            return []


class VoidsNothing(Ups):
    def void(self, account: Any, waybill: str, **more: Any) -> None:
        return


class SendsACourierToAClosedDoor(Ups):
    def book_pickup(self, account: Any, order: Any, **more: Any) -> Any:
        return super().book_pickup(account, replace(order, closes_at=order.ready_at.time().replace(hour=23)), **more)


WRONG: list[tuple[Callable[[], Any], str, dict[str, Any]]] = [
    (InventsThePhone, "test_nothing_is_invented", {}),
    (InventsTheOrigin, "test_customs_data_of_goods_are_never_made_up", {"field": "origin"}),
    (
        BuysAgainWhenTheAnswerIsLost,
        "test_a_lost_answer_leaves_the_outcome_unknown_and_one_booking",
        {"kind": "accept_then_drop"},
    ),
    (
        TakesALostAnswerForARefusal,
        "test_a_lost_answer_leaves_the_outcome_unknown_and_one_booking",
        {"kind": "accept_then_rubbish"},
    ),
    (DoublesTheValue, "test_the_carrier_heard_what_the_order_says", {}),
    (DropsALine, "test_a_label_is_bought_and_printable", {}),
    (DropsTheIoss, "test_what_customs_must_know_stands_in_the_request", {}),
    (NamesAnInvoiceOfItsOwn, "test_what_customs_must_know_stands_in_the_request", {}),
    (CutsTheWeight, "test_the_carrier_heard_what_the_order_says", {}),
    (IgnoresWhoPays, "test_the_duty_payer_cannot_contradict_the_incoterm", {}),
    (FindsWhateverThereIs, "test_what_was_booked_is_found_and_nothing_else", {}),
    (GuessesUnknownCodes, "test_a_parcel_is_followed_to_the_door_without_an_unknown_code", {}),
    (LosesTheTimeZone, "test_a_parcel_is_followed_to_the_door_without_an_unknown_code", {}),
    (QuotesWithoutCurrency, "test_prices_have_a_currency_and_the_account", {}),
    (HidesWrongCredentials, "test_wrong_credentials_are_said_to_be_wrong", {}),
    (VoidsNothing, "test_a_label_is_void_and_void_again_without_complaint", {}),
    (SendsACourierToAClosedDoor, "test_a_courier_is_not_sent_to_a_closed_door", {}),
]


@pytest.mark.parametrize("number", range(len(WRONG)), ids=[row[0].__name__ for row in WRONG])
def test_the_kit_catches_a_wrong_adapter(practice: Practice, number: int) -> None:
    kind, test, more = WRONG[number]
    made = kind()
    ups = isinstance(made, Ups)
    account = replace(UPS, number=f"Z9Y8{number:02}") if ups else replace(DHL, number=f"9000000{number:02}")
    contract = CarrierContract()
    contract.subject = Subject(ups_manifest if ups else manifest, made, account, "65" if ups else "P")
    method = getattr(contract, test)
    wanted = {"practice": practice} if "practice" in signature(method).parameters else {}
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        method(**wanted, **more)


@pytest.mark.parametrize("test", sorted({row[1] for row in WRONG} - {"test_nothing_is_invented"}))
def test_the_right_adapters_pass_where_the_wrong_ones_fail(practice: Practice, test: str) -> None:
    """So that a wrong adapter fails for its mistake and not for the way it is called here."""
    more = next(row[2] for row in WRONG if row[1] == test)
    contract = CarrierContract()
    contract.subject = Subject(ups_manifest, Ups(), replace(UPS, number="Z9Y8AA"), "65")
    method = getattr(contract, test)
    method(**({"practice": practice} if "practice" in signature(method).parameters else {}), **more)
