"""Reconciliations with what the shop tells: when one is due, how far each has come, and what it compares."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import bindparam, select, text

from plugin.core.reconciling import Known, Mended
from plugin.db.engine import Tx
from plugin.db.tables import customers, orders, reconciliations, shops
from plugin.db.tagging import GONE, IN_A_FILE

FAR = 48 * 3600 * 1000  # ms ahead of which no reconciliation is put off
NIGHT, OUTAGE, ASKED = "night", "outage", "asked"  # why there is one
CANCELLED = "cancelled"  # the stage of one that the merchant stopped


class Due(NamedTuple):
    """When a shop is reconciled next, and from when on; both on the shops' calendar."""

    next_reconcile_at: int
    reconciled_to: int | None  # None: never looked at since it was installed
    reconcile_for: str | None  # why sooner than in the night


class Reconciliation(NamedTuple):
    """One reconciliation; the columns of the table tell what each is."""

    number: int
    why: str
    stage: str  # asked | done | failed | cancelled
    since: int
    as_of: int
    started_at: int
    finished_at: int | None
    orders_operation: str | None  # None: not started yet
    customers_operation: str | None
    tries: int
    expected: int  # lines that there are to read; 0: not known yet
    lines: int  # read so far
    reason: str | None
    orders: int
    customers: int
    missing: int
    wrong: int
    judged: int
    tags: int
    gone: int
    checked_to: int  # the last order that was asked whether it is still there; 0: begin with the first
    asked_to: str  # the last customer who was asked about; "": begin with the first

    @property
    def mended(self) -> Mended:
        """What it looked at, and what it set right."""
        return Mended(self.orders, self.customers, self.missing, self.wrong, self.judged, self.tags, self.gone)


_DUE = select(*(shops.c[name] for name in Due._fields)).where(shops.c.shop == bindparam("shop"))
_ROW = tuple(reconciliations.c[name] for name in Reconciliation._fields)
_COUNT = text(
    "UPDATE reconciliations SET missing = missing + :missing, wrong = wrong + :wrong, judged = judged + :judged,"
    " tags = tags + :tags, gone = gone + :gone WHERE shop = :shop AND number = :number"
)
_KNOWN = select(orders.c.id, *(orders.c[name] for name in Known._fields)).where(
    orders.c.shop == bindparam("shop"), orders.c.id.in_(bindparam("ids", expanding=True))
)
_OPTED_OUT = select(customers.c.customer).where(
    customers.c.shop == bindparam("shop"),
    customers.c.customer.in_(bindparam("keys", expanding=True)),
    customers.c.sale_opt_out,
)
_MISSED = text(
    "UPDATE shops SET reconcile_for = coalesce(reconcile_for, 'outage'),"
    " next_reconcile_at = CASE WHEN next_reconcile_at < :at THEN next_reconcile_at ELSE :then END"
    " WHERE shop = :shop AND state = 'installed' AND reconciled_to IS NOT NULL"
)
_ORDERS_AFTER = text(
    "SELECT id, processed_at FROM orders WHERE shop = :shop AND id > :after AND NOT deleted ORDER BY id LIMIT :at_most"
)
_END = text(
    "UPDATE reconciliations SET stage = 'failed', finished_at = :now, reason = :reason"
    " WHERE shop = :shop AND stage = 'asked'"
)
_TO_BE_READ = text(
    "SELECT customer FROM customers WHERE shop = :shop AND customer IN :keys AND (look_at IS NOT NULL"
    " OR held IN :standing OR EXISTS (SELECT 1 FROM ledger WHERE ledger.shop = customers.shop"
    " AND ledger.customer = customers.customer AND (settled_at IS NULL OR settled_at >= :since)))"
).bindparams(
    # Without a type an empty list is one of numbers to PostgreSQL.
    bindparam("keys", expanding=True, type_=sa.String),
    bindparam("standing", expanding=True, type_=sa.String),
)


def due(tx: Tx, shop: int) -> Due:
    """When the shop is reconciled next."""
    return Due._make(tx.run(_DUE, {"shop": shop}).one())


def missed(tx: Tx, shop: int, *, at: int) -> None:
    """Deliveries of an installed shop may be lost: it is reconciled at that moment (UTC ms), if not before."""
    tx.each(_MISSED, [(at, at, shop)])


def listed(tx: Tx, shop: int, *, at_most: int) -> list[Reconciliation]:
    """The newest reconciliations, newest first."""
    found = select(*_ROW).where(reconciliations.c.shop == shop).order_by(reconciliations.c.number.desc())
    return [Reconciliation._make(row) for row in tx.run(found.limit(at_most))]


def last(tx: Tx, shop: int) -> Reconciliation | None:
    """The newest reconciliation."""
    return next(iter(listed(tx, shop, at_most=1)), None)


def last_done(tx: Tx, shop: int) -> Reconciliation | None:
    """The newest reconciliation that came to its end."""
    mine = (reconciliations.c.shop == shop) & (reconciliations.c.stage == "done")
    row = tx.run(select(*_ROW).where(mine).order_by(reconciliations.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else Reconciliation._make(row)


def begin(tx: Tx, shop: int, *, why: str, since: int, as_of: int, now: int) -> int:
    """Numbers a reconciliation whose exports are yet to be asked for; it goes on where the last one ended."""
    before = last(tx, shop)
    number = 1 if before is None else before.number + 1
    places = {} if before is None else {"checked_to": before.checked_to, "asked_to": before.asked_to}
    row = {"shop": shop, "number": number, "why": why, "since": since, "as_of": as_of, "started_at": now}
    tx.run(sa.insert(reconciliations).values(stage="asked", **places, **row))
    return number


def progress(tx: Tx, shop: int, number: int, **values: Any) -> None:
    """Keeps how far a reconciliation has come; what was cancelled stays so."""
    if "stage" in values:
        values["stage"] = sa.case((reconciliations.c.stage == CANCELLED, CANCELLED), else_=values["stage"])
    one = (reconciliations.c.shop == shop) & (reconciliations.c.number == number)
    tx.run(sa.update(reconciliations).where(one).values(**values))


def end(tx: Tx, shop: int, *, reason: str, now: int) -> None:
    """Ends whatever reconciliation is under way."""
    tx.run(_END, {"shop": shop, "reason": reason, "now": now})


def count(tx: Tx, shop: int, number: int, found: Mended) -> None:
    """Adds what was mended, in the write that mends it."""
    tx.each(_COUNT, [(found.missing, found.wrong, found.judged, found.tags, found.gone, shop, number)])


def known(tx: Tx, shop: int, ids: Sequence[int]) -> dict[int, Known]:
    """What is known of these orders, tombstones included; those nobody told of are left out."""
    return {row[0]: Known._make(row[1:]) for row in tx.run(_KNOWN, {"shop": shop, "ids": ids})}


def opted_out(tx: Tx, shop: int, keys: Sequence[str]) -> set[str]:
    """Those of these customers of whom we know that they opted out of the sale of their data."""
    return {row[0] for row in tx.run(_OPTED_OUT, {"shop": shop, "keys": keys})}


def to_be_read(tx: Tx, shop: int, keys: Sequence[str], *, since: int) -> set[str]:
    """Those of these customers of whom an export says nothing: we changed their tags since then (UTC ms), or are about
    to read them, or they are gone."""
    given = {"shop": shop, "keys": keys, "standing": [GONE, IN_A_FILE], "since": since}
    return {row[0] for row in tx.run(_TO_BE_READ, given)}


class Stood(NamedTuple):
    """An order that was there when we last heard of it."""

    id: int
    processed_at: int


def orders_after(tx: Tx, shop: int, after: int, *, at_most: int) -> list[Stood]:
    """The next orders by number, but for tombstones."""
    return list(map(Stood._make, tx.rows(_ORDERS_AFTER, shop, after, at_most)))
