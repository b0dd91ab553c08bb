"""What the law lets customers and shops ask for, told by Shopify's three compliance topics. Call under world.lock."""

from collections.abc import Iterable

from plugin.simulator import payloads
from plugin.simulator.merchant import whole_second
from plugin.simulator.people import person
from plugin.simulator.state import Customer, Shop, World

TOPICS = frozenset({"customers/data_request", "customers/redact", "shop/redact"})  # sent to apps that have left as well


def request_data(world: World, shop: Shop, customer: int, *, orders: Iterable[int] | None = None) -> int:
    """A customer, present or deleted, wants to see what is kept: customers/data_request; the request's number."""
    number = shop.numbers["data_request"] = shop.numbers.get("data_request", 0) + 1
    about = {"orders_requested": _orders(shop, customer, orders), "data_request": {"id": number}}
    world.emit(shop, "customers/data_request", _about_customer(shop, customer) | about)
    return number


def redact_customer(world: World, shop: Shop, customer: int, *, orders: Iterable[int] | None = None) -> None:
    """A customer, present or deleted, is to be forgotten: customers/redact; at the shop they lose name and address."""
    told = _about_customer(shop, customer) | {"orders_to_redact": _orders(shop, customer, orders)}
    if known := shop.customers.get(customer):
        known.redacted, known.email_consent, known.sms_consent = True, "redacted", "redacted"
        known.updated_at = whole_second(world.now())
    world.emit(shop, "customers/redact", told)


def redact_shop(world: World, shop: Shop) -> None:
    """All of the shop is to be forgotten, as Shopify asks 48 hours after an uninstall: shop/redact."""
    world.emit(shop, "shop/redact", payloads.shop_named(shop))


def opt_out_of_data_sale(world: World, customer: Customer, *, out: bool) -> None:
    """The customer forbids (or allows again) that data about them is sold or shared; no topic tells."""
    customer.data_sale_opt_out, customer.updated_at = out, whole_second(world.now())


def _about_customer(shop: Shop, customer: int) -> payloads.Payload:
    known = shop.customers.get(customer)
    who = person(customer) if known is None else known.person
    return payloads.shop_named(shop) | {"customer": {"id": customer, "email": who.email, "phone": who.phone}}


def _orders(shop: Shop, customer: int, wanted: Iterable[int] | None) -> list[int]:
    theirs = (order.id for order in shop.orders.values() if order.customer == customer)
    return list(theirs if wanted is None else wanted)
