"""What every customer's tag should be, told from the shop's raw orders with counting rules of our own.

Nothing of the way through webhooks, imports and tables is used; `core.verdict.judge` is, for it is tested by itself,
and beside it the tests' slow reference, which shares no code with it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.orders import Judged, pack_products
from plugin.core.verdict import Kind, judge
from tests.core.slow_reference import live
from tests.journeys.shopify import ours_among

Row = Mapping[str, Any]
NAMES = {Kind.NONE: "", Kind.BUYER: "buyer", Kind.CLIENT: "client"}
PAID = {"authorized", "paid", "partially_paid", "partially_refunded"}


def counts(order: Row) -> bool:
    """Whether an order of orders.jsonl is an occasion; only the ways to pay that the simulated shop knows."""
    if order["test"] or order["cancelled"] or order["total"] <= 0 or order["refunded"] >= order["total"]:
        return False
    return order["status"] in PAID or (order["status"] == "pending" and order["terms"] is not None)


def by_customer(orders: Iterable[Row]) -> dict[int, list[Row]]:
    """The orders that count, by customer."""
    found: dict[int, list[Row]] = {}
    for order in orders:
        if order["customer"] and counts(order):
            found.setdefault(order["customer"], []).append(order)
    return found


def wrong_tags(customers: Iterable[Row], orders: Iterable[Row], today: int) -> list[tuple[list[str], str, list[Row]]]:
    """(tags, what should be, the orders that count) of every customer whose tag is not the verdict on their orders."""
    counted = by_customer(orders)
    wrong = []
    for row in customers:
        theirs = counted.get(row["id"], [])
        wanted = tag_by_judge(theirs, today)
        if ours_among(row["tags"]) != {wanted} - {""}:
            wrong.append((row["tags"], wanted, theirs))
    return wrong


def tag_by_judge(orders: Iterable[Row], today: int) -> str:
    """The tag that the pure verdict gives for these counted orders."""
    told = [Judged(day_of(order), 0, False, pack_products(products_of(order))) for order in orders]
    return NAMES[judge(told, PRIOR, DEFAULT_RULES, today).kind]


def tag_by_slow_reference(orders: Iterable[Row], today: int) -> str:
    """The tag after living through every order and midnight one by one."""
    days: dict[int, list[Row]] = {}
    for order in orders:
        days.setdefault(day_of(order), []).append(order)
    told = [
        (day, frozenset(one for order in some for one in products_of(order)), not all(map(products_of, some)), False)
        for day, some in sorted(days.items())
    ]
    tag = live(told, PRIOR, DEFAULT_RULES, today).tag
    return "" if tag == "none" else tag


def lapse_day(orders: Iterable[Row], today: int) -> int:
    """The day on which this client turns buyer unless they order."""
    told = [Judged(day_of(order), 0, False, pack_products(products_of(order))) for order in orders]
    day = judge(told, PRIOR, DEFAULT_RULES, today).lapse_on
    assert day is not None
    return day


def day_of(order: Row) -> int:
    """The day of an order in the shop's zone, as an ordinal."""
    return date.fromisoformat(order["day"]).toordinal()


def products_of(order: Row) -> list[int]:
    """The products in it that have a number."""
    return [product for product in order["products"] if product]
