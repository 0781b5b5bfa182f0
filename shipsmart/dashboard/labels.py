"""The words the pages use for our codes, translated, and the tone each is shown in."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shipsmart.compliance.models import ScreeningHit
from shipsmart.orders.models import Order
from shipsmart.ports import Milestone
from shipsmart.returns.models import Claim, Reason, RefundInstruction, Return
from shipsmart.shipments.handover_models import HandoverState
from shipsmart.shipments.models import LabelAttempt, Shipment

# code → (words, tone); tones: good, wait, warn, bad, mute
Labels = dict[str, tuple[str | Promise, str]]

ORDER_STATES: Labels = {
    Order.State.RECEIVED: (_("Received"), "wait"),
    Order.State.NEEDS_DATA: (_("Needs data"), "bad"),
    Order.State.ON_HOLD: (_("On hold"), "warn"),
    Order.State.READY: (_("Ready"), "wait"),
    Order.State.LABELLED: (_("Labelled"), "good"),
    Order.State.SHIPPED: (_("Shipped"), "good"),
    Order.State.DELIVERED: (_("Delivered"), "good"),
    Order.State.RETURNED: (_("Returned"), "mute"),
    Order.State.CANCELLED: (_("Cancelled"), "mute"),
}

SHIPMENT_STATES: Labels = {
    Shipment.State.PLANNED: (_("Planned"), "wait"),
    Shipment.State.BLOCKED: (_("Blocked"), "bad"),
    Shipment.State.BUYING: (_("Label being bought"), "wait"),
    Shipment.State.UNKNOWN: (_("Outcome unknown"), "warn"),
    Shipment.State.BOUGHT: (_("Label bought"), "good"),
    Shipment.State.FAILED: (_("Failed"), "bad"),
    Shipment.State.VOIDED: (_("Voided"), "mute"),
}

ATTEMPTS: Labels = {
    LabelAttempt.Outcome.SENDING: (_("Sent, no answer yet"), "wait"),
    LabelAttempt.Outcome.BOUGHT: (_("Bought"), "good"),
    LabelAttempt.Outcome.REFUSED: (_("Refused"), "bad"),
    LabelAttempt.Outcome.UNKNOWN: (_("Outcome unknown"), "warn"),
    LabelAttempt.Outcome.NOT_BOOKED: (_("Unknown to the carrier"), "mute"),
}

MILESTONES: Labels = {
    Milestone.LABEL_CREATED: (_("Label created"), "wait"),
    Milestone.INFO_RECEIVED: (_("Announced to the carrier"), "wait"),
    Milestone.PICKED_UP: (_("Picked up"), "good"),
    Milestone.IN_TRANSIT: (_("In transit"), "good"),
    Milestone.EXPORT_CUSTOMS: (_("Export customs"), "good"),
    Milestone.DEPARTED_ORIGIN: (_("Left the country of origin"), "good"),
    Milestone.ARRIVED_DESTINATION: (_("Arrived in the destination country"), "good"),
    Milestone.IMPORT_CUSTOMS: (_("Import customs"), "good"),
    Milestone.CUSTOMS_HOLD: (_("Held by customs"), "bad"),
    Milestone.CUSTOMS_CLEARED: (_("Cleared by customs"), "good"),
    Milestone.AT_DELIVERY_DEPOT: (_("At the delivery depot"), "good"),
    Milestone.OUT_FOR_DELIVERY: (_("Out for delivery"), "good"),
    Milestone.AVAILABLE_FOR_PICKUP: (_("Waiting at a pick-up point"), "warn"),
    Milestone.ATTEMPT_FAILED: (_("Delivery attempt failed"), "bad"),
    Milestone.DELIVERED: (_("Delivered"), "good"),
    Milestone.EXCEPTION: (_("Exception"), "bad"),
    Milestone.RETURNING: (_("On the way back"), "bad"),
    Milestone.RETURNED: (_("Returned"), "mute"),
    Milestone.CANCELLED: (_("Cancelled"), "mute"),
    Milestone.EXPIRED: (_("No news any more"), "mute"),
    Milestone.UNKNOWN: (_("Scanned"), "mute"),
}

CHARGE_KINDS: dict[str, str | Promise] = {
    "duty": _("Duty"),
    "additional_duty": _("Additional duty"),
    "excise": _("Excise"),
    "import_tax": _("Import tax"),
    "fee": _("Fee"),
    "fees": _("Fees"),
    "goods": _("Goods"),
    "freight": _("Freight"),
    "insurance": _("Insurance"),
    "customs_value": _("Customs value"),
    "landed_cost": _("Landed cost"),
}

QUOTE_STATUS: Labels = {
    "complete": (_("Complete"), "good"),
    "estimate": (_("Estimate"), "warn"),
    "not_computable": (_("Not computable"), "bad"),
}

PRICE_SOURCES: Labels = {
    "live": (_("Live"), "good"),
    "cache": (_("Cache"), "good"),
    "stale": (_("Older cache"), "warn"),
    "fallback": (_("Fallback table"), "warn"),
}

PAPERS: dict[str, str | Promise] = {
    "commercial_invoice": _("Commercial invoice"),
    "packing_list": _("Packing list"),
    "waybill": _("Waybill"),
    "cn22": "CN22",
    "cn23": "CN23",
    "label": _("Label"),
    "origin_statement": _("Statement on origin"),
    "dangerous_goods_note": _("Dangerous goods note"),
    "return_invoice": _("Return invoice"),
    "carrier_invoice": _("Carrier's invoice"),
    "carrier_waybill_doc": _("Carrier's waybill"),
    "manifest": _("Manifest"),
}

CHANNELS: dict[str, str] = {"shopify": "Shopify", "vtex": "VTEX", "manual": "Manual"}

RETURN_STATES: Labels = {
    Return.State.REQUESTED: (_("Asked for"), "warn"),
    Return.State.APPROVED: (_("Approved"), "wait"),
    Return.State.DECLINED: (_("Declined"), "mute"),
    Return.State.ON_ITS_WAY: (_("On the way back"), "wait"),
    Return.State.RECEIVED: (_("Here, to be inspected"), "warn"),
    Return.State.INSPECTED: (_("Inspected, to be refunded"), "warn"),
    Return.State.REFUNDED: (_("Refunded"), "good"),
    Return.State.CLOSED: (_("Closed"), "mute"),
    Return.State.CANCELLED: (_("Cancelled"), "mute"),
}

RETURN_REASONS: Labels = {
    Reason.CHANGED_MIND: (_("Changed their mind"), "mute"),
    Reason.SIZE: (_("Does not fit"), "mute"),
    Reason.DEFECTIVE: (_("Defective"), "bad"),
    Reason.NOT_AS_DESCRIBED: (_("Not as described"), "bad"),
    Reason.WRONG_ITEM: (_("Wrong item"), "bad"),
    Reason.REFUSED: (_("Refused at the door"), "warn"),
    Reason.OTHER: (_("Other"), "mute"),
}

CLAIM_STATES: Labels = {
    Claim.State.LISTED: (_("To be filed"), "warn"),
    Claim.State.FILED: (_("Filed"), "wait"),
    Claim.State.PAID: (_("Paid"), "good"),
    Claim.State.REFUSED: (_("Refused"), "bad"),
    Claim.State.LAPSED: (_("Lapsed"), "mute"),
}

REFUND_STATES: Labels = {
    RefundInstruction.State.ORDERED: (_("Under way"), "wait"),
    RefundInstruction.State.DONE: (_("Paid back"), "good"),
    RefundInstruction.State.REFUSED: (_("Not made"), "bad"),
    RefundInstruction.State.UNSURE: (_("Outcome unknown"), "warn"),
}

DECISIONS: Labels = {
    ScreeningHit.Decision.OPEN: (_("To decide"), "warn"),
    ScreeningHit.Decision.CLEARED: (_("Cleared"), "good"),
    ScreeningHit.Decision.BLOCKED: (_("Blocked"), "bad"),
}

PICKUP_STATES: Labels = {
    HandoverState.ASKED: (_("Asked for"), "wait"),
    HandoverState.BOOKED: (_("Booked"), "good"),
    HandoverState.UNKNOWN: (_("Outcome unknown"), "warn"),
    HandoverState.REFUSED: (_("Refused"), "bad"),
    HandoverState.NOT_BOOKED: (_("Not booked"), "mute"),
    HandoverState.CANCELLING: (_("Being cancelled"), "wait"),
    HandoverState.CANCELLED: (_("Cancelled"), "mute"),
}
MANIFEST_STATES: Labels = PICKUP_STATES | {
    HandoverState.BOOKED: (_("Closed out"), "good"),
    HandoverState.NOT_BOOKED: (_("Not closed"), "mute"),
}

GROUPS: dict[str, Labels] = {
    "order": ORDER_STATES,
    "shipment": SHIPMENT_STATES,
    "attempt": ATTEMPTS,
    "milestone": MILESTONES,
    "quote": QUOTE_STATUS,
    "source": PRICE_SOURCES,
    "return": RETURN_STATES,
    "return_reason": RETURN_REASONS,
    "claim": CLAIM_STATES,
    "refund": REFUND_STATES,
    "screening": DECISIONS,
    "pickup": PICKUP_STATES,
    "manifest": MANIFEST_STATES,
}


def words(group: str, code: str) -> tuple[str, str]:
    """Return (words, tone); a code we have no words for is shown as it is."""
    label, tone = GROUPS[group].get(code, (code.replace("_", " "), "mute"))
    return str(label), tone
