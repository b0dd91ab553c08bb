"""The ledger: every tag change, written down before the call, settled after it; and the bulk files that carry many."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select, text

from plugin.db.engine import Tx
from plugin.db.tables import ledger

_LAST = text("SELECT coalesce(max(id), 0) FROM ledger WHERE shop = :shop")
_INTEND = text(
    "INSERT INTO ledger (shop, id, customer, at, action, tag, kind, model, rules, cause, state, bulk)"
    " VALUES (:shop, :id, :customer, :at, :action, :tag, :kind, :model, :rules, :cause, 'intended', :bulk)"
)
_SETTLE = text(
    "UPDATE ledger SET state = :state, settled_at = :at, reason = :reason WHERE shop = :shop AND id = :id"
    " AND state = 'intended'"
)
_WITHDRAW = text("DELETE FROM ledger WHERE shop = :shop AND id = :id AND state = 'intended'")
_OPEN = text(
    "SELECT id, customer, action, tag, kind, model, rules, cause FROM ledger"
    " WHERE shop = :shop AND state = 'intended' AND bulk IS NULL ORDER BY id"
)
_OF_BULK = text(
    "SELECT id, customer, action, tag, kind, model, rules, cause FROM ledger"
    " WHERE shop = :shop AND bulk = :bulk ORDER BY id"
)
_OF_CUSTOMER = text(
    "SELECT at, action, tag, state, reason FROM ledger WHERE shop = :shop AND customer = :customer ORDER BY id"
)
_RESOLVE = text(
    "UPDATE ledger SET state = :state, settled_at = :at, reason = :reason WHERE shop = :shop AND id = :id"
    " AND state = 'unknown'"
)
_STATES = text("SELECT state, count(*) FROM ledger WHERE shop = :shop GROUP BY state")


class Change(NamedTuple):
    """One tag to add to or remove from one customer, because they are now of this kind."""

    customer: str
    action: str  # add | remove | adopt
    tag: str
    kind: int
    model: int
    rules: int
    cause: str  # see core.causes


class Entry(NamedTuple):
    """A change with its number in the ledger."""

    id: int
    customer: str
    action: str
    tag: str
    kind: int
    model: int
    rules: int
    cause: str


def last(tx: Tx, shop: int) -> int:
    """The number of the ledger's last entry; 0 while there is none."""
    ((number,),) = tx.rows(_LAST, shop)
    return int(number)


def intend(tx: Tx, shop: int, changes: Sequence[Change], *, now: int, bulk: int | None = None) -> list[Entry]:
    """Writes changes down before they are carried out; their order is kept."""
    entries = [Entry(number, *change) for number, change in enumerate(changes, last(tx, shop) + 1)]
    rows = [(shop, e.id, e.customer, now, e.action, e.tag, e.kind, e.model, e.rules, e.cause, bulk) for e in entries]
    tx.each(_INTEND, rows)
    return entries


def settle(tx: Tx, shop: int, results: Iterable[tuple[int, str, str | None]], *, now: int) -> None:
    """Says how changes went: (number, "done" | "failed" | "unknown", reason)."""
    tx.each(_SETTLE, [(state, now, reason, shop, number) for number, state, reason in results])


def withdraw(tx: Tx, shop: int, numbers: Iterable[int]) -> None:
    """Takes back intentions that certainly were never sent."""
    tx.each(_WITHDRAW, [(shop, number) for number in numbers])


def left_open(tx: Tx, shop: int) -> list[Entry]:
    """Live changes whose answer was never seen, because the app stopped in between."""
    return list(map(Entry._make, tx.rows(_OPEN, shop)))


def of_bulk(tx: Tx, shop: int, bulk: int) -> list[Entry]:
    """The changes of one bulk file, in the order of its lines."""
    return list(map(Entry._make, tx.rows(_OF_BULK, shop, bulk)))


class Written(NamedTuple):
    """One line of a customer's tag history."""

    at: int
    action: str
    tag: str
    state: str
    reason: str | None


def of_customer(tx: Tx, shop: int, customer: str) -> list[Written]:
    """Every tag change of a customer, oldest first."""
    return list(map(Written._make, tx.rows(_OF_CUSTOMER, shop, customer)))


_UNKNOWN_OF = select(*(ledger.c[name] for name in Entry._fields)).where(
    ledger.c.shop == bindparam("shop"),
    ledger.c.customer.in_(bindparam("keys", expanding=True)),
    ledger.c.state == "unknown",
)


_UNDER_WAY = select(ledger.c.customer, ledger.c.action, ledger.c.tag).where(
    ledger.c.shop == bindparam("shop"),
    ledger.c.customer.in_(bindparam("keys", expanding=True)),
    ledger.c.state == "intended",
)


def under_way(tx: Tx, shop: int, keys: Sequence[str]) -> list[tuple[str, str, str]]:
    """The changes of these customers that are not settled: (customer, action, tag)."""
    return [tuple(row) for row in tx.run(_UNDER_WAY, {"shop": shop, "keys": keys})] if keys else []


_STILL_OPEN = select(ledger.c.id).where(
    ledger.c.shop == bindparam("shop"),
    ledger.c.id.in_(bindparam("numbers", expanding=True)),
    ledger.c.state == "intended",
)


def still_open(tx: Tx, shop: int, numbers: Sequence[int]) -> set[int]:
    """Those of these changes that are not settled."""
    return {row[0] for row in tx.run(_STILL_OPEN, {"shop": shop, "numbers": numbers})}


def unknown_of(tx: Tx, shop: int, keys: Sequence[str]) -> list[Entry]:
    """The changes of these customers whose answer was lost."""
    return list(map(Entry._make, tx.run(_UNKNOWN_OF, {"shop": shop, "keys": keys})))


def resolve(tx: Tx, shop: int, results: Iterable[tuple[int, str, str]], *, now: int) -> None:
    """Says what became of changes whose answer was lost: (number, "done" | "failed", how we know)."""
    tx.each(_RESOLVE, [(state, now, reason, shop, number) for number, state, reason in results])


def states(tx: Tx, shop: int) -> dict[str, int]:
    """How many changes stand where; a whole-shop count."""
    return dict(tx.rows(_STATES, shop))


_NEXT_BULK = text("SELECT coalesce(max(number), 0) + 1 FROM bulks WHERE shop = :shop")
_PLAN_BULK = text(
    "INSERT INTO bulks (shop, number, action, state, started_at) VALUES (:shop, :number, :action, 'planned', :now)"
)
_BULK_DONE = text("UPDATE bulks SET lines = :lines, done = :done WHERE shop = :shop AND number = :number")
_SET_BULK = text("UPDATE bulks SET state = :state, operation = :operation WHERE shop = :shop AND number = :number")
_OPEN_BULK = text(
    "SELECT number, action, state, operation, started_at, lines, done FROM bulks"
    " WHERE shop = :shop AND state IN ('planned', 'running') ORDER BY number LIMIT 1"
)


class Bulk(NamedTuple):
    """A file of tag changes that the shop works through by itself."""

    number: int
    action: str
    state: str  # planned | running | done | failed
    operation: str | None
    started_at: int
    lines: int
    done: int  # lines the shop has worked off, when last looked


def plan_bulk(tx: Tx, shop: int, *, action: str, now: int) -> int:
    """Numbers a bulk file before it is sent."""
    ((number,),) = tx.rows(_NEXT_BULK, shop)
    tx.each(_PLAN_BULK, [(shop, number, action, now)])
    return int(number)


def set_bulk(tx: Tx, shop: int, number: int, *, state: str, operation: str | None) -> None:
    """Says where a bulk file stands."""
    tx.each(_SET_BULK, [(state, operation, shop, number)])


def bulk_done(tx: Tx, shop: int, number: int, *, lines: int, done: int) -> None:
    """Says how much of a bulk file the shop has worked off."""
    tx.each(_BULK_DONE, [(lines, done, shop, number)])


def open_bulk(tx: Tx, shop: int) -> Bulk | None:
    """The bulk file that is planned or running, if any."""
    for row in tx.rows(_OPEN_BULK, shop):
        return Bulk._make(row)
    return None
