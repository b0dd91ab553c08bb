"""Vetoes: customers whose tags the merchant changed by hand, which are left alone until the merchant lifts it."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import text

from plugin.core.ownership import REMOVED
from plugin.db.engine import Tx
from plugin.db.overrides import AT_THE_SHOP

_LISTED = text(
    f"SELECT customer, veto, vetoed_at, kind, tags_ours, tags_found, override_by = '{AT_THE_SHOP}' FROM customers"
    " WHERE shop = :shop AND veto IS NOT NULL AND customer > :after ORDER BY customer LIMIT :at_most"
)
_COUNT = text("SELECT count(*) FROM customers WHERE shop = :shop AND veto IS NOT NULL")
_LOST = text("SELECT count(*) FROM customers WHERE shop = :shop AND veto = :removed AND vetoed_at >= :since")
_LOST_BY = text(
    "SELECT customer FROM customers WHERE shop = :shop AND veto = :removed AND vetoed_at >= :since LIMIT :at_most"
)
_LIFT = text(
    # What our tag says is read anew, before it is written again.
    "UPDATE customers SET veto = NULL, vetoed_at = NULL, kind_at_shop = -1"
    " WHERE shop = :shop AND customer = :customer AND veto IS NOT NULL"
)
_HAND_ON = text(
    "INSERT INTO customers (shop, customer, veto, vetoed_at)"
    " SELECT shop, :kept, veto, vetoed_at FROM customers"
    " WHERE shop = :shop AND customer = :gone AND veto IS NOT NULL"
    " ON CONFLICT (shop, customer) DO UPDATE SET veto = coalesce(customers.veto, excluded.veto),"
    " vetoed_at = coalesce(customers.vetoed_at, excluded.vetoed_at)"
)
_HANDED_ON = text("UPDATE customers SET veto = NULL, vetoed_at = NULL WHERE shop = :shop AND customer = :gone")


class Veto(NamedTuple):
    """One of them: why (core.ownership), since when (UTC ms), and what we would say."""

    customer: str
    veto: str
    vetoed_at: int
    kind: int
    tags_ours: str
    tags_found: str | None
    marked: bool  # by an edit at the shop; see db.overrides


def listed(tx: Tx, shop: int, *, after: str, at_most: int) -> list[Veto]:
    """The next vetoes in order of key."""
    return list(map(Veto._make, tx.rows(_LISTED, shop, after, at_most)))


def count(tx: Tx, shop: int) -> int:
    """How many there are."""
    return int(tx.run(_COUNT, {"shop": shop}).scalar_one())


def count_lost(tx: Tx, shop: int, *, since: int) -> int:
    """How many customers lost our tag since that moment."""
    return int(tx.run(_LOST, {"shop": shop, "removed": REMOVED, "since": since}).scalar_one())


def lost(tx: Tx, shop: int, *, since: int, at_most: int) -> list[str]:
    """Some of those who did."""
    return [row[0] for row in tx.rows(_LOST_BY, shop, REMOVED, since, at_most)]


def lift(tx: Tx, shop: int, keys: Iterable[str]) -> None:
    """The merchant lets us write again."""
    tx.each(_LIFT, [(shop, key) for key in keys])


def hand_on(tx: Tx, shop: int, *, gone: str, kept: str) -> None:
    """A veto on either of two merged customers holds for the one that is kept."""
    tx.each(_HAND_ON, [(kept, shop, gone)])
    tx.each(_HANDED_ON, [(shop, gone)])
