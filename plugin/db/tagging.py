"""What our tag says at the shop, customer by customer: whose differs, whose is left alone, and why."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select, text

from plugin.db.engine import Tx
from plugin.db.tables import customers

UNKNOWN = -1  # kind_at_shop when an answer was lost
GONE = "gone"  # why the tag of a deleted or merged customer is left alone
UNDONE = "undone"  # why the tag of one whose change was undone is left alone, until their kind changes or it is lifted
IN_A_FILE = "in a bulk file"  # why the tag of one whose change travels in a bulk file is left alone by live writes
# As the index customers_refused says it.
REFUSED = f"held NOT IN ('{GONE}', '{UNDONE}', '{IN_A_FILE}')"
STANDS = (GONE, UNDONE, IN_A_FILE)  # what another look or try does not end; every other reason is the shop's refusal
_UNTOUCHED = (
    "customers.tags_ours = '' AND NOT EXISTS (SELECT 1 FROM ledger"
    " WHERE ledger.shop = customers.shop AND ledger.customer = customers.customer)"
)
_FOUND = text(
    "INSERT INTO customers (shop, customer, tags_found) VALUES (:shop, :customer, :found)"
    # What was there before us is said until we write: later looks see our own tags.
    " ON CONFLICT (shop, customer) DO UPDATE SET tags_found = excluded.tags_found"
    # Who is to be read was changed after an export, perhaps.
    " WHERE customers.look_at IS NULL AND (customers.tags_found IS NULL"
    # As long as nothing was written there is nothing of ours to be seen, and our names may be others by now.
    f" OR (customers.tags_found <> excluded.tags_found AND {_UNTOUCHED}))"
)
_TAGGED = "shop = :shop AND tags_ours <> '' AND (held IS NULL OR held = 'undone') AND customer >= 'Customer/'"
AS_NEITHER = (
    "SELECT customer, 0, kind_at_shop, tags_ours, coalesce(tags_found, ''), model, rules, cause, look_at FROM customers"
)
_TO_CLEAR = text(f"{AS_NEITHER} WHERE {_TAGGED} ORDER BY customer LIMIT :at_most")
# A tag whose change travels in a file is at the shop until the file is settled.
_SOME_LEFT = text(
    "SELECT 1 FROM customers WHERE shop = :shop AND tags_ours <> '' AND customer >= 'Customer/'"
    " AND (held IS NULL OR held IN ('undone', :in_a_file)) LIMIT :at_most"
)
_SOME_TAGGED = text(
    "SELECT 1 FROM customers WHERE shop = :shop AND tags_ours <> '' AND customer >= 'Customer/'"
    " AND (held IS NULL OR held <> 'gone') LIMIT :at_most"
)
_COUNT_TO_CLEAR = text(f"SELECT count(*) FROM customers WHERE {_TAGGED}")
_COUNT_STUCK = text(f"SELECT count(*) FROM customers WHERE shop = :shop AND tags_ours <> '' AND {REFUSED}")
_COUNT_REFUSED = text(f"SELECT count(*) FROM customers WHERE shop = :shop AND kind <> kind_at_shop AND {REFUSED}")
DIFFERS = "shop = :shop AND kind <> kind_at_shop AND held IS NULL AND veto IS NULL AND customer >= 'Customer/'"
_TO_SYNC = text(
    "SELECT customer, kind, kind_at_shop, tags_ours, tags_found, model, rules, cause, look_at FROM customers"
    # Who has just ordered comes before who has been quiet for long.
    f" WHERE {DIFFERS} ORDER BY lapsed, customer LIMIT :at_most"
)
_WAITING = text(
    f"SELECT 1 FROM customers WHERE {DIFFERS} AND lapsed IN (FALSE, TRUE) AND cause = :cause"
    " ORDER BY lapsed, customer LIMIT 1"
)
# Naming both values of `lapsed` is what makes the planner take the index.
_COUNT_TO_SYNC = text(f"SELECT count(*) FROM customers WHERE {DIFFERS} AND lapsed IN (FALSE, TRUE)")
# Its order too: else, after a great many changes, PostgreSQL reads the table, sure to find so many anywhere.
_UP_TO = text(
    f"SELECT 1 FROM customers WHERE {DIFFERS} AND lapsed IN (FALSE, TRUE) ORDER BY lapsed, customer LIMIT :at_most"
)
_SYNCED = text(
    # Who was deleted while a write was under way stays deleted; what was undone stays so while our tags are taken off.
    "UPDATE customers SET kind_at_shop = :kind, tags_ours = :ours,"
    " held = CASE WHEN held = 'gone' THEN held ELSE coalesce(:held, CASE WHEN held = 'undone' THEN held END) END"
    " WHERE shop = :shop AND customer = :customer"
)
_HOLD = text(
    "UPDATE customers SET held = :held WHERE shop = :shop AND customer = :customer"
    " AND (held IS NULL OR held NOT IN ('gone', 'undone'))"
)
_GONE = text("UPDATE customers SET held = :gone WHERE shop = :shop AND customer = :customer")
_RELEASE = text(f"UPDATE customers SET held = NULL WHERE shop = :shop AND {REFUSED}")
_INHERIT = text(
    "INSERT INTO customers (shop, customer, kind_at_shop, tags_ours, tags_found)"
    " VALUES (:shop, :kept, -1, :ours, :found)"
    " ON CONFLICT (shop, customer) DO UPDATE SET kind_at_shop = -1, tags_ours = excluded.tags_ours,"
    " tags_found = excluded.tags_found,"
    # They carry what two carried now: no undo is about that.
    " held = CASE WHEN customers.held = 'undone' THEN NULL ELSE customers.held END"
)
_HANDED_ON = text("UPDATE customers SET tags_ours = '', tags_found = NULL WHERE shop = :shop AND customer = :gone")


class ToSync(NamedTuple):
    """A customer whose tag does not say what they are."""

    customer: str
    kind: int
    kind_at_shop: int
    tags_ours: str
    tags_found: str | None
    model: int
    rules: int
    cause: str
    look_at: int | None = None  # somebody changed their tags, which are not read yet


class Synced(NamedTuple):
    """What a tag write left at the shop."""

    customer: str
    kind: int
    ours: Sequence[str]
    held: str | None = None


def found(tx: Tx, shop: int, tags: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Keeps which of our tag names customers carried before us; once we wrote, no look counts."""
    tx.each(_FOUND, [(shop, customer, ",".join(names)) for customer, names in tags])


def to_sync(tx: Tx, shop: int, *, at_most: int) -> list[ToSync]:
    """The work list of the tag sync: customers whose kind and tag differ, those who ordered first."""
    return list(map(ToSync._make, tx.rows(_TO_SYNC, shop, at_most)))


def count_to_sync(tx: Tx, shop: int) -> int:
    """How many tags differ."""
    return int(tx.run(_COUNT_TO_SYNC, {"shop": shop}).scalar_one())


def count_up_to(tx: Tx, shop: int, *, at_most: int) -> int:
    """How many tags differ; none is counted beyond `at_most`."""
    return len(list(tx.rows(_UP_TO, shop, at_most)))


def waits(tx: Tx, shop: int, *, cause: str) -> bool:
    """Whether a tag differs because of that (core.causes), and is still to be written."""
    return bool(list(tx.rows(_WAITING, shop, cause)))


def to_clear(tx: Tx, shop: int, *, at_most: int) -> list[ToSync]:
    """The work list when all our tags go: who carries one, as if they were neither buyer nor client."""
    return list(map(ToSync._make, tx.rows(_TO_CLEAR, shop, at_most)))


def count_to_clear(tx: Tx, shop: int) -> int:
    """How many customers carry a tag of ours that can be taken off at once."""
    return int(tx.run(_COUNT_TO_CLEAR, {"shop": shop}).scalar_one())


def count_left(tx: Tx, shop: int, *, at_most: int) -> int:
    """How many still carry a tag of ours that comes off, in a bulk file or not; nobody is counted beyond `at_most`."""
    return len(list(tx.rows(_SOME_LEFT, shop, IN_A_FILE, at_most)))


def count_tagged(tx: Tx, shop: int, *, at_most: int) -> int:
    """How many carry a tag of ours, for whatever reason; nobody is counted beyond `at_most`."""
    return len(list(tx.rows(_SOME_TAGGED, shop, at_most)))


def count_stuck(tx: Tx, shop: int) -> int:
    """How many carry a tag of ours that the shop refused to change."""
    return int(tx.run(_COUNT_STUCK, {"shop": shop}).scalar_one())


def count_refused(tx: Tx, shop: int) -> int:
    """How many do not carry the right tag because the shop refused it; a whole-shop count."""
    return int(tx.run(_COUNT_REFUSED, {"shop": shop}).scalar_one())


def synced(tx: Tx, shop: int, results: Iterable[Synced]) -> None:
    """Keeps what a tag write left at the shop."""
    tx.each(_SYNCED, [(one.kind, ",".join(one.ours), one.held, shop, one.customer) for one in results])


def release(tx: Tx, shop: int) -> None:
    """Gives every customer whose tag was refused another chance; who is deleted, undone or in a file stays held."""
    tx.run(_RELEASE, {"shop": shop})


def inherit(tx: Tx, shop: int, *, gone: str, kept: str, ours: Iterable[str], found: Iterable[str] | None) -> None:
    """Says what the one that was kept may carry of ours now, and carried before us (None: never looked).

    `gone` has handed its tags on, so that a repeated delivery hands on nothing more.
    """
    tx.each(_INHERIT, [(shop, kept, ",".join(sorted(ours)), None if found is None else ",".join(sorted(found)))])
    tx.each(_HANDED_ON, [(shop, gone)])


def hold(tx: Tx, shop: int, keys: Iterable[str], *, reason: str | None) -> None:
    """Leaves these customers' tags alone for a reason (None: no longer)."""
    tx.each(_GONE if reason == GONE else _HOLD, [(reason, shop, key) for key in keys])


_SYNC_OF = select(*(customers.c[name] for name in ToSync._fields)).where(
    customers.c.shop == bindparam("shop"), customers.c.customer.in_(bindparam("keys", expanding=True))
)
# What was undone is never on the list of who differs, but its tags are taken off like any.
_FREE_OF = _SYNC_OF.where(or_(customers.c.held.is_(None), customers.c.held == UNDONE))
_WANTED_OF = _SYNC_OF.where(
    customers.c.held.is_(None), customers.c.veto.is_(None), customers.c.kind != customers.c.kind_at_shop
)


def differing(tx: Tx, shop: int, keys: Sequence[str]) -> dict[str, ToSync]:
    """Those of these customers who are still on the work list."""
    return {row[0]: ToSync._make(row) for row in tx.run(_WANTED_OF, {"shop": shop, "keys": keys})}


def sync_of(tx: Tx, shop: int, keys: Sequence[str], *, free: bool = False) -> dict[str, ToSync]:
    """Where the tag of each of these customers stands; with `free` only of those whose tag nothing holds back."""
    rows = tx.run(_FREE_OF if free else _SYNC_OF, {"shop": shop, "keys": keys})
    return {row[0]: ToSync._make(row) for row in rows}
