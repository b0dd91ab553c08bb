"""Erasing: all rows of a customer, and all rows of a shop whatever tables there are."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import bindparam, select, text

from plugin.db import figures
from plugin.db.engine import Tx
from plugin.db.tables import metadata, orders, privacy_requests, shops

# What a request left to show for it has no reference to the shop, and goes last.
OF_A_SHOP = tuple(table for table in reversed(metadata.sorted_tables) if table not in {shops, privacy_requests})

_ORDERS_OF = text("SELECT id FROM orders WHERE shop = :shop AND customer = :customer")
_PERSONS_ORDERS = text("UPDATE orders SET ordered_by = NULL WHERE shop = :shop AND ordered_by = :customer")
_MERGED = text("SELECT customer FROM customers WHERE shop = :shop AND merged_into = :customer")
_CUSTOMER = tuple(
    text(f"DELETE FROM {rows} WHERE shop = :shop AND customer = :customer") for rows in ("customers", "consents")
)
_LEDGER = text("DELETE FROM ledger WHERE shop = :shop AND customer = :customer AND bulk IS NULL")
# The lines of a bulk file are told apart by their place in it.
_BULK_LINES = text("UPDATE ledger SET customer = '', reason = NULL WHERE shop = :shop AND customer = :customer")
# The number of an undo stays: the ledger's lines have it.
_UNDOS = text("UPDATE undos SET customer = '' WHERE shop = :shop AND customer = :customer")
_ORDERS = sa.delete(orders).where(orders.c.shop == bindparam("shop"), orders.c.id.in_(bindparam("ids", expanding=True)))
_REQUESTS = text(
    "UPDATE privacy_requests SET customer = NULL, orders = NULL, answer = NULL, done_at = coalesce(done_at, :now)"
    " WHERE shop = :shop"
)
_SHOP = text("DELETE FROM shops WHERE shop = :shop")


def merged_into(tx: Tx, shop: int, customer: str) -> set[str]:
    """The customer and whoever was merged into them, at however many steps."""
    found, new = {customer}, [customer]
    while new:
        new = [row[0] for key in new for row in tx.rows(_MERGED, shop, key) if row[0] not in found]
        found.update(new)
    return found


def orders_of(tx: Tx, shop: int, customer: str) -> list[int]:
    """The orders that are the customer's own."""
    return [row[0] for row in tx.rows(_ORDERS_OF, shop, customer)]


def orders_named(tx: Tx, shop: int, ids: Sequence[int]) -> int:
    """Erases these orders; returns how many there were."""
    return tx.run(_ORDERS, {"shop": shop, "ids": ids}).rowcount


def customer(tx: Tx, shop: int, key: str) -> int:
    """Erases what tables other than `orders` keep of a customer, and their name from companies' orders; counts rows."""
    figures.age(tx, shop)
    given = {"shop": shop, "customer": key}
    return sum(tx.run(one, given).rowcount for one in (_PERSONS_ORDERS, *_CUSTOMER, _LEDGER, _BULK_LINES, _UNDOS))


def some_rows(tx: Tx, shop: int, *, at_most: int) -> int:
    """Erases rows of the shop, table by table, at most so many of one; 0 when none are left."""
    for table in OF_A_SHOP:
        keys = tuple(table.primary_key.columns)
        some = select(*keys).where(table.c.shop == shop).limit(at_most)
        if number := tx.run(sa.delete(table).where(sa.tuple_(*keys).in_(some))).rowcount:
            return number
    return 0


def shop_itself(tx: Tx, shop: int, *, now: int) -> None:
    """Erases the shop, whose rows are gone; of its requests stays that they were carried out."""
    tx.run(_REQUESTS, {"shop": shop, "now": now})
    tx.run(_SHOP, {"shop": shop})
