"""Overrides: customers whom the merchant marked as a buyer or a client; until it is lifted."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import String, bindparam, text

from plugin.core.causes import BY_HAND
from plugin.db import figures
from plugin.db.engine import Tx

AT_THE_SHOP = "shop"  # who: somebody who edited our tag there; else Shopify's number of the person in the panel

_OF = text("SELECT override, override_at, override_by FROM customers WHERE shop = :shop AND customer = :customer")
_MARKED = (
    "UPDATE customers SET override = :kind, override_at = :at, override_by = :by,"
    " kind = :kind, since = :today, lapse_on = NULL, lapsed = FALSE,"
    f" cause = CASE WHEN kind <> :kind THEN '{BY_HAND}' ELSE cause END"
)
_WHO = " WHERE shop = :shop AND customer = :customer AND merged_into IS NULL AND NOT (objects OR sale_opt_out)"
_MARK = text(
    f"{_MARKED},"
    # The newest word holds: what was vetoed or undone before is written, after another look.
    " kind_at_shop = CASE WHEN veto IS NULL THEN kind_at_shop ELSE -1 END, veto = NULL, vetoed_at = NULL,"
    f" held = CASE WHEN held = 'undone' THEN NULL ELSE held END{_WHO}"
)
# The veto stands beside it: what is written at the shop is as the merchant wants it.
_FOUND = text(f"{_MARKED}{_WHO}")
_EDITED = text(
    "SELECT customer, override, tags_ours, tags_found, model, rules FROM customers"
    " WHERE shop = :shop AND customer IN :keys AND override_by = :by"
).bindparams(bindparam("keys", expanding=True, type_=String))
_LIFT = text(
    "UPDATE customers SET override = NULL, override_at = NULL, override_by = NULL"
    " WHERE shop = :shop AND customer = :customer"
)
_HAND_ON = text(
    "INSERT INTO customers (shop, customer, kind, since, override, override_at, override_by)"
    " SELECT shop, :kept, override, since, override, override_at, override_by FROM customers"
    " WHERE shop = :shop AND customer = :gone AND override IS NOT NULL"
    " ON CONFLICT (shop, customer) DO UPDATE SET kind = excluded.kind, since = excluded.since, lapse_on = NULL,"
    " lapsed = FALSE, override = excluded.override, override_at = excluded.override_at,"
    " override_by = excluded.override_by,"
    f" cause = CASE WHEN customers.kind <> excluded.kind THEN '{BY_HAND}' ELSE customers.cause END"
    " WHERE customers.override IS NULL AND NOT (customers.objects OR customers.sale_opt_out)"
)


class Override(NamedTuple):
    """As what (core.verdict.Kind), when (UTC ms) and by whom a customer was marked."""

    kind: int
    at: int
    by: str


def of(tx: Tx, shop: int, customer: str) -> Override | None:
    """Their override; None when their orders decide."""
    for row in tx.rows(_OF, shop, customer):
        return Override._make(row) if row[0] is not None else None
    return None


def mark(tx: Tx, shop: int, customer: str, override: Override, *, today: int) -> bool:
    """Keeps it as what the customer is; False for nobody, and for who must not be classified or was merged."""
    given = {**override._asdict(), "today": today, "shop": shop, "customer": customer}
    marked = tx.run(_MARK, given).rowcount > 0
    figures.age(tx, shop)
    return marked


def found(tx: Tx, shop: int, marked: Collection[tuple[str, int]], *, now: int, today: int) -> None:
    """Keeps the kinds that were marked at the shop, by an edit of our tag."""
    if not marked:
        return
    given = {"at": now, "by": AT_THE_SHOP, "today": today, "shop": shop}
    for customer, kind in marked:
        tx.run(_FOUND, {**given, "customer": customer, "kind": kind})
    figures.age(tx, shop)


class Edited(NamedTuple):
    """A customer who was marked at the shop, with what is ours and the merchant's of their tags."""

    customer: str
    kind: int
    tags_ours: str
    tags_found: str | None
    model: int
    rules: int


def edited(tx: Tx, shop: int, keys: Sequence[str]) -> list[Edited]:
    """Those of these customers who were marked at the shop."""
    return list(map(Edited._make, tx.run(_EDITED, {"shop": shop, "keys": keys, "by": AT_THE_SHOP})))


def lift(tx: Tx, shop: int, keys: Iterable[str]) -> None:
    """Their orders decide again: judge them."""
    tx.each(_LIFT, [(shop, key) for key in keys])


def hand_on(tx: Tx, shop: int, *, gone: str, kept: str) -> None:
    """An override of either of two merged customers holds for the one that is kept, whose own comes first."""
    tx.each(_HAND_ON, [(kept, shop, gone)])
    tx.each(_LIFT, [(shop, gone)])
