"""Bringing the law to a shop by hand: data requests, redaction, and the sale of data."""

from typing import Any

from flask import Blueprint, Response

from plugin.simulator import privacy
from plugin.simulator.simulation import answer, here, json_body, refuse, shop_named

bp = Blueprint("privacy_control", __name__, url_prefix="/_simulator")


@bp.post("/<domain>/customers/<int:number>/data_request")
def data_request(domain: str, number: int) -> Response:
    """customers/data_request about {"orders": [ids]} (without it, all of theirs); a deleted customer may ask too."""
    world, shop, orders = here().world, shop_named(domain), _orders(json_body())
    with world.lock:
        return answer({"id": number, "data_request": privacy.request_data(world, shop, number, orders=orders)})


@bp.post("/<domain>/customers/<int:number>/redact")
def redact_customer(domain: str, number: int) -> Response:
    """customers/redact with {"orders": [ids]} (without it, all of theirs); a deleted customer may be redacted too."""
    world, shop, orders = here().world, shop_named(domain), _orders(json_body())
    with world.lock:
        privacy.redact_customer(world, shop, number, orders=orders)
    return answer({"id": number})


@bp.post("/<domain>/redact")
def redact_shop(domain: str) -> Response:
    """shop/redact, whether or not the app is installed and without 48 hours of waiting."""
    world, shop = here().world, shop_named(domain)
    with world.lock:
        privacy.redact_shop(world, shop)
    return answer({"shop_id": shop.id})


@bp.post("/<domain>/customers/<int:number>/data_sale")
def data_sale(domain: str, number: int) -> Response:
    """The customer's word on the sale of their data: {"opt_out": true or false}."""
    world, shop, wish = here().world, shop_named(domain), json_body()
    if not isinstance(wish.get("opt_out"), bool):
        refuse(400, {"error": 'send {"opt_out": true} or {"opt_out": false}'})
    with world.lock:
        customer = shop.customers.get(number)
        if customer is None:
            refuse(404, {"error": f"there is no customer {number}"})
        privacy.opt_out_of_data_sale(world, customer, out=wish["opt_out"])
    return answer({"id": number, "opt_out": wish["opt_out"]})


def _orders(wish: dict[str, Any]) -> list[int] | None:
    orders = wish.get("orders")
    if orders is not None and not (isinstance(orders, list) and all(isinstance(one, int) for one in orders)):
        refuse(400, {"error": "orders must be a list of order numbers"})
    return orders
