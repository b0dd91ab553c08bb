"""The Admin GraphQL API of a simulated shop: one call in, the whole body of the answer out."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, get_operation_ast

from plugin.simulator import (  # noqa: F401 - those not used below register their fields
    bucket,
    bulk_mutation,
    bulk_query,
    fields,
    roots,
    scope_mutation,
    tags,
    uploads,
)
from plugin.simulator.cost import MOST_POINTS, Branch, Planner, with_defaults
from plugin.simulator.listings import page
from plugin.simulator.schema import SCHEMA, Prepared, bind, prepare, run
from plugin.simulator.selections import Reader
from plugin.simulator.state import Shop, World
from plugin.simulator.view import View

_DOCUMENTATION = "https://shopify.dev/api/usage/rate-limits"

bind(page)


def execute(
    world: World,
    shop: Shop,
    query: str,
    variables: Mapping[str, Any] | None = None,
    operation_name: str | None = None,
    *,
    scopes: Iterable[str] | None = None,
) -> dict[str, Any]:
    """Answer one Admin API call; safe to call from many threads.

    `scopes` are those of the caller's token (without them, those the shop granted). The body has "data" and "errors" as
    GraphQL says and, unless the document was refused, "extensions" with the cost. A bug of the simulator is raised.
    """
    prepared = prepare(query)
    operation = get_operation_ast(prepared.document, operation_name)
    if prepared.errors or operation is None:
        refusals = prepared.errors or (GraphQLError(f"No operation named {operation_name!r}"),)
        return {"errors": [error.formatted for error in refusals]}
    plan = _plan(prepared, operation)
    given = dict(variables or {})
    requested = sum(part.requested(with_defaults(operation, given)) for part in plan)
    if requested > MOST_POINTS:
        return _too_dear(requested)
    if _is_to_be_throttled(world) or not bucket.pay(shop.bucket, world.knobs, requested):
        return _throttled(world, shop, requested)
    with world.lock:
        view = View(world, shop, scopes=scopes)
        data, errors = run(view, prepared, given, operation_name)
    for step in view.later:
        step()
    actual = min(requested, sum(part.actual(data) for part in plan))
    bucket.give_back(shop.bucket, requested - actual)
    body: dict[str, Any] = {"data": data}
    if errors:
        body["errors"] = [error.formatted for error in errors]
    return {**body, "extensions": {"cost": _cost(world, shop, requested, actual)}}


def _plan(prepared: Prepared, operation: OperationDefinitionNode) -> Branch:
    name = operation.name.value if operation.name else None
    if name not in prepared.plans:
        prepared.plans[name] = Planner(Reader(SCHEMA, prepared.document)).plan(operation)
    plan: Branch = prepared.plans[name]
    return plan


def _cost(world: World, shop: Shop, requested: int, actual: int | None) -> dict[str, Any]:
    throttle = bucket.status(shop.bucket, world.knobs)
    return {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": throttle}


def _is_to_be_throttled(world: World) -> bool:
    with world.lock:
        wanted = world.knobs.throttle_answers > 0
        world.knobs.throttle_answers -= wanted
    return wanted


def _throttled(world: World, shop: Shop, requested: int) -> dict[str, Any]:
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": _DOCUMENTATION}}
    return {"errors": [error], "extensions": {"cost": _cost(world, shop, requested, None)}}


def _too_dear(requested: int) -> dict[str, Any]:
    message = f"Query cost is {requested}, which exceeds the single query max cost limit ({MOST_POINTS})."
    code = {"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": MOST_POINTS, "documentation": _DOCUMENTATION}
    return {"errors": [{"message": message, "extensions": code}]}
