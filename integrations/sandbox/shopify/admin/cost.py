"""What a query costs, and the bucket it is paid from.

A scalar is free, an object 1 point, a connection 2 points and its nodes, a mutation 10.
Source: https://shopify.dev/docs/api/usage/limits
"""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)

MAXIMUM = 2000.0
RESTORE_PER_S = 100.0
SINGLE_QUERY_MAXIMUM = 1000
_MUTATION = 10


class Estimator:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any]) -> None:
        self._schema, self._variables = schema, variables
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}

    def operation(self, node: OperationDefinitionNode) -> int:
        """Return the points asked for, before the query runs."""
        mutation = node.operation.value == "mutation"
        root = self._schema.mutation_type if mutation else self._schema.query_type
        points = self._selection(node.selection_set, root)
        return points + _MUTATION * len(node.selection_set.selections) if mutation else max(1, points)

    def _selection(self, selection: SelectionSetNode | None, parent: GraphQLNamedType | None) -> int:
        return sum(self._node(node, parent) for node in selection.selections) if selection else 0

    def _node(self, node: Any, parent: GraphQLNamedType | None) -> int:
        if isinstance(node, FieldNode):
            return self._field(node, parent)
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments[node.name.value]
            return self._selection(fragment.selection_set, self._named(fragment.type_condition.name.value))
        assert isinstance(node, InlineFragmentNode)  # noqa: S101 - the third and last kind
        condition = node.type_condition
        return self._selection(node.selection_set, self._named(condition.name.value) if condition else parent)

    def _named(self, name: str) -> GraphQLNamedType | None:
        return self._schema.type_map.get(name)

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> int:
        definition = getattr(parent, "fields", {}).get(node.name.value)
        if definition is None:
            return 0
        named = get_named_type(definition.type)
        if not is_composite_type(named):
            return 0
        inner = self._selection(node.selection_set, named)
        if isinstance(named, GraphQLObjectType) and named.name.endswith("Connection"):
            return 2 + self._count(node) * max(1, inner)
        # Edges, nodes and page info are parts of their connection.
        return inner if node.name.value in {"edges", "pageInfo"} else 1 + inner

    def _count(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in {"first", "last"}:
                if isinstance(argument.value, IntValueNode):
                    return int(argument.value.value)
                if isinstance(argument.value, VariableNode):
                    given = self._variables.get(argument.value.name.value)
                    return given if isinstance(given, int) else 1
        return 1


def actual_points(data: Any) -> int:
    """Return the points of an answer: each object 1, each connection 2; pages and edges are parts of theirs."""
    if isinstance(data, list):
        return sum(actual_points(item) for item in data)
    if not isinstance(data, dict):
        return 0
    inner = sum(actual_points(value) for key, value in data.items() if key != "pageInfo")
    if "nodes" in data or "edges" in data:
        return 2 + inner
    return inner if set(data) <= {"cursor", "node"} else 1 + inner


@dataclass
class Bucket:
    """Points of one shop and app; they come back while nobody asks."""

    maximum: float = MAXIMUM
    restore_per_s: float = RESTORE_PER_S
    available: float = field(init=False)
    _at: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.available = self.maximum

    def give_back(self, points: int) -> dict[str, Any]:
        """Return the throttle status after the difference between points asked for and points used came back."""
        with self._lock:
            self.available = min(self.maximum, self.available + max(0, points))
            return self._status()

    def _status(self) -> dict[str, Any]:
        return {
            "maximumAvailable": self.maximum,
            "currentlyAvailable": int(self.available),
            "restoreRate": self.restore_per_s,
        }

    def spend(self, points: int, *, dry: bool = False) -> tuple[bool, dict[str, Any]]:
        """Return whether `points` were there, and the throttle status after. `dry` pretends there were none."""
        with self._lock:
            moment = time.monotonic()
            self.available = min(self.maximum, self.available + (moment - self._at) * self.restore_per_s)
            self._at = moment
            enough = self.available >= points and not dry
            if enough:
                self.available -= points
            return enough, {**self._status(), **({"currentlyAvailable": 0} if dry else {})}
