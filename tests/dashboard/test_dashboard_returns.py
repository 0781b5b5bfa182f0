"""Returns on the pages: what comes back, what to refund, what to claim; another shop finds nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shipsmart.rating.models import CarrierAccount
from shipsmart.returns.models import Claim, Reason, Return, ReturnLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def returned(shop: Any) -> Return:
    row = Return.objects.create(merchant=shop.merchant, order=shop.order, number="#1001-R1", external_id="r1")
    line = shop.order.lines.first()
    ReturnLine.objects.create(returned=row, order_line=line, quantity=1, reason=Reason.SIZE, note="too tight")
    return row


def act(client: Client, returned: Return, action: str, **data: Any) -> Return:
    answer = client.post(reverse("dashboard:return_action", args=(returned.pk, action)), data)
    assert answer.status_code == 302
    returned.refresh_from_db()
    return returned


def test_open_returns_are_listed_with_their_order(owner: Client, returned: Return) -> None:
    page = owner.get(reverse("dashboard:returns")).content.decode()
    assert "#1001-R1" in page
    assert returned.order.number in page


def test_a_return_walks_from_request_to_inspection(owner: Client, returned: Return) -> None:
    assert act(owner, returned, "approve").state == "approved"
    assert act(owner, returned, "receive").state == "received"
    line = returned.lines.get()
    act(owner, returned, "inspect", **{f"accepted-{line.pk}": "1", f"condition-{line.pk}": "unworn"})
    line.refresh_from_db()
    assert (returned.state, line.accepted, line.condition) == ("inspected", 1, "unworn")


@pytest.mark.parametrize("units", ["", "-1", "2", "one", "9" * 12])
def test_units_that_make_no_sense_change_nothing_and_are_named(owner: Client, returned: Return, units: str) -> None:
    Return.objects.update(state=Return.State.RECEIVED)
    line = returned.lines.get()
    address = reverse("dashboard:return_action", args=(returned.pk, "inspect"))
    page = owner.post(address, {f"accepted-{line.pk}": units}, follow=True).content.decode()
    returned.refresh_from_db()
    assert returned.state == "received"
    assert "That did not work" in page


def test_a_step_that_does_not_follow_is_refused_with_its_reason(owner: Client, returned: Return) -> None:
    address = reverse("dashboard:return_action", args=(returned.pk, "receive"))
    assert "cannot be received now" in owner.post(address, follow=True).content.decode()
    returned.refresh_from_db()
    assert returned.state == "requested"


def test_the_suggested_refund_names_the_tax_that_was_paid(owner: Client, returned: Return) -> None:
    returned.order.collected = {"quote_id": returned.order.quote.quote_id, "scheme": "GB_VAT"}
    returned.order.save()
    page = owner.get(reverse("dashboard:return", args=(returned.pk,))).content.decode()
    assert "£22.00" in page.replace("\xa0", " ")


def test_a_claim_is_filed_under_its_reference_and_settled(owner: Client, returned: Return) -> None:
    claim = Claim.objects.create(
        returned=returned, scheme="x", title="Repayment of import VAT", amount=Decimal("22.00"), currency="GBP",
        deadline=date(2099, 1, 1), source="https://www.gov.uk/", confidence="verified",
    )  # fmt: skip
    assert "Repayment of import VAT" in owner.get(reverse("dashboard:returns")).content.decode()
    owner.post(reverse("dashboard:claim_action", args=(claim.pk, "file")), {"reference": "C285-1"})
    claim.refresh_from_db()
    assert (claim.state, claim.reference) == ("filed", "C285-1")
    owner.post(reverse("dashboard:claim_action", args=(claim.pk, "paid")))
    claim.refresh_from_db()
    assert claim.state == "paid"


def test_a_stranger_finds_no_return_and_no_claim(stranger: Client, returned: Return) -> None:
    assert stranger.get(reverse("dashboard:return", args=(returned.pk,))).status_code == 404
    assert stranger.post(reverse("dashboard:return_action", args=(returned.pk, "approve"))).status_code == 404
    assert "#1001-R1" not in stranger.get(reverse("dashboard:returns") + "?tab=all").content.decode()


BOX = {"service": "P", "weight_g": "700", "length_mm": "300", "width_mm": "200", "height_mm": "150"}


def buy(client: Client, returned: Return, **changes: Any) -> str:
    account = returned.merchant.carrier_accounts.filter(carrier="dhl_express").first()
    data = BOX | {"account": account.pk if account else ""} | changes
    answer = client.post(reverse("dashboard:buy_return_label", args=(returned.pk,)), data, follow=True)
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def test_a_label_for_the_way_back_is_asked_for_on_the_page(
    owner: Client, stranger: Client, shop: Any, returned: Return
) -> None:
    known = {"merchant": shop.merchant, "carrier": "dhl_express"}
    CarrierAccount.objects.get_or_create(**known, defaults={"number": "951234567"})
    shop.order.lines.update(hs_code="610910", origin="PT", weight_g=250, description="Cotton T-shirt, knitted")
    assert "the shipper has no phone number" in buy(owner, act(owner, returned, "approve"))
    shop.order.ship_to |= {"postcode": "10969", "phone": "+493012345678"}
    shop.order.save()
    assert "Buy the label for the way back" in owner.get(
        reverse("dashboard:return", args=(returned.pk,))
    ).content.decode()  # fmt: skip
    assert "Weight of the parcel (g): " in buy(owner, returned, weight_g="0")
    assert buy(stranger, returned) == "404"
    assert not returned.purchases.exists()
    page = buy(owner, returned)
    asked = [(row.service, row.weight_g, row.asked_by) for row in returned.purchases.all()]
    assert asked == [("P", 700, "owner@example.com")], page
