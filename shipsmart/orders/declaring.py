"""What a person has customs told about an order beside its goods, before a label is bought."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NotRequired, TypedDict, Unpack

from django.db import transaction

from shipsmart.core.errors import ShipSmartError
from shipsmart.core.money import minor_unit
from shipsmart.documents.references import MalformedReference, clean
from shipsmart.merchants.models import AuditEntry, Importer
from shipsmart.orders.models import Order, OrderLine
from shipsmart.orders.receiver import MalformedNumber, learnt

CHANGEABLE = (Order.State.RECEIVED, Order.State.NEEDS_DATA, Order.State.ON_HOLD)
# Shipments that a carrier may know of already: what it was told cannot be taken back.
AT_THE_CARRIER = ("buying", "unknown", "bought")


class NotDeclarable(ShipSmartError):  # noqa: N818 - the name says what it is
    """Customs cannot be told this; the message says why and what to do."""

    code = "not_declarable"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Told(TypedDict):
    """Why the goods travel, what insuring them cost (currency of the order) and who imports them.

    `references`: those of documents.references that are known now; `receiver`: what was learnt of the addressee, see
    receiver.py. An empty text takes one away, without a name nothing changes. `values`: line's key → what a unit would
    cost (currency of the order) of goods that cost the shopper nothing, None for nothing said.
    """

    export_reason: str
    insurance: Decimal
    importer: Importer | None
    references: NotRequired[Mapping[str, str]]
    receiver: NotRequired[Mapping[str, str]]
    values: NotRequired[Mapping[int, Decimal | None]]


def declare(order: Order, *, actor: str, **told: Unpack[Told]) -> dict[str, list[str]]:
    """Write down what customs are told.

    Returns what changed as name → [before, after]. Raises NotDeclarable for an order whose label is bought or being
    bought, and for what would be a false declaration.
    """
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",)).select_related("merchant", "importer").get(pk=order.pk)
        _check(row, told["export_reason"], told["insurance"], told["importer"])
        valued = _valued(row, told.pop("values", {}))
        wanted: dict[str, Any] = {**told, "references": _references(row.references, told.get("references", {}))}
        wanted["receiver"] = _receiver(row, told.get("receiver", {}))
        changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
        trace = {name: [_said(getattr(row, name)), _said(value)] for name, value in changed.items()}
        if "receiver" in trace:  # a person's numbers do not belong into a trail that outlives the order
            trace["receiver"] = [", ".join(row.receiver), ", ".join(wanted["receiver"])]
        trace |= {f"value of {line.title}": [before, _said(line.customs_price)] for line, before in valued}
        if not trace:
            return {}
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
        OrderLine.objects.bulk_update([line for line, _ in valued], ["customs_price"])
        row.note("declared", "What customs are told was changed", actor=actor)
        AuditEntry.objects.note(row.merchant, actor=actor, action="declare", target=f"order:{row.pk}", changes=trace)
    return trace


def _references(known: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """Return all references of the order. Raises NotDeclarable naming the one that has another shape."""
    try:
        cleaned = {key: clean(key, text) for key, text in said.items()}
    except MalformedReference as malformed:
        raise NotDeclarable(malformed.message, field=malformed.key) from None
    return {key: text for key, text in {**known, **cleaned}.items() if text}


def _receiver(order: Order, said: Mapping[str, str]) -> dict[str, str]:
    try:
        return learnt(order, said)
    except MalformedNumber as malformed:
        raise NotDeclarable(str(malformed), field=f"receiver_{malformed.key}") from None


def free_lines(order: Order) -> list[OrderLine]:
    """Return the goods that cost the shopper nothing: a gift, a replacement."""
    return [line for line in order.lines.all() if not line.total]


def _valued(order: Order, values: Mapping[int, Decimal | None]) -> list[tuple[OrderLine, str]]:
    """Return the lines whose value changes, with what was said before. Raises NotDeclarable."""
    free, step = {line.pk: line for line in free_lines(order)}, minor_unit(order.currency)
    found = []
    for key, value in values.items():
        if key not in free:
            raise NotDeclarable("goods that were paid for are declared at what was paid", field=f"value_{key}")
        if value is not None and (value < 0 or value % step):
            message = f"a value of {value} {order.currency}: give 0 or more, in steps of {step}"
            raise NotDeclarable(message, field=f"value_{key}")
        line, before = free[key], _said(free[key].customs_price)
        if line.customs_price != (value or None):
            line.customs_price = value or None
            found.append((line, before))
    return found


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {text}" for key, text in value.items())
    return str(value or "")


def can_declare(order: Order) -> bool:
    """Return whether customs can still be told something else about the order."""
    return order.state in CHANGEABLE and not any(row.state in AT_THE_CARRIER for row in order.shipments.all())


def _check(order: Order, export_reason: str, insurance: Decimal, importer: Importer | None) -> None:
    if not can_declare(order):
        raise NotDeclarable("a label is bought or about to be: hold the order first, or void its label")
    if export_reason not in Order.ExportReason.values:
        known = ", ".join(Order.ExportReason.values)
        raise NotDeclarable(f"export reason {export_reason!r} is none of {known}", field="export_reason")
    if export_reason in (Order.ExportReason.GIFT, Order.ExportReason.SAMPLE) and order.goods_total:
        message = f"goods that were paid for are no {export_reason} to customs: leave it a sale"
        raise NotDeclarable(message, field="export_reason")
    step = minor_unit(order.currency)
    if insurance < 0 or insurance % step:
        message = f"insurance of {insurance} {order.currency}: give 0 or more, in steps of {step}"
        raise NotDeclarable(message, field="insurance")
    if importer and importer.merchant_id != order.merchant_id:
        raise NotDeclarable("that importer is not one of yours: choose another", field="importer")
