"""The export and the webhooks of a shop tell the same about an order, so that importing and listening are one path."""

import time

import msgspec
import requests

from plugin.core.facts import OrderSeen
from plugin.shopify import bulk
from plugin.shopify.client import Client
from plugin.shopify.history import (
    CUSTOMERS,
    CUSTOMERS_AND_NUMBERS,
    ORDERS,
    CustomerTags,
    read_customers,
    read_orders,
)
from plugin.simulator.order_payload import order as payload_of
from plugin.simulator.state import Line, Order, Refund, Shop
from webhooks.topics import translate

NOON = 1_777_644_000_000
HOUR = 3_600_000


def orders_of(customers: list[int]) -> list[Order]:
    """Every sort of order that the two ways could tell differently."""
    lines = [Line(91, product=31, quantity=2, price=2000), Line(92, product=None, quantity=1, price=500)]

    def made(number: int, **changes: object) -> Order:
        plain = {"total": 4500, "lines": lines, "customer": customers[number]}
        return Order(
            id=10_000 + number,
            name=f"#{number}",
            created_at=NOON,
            processed_at=NOON + number * HOUR,
            updated_at=NOON + 2 * number * HOUR,
            **plain | changes,
        )

    return [
        made(1),
        made(2, status="pending", gateways=["Cash on Delivery (COD)"]),
        made(3, status="pending", terms=5),
        made(4, status="voided", cancelled_at=NOON + 9 * HOUR),
        made(5, test=True),
        made(6, customer=None, lines=[]),
        made(7, company=(3, 4)),
        made(8, discount=500, discount_codes=["MAY"], total=4000),
        made(9, status="partially_refunded", refunds=[Refund(77, NOON, 1250, [(92, 1)])]),
        made(10, status="refunded", refunds=[Refund(78, NOON, 4500)]),
        made(11, source_name="subscription_contract"),
        made(12, total=0, lines=[], discount=0),
    ]


def exported(client: Client, calls: requests.Session, document: str) -> list[bytes]:
    operation = bulk.start_query(client, document)
    until = time.monotonic() + 20
    while not (seen := bulk.look(client, operation)).over:
        assert time.monotonic() < until, seen
        time.sleep(0.02)
    assert (seen.status, seen.error_code) == ("completed", None)
    return list(bulk.lines(calls, seen.url or ""))


def test_an_export_and_a_delivery_tell_the_same_of_an_order(
    client: Client, calls: requests.Session, shop: Shop
) -> None:
    made = orders_of(list(shop.customers))
    shop.orders.update({order.id: order for order in made})
    read = list(read_orders(exported(client, calls, ORDERS)))
    told = [
        fact for order in made for fact in translate("orders/updated", msgspec.json.encode(payload_of(shop, order)))
    ]
    assert len(read) == len(made)
    assert all(isinstance(fact, OrderSeen) for fact in read)
    # Terms would need a scope of their own: an export takes a company's order for one with terms, and no other.
    terms = {3: False, 7: True}
    expected = [fact._replace(pays_later=terms.get(int(fact.name[1:]), fact.pays_later)) for fact in told]
    assert sorted(read) == sorted(expected)


def test_an_export_brings_every_customer_with_their_tags(
    client: Client, calls: requests.Session, everyone: list[str]
) -> None:
    read = list(read_customers(exported(client, calls, CUSTOMERS)))
    assert sorted(read) == sorted(CustomerTags(customer, ("newsletter",)) for customer in everyone)


def test_an_export_brings_their_numbers_too_where_these_are_asked_for(
    client: Client, calls: requests.Session, shop: Shop
) -> None:
    """The newest order is told as the export of the orders tells it."""
    made = orders_of(list(shop.customers))
    shop.orders.update({order.id: order for order in made})
    read = list(read_customers(exported(client, calls, CUSTOMERS_AND_NUMBERS)))
    orders = [fact for fact in read_orders(exported(client, calls, ORDERS)) if isinstance(fact, OrderSeen)]
    placed = {
        one.customer: [f.processed_at for f in orders if one.customer in (f.customer, f.ordered_by)] for one in read
    }
    assert {one.customer: one.orders for one in read} == {key: len(moments) for key, moments in placed.items()}
    assert {one.customer: one.last_order_at for one in read} == {
        key: max(moments, default=None) for key, moments in placed.items()
    }
    assert any(one.orders for one in read)
    assert all(one.created_at for one in read)
