"""Being the merchant by hand: placing and changing orders, editing tags, all with the webhooks it causes."""

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, Response

from plugin.simulator import merchant
from plugin.simulator.control import order_row
from plugin.simulator.ids import fresh
from plugin.simulator.simulation import answer, here, json_body, refuse, shop_named
from plugin.simulator.state import Customer, Line, Order, Shop, World

bp = Blueprint("merchant", __name__, url_prefix="/_simulator")

_ORDER_FIELDS = (
    *("total", "discount", "discount_codes", "status", "test", "confirmed", "company", "gateways", "terms"),
    *("source_name", "processed_at", "customer"),
)
_SHOP_FIELDS = ("name", "zone", "currency", "locale", "plan")

SUBSCRIBER_STATUSES = ("ACTIVE", "CANCELLED", "EXPIRED", "FAILED", "NEVER_SUBSCRIBED", "PAUSED")


@bp.post("/<domain>/shop")
def change_shop(domain: str) -> Response:
    """Change {"name", "zone", "currency", "locale", "plan"}: shop/update."""
    world, shop, wish = here().world, shop_named(domain), json_body()
    if not wish or not all(name in _SHOP_FIELDS and isinstance(value, str) for name, value in wish.items()):
        refuse(400, {"error": f"send some of {', '.join(_SHOP_FIELDS)}, each a string"})
    if wish.get("zone", shop.zone) not in available_timezones():
        refuse(400, {"error": f"there is no time zone {wish['zone']}"})
    with world.lock:
        merchant.change_shop(world, shop, **wish)
    return answer(wish)


@bp.post("/<domain>/orders")
def orders(domain: str) -> Response:
    """{"do": "create", "update", "cancel", "refund" or "delete", ...}; answers with the order as in orders.jsonl.

    create: {"customer": id, null or "new", "lines": [{"product", "quantity", "price", "gift_card"}], any order field};
    update: {"order": id, any order field}; refund: {"order": id, "amount": minor units, or absent for all}.
    """
    world, shop, wish = here().world, shop_named(domain), json_body()
    do = _ORDER_DEEDS.get(wish.pop("do", ""))
    if do is None:
        refuse(400, {"error": f'"do" must be one of {", ".join(_ORDER_DEEDS)}'})
    with world.lock, here().sender.one_action():
        try:
            order = do(world, shop, wish)
        except (KeyError, TypeError, ValueError) as error:
            refuse(400, {"error": f"{type(error).__name__}: {error}"})
        return answer(order_row(shop, order))


@bp.post("/<domain>/customers/<int:number>/tags")
def tags(domain: str, number: int) -> Response:
    """The merchant edits tags: {"add": [...], "remove": [...]}."""
    world, shop, wish = here().world, shop_named(domain), json_body()
    with world.lock:
        customer = _customer(shop, number)
        merchant.change_tags(world, shop, customer, add=wish.get("add", ()), remove=wish.get("remove", ()))
        return answer({"id": number, "tags": customer.tags})


@bp.post("/<domain>/customers/<int:number>/name")
def rename(domain: str, number: int) -> Response:
    """The merchant writes a customer's name anew: {"first": "...", "last": "..."}."""
    world, shop, wish = here().world, shop_named(domain), json_body()
    if set(wish) != {"first", "last"} or not all(isinstance(one, str) for one in wish.values()):
        refuse(400, {"error": "send first and last, each a string"})
    with world.lock:
        customer = _customer(shop, number)
        customer.renamed = wish["first"], wish["last"]
        return answer({"id": number, "name": customer.person.name})


@bp.post("/<domain>/customers/<int:number>/consent")
def consent(domain: str, number: int) -> Response:
    """The customer's word on marketing: {"email": state, "sms": state}, e.g. "subscribed", "unsubscribed"."""
    world, shop, wish = here().world, shop_named(domain), json_body()
    with world.lock:
        customer = _customer(shop, number)
        merchant.set_consent(world, shop, customer, email=wish.get("email"), sms=wish.get("sms"))
        return answer({"id": number, "email": customer.email_consent, "sms": customer.sms_consent})


@bp.post("/<domain>/customers/<int:number>/subscriber")
def subscriber(domain: str, number: int) -> Response:
    """How it stands with the customer's subscriptions: {"status": "ACTIVE"}; no delivery tells it."""
    shop, wish = shop_named(domain), json_body()
    if wish.get("status") not in SUBSCRIBER_STATUSES:
        refuse(400, {"error": f"send status, one of {', '.join(SUBSCRIBER_STATUSES)}"})
    with here().world.lock:
        customer = _customer(shop, number)
        customer.subscriber = wish["status"]
        return answer({"id": number, "status": customer.subscriber})


@bp.post("/<domain>/customers/<int:number>/delete")
def delete_customer(domain: str, number: int) -> Response:
    """The merchant deletes a customer."""
    world, shop = here().world, shop_named(domain)
    with world.lock:
        merchant.delete_customer(world, shop, _customer(shop, number))
    return answer({"id": number})


def _create(world: World, shop: Shop, wish: dict[str, Any]) -> Order:
    now = world.now()
    ordered = wish.pop("lines", None) or [{"price": wish.get("total", 1000)}]
    lines = [Line(fresh(shop, "line"), **{"product": None, "quantity": 1, **line}) for line in ordered]
    fields = _order_fields({name: value for name, value in wish.items() if name != "customer"})
    customer = wish.pop("customer", "new")
    if customer == "new":
        customer = merchant.add_customer(shop, at=now, joined=True).id
    elif customer is not None and customer not in shop.customers:
        raise ValueError(f"there is no customer {customer}")
    order = merchant.place_order(world, shop, customer=customer, lines=lines, at=now, **fields)
    merchant.touch_order(world, shop, order, at=now)
    return order


def _update(world: World, shop: Shop, wish: dict[str, Any]) -> Order:
    order = _order(shop, wish)
    merchant.touch_order(world, shop, order, at=_later(world, order), **_order_fields(wish))
    return order


def _cancel(world: World, shop: Shop, wish: dict[str, Any]) -> Order:
    order = _order(shop, wish)
    merchant.cancel_order(world, shop, order, at=_later(world, order))
    return order


def _refund(world: World, shop: Shop, wish: dict[str, Any]) -> Order:
    order = _order(shop, wish)
    merchant.refund_order(world, shop, order, at=_later(world, order), amount=wish.get("amount"))
    return order


def _delete(world: World, shop: Shop, wish: dict[str, Any]) -> Order:
    order = _order(shop, wish)
    merchant.delete_order(world, shop, order)
    return order


_ORDER_DEEDS: dict[str, Callable[[World, Shop, dict[str, Any]], Order]] = {
    "create": _create,
    "update": _update,
    "cancel": _cancel,
    "refund": _refund,
    "delete": _delete,
}


def _later(world: World, order: Order) -> int:
    # A change by hand in the same second as the last one must still be the newer version.
    return max(world.now(), order.updated_at + 1000)


def _order(shop: Shop, wish: dict[str, Any]) -> Order:
    number = wish.pop("order")
    if number not in shop.orders:
        raise ValueError(f"there is no order {number}")
    return shop.orders[number]


def _order_fields(wish: dict[str, Any]) -> dict[str, Any]:
    unknown = [name for name in wish if name not in _ORDER_FIELDS]
    if unknown:
        raise ValueError(f"{unknown[0]} is no field of an order; there are {', '.join(_ORDER_FIELDS)}")
    company = wish.get("company")
    return wish | ({"company": (int(company[0]), int(company[1]))} if company else {})


def _customer(shop: Shop, number: int) -> Customer:
    customer = shop.customers.get(number)
    if customer is None:
        refuse(404, {"error": f"there is no customer {number}"})
    return customer
