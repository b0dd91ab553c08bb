"""Customers to be looked at because somebody changed their tags, and what was seen of them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import String, bindparam, text

from plugin.db.engine import Tx
from plugin.db.tagging import IN_A_FILE, REFUSED

# A change that travels in a file is compared when the file is settled.
_DUE = text(
    "SELECT customer FROM customers"
    " WHERE shop = :shop AND look_at IS NOT NULL AND (held IS NULL OR held NOT IN ('gone', :in_a_file))"
    " ORDER BY look_at, customer LIMIT :at_most"
)
_STANDING = text(
    "SELECT customer, kind, kind_at_shop, held, tags_ours, tags_found, veto, look_at,"
    " tags_ours <> '' OR kind_at_shop <> 0 OR EXISTS"
    " (SELECT 1 FROM ledger WHERE ledger.shop = customers.shop AND ledger.customer = customers.customer)"
    " FROM customers WHERE shop = :shop AND customer IN :keys"
).bindparams(bindparam("keys", expanding=True, type_=String))
_ASK = text(
    "UPDATE customers SET look_at = :at WHERE shop = :shop AND customer = :customer AND look_at IS NULL"
    " AND (held IS NULL OR held <> 'gone')"
)
_ASK_REFUSED = text(f"UPDATE customers SET look_at = :at WHERE shop = :shop AND look_at IS NULL AND {REFUSED}")
_FORGET = text("UPDATE customers SET tags_found = NULL WHERE shop = :shop AND customer = :customer")
_ANEW = text(
    "INSERT INTO customers (shop, customer, look_at) VALUES (:shop, :customer, :at)"
    " ON CONFLICT (shop, customer) DO UPDATE SET tags_found = NULL, look_at = excluded.look_at"
)
_SEEN = text(
    "UPDATE customers SET kind_at_shop = :at_shop, held = :held, tags_ours = :ours, tags_found = :found,"
    " look_at = NULL, veto = coalesce(veto, :veto),"
    " vetoed_at = CASE WHEN veto IS NULL THEN CAST(:at AS BIGINT) ELSE vetoed_at END"
    " WHERE shop = :shop AND customer = :customer"
)


class Standing(NamedTuple):
    """What is written down of a customer's tags; unchanged, a look that was begun before still holds."""

    customer: str
    kind: int
    kind_at_shop: int
    held: str | None
    tags_ours: str
    tags_found: str | None
    veto: str | None
    look_at: int | None
    touched: bool  # whether we ever changed a tag of theirs, or let one of the merchant's stand for ours


class Looked(NamedTuple):
    """What a look left to be written down; `veto` None leaves one that is there."""

    customer: str
    kind_at_shop: int
    held: str | None
    ours: Sequence[str]
    found: Sequence[str]
    veto: str | None


def due(tx: Tx, shop: int, *, at_most: int) -> list[str]:
    """Who is to be looked at, who has waited longest first."""
    return [row[0] for row in tx.rows(_DUE, shop, IN_A_FILE, at_most)]


def standing(tx: Tx, shop: int, keys: Iterable[str]) -> dict[str, Standing]:
    """What is written down of these customers."""
    return {row[0]: Standing._make(row) for row in tx.run(_STANDING, {"shop": shop, "keys": list(keys)})}


def ask(tx: Tx, shop: int, keys: Iterable[str], *, now: int) -> None:
    """These customers are to be looked at; who is gone is not."""
    tx.each(_ASK, [(now, shop, key) for key in keys])


def ask_refused(tx: Tx, shop: int, *, now: int) -> None:
    """So is everybody whose tag the shop refused: there may be room for it by now."""
    tx.run(_ASK_REFUSED, {"at": now, "shop": shop})


def forget(tx: Tx, shop: int, keys: Iterable[str]) -> None:
    """Forgets what customers carried before us, of whom we changed no tag yet: they are read before the first."""
    tx.each(_FORGET, [(shop, key) for key in keys])


def anew(tx: Tx, shop: int, keys: Iterable[str], *, now: int) -> None:
    """Has customers of whom we changed no tag yet, or never heard, read anew: an export may be older than the word."""
    tx.each(_ANEW, [(shop, key, now) for key in keys])


def seen(tx: Tx, shop: int, looked: Iterable[Looked], *, now: int) -> None:
    """Keeps what was seen; a veto that is there stays."""
    tx.each(
        _SEEN,
        [
            (
                one.kind_at_shop,
                one.held,
                ",".join(one.ours),
                ",".join(one.found),
                one.veto,
                one.veto and now,
                shop,
                one.customer,
            )
            for one in looked
        ],
    )
