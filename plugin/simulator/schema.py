"""The schema the simulator speaks, who answers each field of it, and documents parsed and validated once."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    build_schema,
    execute_sync,
    get_named_type,
    is_list_type,
    parse,
    validate,
)
from graphql.type import GraphQLField

from plugin.simulator import approval
from plugin.simulator.view import View, type_name

T = TypeVar("T")
Args = dict[str, Any]
Answer = Callable[[View, Any, Args], Any]

SCHEMA = build_schema((Path(__file__).parent / "schema.graphql").read_text("utf-8"))


class Listing(NamedTuple):
    """All members of a connection, filtered but not yet cut into pages; `key` orders them and ends in a unique part."""

    items: list[Any]
    key: Callable[[Any], tuple[Any, ...]]
    reverse: bool = False


@dataclass(frozen=True, eq=False)
class Prepared:
    """A document ready to run, or the errors that forbid it; `plans` keeps what graph.py finds out about its cost."""

    document: DocumentNode
    errors: tuple[GraphQLError, ...] = ()
    plans: dict[str | None, Any] = field(default_factory=dict)


ANSWERS: dict[str, dict[str, Answer]] = defaultdict(dict)
LISTINGS: dict[str, dict[str, Callable[[View, Any, Args], Listing]]] = defaultdict(dict)


# What the app must be allowed to do before a field answers.
_NEEDS = {
    "QueryRoot": {
        **dict.fromkeys(("customer", "customers", "customersCount"), "read_customers"),
        **dict.fromkeys(("order", "orders", "ordersCount"), "read_orders"),
    },
    "Customer": dict.fromkeys(("orders", "lastOrder"), "read_orders"),
    "Order": dict.fromkeys(("customer", "purchasingEntity"), "read_customers"),
    "Mutation": dict.fromkeys(("tagsAdd", "tagsRemove"), "write_customers"),
}


def fields(kind: str, **answers: Answer) -> None:
    """Who answers these fields of a type."""
    ANSWERS[kind].update(answers)


def listings(kind: str, **sources: Callable[[View, Any, Args], Listing]) -> None:
    """Where the members of these connections of a type come from."""
    LISTINGS[kind].update(sources)


def is_connection(definition: GraphQLField) -> bool:
    """Whether a field is a connection, by Shopify's naming."""
    return not is_list_type(definition.type) and get_named_type(definition.type).name.endswith("Connection")


def answer_for(kind: str, key: str) -> Answer:
    """The answer of a field; fields nobody claimed are read from a dictionary."""
    return _guarded(kind, key, ANSWERS[kind].get(key) or (lambda view, value, args: value[key]))


def listing_for(kind: str, key: str) -> Callable[[View, Any, Args], Listing]:
    """Where the members of a connection come from."""
    return _guarded(kind, key, LISTINGS[kind][key])


def _guarded(kind: str, key: str, answer: Callable[[View, Any, Args], T]) -> Callable[[View, Any, Args], T]:
    scope, personal = _NEEDS.get(kind, {}).get(key), key in approval.PERSONAL.get(kind, ())
    if scope is None and not personal:
        return answer

    def asked(view: View, value: Any, args: Args) -> T:
        if scope is not None:
            view.require(scope, key)
        if personal:
            approval.require_personal(view.world.knobs.approved_level, key)
        return answer(view, value, args)

    return asked


def _resolve(answer: Answer, value: Any, info: GraphQLResolveInfo[View], **args: Any) -> Any:
    for name, given in args.items():
        if isinstance(given, list) and len(given) > 250:
            raise GraphQLError(
                f"The input array size of {len(given)} is greater than the maximum allowed of 250.",
                extensions={"code": "MAX_INPUT_SIZE_EXCEEDED", "argument": name},
            )
    return answer(info.context, value, args)


def bind(page: Callable[[Listing, Args], dict[str, Any]]) -> None:
    """Give every field of the schema its answer, connections cut into pages by `page`."""

    def paged(source: Callable[[View, Any, Args], Listing], view: View, value: Any, args: Args) -> dict[str, Any]:
        return page(source(view, value, args), args)

    for name, kind in SCHEMA.type_map.items():
        if not isinstance(kind, GraphQLObjectType) or name.startswith("__"):
            continue
        for key, definition in kind.fields.items():
            listed = key in LISTINGS[name]
            answer = partial(paged, listing_for(name, key)) if listed else answer_for(name, key)
            definition.resolve = partial(_resolve, answer)


@lru_cache(maxsize=512)
def prepare(text: str) -> Prepared:
    """Parse and validate a document; the same text is not looked at twice."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return Prepared(DocumentNode(definitions=()), (error,))
    return Prepared(document, tuple(validate(SCHEMA, document)))


def run(
    view: View, prepared: Prepared, variables: dict[str, Any], operation_name: str | None = None
) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
    """Execute a prepared document; the caller holds the lock and sees to `view.later`. A bug of ours is raised."""
    result = execute_sync(
        SCHEMA,
        prepared.document,
        context_value=view,
        variable_values=variables,
        operation_name=operation_name,
        type_resolver=lambda value, info, kind: type_name(value),
    )
    errors = list(result.errors or ())
    for error in errors:
        if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
            raise error.original_error
    return result.data, errors
