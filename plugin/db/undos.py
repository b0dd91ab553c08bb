"""Undos: what span of the ledger each takes back, how far it is, and whom it leaves held."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select, text

from plugin.core.causes import undone
from plugin.core.undo import Line, Span
from plugin.core.undo_words import Counted
from plugin.db.engine import Tx
from plugin.db.tables import customers, ledger

FOREVER = 1 << 62  # later than any moment

_NEXT = text("SELECT coalesce(max(number), 0) + 1 FROM undos WHERE shop = :shop")
_BEGIN = text(
    "INSERT INTO undos (shop, number, begun_at, upto, customer, cause, since, until,"
    " customers, removals, additions, returns, state, step)"
    " VALUES (:shop, :number, :now, :upto, :customer, :cause, :since, :until,"
    " :customers, :removals, :additions, :returns, 'running', :step)"
)
_COLUMNS = (
    "number, begun_at, upto, customer, cause, since, until, customers, removals, additions, returns,"
    " state, step, cursor_at, cursor"
)
_OPEN = text(
    f"SELECT {_COLUMNS} FROM undos WHERE shop = :shop AND state IN ('running', 'lifting') ORDER BY number LIMIT 1"
)
_GET = text(f"SELECT {_COLUMNS} FROM undos WHERE shop = :shop AND number = :number")
_LISTED = text(f"SELECT {_COLUMNS} FROM undos WHERE shop = :shop ORDER BY number DESC LIMIT :at_most")
_MOVE = text(
    "UPDATE undos SET state = :state, step = :step, cursor_at = :cursor_at, cursor = :cursor"
    " WHERE shop = :shop AND number = :number"
)
_AFTER = "(at, id) > (:at, :id) AND at < :until AND id <= :upto ORDER BY at, id LIMIT :at_most"
_OF_CAUSE = text(f"SELECT at, id, customer FROM ledger WHERE shop = :shop AND cause = :cause AND {_AFTER}")
_OF_TIME = text(f"SELECT at, id, customer FROM ledger WHERE shop = :shop AND {_AFTER}")
_OF_CUSTOMER = text("SELECT at, id, customer FROM ledger WHERE shop = :shop AND customer = :customer ORDER BY at, id")
_HOLD = text(
    "UPDATE customers SET held = 'undone' WHERE shop = :shop AND customer = :customer"
    " AND (held IS NULL OR held NOT IN ('gone', 'in a bulk file'))"
)
_STAND = text(
    "UPDATE customers SET kind_at_shop = :kind, tags_ours = :ours, tags_found = :found"
    " WHERE shop = :shop AND customer = :customer"
)
_LIFT = text(
    "UPDATE customers SET held = NULL WHERE shop = :shop AND customer = :customer AND held = 'undone'"
    # Another undo may have held them since.
    " AND (SELECT cause FROM ledger WHERE ledger.shop = customers.shop AND ledger.customer = customers.customer"
    " AND substr(ledger.cause, 1, 5) = 'undo ' ORDER BY id DESC LIMIT 1) = :cause"
)
_COUNT = text("SELECT count(*) FROM customers WHERE shop = :shop AND held = 'undone'")
_FREE = text("UPDATE customers SET held = NULL WHERE shop = :shop AND customer = :customer AND held = 'undone'")


_CAUSE = text(
    "SELECT cause, at FROM ledger WHERE shop = :shop AND cause > :after ORDER BY cause, at LIMIT 1"  # by its index
)


class Undo(NamedTuple):
    """An undo: its span, what the merchant was shown, and how far it is."""

    number: int
    begun_at: int  # UTC milliseconds, as the others
    upto: int
    customer: str | None
    cause: str | None
    since: int | None
    until: int | None
    customers: int
    removals: int
    additions: int
    returns: int
    state: str  # running | done | stopped | halted | lifting | lifted
    step: str  # remove | add (in bulk files), each (one by one); last add, last: those it had begun with
    cursor_at: int
    cursor: int

    @property
    def span(self) -> Span:
        """The part of the ledger that it takes back."""
        return Span(self.upto, self.customer, self.cause, self.since, self.until)

    @property
    def shown(self) -> Counted:
        """What the merchant was shown."""
        return Counted(self.customers, self.removals, self.additions, self.returns)

    @property
    def ending(self) -> bool:
        """Whether the merchant stopped it, so that only customers it has begun with are finished."""
        return self.step in {"last add", "last"}

    @property
    def after(self) -> "Place":
        """The entry it has come to."""
        return Place(self.cursor_at, self.cursor)


class Place(NamedTuple):
    """A place in the ledger: entries are gone through in order of time."""

    at: int = -1
    id: int = 0


class Touched(NamedTuple):
    """An entry of a span, and whose it is."""

    at: int
    id: int
    customer: str

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.at, self.id)


class Standing(NamedTuple):
    """What is written down of a customer's tag."""

    customer: str
    kind: int
    kind_at_shop: int
    tags_ours: str
    tags_found: str | None
    model: int
    rules: int
    held: str | None
    objects: bool
    sale_opt_out: bool
    veto: str | None
    look_at: int | None


class Stands(NamedTuple):
    """What an undo leaves of a customer's tag."""

    customer: str
    kind: int  # what our tag says at the shop
    ours: Iterable[str]
    found: Iterable[str] | None


def begin(tx: Tx, shop: int, span: Span, shown: Counted, *, step: str, now: int) -> int:
    """Writes an undo down before anything is done about it; returns its number."""
    ((number,),) = tx.rows(_NEXT, shop)
    tx.each(_BEGIN, [(shop, number, now, span.upto, span.customer, span.cause, span.since, span.until, *shown, step)])
    return int(number)


def under_way(tx: Tx, shop: int) -> Undo | None:
    """The undo that is carried out or lifted, if any."""
    for row in tx.rows(_OPEN, shop):
        return Undo._make(row)
    return None


def get(tx: Tx, shop: int, number: int) -> Undo | None:
    """The undo of that number."""
    for row in tx.rows(_GET, shop, number):
        return Undo._make(row)
    return None


def listed(tx: Tx, shop: int, *, at_most: int) -> list[Undo]:
    """The newest undos."""
    return list(map(Undo._make, tx.rows(_LISTED, shop, at_most)))


def move(tx: Tx, shop: int, number: int, *, state: str, step: str, after: Place) -> None:
    """Says how far an undo is."""
    tx.each(_MOVE, [(state, step, *after, shop, number)])


def causes(tx: Tx, shop: int) -> list[tuple[str, int]]:
    """Every cause that the ledger names, in order, and when it first did (UTC milliseconds); one look-up each."""
    found: list[tuple[str, int]] = []
    while some := list(tx.rows(_CAUSE, shop, found[-1][0] if found else "")):
        found.append((some[0][0], some[0][1]))
    return found


def touched(tx: Tx, shop: int, span: Span, after: Place, *, at_most: int) -> list[Touched]:
    """The next entries of a span in order of time; those of one customer all at once."""
    if span.customer is not None:
        rows = tx.rows(_OF_CUSTOMER, shop, span.customer) if after == Place() else ()
        return list(map(Touched._make, rows))
    place = max(after, Place(span.since or 0, 0))
    rest = (*place, FOREVER if span.until is None else span.until, span.upto, at_most)
    found = tx.rows(_OF_TIME, shop, *rest) if span.cause is None else tx.rows(_OF_CAUSE, shop, span.cause, *rest)
    return list(map(Touched._make, found))


_LINES = (
    select(*(ledger.c[name] for name in Line._fields), ledger.c.kind)
    .where(ledger.c.shop == bindparam("shop"), ledger.c.customer.in_(bindparam("keys", expanding=True)))
    .order_by(ledger.c.customer, ledger.c.id)
)
_STANDING = select(*(customers.c[name] for name in Standing._fields)).where(
    customers.c.shop == bindparam("shop"), customers.c.customer.in_(bindparam("keys", expanding=True))
)


def lines_of(tx: Tx, shop: int, keys: Sequence[str]) -> dict[str, list[tuple[Line, int]]]:
    """Every entry about each of these customers, in order, with the kind it was for."""
    found: dict[str, list[tuple[Line, int]]] = {key: [] for key in keys}
    for *line, kind in tx.run(_LINES, {"shop": shop, "keys": keys}):
        found[line[1]].append((Line(*line), kind))
    return found


def standing(tx: Tx, shop: int, keys: Sequence[str]) -> dict[str, Standing]:
    """What is written down of the tags of these customers."""
    return {row[0]: Standing(*row) for row in tx.run(_STANDING, {"shop": shop, "keys": keys})}


def leave(tx: Tx, shop: int, left: Iterable[Stands]) -> None:
    """Keeps what an undo left at the shop."""
    tx.each(
        _STAND,
        [
            (
                one.kind,
                ",".join(sorted(one.ours)),
                None if one.found is None else ",".join(sorted(one.found)),
                shop,
                one.customer,
            )
            for one in left
        ],
    )


def hold(tx: Tx, shop: int, keys: Iterable[str]) -> None:
    """What was undone of these customers is not written again."""
    tx.each(_HOLD, [(shop, key) for key in keys])


def count_held(tx: Tx, shop: int) -> int:
    """How many customers undos hold."""
    return int(tx.run(_COUNT, {"shop": shop}).scalar_one())


def lift(tx: Tx, shop: int, number: int, keys: Iterable[str]) -> None:
    """What this undo took from these customers may be written again."""
    tx.each(_LIFT, [(shop, key, undone(number)) for key in keys])


def free(tx: Tx, shop: int, customer: str) -> bool:
    """The same for one customer, whichever undo it was; whether one holds them."""
    return tx.each(_FREE, [(shop, customer)]) == 1
