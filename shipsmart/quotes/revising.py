"""Returns and edits of what was quoted, under the law, the rulebook and the exchange rates of the original day.

A *return* comes back after the goods were sold and sent: see `shipsmart.core.revision` for what is cut down and what
stands. An *edit* changes the order before anything is sent: the consignment that will cross the border is another one,
so its thresholds are counted anew, still under the original law, and the difference is paid back or asked for.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from shipsmart.core.answer import LandedCost
from shipsmart.core.errors import BadRevision, ShipSmartError
from shipsmart.core.landed_cost import compute
from shipsmart.core.money import Exactly, allocate, minor_unit
from shipsmart.core.request import parse_request
from shipsmart.core.revision import Cut, Revision, revise
from shipsmart.quotes import landed, rulebook
from shipsmart.quotes.fees import Fee
from shipsmart.rules import Rulebook

MERCHANT = "merchant."
RETURN_RULE = (
    "the route of the original consignment governs: it was one consignment when it was sold and when it crossed the "
    "border, so a threshold that only the goods kept would meet is not applied"
)
EDIT_RULE = (
    "the changed consignment governs: nothing has crossed the border, so thresholds are counted on what will, under "
    "the law, the rulebook and the exchange rates of the original sale"
)
ZERO = Decimal(0)


class RevisionRefused(ShipSmartError):  # noqa: N818
    """The original cannot be computed again as it was, so nothing may be built on it."""

    code = "revision_refused"


def revise_return(
    request: Mapping[str, Any],
    answer: Mapping[str, Any],
    *,
    kept: Mapping[str, int],
    kept_before: Mapping[str, int] | None = None,
    freight_refunded: bool = False,
) -> dict[str, Any]:
    """Return, as JSON values, what is refundable of each charge when `kept` pieces of each line stay with the buyer.

    `request` and `answer` are what was stored. Lines not named stay whole; `kept_before` names what earlier returns
    had left, so that each piece is given back once. Raises RevisionRefused, BadRevision, InvalidRequest.
    """
    original = _original(request, answer)
    found = revise(original, kept=kept, kept_before=kept_before, freight_refunded=freight_refunded)
    step = minor_unit(str(request["currency"]))
    charges = [_charge(row.charge, row.quoted, row.local, row.why) for row in found.charges]
    charges += [_merchant(row, step) for row in answer["charges"] if row["rule"].startswith(MERCHANT)]
    return {
        **_head("return", answer, request, why=RETURN_RULE, routes=_routes(found)),
        "lines": _lines(found),
        "charges": charges,
        "totals": _totals(found, charges, step),
        "warnings": _claims(charges),
    }


def revise_edit(
    request: Mapping[str, Any],
    answer: Mapping[str, Any],
    *,
    kept: Mapping[str, int],
    freight: str | None = None,
    fees: tuple[Fee, ...] = (),
) -> dict[str, Any]:
    """Return, as JSON values, what an order costs with other quantities, and the difference of each charge.

    A discount of a line goes down with its pieces. `freight`: the new price of transport, by default the old one.
    Raises RevisionRefused, BadRevision, InvalidRequest.
    """
    original = _original(request, answer)
    asked = _edited(request, kept, freight)
    new = landed.answer(asked, now=original.request.at, fees=fees, law=_law(answer))
    charges = _differences(answer["charges"], new["charges"], minor_unit(str(request["currency"])))
    old_total, new_total = answer["totals"]["landed_cost"], new["totals"]["landed_cost"]
    difference = None if None in (old_total, new_total) else str(Decimal(old_total) - Decimal(new_total))
    routes = sorted({row["rule"] for row in new["charges"] if row["kind"] != "fee"})
    return {
        **_head("edit", answer, request, why=EDIT_RULE, routes=[{"rule": rule} for rule in routes]),
        "charges": charges,
        "totals": {
            "currency": request["currency"],
            "charged": old_total,
            "kept": new_total,
            "refundable": difference,
        },
        "request": asked,
        "answer": new,
        "warnings": new["warnings"],
    }


def _original(request: Mapping[str, Any], answer: Mapping[str, Any]) -> LandedCost:
    """Return the original computed again; raises RevisionRefused where it does not come out as it was shown."""
    at = datetime.fromisoformat(str(answer["at"])).astimezone(UTC)
    found = compute(parse_request({**request, "at": at.isoformat()}, now=at), law=_law(answer))
    shown = [row for row in answer["charges"] if not row["rule"].startswith(MERCHANT)]
    if found.as_answer()["charges"] != shown:
        raise RevisionRefused(
            "the charges of the answer are not those of its request: send the answer as it was stored", field="answer"
        )
    return found


def _law(answer: Mapping[str, Any]) -> Rulebook:
    sha256 = str(answer["rulebook"]["sha256"])
    law = rulebook.find(sha256)
    if law is None:
        raise RevisionRefused(
            f"the rulebook {sha256[:12]} of this answer is not on this machine: import its releases again, "
            "for another rulebook is another law",
            sha256=sha256,
        )
    return law


def _edited(request: Mapping[str, Any], kept: Mapping[str, int], freight: str | None) -> dict[str, Any]:
    lines, step = [], minor_unit(str(request["currency"]))
    known = {str(line.get("id") or n + 1): line for n, line in enumerate(request["lines"])}
    for name in kept:
        if name not in known:
            raise BadRevision(f"no line {name!r} was sold; lines are {', '.join(sorted(known))}", field=f"kept.{name}")
    for name, line in known.items():
        count, was = kept.get(name, int(line["quantity"])), int(line["quantity"])
        if count < 0:
            raise BadRevision(f"line {name}: {count} is no quantity", field=f"kept.{name}")
        if not count:
            continue
        changed = {**line, "id": name, "quantity": count}
        if line.get("discount") and count < was:
            with Exactly():
                weights = [Decimal(count), Decimal(was - count)]
                changed["discount"] = str(allocate(Decimal(str(line["discount"])), weights, step=step)[0])
        lines.append(changed)
    if not lines:
        raise BadRevision("nothing would be left of the order: cancel it instead", field="kept")
    return {**request, "lines": lines, **({} if freight is None else {"freight": freight})}


def _head(kind: str, answer: Mapping[str, Any], request: Mapping[str, Any], **governing: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "quote_id": answer.get("quote_id"),
        "at": answer["at"],
        "rulebook": answer["rulebook"],
        "currency": request["currency"],
        "governing": governing,
    }


def _routes(found: Revision) -> list[dict[str, Any]]:
    return [
        {"rule": route.stamp.rule, "name": route.stamp.name, "lines": sorted(item.line.id for item in items)}
        for route, items in found.routes
    ]


def _lines(found: Revision) -> list[dict[str, Any]]:
    rows = sorted(found.lines, key=lambda row: row.item.position)
    return [
        {
            "line": row.item.line.id,
            "quantity": row.item.line.quantity,
            "kept": row.kept,
            "goods": _as_dict(row.goods),
            "freight": _as_dict(row.freight),
            "insurance": _as_dict(row.insurance),
        }
        for row in rows
    ]


def _charge(charge: Any, quoted: Cut, local: Cut, why: str) -> dict[str, Any]:
    return {
        "kind": charge.kind,
        "line": None if charge.item is None else charge.item.line.id,
        "rule": charge.stamp.rule,
        "name": charge.stamp.name,
        **_as_dict(quoted),
        "local": _as_dict(local),
        "why": why,
    }


def _merchant(row: Mapping[str, Any], step: Decimal) -> dict[str, Any]:
    amount, local = row["quote_amount"], row["amount"]
    nothing = str(ZERO.quantize(step))
    return {
        **{key: row[key] for key in ("kind", "line", "rule", "name")},
        **{"charged": amount, "kept": amount, "refundable": nothing},
        "local": {"charged": local, "kept": local, "refundable": nothing},
        "why": "the carrier's fee for this entry: whether to give it back is the merchant's choice",
    }


def _as_dict(cut: Cut) -> dict[str, str]:
    return {"charged": str(cut.charged), "kept": str(cut.kept), "refundable": str(cut.refundable)}


def _totals(found: Revision, charges: list[dict[str, Any]], step: Decimal) -> dict[str, Any]:
    parts = {
        "goods": [row.goods for row in found.lines],
        "freight": [row.freight for row in found.lines],
        "insurance": [row.insurance for row in found.lines],
    }
    given = {name: sum((cut.refundable for cut in cuts), ZERO) for name, cuts in parts.items()}
    for row in charges:
        given[row["kind"]] = given.get(row["kind"], ZERO) + Decimal(row["refundable"])
    refundable = {name: str(amount.quantize(step)) for name, amount in given.items()}
    return {"refundable": refundable, "refund": str(sum(given.values(), ZERO).quantize(step))}


def _claims(charges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not any(Decimal(row["refundable"]) for row in charges if row["kind"] in ("duty", "additional_duty")):
        return []
    message = (
        "duty paid at the border comes back only on a claim with proof that the goods left or were destroyed; "
        "what is refundable here is what the buyer was charged for these pieces"
    )
    return [{"code": "duty_needs_a_claim", "line": None, "message": message}]


def _differences(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]], step: Decimal) -> list[dict[str, Any]]:
    """Return each charge before and after an edit; what the buyer must pay more is a negative refund."""
    keys: dict[tuple[str, str | None, str], list[Decimal]] = {}
    names: dict[tuple[str, str | None, str], str] = {}
    for side, rows in enumerate((old, new)):
        for row in rows:
            key = (row["kind"], row["line"], row["rule"])
            keys.setdefault(key, [ZERO, ZERO])[side] += Decimal(row["quote_amount"])
            names.setdefault(key, row["name"])
    return [
        {
            **dict(zip(("kind", "line", "rule"), key, strict=True)),
            "name": names[key],
            "charged": str(was.quantize(step)),
            "kept": str(becomes.quantize(step)),
            "refundable": str((was - becomes).quantize(step)),
        }
        for key, (was, becomes) in keys.items()
    ]
