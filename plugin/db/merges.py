"""Merged customers: who has whose orders now, however the deliveries of a chain of merges come."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select, text

from plugin.core.slices import slices
from plugin.db.engine import Tx
from plugin.db.tables import customers

AT_ONCE = 1000  # keys in a question
_ANY = text("SELECT 1 FROM customers WHERE shop = :shop AND merged_into IS NOT NULL LIMIT 1")
_FOLLOWED = select(customers.c.customer, customers.c.merged_into).where(
    customers.c.shop == bindparam("shop"),
    customers.c.customer.in_(bindparam("keys", expanding=True)),
    customers.c.merged_into.is_not(None),
)
_MERGE = text(
    "INSERT INTO customers (shop, customer, merged_into) VALUES (:shop, :gone, :kept)"
    " ON CONFLICT (shop, customer) DO UPDATE SET merged_into = excluded.merged_into"
)
_SHORTEN = text("UPDATE customers SET merged_into = :kept WHERE shop = :shop AND merged_into = :gone")


def followed(tx: Tx, shop: int, keys: Iterable[str]) -> dict[str, str]:
    """Merged customer -> who was kept in the end, of those among `keys`; a shop without merges costs one look-up."""
    if not list(tx.rows(_ANY, shop)):
        return {}
    found: dict[str, str] = {}
    for some in slices(dict.fromkeys(keys), AT_ONCE):
        found.update((gone, kept) for gone, kept in tx.run(_FOLLOWED, {"shop": shop, "keys": some}))
    return found


def merge(tx: Tx, shop: int, *, gone: str, kept: str) -> str | None:
    """Remembers who has the orders of `gone` from now on, and returns who that is at the end of the chain.

    None when `kept` is `gone` itself, or was merged into it before: nobody follows a circle.
    """
    end = followed(tx, shop, [kept]).get(kept, kept)
    if end == gone:
        return None
    tx.each(_MERGE, [(shop, gone, end)])
    # Every chain is one step long, so that whoever follows it needs one look.
    tx.each(_SHORTEN, [(end, shop, gone)])
    return end
