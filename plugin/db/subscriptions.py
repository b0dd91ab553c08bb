"""Customers' subscriptions as the shop tells of them, and whom to ask about."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, text

from plugin.core.subscriptions import Subscription
from plugin.db.engine import Tx
from plugin.db.tables import customers

_ANY = text("SELECT 1 FROM customers WHERE shop = :shop AND subscription > 0 LIMIT 1")
_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_OF = select(customers.c.customer, customers.c.subscription).where(
    customers.c.shop == bindparam("shop"), customers.c.customer.in_(_KEYS), customers.c.subscription > 0
)
_KEEP = text("UPDATE customers SET subscription = :subscription WHERE shop = :shop AND customer = :customer")
_RENEWING = text(
    "SELECT DISTINCT customer FROM orders WHERE shop = :shop AND renewal = TRUE AND customer > :after"
    " ORDER BY customer LIMIT :at_most"
)
_SUBSCRIBED = text(
    "SELECT customer FROM customers WHERE shop = :shop AND subscription > 0 AND customer > :after"
    " ORDER BY customer LIMIT :at_most"
)
FIRST = "Customer/"  # companies have none


def of_customers(tx: Tx, shop: int, keys: Collection[str]) -> dict[str, Subscription]:
    """Who of these has, or had, a subscription; a shop without any costs one look-up."""
    if not keys or not list(tx.rows(_ANY, shop)):
        return {}
    return {key: Subscription(state) for key, state in tx.run(_OF, {"shop": shop, "keys": list(keys)})}


def keep(tx: Tx, shop: int, told: Iterable[tuple[str, Subscription]]) -> list[str]:
    """Keeps what the shop told of customers we know; returns of whom it is news."""
    states = dict(told)
    before = of_customers(tx, shop, states)
    return [
        key
        for key, state in states.items()
        if state is not before.get(key, Subscription.NONE)
        and tx.run(_KEEP, {"subscription": int(state), "shop": shop, "customer": key}).rowcount
    ]


def to_ask(tx: Tx, shop: int, after: str, *, at_most: int) -> list[str]:
    """The next people in order of key whom a subscription billed, or who have one."""
    both = (_RENEWING, _SUBSCRIBED)
    return sorted({row[0] for one in both for row in tx.rows(one, shop, max(after, FIRST), at_most)})[:at_most]
