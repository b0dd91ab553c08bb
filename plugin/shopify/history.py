"""A shop's history as bulk exports tell it: the documents that ask, and the readers of the lines that come back."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from plugin.core.facts import OrderSeen
from plugin.core.orders import pack_products
from plugin.core.subscriptions import Subscription
from plugin.errors import GiveUp
from plugin.shopify.history_lines import (
    RENEWAL_SOURCE,
    CustomerLine,
    ItemLine,
    OrderLine,
    key,
    number,
    numbers,
    order_head,
    product_number,
)
from plugin.shopify.subscriptions import subscription

# `product` needs the scope read_products. `paymentTerms` would need read_payment_terms: an unpaid order counts here
# when it is paid by hand or a company's, which is who gets terms; a later webhook tells the terms themselves.
ORDERS = """
query OrderHistory {
  orders {
    edges {
      node {
        id
        name
        processedAt
        updatedAt
        cancelledAt
        test
        displayFinancialStatus
        sourceName
        customer { id }
        purchasingEntity { ... on PurchasingCompany { location { id } } }
        paymentGatewayNames
        totalPriceSet { shopMoney { amount currencyCode } }
        currentTotalPriceSet { shopMoney { amount } }
        totalRefundedSet { shopMoney { amount } }
        totalDiscountsSet { shopMoney { amount } }
        subtotalPriceSet { shopMoney { amount } }
        discountCodes
        lineItems { edges { node { id quantity product { id } sellingPlan { name } } } }
      }
    }
  }
}
"""

# For a shop that shows no older orders; with all of them at hand the numbers tell nothing new.
CUSTOMERS_AND_NUMBERS = """
query CustomerTagsAndNumbers {
  customers {
    edges { node { id tags dataSaleOptOut productSubscriberStatus numberOfOrders createdAt lastOrder { processedAt } } }
  }
}
"""

CUSTOMERS = """
query CustomerTags {
  customers { edges { node { id tags dataSaleOptOut productSubscriberStatus } } }
}
"""

_WHOLE = re.compile(r"\b(orders|customers) \{")

CHILD = b'"__parentId"'  # inside a text its quotes would be escaped, so this is always the key
AT_ONCE = 500  # orders held back so that their lines can join them
UNREADABLE = (msgspec.MsgspecError, ValueError)
Refused = Callable[[str], object]  # hears of a line that cannot be read: "line 17: Expected `str` ...", counted from 1


_order = msgspec.json.Decoder(OrderLine).decode
_item = msgspec.json.Decoder(ItemLine).decode
_customer = msgspec.json.Decoder(CustomerLine).decode
_tuple = tuple.__new__  # what `_make` does, without counting the fields of every order


class LateProducts(NamedTuple):
    """Lines that came after their order was passed on, to be merged into the stored one; repetition is harmless."""

    order: int
    products: bytes
    renewal: bool


class CustomerTags(NamedTuple):
    """A customer and the tags they carry."""

    customer: str
    tags: tuple[str, ...]
    opted_out: bool = False  # of the sale of their data
    orders: int | None = None  # how many they ever placed; None: not asked
    created_at: int = 0  # UTC ms
    last_order_at: int | None = None  # UTC ms; None: there is none, or it is too old to be shown
    subscription: Subscription = Subscription.NONE


class Held:
    """An order that waits for its lines, or lines whose order has gone."""

    __slots__ = ("has_code", "head", "products", "renewal", "units")

    def __init__(self, head: tuple[Any, ...], has_code: bool, renewal: bool) -> None:
        self.head, self.has_code, self.renewal = head, has_code, renewal
        self.units = 0
        self.products: list[int] = []


def changed(document: str, *, since: int) -> str:
    """ORDERS or CUSTOMERS for those only that changed at `since` (UTC ms) or later."""
    moment = datetime.fromtimestamp(since // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _WHOLE.sub(rf"""\1(query: "updated_at:>='{moment}'") {{""", document, count=1)


def give_up(words: str) -> None:
    """What becomes of a line that cannot be read, unless somebody counts them."""
    raise GiveUp(f"the export cannot be read: {words}")


def read_orders(lines: Iterable[bytes], refused: Refused = give_up) -> Iterator[OrderSeen | LateProducts]:
    """The orders of an export with their products; lines that come too late for that follow as LateProducts.

    Holds at most 500 orders. A line that cannot be read is left out.
    """
    held: dict[str, Held] = {}
    late: dict[str, Held] = {}
    for place, line in enumerate(lines, 1):
        try:
            if CHILD in line:
                item = _item(line)
                order = held.get(item.parent) or _gone(late, item.parent)
                product = item.product
                if product is not None:
                    order.products.append(product_number(product.id))
                order.units += item.quantity
                if item.selling_plan is not None:
                    order.renewal = True
                if len(late) >= AT_ONCE:
                    yield from _all(held, late)
            elif line.strip():
                read = _order(line)
                if len(held) + len(late) >= AT_ONCE:
                    yield from _all(held, late)
                held[read.id] = Held(order_head(read), bool(read.discount_codes), read.source_name == RENEWAL_SOURCE)
        except UNREADABLE as error:
            refused(f"line {place}: {error}")
    yield from _all(held, late)


def _gone(late: dict[str, Held], gid: str) -> Held:
    found = late.get(gid)
    if found is None:
        found = late[gid] = Held((number(gid, "Order"),), has_code=False, renewal=False)
    return found


def _all(held: dict[str, Held], late: dict[str, Held]) -> Iterator[OrderSeen | LateProducts]:
    """Everything gathered, orders first; nothing is left."""
    for order in held.values():
        products = pack_products(order.products)
        yield _tuple(OrderSeen, (*order.head, order.units, order.has_code, order.renewal, products))
    for order in late.values():
        yield LateProducts(order.head[0], pack_products(order.products), order.renewal)
    held.clear()
    late.clear()


def read_customers(lines: Iterable[bytes], refused: Refused = give_up) -> Iterator[CustomerTags]:
    """The customers of an export; a line that cannot be read is left out."""
    for place, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            read = _customer(line)
            found = CustomerTags(
                key(read.id, "Customer"), read.tags, read.opted_out, *numbers(read), subscription(read.subscriber)
            )
        except UNREADABLE as error:
            refused(f"line {place}: {error}")
        else:
            yield found
