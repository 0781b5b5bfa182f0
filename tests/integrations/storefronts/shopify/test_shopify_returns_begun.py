"""Returns begun here and processed here, against the practice Shopify over real HTTP."""

import pytest
import requests
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from integrations.storefronts.shopify import return_labels
from integrations.storefronts.shopify.return_begin import Sent, places
from integrations.storefronts.shopify.return_begin import adapter as begun_returns
from integrations.storefronts.shopify.return_process import not_taken, plan
from integrations.storefronts.shopify.returns import adapter as returns
from integrations.storefronts.shopify.returns import mark_in, marked
from shipsmart.inbox.models import InboundEvent, OutboundMessage
from shipsmart.ports import IntegrationError, ReceivedLine, StoreReturnLine
from shipsmart.returns import beginning, operations, write_back
from shipsmart.returns.models import Return
from shipsmart.returns.split import TooMuch

pytestmark = pytest.mark.django_db(transaction=True)


def rows(order, units=1, **changes):
    return [StoreReturnLine("", order.lines.get().external_id, units, "defective", "a hole", **changes)]


@pytest.fixture
def begun(sent, work_until):
    """One shirt that the merchant takes back."""
    made = beginning.begin(sent, rows(sent), actor="owner", key="k")
    work_until(OutboundMessage.objects.filter(kind="returns.begin", state="done").exists)
    made.refresh_from_db()
    return made


def in_store(practice, order):
    return practice.get(f"/api/orders/{order.external_id}")


def drained(work_until, kind):
    work_until(OutboundMessage.objects.filter(kind=kind, state="done").exists)


def accepted(returned, *, restock=True):
    line = returned.lines.get()
    operations.receive(returned, actor="owner")
    operations.inspect(
        returned, actor="owner", accepted={line.pk: 1}, condition={}, restock={line.pk} if restock else ()
    )


def test_return_begun_here_stands_in_the_store_with_its_reason(begun, settled):
    told = returns.fetch_return(settled, begun.external_id)
    assert (told.state, told.mark, told.number) == ("approved", begun.mark, begun.number)
    assert [(line.quantity, line.reason, line.note) for line in told.lines] == [(1, "defective", "a hole")]


def test_same_key_twice_is_one_return_and_no_unit_comes_back_twice(begun, sent):
    assert beginning.begin(sent, rows(sent), actor="owner", key="k") == begun
    with pytest.raises(TooMuch, match="1 units may still come back, not 2"):
        beginning.begin(sent, rows(sent, 2), actor="owner", key="other")


def test_answer_that_was_lost_makes_no_second_return(sent, settled, practice, work_until):
    practice.faults(webhook_lost=True, answer_lost="ReturnCreate", count=1)
    made = beginning.begin(sent, rows(sent), actor="owner")
    work_until(OutboundMessage.objects.filter(kind="returns.begin", attempts=1).exclude(last_error="").exists)
    OutboundMessage.objects.filter(kind="returns.begin").update(due=made.requested_at)
    drained(work_until, "returns.begin")
    made.refresh_from_db()
    assert made.external_id
    assert begun_returns.returnable(settled, sent.external_id)[0].quantity == 1  # of two shirts, one return of one


def test_stores_own_message_before_our_answer_is_the_same_return(sent, practice, work_until):
    practice.faults(answer_lost="ReturnCreate", count=1)
    made = beginning.begin(sent, rows(sent), actor="owner")
    work_until(lambda: Return.objects.exclude(external_id="").exists())  # the webhook told, our own call did not
    OutboundMessage.objects.filter(kind="returns.begin").update(due=made.requested_at)
    drained(work_until, "returns.begin")
    assert [(one.pk, one.mark) for one in Return.objects.filter(order=sent)] == [(made.pk, made.mark)]


def test_shoppers_request_waits_for_the_merchant_in_the_store_too(sent, settled, work_until):
    made = beginning.begin(sent, rows(sent), actor="shopper", requested=True)
    drained(work_until, "returns.begin")
    made.refresh_from_db()
    assert returns.fetch_return(settled, made.external_id).state == "requested"
    operations.approve(made, actor="owner")
    drained(work_until, "returns.approve")
    assert returns.fetch_return(settled, made.external_id).state == "approved"


def test_answer_given_before_the_store_knew_reaches_it_afterwards(sent, settled, practice, work_until):
    practice.faults(webhook_lost=True)
    made = beginning.begin(sent, rows(sent), actor="shopper", requested=True)
    operations.decline(made, actor="owner", note="worn")
    drained(work_until, "returns.begin")
    assert Return.objects.get(pk=made.pk).external_id == ""  # what was declined at once is not begun in the store
    again = beginning.begin(sent, rows(sent), actor="shopper", requested=True)
    told = begun_returns.begin_return(settled, _as_asked(again))
    operations.approve(again, actor="owner")
    drained(work_until, "returns.approve")
    assert returns.fetch_return(settled, told.external_id).state == "approved"


def _as_asked(returned):
    from shipsmart.ports import BegunReturn

    lines = tuple(rows(returned.order))
    return BegunReturn(returned.order.external_id, returned.mark, True, lines)


def test_inspection_is_told_once_and_restocks_where_it_was_sent_from(begun, settled, practice, work_until):
    accepted(begun)
    drained(work_until, "returns.process")
    line = begun.lines.get().order_line.external_id
    returns.process_return(settled, begun.external_id, [ReceivedLine(line, 1, True)])  # again: nothing is left to tell
    work_until(lambda: not InboundEvent.objects.due().exists())
    begun.refresh_from_db()
    assert begun.state == "inspected"  # the store closed it, but the money has still to go back
    [told] = in_store(practice, begun.order)["returns"]
    assert told["status"] == "CLOSED"
    assert [(one["type"], one["quantity"]) for one in told["dispositions"]] == [("RESTOCKED", 1)]


def test_label_is_handed_over_and_changed_with_its_waybill(begun, settled, practice, work_until):
    name = default_storage.save("returns/label.pdf", ContentFile(b"%PDF-1.7 one"))
    values = {"carrier": "ups", "tracking_url": "https://example.com/t", "label_file": name}
    operations.label_bought(begun, waybill="1ZBACK", **values)
    drained(work_until, "returns.tell_label")
    begun.refresh_from_db()
    assert (begun.told_waybill, bool(begun.store_delivery_id)) == ("1ZBACK", True)
    operations.label_bought(begun, waybill="1ZOTHER", **values)
    work_until(lambda: Return.objects.get(pk=begun.pk).told_waybill == "1ZOTHER")
    assert returns.fetch_return(settled, begun.external_id).waybills == ("1ZOTHER",)  # changed, not a second parcel
    [told] = in_store(practice, begun.order)["returns"]
    assert requests.get(told["labels"][0], timeout=10).content == b"%PDF-1.7 one"
    values["label_file"] = default_storage.save("returns/label.pdf", ContentFile(b"%PDF-1.7 two"))
    operations.label_bought(begun, waybill="1ZOTHER", **values)  # the same waybill on another sheet
    work_until(lambda: Return.objects.get(pk=begun.pk).told_waybill == "1ZOTHER")
    [told] = in_store(practice, begun.order)["returns"]
    assert [requests.get(one, timeout=10).content for one in told["labels"]] == [b"%PDF-1.7 two"]


def test_uploaded_label_can_be_fetched_by_the_store(settled):
    where = return_labels.upload(settled, b"%PDF-1.7 label", "return-label-1Z.pdf")
    assert requests.get(where, timeout=10).content == b"%PDF-1.7 label"


def test_mark_stays_within_the_stores_limit_and_out_of_the_note():
    note = marked("x" * 400, "ss-0123456789ab", most=255)
    assert len(note) == 255
    assert mark_in({"returnReasonNote": note, "customerNote": None}) == "ss-0123456789ab"
    assert mark_in({"returnReasonNote": "ss-0123456789ab", "customerNote": None}) == ""


def test_units_are_taken_from_one_fulfilment_after_the_other():
    sent = [Sent("f1", "1", 2), Sent("f2", "1", 3), Sent("f3", "2", 1)]
    wanted = StoreReturnLine("", "1", 4, "other")
    assert [(row.fulfilment_line, units) for row, units, _ in places(sent, [wanted])] == [("f1", 2), ("f2", 2)]
    with pytest.raises(IntegrationError, match="5 of 6 units may come back"):
        places(sent, [StoreReturnLine("", "1", 6, "other")])


def _processable(number, *, processed=0, quantity=2):
    line = {"id": f"f{number}", "lineItem": {"id": "gid://shopify/LineItem/1"}}
    left = quantity - processed
    return {
        "id": f"r{number}",
        "processedQuantity": processed,
        "processableQuantity": left,
        "fulfillmentLineItem": line,
    }


def _expected(number, total, *done):
    dispositions = [{"quantity": units} for units in done]
    row = {"id": f"e{number}", "totalQuantity": total, "dispositions": dispositions}
    return row | {"fulfillmentLineItem": {"id": f"f{number}", "lineItem": {"id": "gid://shopify/LineItem/1"}}}


def test_what_was_processed_before_a_crash_is_not_processed_again():
    rows = [_processable(1, processed=2), _processable(2)]
    expected = [_expected(1, 2, 2), _expected(2, 2)]
    chosen = plan([ReceivedLine("1", 3, True)], rows, expected, place=lambda line: f"at-{line}")
    place = {"reverseFulfillmentOrderLineItemId": "e2", "quantity": 1, "dispositionType": "RESTOCKED"}
    assert chosen == [{"id": "r2", "quantity": 1, "dispositions": [place | {"locationId": "at-f2"}]}]
    assert plan([ReceivedLine("1", 2, True)], rows, expected, place=str) == []


def test_units_that_the_store_does_not_take_are_counted():
    rows = [_processable(1, processed=1, quantity=1)]  # closed in the store when one unit had come
    assert not_taken([ReceivedLine("1", 3, True)], rows, []) == 2
    assert not_taken([ReceivedLine("1", 1, True)], rows, []) == 0
    assert not_taken([ReceivedLine("1", 3, True)], rows, [{"id": "r1", "quantity": 2}]) == 0


def test_goods_that_stay_off_the_shelf_need_no_place():
    chosen = plan([ReceivedLine("1", 2, False)], [_processable(1)], [_expected(1, 2)], place=lambda _: pytest.fail())
    assert chosen[0]["dispositions"][0]["dispositionType"] == "NOT_RESTOCKED"


def test_return_of_more_lines_than_a_page_holds_comes_whole(settled, monkeypatch):
    """Fifty lines come in the first page; the others by ReturnLines."""
    line = {
        "quantity": 1, "returnReasonNote": "", "customerNote": None, "returnReasonDefinition": None,
        "fulfillmentLineItem": {"id": "f", "lineItem": {"id": "gid://shopify/LineItem/1"}},
    }  # fmt: skip
    every = [{**line, "id": f"gid://shopify/ReturnLineItem/{number}"} for number in range(120)]

    def page(_connection, name, variables=None):
        if name == "return_parcels":
            return {"return": {"reverseFulfillmentOrders": {"nodes": [], "pageInfo": {"hasNextPage": False}}}}
        start = int((variables or {}).get("after") or 0)
        info = {"hasNextPage": start + 50 < len(every), "endCursor": str(start + 50)}
        node = {"id": "gid://shopify/Return/1", "name": "R", "status": "OPEN", "createdAt": "2026-11-22T10:00:00Z"}
        node |= {"decline": None, "order": {"id": "gid://shopify/Order/1"}}
        node |= {"exchangeLineItems": {"nodes": [], "pageInfo": {"hasNextPage": False}}}
        return {"return": node | {"returnLineItems": {"nodes": every[start : start + 50], "pageInfo": info}}}

    for module in ("returns", "client"):
        monkeypatch.setattr(f"integrations.storefronts.shopify.{module}.graphql", page)
    assert len(returns.fetch_return(settled, "1").lines) == 120


def test_worker_killed_after_the_store_made_the_return_leaves_one(sent, settled, practice, work_until):
    practice.faults(webhook_lost=True)
    made = beginning.begin(sent, rows(sent), actor="owner")
    assert write_back.begin(OutboundMessage.objects.get(kind="returns.begin"))  # and its effects are lost
    drained(work_until, "returns.begin")
    made.refresh_from_db()
    assert [one["name"] for one in in_store(practice, sent)["returns"]] == [made.number]
