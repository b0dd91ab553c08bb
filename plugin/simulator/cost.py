"""What a call costs, before it ran and after.

Shopify's published rule: a scalar or an enum costs 0, an object 1, a connection 2 and as many of its members as `first`
lets through, a mutation 10. An abstract type costs what its dearest member does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLObjectType,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    get_named_type,
    is_leaf_type,
    value_from_ast_untyped,
)
from graphql.type import GraphQLField

from plugin.simulator.schema import is_connection
from plugin.simulator.selections import Reader

MOST_POINTS = 1000  # of a single query, whatever the plan
_MUTATION = 10
_CONNECTION = 2

Variables = Mapping[str, Any]
Branch = tuple["Part", ...]


@dataclass(frozen=True)
class Part:
    """One field that costs something. `branches`: what is below it, once for every type it may turn out to be.

    `paths` leads from a connection to its members ("nodes", or "edges" and "node"); one branch belongs to each path.
    """

    key: str
    base: int
    branches: tuple[Branch, ...]
    paths: tuple[tuple[str, ...], ...] = ()
    size: Callable[[Variables], int] = lambda variables: 1
    floor: bool = False  # a mutation: everything it answers is in its base

    def requested(self, variables: Variables) -> int:
        """The most this can cost."""
        below = max((sum(part.requested(variables) for part in branch) for branch in self.branches), default=0)
        if self.paths:
            return self.base + self.size(variables) * (1 + below)
        return max(self.base, below) if self.floor else self.size(variables) * (self.base + below)

    def actual(self, data: Any) -> int:
        """What it did cost: `data` is the answer this field is part of."""
        value = data.get(self.key) if isinstance(data, dict) else None
        if value is None:
            return _MUTATION if self.floor else 0
        if self.paths:
            found = [_members(value, path) for path in self.paths]
            costs = (
                sum(1 + sum(part.actual(member) for part in branch) for member in members)
                for members, branch in zip(found, self.branches, strict=True)
            )
            return self.base + max(costs, default=0)
        members = [one for one in value if one is not None] if isinstance(value, list) else [value]
        below = [max((sum(part.actual(one) for part in b) for b in self.branches), default=0) for one in members]
        return max(self.base, *below) if self.floor else sum(self.base + cost for cost in below)


def _members(value: Any, path: tuple[str, ...]) -> list[Any]:
    found = [value]
    for step in path:
        found = [one for value in found for one in _flat(value.get(step))]
    return found


def _flat(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


class Planner:
    """Turns an operation into the parts that cost something."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def plan(self, operation: OperationDefinitionNode) -> Branch:
        """The costly fields of an operation's root."""
        root = self._reader.schema.get_root_type(operation.operation)
        if root is None:
            return ()
        nodes = self._reader.fields(root, [operation.selection_set])
        return self._branch(root, nodes, mutation=operation.operation is OperationType.MUTATION)

    def _branch(self, kind: GraphQLObjectType, nodes: dict[str, list[FieldNode]], *, mutation: bool = False) -> Branch:
        parts = []
        for key, same in nodes.items():
            field = kind.fields.get(same[0].name.value)  # none for __typename and introspection, which are free
            if field is not None and not is_leaf_type(get_named_type(field.type)):
                parts.append(self._part(key, field, same, mutation=mutation))
        return tuple(parts)

    def _part(self, key: str, field: GraphQLField, same: list[FieldNode], *, mutation: bool) -> Part:
        if is_connection(field):
            paths, branches = self._members(get_named_type(field.type).name, same)
            return Part(key, _CONNECTION, branches, paths, _size(same[0], "first"))
        branches = tuple(self._below(get_named_type(field.type).name, same))
        if mutation:
            return Part(key, _MUTATION, branches, floor=True)
        return Part(key, 1, branches, size=_size(same[0], "ids") if "ids" in field.args else lambda variables: 1)

    def _below(self, type_name: str, same: list[FieldNode]) -> list[Branch]:
        sets = [node.selection_set for node in same]
        return [self._branch(kind, self._reader.fields(kind, sets)) for kind in self._reader.possible(type_name)]

    def _members(self, type_name: str, same: list[FieldNode]) -> tuple[tuple[tuple[str, ...], ...], tuple[Branch, ...]]:
        paths, branches = [], []
        for path, node_type, nodes in member_nodes(self._reader, type_name, same):
            paths.append(path)
            branches.append(self._below(node_type, nodes)[0])
        return tuple(paths), tuple(branches)


def member_nodes(
    reader: Reader, type_name: str, same: list[FieldNode]
) -> list[tuple[tuple[str, ...], str, list[FieldNode]]]:
    """Where a connection's selection names its members: (keys that lead there, type of a member, its field nodes)."""
    found: list[tuple[tuple[str, ...], str, list[FieldNode]]] = []
    connection = reader.possible(type_name)[0]
    member = get_named_type(connection.fields["nodes"].type).name
    edge = reader.possible(get_named_type(connection.fields["edges"].type).name)[0]
    for key, nodes in reader.fields(connection, [node.selection_set for node in same]).items():
        if nodes[0].name.value == "nodes":
            found.append(((key,), member, nodes))
        elif nodes[0].name.value == "edges":
            below = reader.fields(edge, [node.selection_set for node in nodes])
            found.extend(((key, name), member, it) for name, it in below.items() if it[0].name.value == "node")
    return found


def _size(node: FieldNode, argument: str) -> Callable[[Variables], int]:
    """How many members an argument lets through; what is no number or list is refused elsewhere and counts nothing."""
    given = next((one.value for one in node.arguments or () if one.name.value == argument), None)
    if isinstance(given, VariableNode):
        name = given.name.value
        return lambda variables: _count(variables.get(name))
    fixed = int(given.value) if isinstance(given, IntValueNode) else 0
    if isinstance(given, ListValueNode):
        fixed = len(given.values)
    return lambda variables: fixed


def _count(value: Any) -> int:
    return len(value) if isinstance(value, list) else max(0, value) if isinstance(value, int) else 0


def with_defaults(operation: OperationDefinitionNode, variables: Variables) -> Variables:
    """The variables of a call, with what the operation says for those that were not given."""
    defaults = {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in operation.variable_definitions or ()
        if one.default_value is not None
    }
    return {**defaults, **variables}
