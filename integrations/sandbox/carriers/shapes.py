"""A small language to write down what a request must look like, and the check that lists what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Text:
    """A string; lengths in characters, `options` the allowed values."""

    shortest: int = 0
    longest: int | None = None
    pattern: str | None = None
    options: frozenset[str] | None = None

    def problems(self, value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{path}: expected type: String, found: {kind_of(value)}"
            return
        if len(value) < self.shortest:
            yield f"{path}: expected minLength: {self.shortest}, actual: {len(value)}"
        if self.longest is not None and len(value) > self.longest:
            yield f"{path}: expected maxLength: {self.longest}, actual: {len(value)}"
        if self.pattern and not re.search(self.pattern, value):
            yield f"{path}: string [{value}] does not match pattern {self.pattern}"
        if self.options is not None and value not in self.options:
            yield f"{path}: {value} is not a valid enum value"


@dataclass(frozen=True)
class Number:
    """A number between two bounds with at most `places` decimals; `whole` refuses fractions."""

    least: Decimal | int | None = None
    most: Decimal | int | None = None
    places: int | None = None
    whole: bool = False

    def problems(self, value: Any, path: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            yield f"{path}: expected type: Number, found: {kind_of(value)}"
            return
        if self.least is not None and value < self.least:
            yield f"{path}: {value} is not greater or equal to {self.least}"
        if self.most is not None and value > self.most:
            yield f"{path}: {value} is not less or equal to {self.most}"
        if self.whole and value != int(value):
            yield f"{path}: expected type: Integer, found: Number"
        elif self.places is not None and value * 10**self.places % 1:
            yield f"{path}: {value} is not a multiple of {Decimal(1).scaleb(-self.places)}"


@dataclass(frozen=True)
class Flag:
    def problems(self, value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, bool):
            yield f"{path}: expected type: Boolean, found: {kind_of(value)}"


@dataclass(frozen=True)
class ListOf:
    """A list; `or_one` also takes a single item in its place, as UPS does."""

    item: Any
    fewest: int = 0
    most: int | None = None
    or_one: bool = False

    def problems(self, value: Any, path: str) -> Iterator[str]:
        if self.or_one and not isinstance(value, list):
            value = [value]
        if not isinstance(value, list):
            yield f"{path}: expected type: JSONArray, found: {kind_of(value)}"
            return
        if len(value) < self.fewest:
            yield f"{path}: expected minimum item count: {self.fewest}, found: {len(value)}"
        if self.most is not None and len(value) > self.most:
            yield f"{path}: expected maximum item count: {self.most}, found: {len(value)}"
        for position, item in enumerate(value):
            yield from self.item.problems(item, f"{path}/{position}")


class Record:
    """An object. A field written with a trailing `*` is required; a closed record refuses fields it does not know."""

    def __init__(self, fields: Mapping[str, Any], *, closed: bool = True) -> None:
        self.fields = {name.rstrip("*"): shape for name, shape in fields.items()}
        self.required = [name.rstrip("*") for name in fields if name.endswith("*")]
        self.closed = closed

    def problems(self, value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path}: expected type: JSONObject, found: {kind_of(value)}"
            return
        for name in self.required:
            if name not in value:
                yield f"{path}: required key [{name}] not found"
        for name, item in value.items():
            if name in self.fields:
                yield from self.fields[name].problems(item, f"{path}/{name}")
            elif self.closed:
                yield f"{path}: extraneous key [{name}] is not permitted"


def kind_of(value: Any) -> str:
    names = {
        dict: "JSONObject",
        list: "JSONArray",
        str: "String",
        bool: "Boolean",
        int: "Integer",
        Decimal: "BigDecimal",
    }
    return "Null" if value is None else names.get(type(value), "Unknown")


def problems_of(document: Any, shape: Any) -> list[str]:
    """Return every way in which the document breaks the shape, each with its JSON pointer; empty when it fits."""
    return list(shape.problems(document, "#"))


def one_of(words: str) -> Text:
    return Text(options=frozenset(words.split()))


def as_list(value: Any) -> list[Any]:
    """Return a value that may be one item, a list or missing as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
