"""The connections: which members they have, in which order, and how they are cut into pages."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from heapq import nlargest, nsmallest
from typing import Any

from graphql import GraphQLError

from plugin.simulator.schema import Args, Listing, listings
from plugin.simulator.search import Term, beginning, member, moment, number, refuse, search, text
from plugin.simulator.state import Customer, Operation, Order
from plugin.simulator.view import View

Key = Callable[[Any], tuple[Any, ...]]

CUSTOMER_KEYS: dict[str, Key] = {
    "ID": lambda it: (it.id,),
    "CREATED_AT": lambda it: (it.created_at, it.id),
    "UPDATED_AT": lambda it: (it.updated_at, it.id),
    "NAME": lambda it: (it.person.last or "", it.person.first or "", it.id),
}
ORDER_KEYS: dict[str, Key] = {
    "ID": lambda it: (it.id,),
    "CREATED_AT": lambda it: (it.created_at, it.id),
    "PROCESSED_AT": lambda it: (it.processed_at, it.id),
    "UPDATED_AT": lambda it: (it.updated_at, it.id),
    "ORDER_NUMBER": lambda it: (len(it.name), it.name, it.id),
    "TOTAL_PRICE": lambda it: (it.total, it.id),
}
OPERATION_KEYS: dict[str, Key] = {
    "CREATED_AT": lambda it: (it.created_at, it.id),
    "COMPLETED_AT": lambda it: (it.completed_at or 0, it.id),
}


def _status(op: str, value: str) -> Callable[[Any], bool]:
    if op not in {"", "="} or value not in {"any", "open", "not_closed", "closed", "cancelled"}:
        raise refuse(f"status:{op}{value} is not possible for orders")
    if value == "cancelled":
        return lambda it: it.cancelled_at is not None
    if value == "closed":  # the simulator archives nothing
        return lambda it: False
    return lambda it: value == "any" or it.cancelled_at is None


ORDER_TERMS: Mapping[str, Term] = {
    "id": number(lambda it: it.id),
    "created_at": moment(lambda it: it.created_at),
    "processed_at": moment(lambda it: it.processed_at),
    "updated_at": moment(lambda it: it.updated_at),
    "customer_id": number(lambda it: it.customer or 0),
    "status": _status,
    "financial_status": text(lambda it: it.status),
    "source_name": text(lambda it: it.source_name),
    "name": text(lambda it: it.name),
    "test": text(lambda it: str(it.test), among=frozenset({"true", "false"})),
}
OPERATION_TERMS: Mapping[str, Term] = {
    "id": number(lambda it: it.id),
    "created_at": moment(lambda it: it.created_at),
    "status": text(lambda it: it.status),
    "operation_type": text(lambda it: it.type, among=frozenset({"query", "mutation"})),
}


def _customer_terms(view: View) -> Mapping[str, Term]:
    return {
        "": beginning(lambda it: f"{it.person.first or ''} {it.person.last or ''} {it.person.email or ''}"),
        "id": number(lambda it: it.id),
        "created_at": moment(lambda it: it.created_at),
        "customer_date": moment(lambda it: it.created_at),
        "updated_at": moment(lambda it: it.updated_at),
        "orders_count": number(lambda it: len(view.orders_of(it.id))),
        "tag": member(lambda it: it.tags),
        "tag_not": member(lambda it: it.tags, absent=True),
    }


def customers_found(view: View, query: str | None) -> list[Customer]:
    """The customers a search finds."""
    return search(query, list(view.shop.customers.values()), _customer_terms(view))


def orders_found(view: View, query: str | None) -> list[Order]:
    """The orders a search finds among those the app may read."""
    return search(query, view.orders(), ORDER_TERMS)


def _customers(view: View, _: Any, args: Args) -> Listing:
    return Listing(customers_found(view, args.get("query")), CUSTOMER_KEYS[args["sortKey"]], args["reverse"])


def _orders(view: View, _: Any, args: Args) -> Listing:
    return Listing(orders_found(view, args.get("query")), ORDER_KEYS[args["sortKey"]], args["reverse"])


def _orders_of(view: View, customer: Customer, args: Args) -> Listing:
    visible = [order for order in view.orders_of(customer.id) if view.sees(order)]
    return Listing(search(args.get("query"), visible, ORDER_TERMS), ORDER_KEYS[args["sortKey"]], args["reverse"])


def _lines(view: View, order: Order, args: Args) -> Listing:
    return Listing(order.lines, lambda line: (line.id,), args["reverse"])


def _operations(view: View, _: Any, args: Args) -> Listing:
    found: list[Operation] = search(args.get("query"), list(view.shop.operations.values()), OPERATION_TERMS)
    # The schema's own words: "newest operations first" unless reversed.
    return Listing(found, OPERATION_KEYS[args["sortKey"]], not args["reverse"])


listings("QueryRoot", customers=_customers, orders=_orders, bulkOperations=_operations)
listings("Customer", orders=_orders_of)
listings("Order", lineItems=_lines)


def _cursor(key: tuple[Any, ...]) -> str:
    return urlsafe_b64encode(json.dumps(key).encode()).decode()


def _behind(cursor: str, listing: Listing) -> list[Any]:
    items, key, reverse = listing
    try:
        place = tuple(json.loads(urlsafe_b64decode(cursor)))
        return [item for item in items if (key(item) < place if reverse else key(item) > place)]
    except (ValueError, TypeError):  # not a cursor, or one of another sort key
        raise GraphQLError(f"Invalid cursor for current pagination sort: {cursor}") from None


def page(listing: Listing, args: Args) -> dict[str, Any]:
    """One page of a connection; a cursor says where its member stood, so it holds when others come and go."""
    first, after = args.get("first"), args.get("after")
    if first is None:
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    if not 0 <= first <= 250:
        raise GraphQLError("first must be between 0 and 250", extensions={"code": "BAD_REQUEST"})
    items, key, reverse = listing
    if after is not None:
        items = _behind(after, listing)
    chosen = (nlargest if reverse else nsmallest)(first + 1, items, key=key)
    nodes = chosen[:first]
    cursors = [_cursor(key(node)) for node in nodes]
    return {
        "nodes": nodes,
        "edges": [{"node": node, "cursor": cursor} for node, cursor in zip(nodes, cursors, strict=True)],
        "pageInfo": {
            "hasNextPage": len(chosen) > first,
            "hasPreviousPage": after is not None,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }
