"""What one JSON line of an export holds."""

from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from plugin.core.moments import moment
from plugin.core.money import amounts
from plugin.core.orders import manual_gateway
from plugin.shopify.gids import PREFIX

RENEWAL_SOURCE = "subscription_contract"
_STARTS = {kind: f"{PREFIX}{kind}/" for kind in ("Order", "Customer", "CompanyLocation", "Product")}
_SCHEME = len(PREFIX)


class Ref(Struct, gc=False):
    """Another entity."""

    id: str


class ShopMoney(Struct, gc=False, rename="camel"):
    """An amount; the currency is asked for once per order."""

    amount: str
    currency_code: str = ""


class Money(Struct, gc=False, rename="camel"):
    """An amount in the shop's currency."""

    shop_money: ShopMoney


class Purchaser(Struct, gc=False):
    """A company's location; a person has none."""

    location: Ref | None = None


class Present(Struct, gc=False):
    """That it is there is all we ask."""


class OrderLine(Struct, gc=False, rename="camel"):
    """An order."""

    id: str
    processed_at: str
    updated_at: str
    total_price_set: Money
    current_total_price_set: Money
    total_refunded_set: Money
    name: str = ""
    test: bool = False
    cancelled_at: str | None = None
    display_financial_status: str | None = None
    source_name: str | None = None
    customer: Ref | None = None
    purchasing_entity: Purchaser | None = None
    payment_gateway_names: tuple[str, ...] = ()
    total_discounts_set: Money | None = None
    subtotal_price_set: Money | None = None
    discount_codes: tuple[str, ...] = ()


class ItemLine(Struct, gc=False, rename="camel"):
    """One line of an order, which came before it."""

    parent: str = field(name="__parentId")
    quantity: int = 0
    product: Ref | None = None
    selling_plan: Present | None = None


class LastOrder(Struct, gc=False, rename="camel"):
    """A customer's newest order."""

    processed_at: str


class CustomerLine(Struct):
    """A customer."""

    id: str
    tags: tuple[str, ...]
    opted_out: bool = field(name="dataSaleOptOut", default=False)
    subscriber: str | None = field(name="productSubscriberStatus", default=None)
    orders: str | None = field(name="numberOfOrders", default=None)
    created_at: str | None = field(name="createdAt", default=None)
    last_order: LastOrder | None = field(name="lastOrder", default=None)


def order_head(line: OrderLine) -> tuple[Any, ...]:
    """The first fifteen fields of OrderSeen, which need no line items; ValueError when one cannot be read."""
    price = line.total_price_set.shop_money
    minor = amounts(price.currency_code)
    total = minor(price.amount)
    discount = 0 if line.total_discounts_set is None else minor(line.total_discounts_set.shop_money.amount)
    goods = line.subtotal_price_set
    person = None if line.customer is None else key(line.customer.id, "Customer")
    place = None if line.purchasing_entity is None else line.purchasing_entity.location
    return (
        number(line.id, "Order"),
        line.name,
        person if place is None else key(place.id, "CompanyLocation"),
        None if place is None else person,
        moment(line.processed_at),
        moment(line.updated_at),
        line.test,
        line.cancelled_at is not None,
        (line.display_financial_status or "").lower(),
        place is not None or manual_gateway(line.payment_gateway_names),
        total,
        minor(line.current_total_price_set.shop_money.amount),
        minor(line.total_refunded_set.shop_money.amount),
        discount,
        (total if goods is None else minor(goods.shop_money.amount)) + discount,
    )


def numbers(line: CustomerLine) -> tuple[int | None, int, int | None]:
    """How many orders the customer placed, since when, and the newest; (None, 0, None) when that was not asked."""
    if line.orders is None or line.created_at is None:
        return None, 0, None
    last = line.last_order
    return int(line.orders), moment(line.created_at), None if last is None else moment(last.processed_at)


def number(gid: str, kind: str) -> int:
    """123 from "gid://shopify/Order/123"; ValueError when it is no id of that `kind`."""
    return int(_digits(gid, kind))


def key(gid: str, kind: str) -> str:
    """ "Customer/1" from "gid://shopify/Customer/1"; ValueError when it is no id of that `kind`."""
    _digits(gid, kind)
    return gid[_SCHEME:]


def _digits(gid: str, kind: str) -> str:
    start = _STARTS[kind]
    digits = gid[len(start) :]
    if not gid.startswith(start) or not digits.isdecimal():
        raise ValueError(f"{gid!r} is no id of {kind}")
    return digits


@lru_cache(maxsize=65_536)
def product_number(gid: str) -> int:
    """The number of a product; a shop's orders name the same ones over and over."""
    return number(gid, "Product")
