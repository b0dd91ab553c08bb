"""What the simulated shop's schema says, the real one says too: a document that runs here is valid there."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    is_introspection_type,
    is_required_argument,
    is_required_input_field,
)
from graphql.utilities.print_schema import print_input_value

from plugin.simulator.schema import SCHEMA
from tests.material import admin_schema, require


def differences(ours: GraphQLSchema, real: GraphQLSchema) -> list[str]:
    """Everything `ours` says that `real` does not; empty when ours is a subset."""
    return [*_roots(ours, real), *_types(ours, real)]


def _roots(ours: GraphQLSchema, real: GraphQLSchema) -> Iterator[str]:
    for root in ("query_type", "mutation_type"):
        mine, theirs = getattr(ours, root), getattr(real, root)
        if mine is not None and (theirs is None or mine.name != theirs.name):
            yield f"{root}: {mine.name} is not the real root"


def _types(ours: GraphQLSchema, real: GraphQLSchema) -> Iterator[str]:
    for name, mine in ours.type_map.items():
        if is_introspection_type(mine):
            continue
        theirs = real.type_map.get(name)
        if type(theirs) is not type(mine):
            yield f"{name}: the real schema has {type(theirs).__name__}, ours {type(mine).__name__}"
        elif isinstance(mine, GraphQLObjectType | GraphQLInterfaceType):
            yield from _composite(name, mine, theirs)
        elif isinstance(mine, GraphQLInputObjectType):
            yield from _inputs(name, mine.fields, theirs.fields, required=is_required_input_field)
        elif isinstance(mine, GraphQLEnumType):
            yield from (f"{name}.{value}: no such value" for value in mine.values.keys() - theirs.values.keys())
        elif isinstance(mine, GraphQLUnionType):
            members = {kind.name for kind in mine.types} - {kind.name for kind in theirs.types}
            yield from (f"{name}: {member} is no member" for member in members)


def _composite(name: str, mine: Any, theirs: Any) -> Iterator[str]:
    interfaces = {it.name for it in mine.interfaces} - {it.name for it in theirs.interfaces}
    yield from (f"{name}: does not implement {interface}" for interface in interfaces)
    for key, field in mine.fields.items():
        real: GraphQLField | None = theirs.fields.get(key)
        if real is None:
            yield f"{name}.{key}: no such field"
        elif str(field.type) != str(real.type):
            yield f"{name}.{key}: is {field.type}, should be {real.type}"
        else:
            yield from _inputs(f"{name}.{key}", field.args, real.args, required=is_required_argument)


Inputs = dict[str, GraphQLArgument] | dict[str, GraphQLInputField]


def _inputs(place: str, mine: Inputs, theirs: Inputs, *, required: Any) -> Iterator[str]:
    """Arguments or input fields: each as in the real schema, and none that is required there may be missing."""
    for key, real in theirs.items():
        if key not in mine and required(real):
            yield f"{place}({key}): is required and missing"
    for key, ours in mine.items():
        if key not in theirs:
            yield f"{place}({key}): no such argument"
        elif written(key, ours) != written(key, theirs[key]):
            yield f"{place}: has `{written(key, ours)}`, should have `{written(key, theirs[key])}`"


def written(name: str, it: GraphQLArgument | GraphQLInputField) -> str:
    """An argument or input field as a schema writes it: type, default and deprecation, without the reason's words."""
    return print_input_value(name, it).partition("(reason:")[0]


def test_the_simulated_schema_is_a_subset_of_the_real_one() -> None:
    assert differences(SCHEMA, require(admin_schema)) == []


SMALL = """
    schema { query: QueryRoot }
    interface Node { id: ID! }
    interface Tagged { tags: [String!]! }
    type QueryRoot { orders(first: Int, sort: Sort = ID, shop: ID!): [Order] }
    type Order implements Node { id: ID! buyer: Buyer note(of: NoteInput): String }
    type Customer implements Node { id: ID! }
    type Company implements Node { id: ID! }
    union Buyer = Customer | Company
    enum Sort { ID NAME }
    input NoteInput { text: String! size: Int = 3 }
"""
REAL = build_schema(SMALL)


@pytest.mark.parametrize(
    ("changed", "into", "said"),
    [
        ("buyer: Buyer", "buyer: Buyer!", "Order.buyer: is Buyer!, should be Buyer"),
        ("id: ID! buyer", "id: ID! price: Int buyer", "Order.price: no such field"),
        ("first: Int", "first: Int!", "QueryRoot.orders: has `first: Int!`, should have `first: Int`"),
        ("first: Int", "last: Int", "QueryRoot.orders(last): no such argument"),
        (", shop: ID!", "", "QueryRoot.orders(shop): is required and missing"),
        ("sort: Sort = ID", "sort: Sort = NAME", "has `sort: Sort = NAME`, should have `sort: Sort = ID`"),
        ("sort: Sort = ID", "sort: Sort", "has `sort: Sort`, should have `sort: Sort = ID`"),
        ("text: String! ", "", "NoteInput(text): is required and missing"),
        ("size: Int = 3", "size: Int", "NoteInput: has `size: Int`, should have `size: Int = 3`"),
        ("ID NAME", "ID NAME PRICE", "Sort.PRICE: no such value"),
        ("Customer | Company", "Customer | Company | Order", "Buyer: Order is no member"),
        ("type Company implements Node { id", "type Company implements Tagged { tags: [String!]! id", "Tagged"),
        ("union Buyer = Customer | Company", "type Buyer { id: ID! }", "Buyer: the real schema has GraphQLUnionType"),
        ("enum Sort", "enum Order2 { A } enum Sort", "Order2: the real schema has NoneType"),
        ("query: QueryRoot", "query: Order", "query_type: Order is not the real root"),
    ],
)
def test_the_proof_notices_every_sort_of_difference(changed: str, into: str, said: str) -> None:
    """Each thing the proof claims to check is broken once."""
    assert differences(build_schema(SMALL), REAL) == []
    assert changed in SMALL
    assert any(said in one for one in differences(build_schema(SMALL.replace(changed, into)), REAL))


def test_leaving_optional_things_out_is_no_difference() -> None:
    """A subset may be smaller wherever a caller need not say anything."""
    smaller = "schema { query: QueryRoot } type QueryRoot { orders(shop: ID!): [Order] } type Order { id: ID! }"
    assert differences(build_schema(smaller), REAL) == []
