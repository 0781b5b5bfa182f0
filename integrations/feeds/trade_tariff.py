"""Commodities as the UK trade tariff service answers them (GB and, as `xi`, the EU tariff in Northern Ireland).

Reads the documents of `/{uk,xi}/api/v2/commodities/{code}`, in JSON:API (data, included) and in the flattened shape of
its own front end. Source: https://api.trade-tariff.service.gov.uk/ (Open Government Licence v3.0).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from integrations.feeds.measures import Measure, table_of
from integrations.feeds.reading import Progress, exact, files_of, json_document, no_progress
from integrations.feeds.report import BadFeed
from integrations.feeds.schedule import Schedule, amount_text, plain, readable

JOINED = {"01": "", "04": " + ", "19": " + ", "20": " + ", "02": " - ", "36": " - ", "15": " MIN ", "17": " MAX ",
          "35": " MAX "}  # fmt: skip
FREE = "37"  # NIHIL
MAX_DEPTH = 6
_TEN = re.compile(r"\d{10}")
Json = Mapping[str, Any]


def read(path: Path, *, day: date, progress: Progress = no_progress) -> Schedule:
    """Return the duties in force on a day from one document or a folder of them; raises BadFeed naming the file."""
    files = files_of(path)
    if not files:
        raise BadFeed(f"{path.name} holds no .json documents; save one per commodity code")
    return table_of(_measures(files, progress), day=day)


def _measures(files: list[Path], progress: Progress) -> Iterator[Measure]:
    for number, file in enumerate(files):
        progress(number, len(files))
        yield from measures_of(json_document(file), file.name)
    progress(len(files), len(files))


def measures_of(document: Any, file: str) -> Iterator[Measure]:
    """Return the import measures of one commodity; raises BadFeed for a document of another kind."""
    commodity = flattened(document) if isinstance(document, dict) and "data" in document else document
    code = commodity.get("goods_nomenclature_item_id") if isinstance(commodity, dict) else None
    measures = commodity.get("import_measures") if isinstance(commodity, dict) else None
    if not isinstance(code, str) or not _TEN.fullmatch(code):
        raise BadFeed(f"{file}: no 'goods_nomenclature_item_id' of ten digits; this is no commodity", file=file)
    if not isinstance(measures, list):
        raise BadFeed(f"{file}: no 'import_measures'; ask for the commodity itself, not a list", file=file)
    for number, measure in enumerate(measures, 1):
        if not isinstance(measure, dict):
            raise BadFeed(f"{file}: import_measures[{number}] is no object", file=file, row=number)
        yield _measure(measure, code, f"{file}#{measure.get('id', number)}")


def _measure(raw: Json, code: str, row: str) -> Measure:
    duty, problem = _duty(raw)
    return Measure(
        row=row,
        code=code,
        type=_id(raw.get("measure_type"), row, "measure_type"),
        origin=_id(raw.get("geographical_area"), row, "geographical_area"),
        published=str((raw.get("duty_expression") or {}).get("base") or ""),
        duty=duty,
        problem=problem,
        start=_day(raw.get("effective_start_date"), row),
        end=_day(raw.get("effective_end_date"), row),
        conditional=_conditional(raw),
    )


def _conditional(raw: Json) -> str:
    if raw.get("order_number"):
        return "quota: what is left of it is not known"
    if raw.get("additional_code"):
        return "asks for an additional code"
    if raw.get("excluded_countries"):
        return "leaves out countries, which one symbol cannot say"
    return ""


def _id(value: Any, row: str, column: str) -> str:
    found = value.get("id") if isinstance(value, dict) else None
    if not isinstance(found, str):
        raise BadFeed(f"{row}: {column!r} has no id", row=row, column=column)
    return found


def _day(value: Any, row: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise BadFeed(f"{row}: {value!r} is no date", row=row, column="effective_start_date") from error


def _duty(raw: Json) -> tuple[str | None, str]:
    """Return (text, "") or (None, why not)."""
    components = raw.get("measure_components") or []
    if not components:
        return None, "the duty depends on conditions, like the entry price" if raw.get("measure_conditions") else (
            "no duty is given"
        )
    return components_text(components)


def components_text(components: Iterable[Json]) -> tuple[str | None, str]:
    """Return the duty that components in their order make, as (text, "") or (None, why not)."""
    text = ""
    for part in components:
        kind = str(part.get("duty_expression_id"))
        if kind == FREE:
            return "Free", ""
        amount = _amount(part)
        if kind not in JOINED or amount is None:
            return None, f"expression {kind} with unit {_unit(part) or 'none'} cannot be computed from a cart"
        text += (JOINED[kind] if text else "") + amount
    if not readable(text):
        return None, "the parts make no duty that the engine reads"
    return ("Free" if text == "0%" else text), ""


def _unit(part: Json) -> str:
    return " ".join(
        str(part[key]) for key in ("measurement_unit_code", "measurement_unit_qualifier_code") if part.get(key)
    )


def _amount(part: Json) -> str | None:
    number = part.get("duty_amount")
    value = number if isinstance(number, Decimal) else exact(str(number))
    if value is None or not value.is_finite() or not 0 <= value < 10**12:
        return None
    currency = part.get("monetary_unit_code")
    if not currency:
        return f"{plain(value)}%"
    if not re.fullmatch("[A-Z]{3}", str(currency)):
        return None
    unit, qualifier = (str(part.get(f"measurement_unit_{key}code") or "") for key in ("", "qualifier_"))
    return amount_text(value, str(currency), unit, qualifier)


def flattened(document: Json) -> dict[str, Any]:
    """Return a JSON:API document as one nested object: relations replaced by what they point to.

    Only the relations of the commodity and of its measures are followed, so that members of areas that name their
    areas again cannot go round for ever.
    """
    data = document.get("data")
    if not isinstance(data, dict):
        raise BadFeed("the JSON:API document has no 'data' object; ask for one commodity")
    included = {(item.get("type"), item.get("id")): item for item in document.get("included", ())}
    found = dict(data.get("attributes") or {})
    wanted = _keys(data, "import_measures")
    lost = [key for key in wanted if key not in included]
    if lost:
        raise BadFeed(f"measure {lost[0][1]} is named but not included; the document is cut off: download it again")
    found["import_measures"] = [_nested(included[key], included, 0) for key in wanted]
    return found


def _keys(item: Json, name: str) -> list[tuple[str, str]]:
    related = ((item.get("relationships") or {}).get(name) or {}).get("data") or []
    return [(one.get("type"), one.get("id")) for one in (related if isinstance(related, list) else [related])]


def _nested(item: Json, included: Mapping[tuple[Any, Any], Json], depth: int) -> dict[str, Any]:
    found = {"id": item.get("id"), **(item.get("attributes") or {})}
    if depth >= MAX_DEPTH or item.get("type") == "geographical_area":
        return found
    for name, relation in (item.get("relationships") or {}).items():
        parts = [
            _nested(included.get(key, {"id": key[1], "type": key[0]}), included, depth + 1) for key in _keys(item, name)
        ]
        many = isinstance((relation or {}).get("data"), list)
        found[name] = parts if many else next(iter(parts), None)
    return found
