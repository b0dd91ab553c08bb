"""Customers' orders from before we can look: how many, and between which days; no column of `orders` knows them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, text

from plugin.core.earlier import EVERY_DAY, Earlier, Seen
from plugin.db.engine import Tx
from plugin.db.tables import customers

_ANY = text("SELECT 1 FROM customers WHERE shop = :shop AND earlier > 0 LIMIT 1")
_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_OF = select(customers.c.customer, customers.c.earlier, customers.c.earlier_since, customers.c.earlier_until).where(
    customers.c.shop == bindparam("shop"),
    customers.c.customer.in_(_KEYS),
    customers.c.earlier > 0,
)
_HELD = text("SELECT customer, day, processed_at FROM orders WHERE shop = :shop AND customer IN :keys").bindparams(
    _KEYS
)
# A company's order is judged with the company: whatever its day, it is none of the person's earlier ones.
_HELD_FOR_COMPANIES = text(
    f"SELECT ordered_by, {EVERY_DAY}, processed_at FROM orders WHERE shop = :shop AND ordered_by IN :keys"
).bindparams(_KEYS)
_KEEP = text(
    "UPDATE customers SET earlier = :orders, earlier_since = :since, earlier_until = :until"
    " WHERE shop = :shop AND customer = :customer AND merged_into IS NULL"
)
_HAND_ON = text(
    "INSERT INTO customers (shop, customer, earlier, earlier_since, earlier_until)"
    " SELECT shop, :kept, earlier, earlier_since, earlier_until FROM customers"
    " WHERE shop = :shop AND customer = :gone AND earlier > 0"
    " ON CONFLICT (shop, customer) DO UPDATE SET earlier = customers.earlier + excluded.earlier,"
    " earlier_since = CASE WHEN customers.earlier_since < excluded.earlier_since"
    " THEN customers.earlier_since ELSE excluded.earlier_since END,"
    " earlier_until = CASE WHEN customers.earlier_until > excluded.earlier_until"
    " THEN customers.earlier_until ELSE excluded.earlier_until END"
)
_HANDED_ON = text(
    "UPDATE customers SET earlier = 0, earlier_since = NULL, earlier_until = NULL"
    " WHERE shop = :shop AND customer = :customer"
)


def of_customers(tx: Tx, shop: int, keys: Collection[str]) -> dict[str, Earlier]:
    """Who of these has orders from before we can look; a shop without any costs one look-up."""
    if not keys or not list(tx.rows(_ANY, shop)):
        return {}
    found = tx.run(_OF, {"shop": shop, "keys": list(keys)})
    return {key: Earlier(number, since, until) for key, number, since, until in found}


def held(tx: Tx, shop: int, keys: Sequence[str]) -> dict[str, list[Seen]]:
    """When the orders of these customers that we have were placed, those for companies with them; without any: left
    out."""
    found: dict[str, list[Seen]] = {}
    for statement in (_HELD, _HELD_FOR_COMPANIES) if keys else ():
        for customer, day, at in tx.run(statement, {"shop": shop, "keys": keys}):
            found.setdefault(customer, []).append(Seen(day, at))
    return found


def keep(tx: Tx, shop: int, learnt: Iterable[tuple[str, Earlier | None]]) -> None:
    """Keeps what an import has learnt of customers we know; who was merged has handed theirs on."""
    tx.each(_KEEP, [(*(earlier or (0, None, None)), shop, customer) for customer, earlier in learnt])


def hand_on(tx: Tx, shop: int, *, gone: str, kept: str) -> None:
    """The earlier orders of a merged customer are the kept one's, on top of their own; only once."""
    tx.each(_HAND_ON, [(kept, shop, gone)])
    tx.each(_HANDED_ON, [(shop, gone)])
