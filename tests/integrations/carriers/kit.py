"""The contract-test kit: what every carrier adapter must do, checked over real HTTP against a practice carrier.

A new adapter is one `Subject` and one class: `class TestMine(CarrierContract): subject = Subject(...)`. Tests whose
capability its manifest does not name are skipped. See integrations/carriers/README.md.
"""

import hashlib
import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as time_of_day
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from shipsmart.ports import (
    CarrierAccountRef,
    CarrierEnquiry,
    Incoterm,
    IntegrationError,
    InvoiceUpload,
    LabelOrder,
    ManifestOrder,
    Milestone,
    PickUpOrder,
    PickUpShipment,
)
from tests.integrations.carriers.carrier_cases import Practice, enquiry, label_order


@dataclass(frozen=True)
class Subject:
    """An adapter under test: its manifest, an account, a service.

    `order` and `enquiry` adapt the common case (US to DE, two lines, DDP) to what the carrier takes.
    """

    manifest: Any
    adapter: Any
    account: CarrierAccountRef
    service: str
    order: Callable[[LabelOrder], LabelOrder] = lambda found: found
    enquiry: Callable[[CarrierEnquiry], CarrierEnquiry] = lambda found: found
    back: Callable[[LabelOrder], LabelOrder] = lambda found: found  # adapts the order for the way back
    refused: tuple[str, ...] = ("phone",)  # fields of the consignee that it must not invent
    account_on_bookings: bool = True  # False where the practice carrier is not told the account of a booking
    followed: str = ""  # a number that its practice carrier tracks, for an adapter that buys no labels


def today() -> date:
    return datetime.now(UTC).date()


class CarrierContract:
    """Inherit and set `subject`."""

    subject: Subject

    @pytest.fixture(autouse=True)
    def _offered(self, request: pytest.FixtureRequest) -> None:
        wanted = getattr(request.function, "capability", "")
        if wanted and wanted not in self.subject.manifest.PROVIDES:
            pytest.skip(f"{self.subject.manifest.KEY} offers no {wanted}")

    def order(self, reference: str, **changes: Any) -> LabelOrder:
        values = {"service": self.subject.service, "reference": reference, "ship_on": today() + timedelta(days=1)}
        return self.subject.order(label_order(**(values | changes)))

    def buy(self, reference: str, **changes: Any) -> Any:
        order = self.order(reference, **changes)
        return self.subject.adapter.buy_label(self.subject.account, order, timeout_s=10)

    def waybill(self, reference: str) -> str:
        return self.subject.followed or self.buy(reference).waybill

    def ours(self, practice: Practice, reference: str) -> list[dict[str, Any]]:
        key, number = self.subject.manifest.KEY, self.subject.account.number
        rows = [row for row in practice.shipments() if row["carrier"] == key]
        rows = [row for row in rows if row["account"] == number or not self.subject.account_on_bookings]
        return [row for row in rows if reference in str(row["references"])]

    def test_the_manifest_names_what_the_adapter_has(self) -> None:
        methods = {"quotes": "carrier_quotes", "labels": "buy_label", "tracking": "tracking_events", "void": "void",
                   "landed_cost": "landed_cost", "pickups": "book_pickup", "manifest": "close_out",
                   "return_labels": "buy_return_label", "push": "hook", "subscriptions": "subscribe",
                   "invoice_upload": "upload_invoice"}  # fmt: skip
        manifest = self.subject.manifest
        assert ("carrier", self.subject.account.carrier) == (manifest.KIND, manifest.KEY)
        assert all(callable(getattr(self.subject.adapter, methods[name])) for name in manifest.PROVIDES)
        assert set(manifest.CREDENTIALS) == set(self.subject.account.credentials)

    def test_prices_have_a_currency_and_the_account(self, practice: Practice) -> None:
        asked = self.subject.enquiry(enquiry(ship_on=today() + timedelta(days=1)))
        quotes = self.subject.adapter.carrier_quotes(self.subject.account, asked, timeout_s=5)
        found = {quote.service: quote for quote in quotes}[self.subject.service]
        assert found.price > 0
        assert len(found.currency) == 3
        assert found.account_number == self.subject.account.number

    def test_a_label_is_bought_and_printable(self, practice: Practice) -> None:
        label = self.buy("kit-pdf")
        assert len(PdfReader(io.BytesIO(label.label)).pages) >= 1
        (booked,) = self.ours(practice, "kit-pdf")
        assert (booked["number"], booked["line_items"]) == (label.waybill, len(self.order("kit-pdf").items))

    def test_the_carrier_heard_what_the_order_says(self, practice: Practice) -> None:
        order = self.order("kit-heard")
        self.subject.adapter.buy_label(self.subject.account, order, timeout_s=10)
        (booked,) = self.ours(practice, "kit-heard")
        worth = sum((item.unit_price * item.quantity for item in order.items), Decimal(0))
        assert (booked["declared_value"], booked["currency"]) == (worth, order.currency)
        assert (booked["origin"], booked["destination"]) == (order.shipper.country, order.consignee.country)
        payers = {"sender": ("shipper", "third_party"), "recipient": ("receiver",)}
        assert (booked["incoterm"], booked["duties_payer"] in payers[order.duty_payer]) == (str(order.incoterm), True)
        weight_g = sum(parcel.weight_g for parcel in order.parcels)
        assert 0 <= booked["weight_kg"] * 1000 - weight_g < 10  # rounded up by some, never down

    def test_what_customs_must_know_stands_in_the_request(self, practice: Practice) -> None:
        """The number under which tax was collected, the invoice, and code and origin of each line."""
        order = self.order("kit-customs", invoice_number="INV-77123")
        self.subject.adapter.buy_label(self.subject.account, order, timeout_s=10)
        heard = [row for row in practice.listed("requests") if (row["carrier"], row["operation"]) == (
            self.subject.manifest.KEY, "ship")]  # fmt: skip
        text = json.dumps(heard[-1]["body"], default=str)
        known = [tax_id.number for tax_id in order.shipper.tax_ids if tax_id.type == "IOSS"]
        known += [order.invoice_number, *(code for item in order.items for code in (item.hs_code, item.origin))]
        assert [number for number in known if f'"{number}"' not in text] == []

    def test_what_was_booked_is_found_and_nothing_else(self, practice: Practice) -> None:
        label = self.buy("kit-find")
        find = self.subject.adapter.find_shipment
        since = today() - timedelta(days=1)
        assert find(self.subject.account, reference="kit-find", since=since, timeout_s=5).waybill == label.waybill
        assert find(self.subject.account, reference="kit-never", since=since, timeout_s=5) is None

    @pytest.mark.parametrize(
        "kind", ["accept_then_drop", "accept_then_rubbish", "accept_then_hang", "accept_then_http_500"]
    )
    def test_a_lost_answer_leaves_the_outcome_unknown_and_one_booking(self, practice: Practice, kind: str) -> None:
        key = self.subject.manifest.KEY
        practice.fault(kind, carrier=key, operation="ship", count=1)
        order = self.order(f"kit-{kind}")
        with pytest.raises(IntegrationError) as caught:
            self.subject.adapter.buy_label(self.subject.account, order, timeout_s=0.7 if "hang" in kind else 5)
        assert (caught.value.outcome_unknown, caught.value.permanent) == (True, False)
        since = today() - timedelta(days=1)
        found = self.subject.adapter.find_shipment(
            self.subject.account, reference=f"kit-{kind}", since=since, timeout_s=5
        )
        assert [row["number"] for row in self.ours(practice, f"kit-{kind}")] == [found.waybill]

    @pytest.mark.parametrize("kind", ["http_500", "drop", "rubbish", "hang", "http_429"])
    def test_a_question_that_fails_is_transient_and_ends_in_time(self, practice: Practice, kind: str) -> None:
        practice.fault(kind, carrier=self.subject.manifest.KEY, operation="rates")
        asked = self.subject.enquiry(enquiry(ship_on=today() + timedelta(days=1)))
        started = time.monotonic()
        with pytest.raises(IntegrationError) as caught:
            self.subject.adapter.carrier_quotes(self.subject.account, asked, timeout_s=0.4)
        assert time.monotonic() - started < 10  # of the 60 that the carrier hangs
        assert (caught.value.permanent, caught.value.outcome_unknown) == (False, False)

    def test_wrong_credentials_are_said_to_be_wrong(self, practice: Practice) -> None:
        wrong = replace(self.subject.account, credentials=dict.fromkeys(self.subject.account.credentials, "refused"))
        asked = self.subject.enquiry(enquiry(ship_on=today() + timedelta(days=1)))
        with pytest.raises(IntegrationError) as caught:
            self.subject.adapter.carrier_quotes(wrong, asked, timeout_s=5)
        assert (caught.value.code, caught.value.permanent) == ("credentials_refused", True)

    def test_nothing_is_invented(self) -> None:
        order = self.order("kit-missing")
        for field in self.subject.refused:
            without = replace(order, consignee=replace(order.consignee, **{field: ""}))
            with pytest.raises(IntegrationError) as caught:
                self.subject.adapter.buy_label(self.subject.account, without, timeout_s=1)
            assert (caught.value.code, field in caught.value.details["field"]) == ("missing_data", True)

    @pytest.mark.parametrize("field", ["origin", "hs_code", "description"])
    def test_customs_data_of_goods_are_never_made_up(self, field: str) -> None:
        order = self.order("kit-goods")
        without = replace(order, items=(replace(order.items[0], **{field: ""}),))
        with pytest.raises(IntegrationError) as caught:
            self.subject.adapter.buy_label(self.subject.account, without, timeout_s=1)
        assert (caught.value.code, caught.value.permanent) == ("missing_data", True)

    def test_the_duty_payer_cannot_contradict_the_incoterm(self) -> None:
        payer = "recipient" if self.order("x").duty_payer == "sender" else "sender"
        with pytest.raises(IntegrationError) as caught:
            order = replace(self.order("kit-payer"), duty_payer=payer)
            self.subject.adapter.buy_label(self.subject.account, order, timeout_s=1)
        assert caught.value.code == "duty_payer_contradiction"

    def test_a_parcel_is_followed_to_the_door_without_an_unknown_code(self, practice: Practice) -> None:
        waybill = self.waybill("kit-track")
        practice.advance(days=40)
        events = self.subject.adapter.tracking_events(self.subject.account, waybill, timeout_s=5)
        steps = [event.milestone for event in events]
        assert steps[-1] == Milestone.DELIVERED
        assert Milestone.UNKNOWN not in steps
        stages = {Milestone.PICKED_UP, Milestone.IMPORT_CUSTOMS, Milestone.CUSTOMS_CLEARED, Milestone.OUT_FOR_DELIVERY}
        assert stages <= set(steps)
        assert all(event.at.tzinfo is not None for event in events)

    @pytest.mark.parametrize("kind", ["wrong_order", "twice", "null_text", "odd_fractions"])
    def test_odd_tracking_is_read_all_the_same(self, practice: Practice, kind: str) -> None:
        waybill = self.waybill(f"kit-{kind}")
        practice.advance(days=5)
        plain = self.subject.adapter.tracking_events(self.subject.account, waybill, timeout_s=5)
        practice.fault(kind, carrier=self.subject.manifest.KEY, operation="track")
        odd = self.subject.adapter.tracking_events(self.subject.account, waybill, timeout_s=5)
        assert [event.code for event in odd][: len(plain)] == [event.code for event in plain]
        assert [event.at for event in odd] == sorted({event.at for event in odd})

    def test_a_number_nobody_knows_has_no_events(self, practice: Practice) -> None:
        assert self.subject.adapter.tracking_events(self.subject.account, "LX000000005XX", timeout_s=5) == []

    def test_a_label_is_void_and_void_again_without_complaint(self, practice: Practice) -> None:
        label = self.buy("kit-void")
        for _ in range(2):
            self.subject.adapter.void(self.subject.account, label.waybill, timeout_s=5)
        assert [row["voided"] for row in self.ours(practice, "kit-void")] == [True]

    def test_a_courier_is_sent_once_and_called_off(self, practice: Practice) -> None:
        account, adapter = self.subject.account, self.subject.adapter
        pickup = adapter.book_pickup(account, self.pickup(self.buy("kit-courier").waybill), timeout_s=5)
        for _ in range(2):
            adapter.cancel_pickup(account, pickup, timeout_s=5)
        ours = [row for row in practice.listed("pickups") if row["number"] == pickup.number]
        assert [(row["parcels"], row["cancelled"]) for row in ours] == [(1, True)]
        assert pickup.on == today() + timedelta(days=1)

    def test_a_lost_answer_to_a_pick_up_is_said_to_be_unknown(self, practice: Practice) -> None:
        practice.fault("accept_then_drop", carrier=self.subject.manifest.KEY, operation="pickup", count=1)
        with pytest.raises(IntegrationError) as caught:
            self.subject.adapter.book_pickup(self.subject.account, self.pickup("1Z"), timeout_s=5)
        assert (caught.value.outcome_unknown, caught.value.permanent) == (True, False)

    def test_a_courier_is_not_sent_to_a_closed_door(self) -> None:
        closed = replace(self.pickup("1Z"), closes_at=time_of_day(9))
        with pytest.raises(IntegrationError) as caught:
            self.subject.adapter.book_pickup(self.subject.account, closed, timeout_s=1)
        assert (caught.value.code, caught.value.permanent) == ("wrong_time", True)

    def test_a_label_for_the_way_back_is_bought_and_found(self, practice: Practice) -> None:
        label = self.subject.adapter.buy_return_label(self.subject.account, self.way_back("kit-back"), timeout_s=10)
        assert len(PdfReader(io.BytesIO(label.label)).pages) >= 1
        (booked,) = self.ours(practice, "kit-back")
        lane = (self.way_back("x").shipper.country, self.way_back("x").consignee.country)
        assert (booked["number"], booked["origin"], booked["destination"]) == (label.waybill, *lane)

    def test_the_days_parcels_are_closed_out_on_one_paper(self, practice: Practice) -> None:
        account, adapter = self.subject.account, self.subject.adapter
        waybills = tuple(self.buy(f"kit-day-{number}").waybill for number in (1, 2))
        made = adapter.close_out(account, ManifestOrder(waybills, self.order("x").shipper, today()), timeout_s=10)
        assert len(PdfReader(io.BytesIO(made.document)).pages) >= 1
        (kept,) = [row for row in practice.listed("manifests") if row["number"] == made.number]
        assert set(waybills) <= set(kept["waybills"])

    def test_our_own_invoice_reaches_the_shipment_twice_without_complaint(self, practice: Practice) -> None:
        account = replace(self.subject.account, settings={**self.subject.account.settings, "paperless": True})
        waybill = self.subject.adapter.buy_label(account, self.order("kit-invoice"), timeout_s=10).waybill
        practice.advance(days=self.subject.adapter.invoice_taken_after_s / 86_400)
        content = b"%PDF-1.4 invoice of " + waybill.encode()
        order, lane = self.order("kit-invoice"), ("US", "DE")
        sent = InvoiceUpload(waybill, order.service, "INV-9", content, datetime.now(UTC), order.ship_on, *lane)
        for _ in range(2):
            self.subject.adapter.upload_invoice(account, sent, timeout_s=5)
        kept = {row["sha256"] for row in practice.listed("uploads") if row["waybill"] == waybill}
        assert kept == {hashlib.sha256(content).hexdigest()}

    def way_back(self, reference: str) -> LabelOrder:
        order = self.order(reference, export_reason="return", incoterm=Incoterm.DAP, duty_payer="recipient")
        return self.subject.back(replace(order, shipper=order.consignee, consignee=replace(order.shipper, tax_ids=())))

    def pickup(self, waybill: str) -> PickUpOrder:
        order = self.order("kit-pickup")
        tomorrow = datetime.combine(today() + timedelta(days=1), time_of_day(10), timezone(timedelta(hours=-6)))
        shipment = PickUpShipment(waybill, order.service, order.parcels, order.consignee)
        return PickUpOrder("kit-pickup", order.shipper, tomorrow, time_of_day(17, 30), (shipment,), "dock", "ring")


def _needs(capability: str, *names: str) -> None:
    for name in names:
        getattr(CarrierContract, name).capability = capability


_needs("quotes", "test_prices_have_a_currency_and_the_account",
       "test_a_question_that_fails_is_transient_and_ends_in_time",
       "test_wrong_credentials_are_said_to_be_wrong")  # fmt: skip
_needs("labels", "test_a_label_is_bought_and_printable", "test_the_carrier_heard_what_the_order_says",
       "test_what_customs_must_know_stands_in_the_request",
       "test_what_was_booked_is_found_and_nothing_else",
       "test_a_lost_answer_leaves_the_outcome_unknown_and_one_booking", "test_nothing_is_invented",
       "test_customs_data_of_goods_are_never_made_up",
       "test_the_duty_payer_cannot_contradict_the_incoterm")  # fmt: skip
_needs("tracking", "test_a_parcel_is_followed_to_the_door_without_an_unknown_code",
       "test_odd_tracking_is_read_all_the_same", "test_a_number_nobody_knows_has_no_events")  # fmt: skip
_needs("void", "test_a_label_is_void_and_void_again_without_complaint")
_needs("return_labels", "test_a_label_for_the_way_back_is_bought_and_found")
_needs("manifest", "test_the_days_parcels_are_closed_out_on_one_paper")
_needs("invoice_upload", "test_our_own_invoice_reaches_the_shipment_twice_without_complaint")
_needs("pickups", "test_a_courier_is_sent_once_and_called_off",
       "test_a_lost_answer_to_a_pick_up_is_said_to_be_unknown",
       "test_a_courier_is_not_sent_to_a_closed_door")  # fmt: skip
