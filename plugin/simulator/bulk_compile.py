"""A bulk query compiled once into plain functions: running it asks the state directly, GraphQL is out of the way."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)
from graphql.execution.values import get_argument_values

from plugin.simulator.cost import member_nodes
from plugin.simulator.schema import SCHEMA, Listing, answer_for, is_connection, listing_for
from plugin.simulator.selections import Reader
from plugin.simulator.view import View, type_name

MOST_CONNECTIONS = 5
DEEPEST = 2  # levels below a root connection

Record = Callable[[Any], dict[str, Any]]
# A price or a product looks the same wherever it stands, and the value behind it can be compared: written once.
_ALIKE = frozenset({"MoneyBag", "MoneyV2", "Product", "Company", "CompanyLocation", "PaymentTerms"})


class BulkQueryError(Exception):
    """A query that cannot run in bulk; the text is Shopify's."""


@dataclass(frozen=True)
class Level:
    """One connection: where its members come from, what is written of each, and the connections below them."""

    members: Callable[[Any], Listing]
    record: Record
    below: tuple["Level", ...]


class Compiler:
    """Compiles the queries of one view."""

    def __init__(self, view: View, document: DocumentNode) -> None:
        self._view = view
        self._reader = Reader(SCHEMA, document)
        self._connections = 0

    def compile(self, operation: OperationDefinitionNode) -> tuple[Level, ...]:
        """The root connections of an operation that is valid by the schema; BulkQueryError when bulk forbids it."""
        root = SCHEMA.query_type
        nodes = self._reader.fields(root, [operation.selection_set]) if root else {}
        levels = []
        for same in nodes.values():
            name = same[0].name.value
            if name in {"node", "nodes"}:
                raise BulkQueryError("Bulk queries cannot contain a top level `node` or `nodes` field.")
            if root is not None and name in root.fields and is_connection(root.fields[name]):
                levels.append(self._level(root, same, depth=0))
        if not levels:
            raise BulkQueryError("Bulk queries must contain at least one connection.")
        if len(levels) != len(nodes):
            raise BulkQueryError("Bulk queries with fields beside their root connections are not simulated.")
        return tuple(levels)

    def _level(self, parent: GraphQLObjectType, same: list[FieldNode], *, depth: int) -> Level:
        self._connections += 1
        if self._connections > MOST_CONNECTIONS:
            raise BulkQueryError(f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections.")
        if depth > DEEPEST:
            raise BulkQueryError(
                f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}."
            )
        name = same[0].name.value
        definition = parent.fields[name]
        source, args, view = listing_for(parent.name, name), get_argument_values(definition, same[0]), self._view
        found = member_nodes(self._reader, get_named_type(definition.type).name, same)
        if not found:
            raise BulkQueryError(f"The connection '{name}' selects neither nodes nor edges.")
        nodes = [node for _, _, below in found for node in below]
        kind = self._reader.possible(found[0][1])[0]
        record, below = self._object(kind, nodes, depth=depth)
        return Level(lambda it: source(view, it, args), record, below)

    def _object(
        self, kind: GraphQLObjectType, nodes: list[FieldNode], *, depth: int | None
    ) -> tuple[Record, tuple[Level, ...]]:
        """What is written of a value, and the connections below it; `depth` is None where none may be."""
        readers: list[tuple[str, Callable[[Any], Any]]] = []
        below = []
        for key, same in self._reader.fields(kind, [node.selection_set for node in nodes]).items():
            name = same[0].name.value
            if name != "__typename" and is_connection(kind.fields[name]):
                if depth is None:
                    raise BulkQueryError(
                        f"The connection '{name}' below an object that is no connection is not simulated."
                    )
                below.append((name, self._level(kind, same, depth=depth + 1)))
            else:
                readers.append((key, self._value(kind, same)))
        if below and not any(key == "id" for key, _ in readers):
            raise BulkQueryError(
                "The parent 'node' field for a nested connection must select the 'id' field without an alias and must "
                f"be of 'ID' return type. Connection fields without 'id': {', '.join(name for name, _ in below)}."
            )
        return lambda it: {key: read(it) for key, read in readers}, tuple(level for _, level in below)

    def _value(self, kind: GraphQLObjectType, same: list[FieldNode]) -> Callable[[Any], Any]:
        name = same[0].name.value
        if name == "__typename":
            return lambda it: kind.name
        definition, view = kind.fields[name], self._view
        answer, args = answer_for(kind.name, name), get_argument_values(definition, same[0])
        if is_leaf_type(get_named_type(definition.type)):
            return lambda it: answer(view, it, args)
        shape = self.shape(definition.type, same)
        if is_list_type(get_nullable_type(definition.type)):
            return lambda it: [shape(one) for one in answer(view, it, args)]

        def read(it: Any) -> Any:
            value = answer(view, it, args)
            return None if value is None else shape(value)

        return read

    def shape(self, type_: GraphQLOutputType, same: list[FieldNode]) -> Record:
        """How a value of a composite type, or each of a list of them, is written."""
        kinds = self._reader.possible(get_named_type(type_).name)
        records = {kind.name: self._object(kind, same, depth=None)[0] for kind in kinds}
        if len(records) == 1:
            name, record = next(iter(records.items()))
            return lru_cache(maxsize=65_536)(record) if name in _ALIKE else record
        return lambda it: records[type_name(it)](it)
