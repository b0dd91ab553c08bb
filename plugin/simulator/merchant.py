"""What can happen at a shop: each deed changes its state and lets the app know. Call them under world.lock."""

from collections.abc import Iterable
from typing import Any

from plugin.simulator import order_payload, payloads
from plugin.simulator.calendar import wall_ms
from plugin.simulator.ids import fresh, next_name
from plugin.simulator.state import Customer, Line, Order, Refund, Shop, World


def whole_second(ms: int) -> int:
    """Shopify's moments have no parts of a second."""
    return ms // 1000 * 1000


def add_customer(shop: Shop, *, at: int, joined: bool, tags: Iterable[str] = ()) -> Customer:
    """A new customer, without a webhook (the app subscribes to none)."""
    at = whole_second(at)
    customer = Customer(fresh(shop, "customer"), at, at, sorted(tags), shop.locale, joined)
    shop.customers[customer.id] = customer
    return customer


def add_order(shop: Shop, *, customer: int | None, lines: list[Line], at: int, **details: Any) -> Order:
    """A new order, without a webhook; `details` are further fields of Order (without `total` the lines give it)."""
    at = whole_second(at)
    discount = details.get("discount", 0)
    total = details.pop("total", sum(line.price * line.quantity for line in lines) - discount)
    moments = {"created_at": at, "processed_at": at, "updated_at": at}
    order = Order(fresh(shop, "order"), next_name(shop), customer, **(moments | {"total": total} | details))
    order.lines = lines
    shop.orders[order.id] = order
    if customer is not None and (who := shop.customers.get(customer)):
        who.updated_at = max(who.updated_at, at)
    return order


def place_order(world: World, shop: Shop, **order_fields: Any) -> Order:
    """A live order, as `add_order`: orders/create is sent and the real time kept, so that what follows can be timed."""
    order = add_order(shop, **order_fields)
    shop.placed[order.id] = wall_ms()
    _tell(world, shop, order, "orders/create")
    return order


def touch_order(world: World, shop: Shop, order: Order, *, at: int, **changes: Any) -> None:
    """Something about an order changed (fields in `changes`): orders/updated."""
    for name, value in changes.items():
        setattr(order, name, value)
    order.updated_at = max(whole_second(at), order.updated_at)
    _tell(world, shop, order, "orders/updated")


def cancel_order(world: World, shop: Shop, order: Order, *, at: int) -> None:
    """The merchant cancels and gives back what was paid: orders/cancelled, then orders/updated."""
    unpaid = order.status in {"pending", "authorized"}
    order.cancelled_at = whole_second(at)
    order.updated_at = max(order.cancelled_at, order.updated_at)
    if not unpaid:
        _add_refund(shop, order, at, None)
    order.status = "voided" if unpaid else "refunded"
    _tell(world, shop, order, "orders/cancelled")
    _tell(world, shop, order, "orders/updated")


def refund_order(world: World, shop: Shop, order: Order, *, at: int, amount: int | None = None) -> None:
    """The merchant gives money back (`amount` minor units; None: all that is left, with the goods): orders/updated."""
    _add_refund(shop, order, at, amount)
    whole = sum(refund.amount for refund in order.refunds) >= order.total
    touch_order(world, shop, order, at=at, status="refunded" if whole else "partially_refunded")


def delete_order(world: World, shop: Shop, order: Order) -> None:
    """The merchant deletes an order: orders/delete, which carries the id only."""
    del shop.orders[order.id]
    world.emit(shop, "orders/delete", {"id": order.id})


def delete_customer(world: World, shop: Shop, customer: Customer) -> None:
    """The merchant deletes a customer: customers/delete; their orders stay, without a customer."""
    del shop.customers[customer.id]
    for order in shop.orders.values():
        if order.customer == customer.id:
            order.customer = None
    world.emit(shop, "customers/delete", payloads.customer_deleted(customer.id))


def change_tags(
    world: World, shop: Shop, customer: Customer, *, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> None:
    """Someone other than the app edits a customer's tags: customer.tags_added, customer.tags_removed."""
    now = world.now()
    have = {tag.casefold(): tag for tag in customer.tags}
    gone = [have[tag.casefold()] for tag in remove if tag.casefold() in have]
    new = [tag for tag in dict.fromkeys(add) if tag.casefold() not in have]
    customer.tags = sorted({*customer.tags, *new} - {*gone})
    customer.updated_at = whole_second(now)
    for topic, tags in (("customer.tags_added", new), ("customer.tags_removed", gone)):
        if tags:
            world.emit(shop, topic, payloads.tags_changed(customer.id, tags, now))


def set_consent(
    world: World, shop: Shop, customer: Customer, *, email: str | None = None, sms: str | None = None
) -> None:
    """A customer's word on marketing changes, e.g. "subscribed": one webhook for each channel."""
    now = world.now()
    customer.updated_at = whole_second(now)
    if email is not None:
        customer.email_consent = email
        world.emit(shop, "customers_email_marketing_consent/update", payloads.email_consent(shop, customer, now))
    if sms is not None:
        customer.sms_consent = sms
        world.emit(shop, "customers_marketing_consent/update", payloads.sms_consent(shop, customer, now))


def change_shop(world: World, shop: Shop, **changes: str) -> None:
    """The merchant changes name, zone, currency, locale or plan: shop/update."""
    for name, value in changes.items():
        setattr(shop, name, value)
    world.emit(shop, "shop/update", payloads.shop(shop, world.now()))


def _tell(world: World, shop: Shop, order: Order, topic: str) -> None:
    world.emit(shop, topic, order_payload.order(shop, order))


def _add_refund(shop: Shop, order: Order, at: int, amount: int | None) -> None:
    left = order.total - sum(refund.amount for refund in order.refunds)
    refund = Refund(fresh(shop, "refund"), whole_second(at), left if amount is None else min(amount, left))
    if amount is None:
        refund.lines = [(line.id, _still_there(line)) for line in order.lines if _still_there(line)]
        for line in order.lines:
            line.current_quantity = 0
    order.refunds.append(refund)


def _still_there(line: Line) -> int:
    return line.quantity if line.current_quantity is None else line.current_quantity
