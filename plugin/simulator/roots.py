"""The roots of every query: single objects by id, and counts."""

from typing import Any

from plugin.simulator.listings import customers_found, orders_found
from plugin.simulator.schema import Args, fields
from plugin.simulator.view import Ref, View, split_gid

_NEEDED = {"Customer": "read_customers", "CompanyLocation": "read_customers", "Order": "read_orders"}


def _node(view: View, text: str, only: str | None = None) -> Any:
    kind, number = split_gid(text)
    if only is not None and kind != only:
        return None
    if only is None and kind in _NEEDED:
        view.require(_NEEDED[kind], "node")
    found: dict[str, Any] = {
        "Customer": view.shop.customers.get,
        "Order": view.order,
        "BulkOperation": view.shop.operations.get,
        "Shop": {view.shop.id: view.shop}.get,
        "CompanyLocation": lambda number: view.company_at(number) and Ref("CompanyLocation", number),
    }
    return found[kind](number) if kind in found else None


def _count(number: int, args: Args) -> dict[str, Any]:
    limit = args.get("limit")
    over = limit is not None and number > limit
    return {"count": limit if over else number, "precision": "AT_LEAST" if over else "EXACT"}


fields(
    "QueryRoot",
    shop=lambda view, _, args: view.shop,
    currentAppInstallation=lambda view, _, args: view.shop,
    node=lambda view, _, args: _node(view, args["id"]),
    nodes=lambda view, _, args: [_node(view, one) for one in args["ids"]],
    customer=lambda view, _, args: _node(view, args["id"], "Customer"),
    order=lambda view, _, args: _node(view, args["id"], "Order"),
    bulkOperation=lambda view, _, args: _node(view, args["id"], "BulkOperation"),
    customersCount=lambda view, _, args: _count(len(customers_found(view, args.get("query"))), args),
    ordersCount=lambda view, _, args: _count(len(orders_found(view, args.get("query"))), args),
)
