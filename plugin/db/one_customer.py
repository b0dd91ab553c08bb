"""One customer as their page shows them: what is kept of them, and what was written on them."""

from typing import NamedTuple

from sqlalchemy import text

from plugin.db.engine import Tx
from plugin.db.undos import Place

_KEPT = text(
    "SELECT kind, kind_at_shop, held, tags_ours, tags_found, objects, sale_opt_out, look_at, veto, vetoed_at,"
    " merged_into, override, override_at, override_by FROM customers WHERE shop = :shop AND customer = :customer"
)
_WRITTEN = text(
    "SELECT at, id, action, tag, kind, cause, state, reason FROM ledger"
    " WHERE shop = :shop AND customer = :customer AND (at, id) < (:at, :id) ORDER BY at DESC, id DESC LIMIT :at_most"
)


class Kept(NamedTuple):
    """What is kept of a customer, beside the verdict's own numbers."""

    kind: int
    kind_at_shop: int
    held: str | None
    tags_ours: str
    tags_found: str | None
    objects: bool
    sale_opt_out: bool
    look_at: int | None
    veto: str | None
    vetoed_at: int | None
    merged_into: str | None
    override: int | None  # the kind the merchant marked them as
    override_at: int | None
    override_by: str | None  # see db.overrides


def kept(tx: Tx, shop: int, customer: str) -> Kept | None:
    """What is kept of them; None when nothing is."""
    for row in tx.rows(_KEPT, shop, customer):
        return Kept._make(row)
    return None


class Written(NamedTuple):
    """A line of the ledger about one customer; `at` is in UTC milliseconds."""

    at: int
    id: int
    action: str  # add | remove | adopt | return
    tag: str
    kind: int  # what the customer had become
    cause: str  # why they had (core.causes)
    state: str  # intended | done | failed | unknown
    reason: str | None


def written(tx: Tx, shop: int, customer: str, *, before: Place, at_most: int) -> list[Written]:
    """The lines before that place, newest first."""
    return list(map(Written._make, tx.rows(_WRITTEN, shop, customer, *before, at_most)))
