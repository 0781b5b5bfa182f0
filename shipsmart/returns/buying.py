"""Buy the label for the way back, once. A call without an answer is settled by asking the carrier for our reference."""

import hashlib
import io
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfReader

from shipsmart.compliance.gate import examine
from shipsmart.compliance.operations import screen_shipment
from shipsmart.core.errors import ShipSmartError
from shipsmart.documents.models import Document
from shipsmart.documents.operations import Paper, issue_all, take_number
from shipsmart.documents.render import papers_for, render_paper
from shipsmart.documents.snapshots import ShipmentInvalid, parse_shipment
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Again, Effects
from shipsmart.ports import IntegrationError, Label, ParcelSpec, provider, provides, title_of
from shipsmart.rating.models import CarrierAccount
from shipsmart.returns import operations, way_back
from shipsmart.returns.models import LabelPurchase, Return
from shipsmart.shipments.labels import ASK_AGAIN_S, SURE_AFTER

KIND = "returns.buy_label"
State = LabelPurchase.State
# The label is the carrier's own; a second invoice of the same number beside the return invoice would be one too many.
NOT_OURS = frozenset({"label", "commercial_invoice"})


class NotBuyable(ShipSmartError):  # noqa: N818 - the name says what it is
    """No label can be bought for this return; the message says why and what to do."""

    code = "not_buyable"


def subject(returned: Return) -> str:
    return f"return:{returned.pk}"


def ask(returned: Return, *, account: CarrierAccount, service: str, parcel: ParcelSpec, actor: str) -> LabelPurchase:
    """Have a label bought. Raises NotBuyable: what customs would refuse, another purchase that is still under way."""
    if not provides(account.carrier, "return_labels") or account.merchant_id != returned.merchant_id:
        raise NotBuyable(f"{title_of(account.carrier)} sells no labels for returns here: choose another carrier")
    try:
        with transaction.atomic():
            row = Return.objects.select_for_update(of=("self",)).get(pk=returned.pk)
            if row.state not in (Return.State.APPROVED, Return.State.ON_ITS_WAY):
                raise NotBuyable(f"the return is {row.state}: a label is bought for one that is approved")
            purchase = LabelPurchase.objects.create(
                returned=row,
                account=account,
                carrier=account.carrier,
                service=service.strip(),
                weight_g=parcel.weight_g,
                length_mm=parcel.length_mm,
                width_mm=parcel.width_mm,
                height_mm=parcel.height_mm,
                invoice_number=_number(row),
                invoice_date=timezone.now().date(),
                asked_by=actor,
            )
            _check(purchase)
            inbox.send(kind=KIND, key=f"{KIND}:{purchase.pk}", payload={"purchase": purchase.pk})
    except IntegrityError:
        raise NotBuyable("a label is being bought for this return already: wait for it") from None
    return purchase


def _number(returned: Return) -> str:
    """Return the number of the return invoice; one of a purchase that came to nothing serves again: no gaps."""
    refused = returned.purchases.filter(state=State.REFUSED).first()
    issued = Document.objects.filter(merchant=returned.merchant, kind="return_invoice", subject=subject(returned))
    if refused and not issued.filter(number=refused.invoice_number).exists():
        return refused.invoice_number
    return take_number(returned.merchant, "return_invoice")


def _check(purchase: LabelPurchase) -> None:
    """Raise NotBuyable with all that the gate has against the way back."""
    try:
        paper = parse_shipment(way_back.paper_data(purchase, waybill=""))
    except ShipmentInvalid as error:
        raise NotBuyable("; ".join(f"{one['message']} ({one['where']})" for one in error.problems())[:500]) from None
    blocks = [*examine(paper).blocks, *screen_shipment(purchase.returned.merchant, paper)]
    if blocks:
        raise NotBuyable("; ".join(f"{block.message} ({block.where})" for block in blocks)[:500])


def handle(message: OutboundMessage) -> Effects | Again | None:
    """Outbound handler "returns.buy_label"."""
    rows = LabelPurchase.objects.select_related("account", "returned__order__merchant")
    purchase = rows.get(pk=message.payload["purchase"])
    if purchase.state in (State.BUYING, State.UNKNOWN):
        return _settle(purchase)
    return _buy(purchase) if purchase.state == State.ASKED else None


def _buy(purchase: LabelPurchase) -> Effects | Again | None:
    if purchase.account is None:
        return lambda: _refuse(purchase, "the carrier account is gone: choose another")
    now = timezone.now()
    asked = LabelPurchase.objects.filter(pk=purchase.pk, state=State.ASKED)
    if not asked.update(state=State.BUYING, sent_at=now):
        return None
    carrier = provider(purchase.carrier, "return_labels")
    try:
        order = way_back.label_order(purchase)
        label = carrier.buy_return_label(purchase.account.ref(), order, timeout_s=settings.LABEL_TIMEOUT_S)
    except IntegrationError as error:
        return _not_bought(purchase, error)
    return _taken(purchase, label)


def _not_bought(purchase: LabelPurchase, error: IntegrationError) -> Effects | Again:
    said = str(error)[:500]
    if error.outcome_unknown:
        unknown = LabelPurchase.objects.filter(pk=purchase.pk)
        return Again(ASK_AGAIN_S, lambda: unknown.update(state=State.UNKNOWN, message=said))
    if error.permanent:
        return lambda: _refuse(purchase, said)
    # The carrier is away and booked nothing: this row is tried again.
    LabelPurchase.objects.filter(pk=purchase.pk).update(state=State.ASKED, message=said)
    raise error


def _settle(purchase: LabelPurchase) -> Effects | Again:
    """Ask the carrier what became of a call without an answer; only when nothing was booked is it made again."""
    if purchase.account is None or purchase.sent_at is None:
        return lambda: _refuse(purchase, "the carrier account is gone: look in the carrier's portal what was booked")
    found = provider(purchase.carrier, "labels").find_shipment(
        purchase.account.ref(),
        reference=purchase.reference,
        since=purchase.sent_at.date() - timedelta(days=1),
        timeout_s=settings.LABEL_TIMEOUT_S,
    )
    if found and found.label:
        return _taken(purchase, found.label)
    if found:
        text = (
            f"{title_of(purchase.carrier)} booked {found.waybill} and does not print it again: take it from its portal"
        )
        return lambda: _refuse(purchase, text)
    if (timezone.now() - purchase.sent_at).total_seconds() < SURE_AFTER * settings.LABEL_TIMEOUT_S:
        return Again(ASK_AGAIN_S)
    return Again(0, lambda: LabelPurchase.objects.filter(pk=purchase.pk).update(state=State.ASKED))


def _taken(purchase: LabelPurchase, label: Label) -> Effects:
    """Store label and papers outside of the transaction, and return what writes them down."""
    data = way_back.paper_data(purchase, waybill=label.waybill)
    paper = parse_shipment(data)
    papers = [_label(label), *(_paper(kind, purchase, label) for kind in papers_for(paper) if kind not in NOT_OURS)]
    name = f"returns/{purchase.returned.merchant_id}/{purchase.returned_id}/{label.waybill}.pdf"
    stored = default_storage.save(name, ContentFile(label.label)) if label.label_format == "pdf" else ""

    def effects() -> None:
        LabelPurchase.objects.filter(pk=purchase.pk).update(
            state=State.BOUGHT, message="", waybill=label.waybill, cost=label.cost, cost_currency=label.currency
        )
        returned = purchase.returned
        issue_all(merchant=returned.merchant, subject=subject(returned), papers=papers, snapshot=data)
        operations.label_bought(
            returned,
            carrier=purchase.carrier,
            waybill=label.waybill,
            tracking_url=label.tracking_url,
            label_file=stored,
        )
        said = f"{title_of(purchase.carrier)} sells label {label.waybill} for return {returned.number}"
        returned.order.note("return_label_bought", said, actor=purchase.asked_by)

    return effects


def _label(label: Label) -> Paper:
    is_pdf = label.label_format == "pdf"
    return Paper(
        kind="label",
        number=label.waybill,
        content=label.label,
        sha256=hashlib.sha256(label.label).hexdigest(),
        pages=len(PdfReader(io.BytesIO(label.label)).pages) if is_pdf else 1,
        media_type="application/pdf" if is_pdf else "application/zpl",
    )


def _paper(kind: str, purchase: LabelPurchase, label: Label) -> Paper:
    made = render_paper(kind, parse_shipment(way_back.paper_data(purchase, waybill=label.waybill)))
    number = purchase.invoice_number if "invoice" in kind else label.waybill
    return Paper(kind=kind, number=number, content=made.pdf, sha256=made.sha256, pages=made.pages)


def _refuse(purchase: LabelPurchase, text: str) -> None:
    LabelPurchase.objects.filter(pk=purchase.pk).update(state=State.REFUSED, message=text)
    returned = purchase.returned
    said = f"no label for return {returned.number}: {text}"[:500]
    returned.order.note("return_label_refused", said, actor=title_of(purchase.carrier))


def given_up(message: OutboundMessage, text: str) -> None:
    """Say that the label could not be bought; it may be asked for again."""
    purchase = LabelPurchase.objects.select_related("returned__order").get(pk=message.payload["purchase"])
    if purchase.state in LabelPurchase.OPEN:
        _refuse(purchase, text[:450])
