"""The inbox: every delivery as it was received, until its retention ends.

Its body lies in a table of its own, packed: writing the other two thirds would cost more than the packing.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lz4.block import compress, decompress
from sqlalchemy import text

from plugin.db.engine import Tx

WAITING, DONE, PARKED, EMPTIED = 0, 1, 2, 3  # emptied: done, and only its id is kept, to know it again
BATCH = 500


class Delivery(NamedTuple):
    """One webhook as received; moments are UTC milliseconds."""

    shop: int
    webhook_id: str
    received_at: int
    topic: str
    triggered_at: int
    body: bytes


class Waiting(NamedTuple):
    """What the drain needs of a waiting delivery."""

    webhook_id: str
    topic: str
    triggered_at: int
    received_at: int
    tries: int
    body: bytes


_ACCEPT = text(
    "INSERT INTO inbox (shop, webhook_id, received_at, again_at, state, tries, topic, triggered_at)"
    " VALUES (:shop, :webhook_id, :received_at, :again_at, 0, 0, :topic, :triggered_at) ON CONFLICT DO NOTHING"
)
_BODY_OF_NEW = text(
    "INSERT INTO bodies (shop, received_at, webhook_id, body) VALUES (:shop, :received_at, :webhook_id, :body)"
)
_BODY_IF_NEW = text(
    "INSERT INTO bodies (body, shop, received_at, webhook_id)"
    " SELECT :body, shop, received_at, webhook_id FROM inbox"
    # A duplicate was received at another time, or its body is here, or was erased on purpose.
    " WHERE shop = :shop AND webhook_id = :webhook_id AND received_at = :received_at AND state = 0"
    " ON CONFLICT DO NOTHING"
)
_BODIES = (
    "bodies ON bodies.shop = inbox.shop AND bodies.received_at = inbox.received_at"
    " AND bodies.webhook_id = inbox.webhook_id"
)
_TAKE = text(
    "SELECT inbox.webhook_id, topic, triggered_at, inbox.received_at, tries, body"
    f" FROM inbox JOIN {_BODIES} WHERE inbox.shop = :shop AND state = 0 AND again_at <= :now"
    " ORDER BY again_at LIMIT :at_most"
)
_DONE = text("UPDATE inbox SET state = 1 WHERE shop = :shop AND webhook_id = :id")
_PARK = text("UPDATE inbox SET state = 2, reason = :reason WHERE shop = :shop AND webhook_id = :id")
_AGAIN = text("UPDATE inbox SET again_at = :at, tries = tries + 1 WHERE shop = :shop AND webhook_id = :id")
_PARKED = text(
    "SELECT webhook_id, topic, received_at, reason FROM inbox"
    " WHERE shop = :shop AND state = 2 AND (received_at, webhook_id) > (:at, :id)"
    " ORDER BY received_at, webhook_id LIMIT :at_most"
)
_REPLAY = text(
    "UPDATE inbox SET state = 0, again_at = :now, tries = 0, reason = NULL"
    " WHERE shop = :shop AND state = 2 AND webhook_id = :id"
)
_EMPTY = text("UPDATE inbox SET state = 3, reason = NULL WHERE shop = :shop AND webhook_id = :id AND state > 0")
_EMPTY_BODY = text(
    "DELETE FROM bodies WHERE shop = :shop AND webhook_id = :id AND received_at ="
    " (SELECT received_at FROM inbox WHERE shop = :shop AND webhook_id = :id AND state = 3)"
)
_BODY = text(f"SELECT body FROM inbox JOIN {_BODIES} WHERE inbox.shop = :shop AND inbox.webhook_id = :id")
_AFTER = text(
    f"SELECT inbox.webhook_id, topic, inbox.received_at, state, body FROM inbox LEFT JOIN {_BODIES}"
    " WHERE inbox.shop = :shop AND inbox.webhook_id > :after ORDER BY inbox.webhook_id LIMIT :at_most"
)
_SOME_WAITING = text("SELECT received_at FROM inbox WHERE shop = :shop AND state = 0 ORDER BY again_at LIMIT :at_most")
_NEWEST = text(
    "SELECT max(at) FROM (SELECT max(received_at) AS at FROM bodies WHERE shop = :shop"
    " UNION ALL SELECT max(received_at) FROM inbox WHERE shop = :shop AND state = 1"
    " UNION ALL SELECT max(received_at) FROM inbox WHERE shop = :shop AND state = 3) AS newest"
)
_STANDS = text("SELECT state, topic, reason FROM inbox WHERE shop = :shop AND webhook_id = :id")
_COUNTS = text("SELECT state, count(*) FROM inbox WHERE shop = :shop GROUP BY state")

_SOME = {
    state: text(f"SELECT 1 FROM inbox WHERE shop = :shop AND state = {state} LIMIT :at_most")
    for state in (WAITING, PARKED)
}


def accept(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """Keeps deliveries; the unique index on (shop, webhook id) decides about duplicates.

    Their turn has come at once, whatever the clock says: one that was ahead must not make them wait when it is right.
    """
    new = tx.insert(_ACCEPT, [(d.shop, d.webhook_id, d.received_at, 0, d.topic, d.triggered_at) for d in deliveries])
    if new == len(deliveries):
        tx.insert(_BODY_OF_NEW, [(d.shop, d.received_at, d.webhook_id, compress(d.body)) for d in deliveries])
    else:
        tx.each(_BODY_IF_NEW, [(compress(d.body), d.shop, d.webhook_id, d.received_at) for d in deliveries])


def take(tx: Tx, shop: int, *, now: int, at_most: int = BATCH) -> list[Waiting]:
    """The oldest deliveries whose turn has come."""
    return [Waiting._make((*row[:-1], decompress(row[-1]))) for row in tx.rows(_TAKE, shop, now, at_most)]


def finish(tx: Tx, shop: int, webhook_ids: Sequence[str]) -> None:
    """Marks deliveries as carried out."""
    tx.each(_DONE, [(shop, one) for one in webhook_ids])


def park(tx: Tx, shop: int, webhook_id: str, *, reason: str) -> None:
    """Sets a delivery aside for a person, with the reason."""
    tx.each(_PARK, [(reason, shop, webhook_id)])


def try_again(tx: Tx, shop: int, webhook_id: str, *, at: int) -> None:
    """Lets a delivery wait until `at`."""
    tx.each(_AGAIN, [(at, shop, webhook_id)])


class Parked(NamedTuple):
    """A delivery that waits for a person."""

    webhook_id: str
    topic: str
    received_at: int
    reason: str


def parked(tx: Tx, shop: int, *, after: tuple[int, str] = (-1, ""), at_most: int = 100) -> list[Parked]:
    """The deliveries set aside, oldest first, from the one after (received at, webhook id)."""
    return list(map(Parked._make, tx.rows(_PARKED, shop, *after, at_most)))


def replay(tx: Tx, shop: int, webhook_ids: Iterable[str], *, now: int) -> int:
    """Puts parked deliveries back in line; returns how many of these were parked."""
    return tx.each(_REPLAY, [(now, shop, one) for one in webhook_ids])


class Counts(NamedTuple):
    """How many deliveries stand where."""

    waiting: int
    done: int
    parked: int


def counts(tx: Tx, shop: int) -> Counts:
    """How many deliveries wait, are done, are parked; a whole-shop count."""
    found: dict[int, int] = dict(tx.rows(_COUNTS, shop))
    return Counts(found.get(WAITING, 0), found.get(DONE, 0) + found.get(EMPTIED, 0), found.get(PARKED, 0))


def some(tx: Tx, shop: int, *, state: int, at_most: int) -> int:
    """How many wait (WAITING) or are set aside (PARKED); nobody counts beyond `at_most`."""
    return len(list(tx.rows(_SOME[state], shop, at_most)))


class Health(NamedTuple):
    """Whether deliveries are worked off; moments are UTC milliseconds."""

    waiting: int  # at most as many as were counted
    oldest: int | None  # when the one that waits longest was received
    parked: int  # likewise
    newest: int | None  # when the last one was received


def health(tx: Tx, shop: int, *, at_most: int) -> Health:
    """How the inbox stands, without counting further than `at_most`."""
    waiting = [received_at for (received_at,) in tx.rows(_SOME_WAITING, shop, at_most)]
    set_aside = some(tx, shop, state=PARKED, at_most=at_most)
    ((newest,),) = tx.rows(_NEWEST, shop, shop, shop)
    return Health(len(waiting), min(waiting, default=None), set_aside, newest)


class Stands(NamedTuple):
    """Where one delivery stands."""

    state: int
    topic: str
    reason: str | None


def stands(tx: Tx, shop: int, webhook_id: str) -> Stands | None:
    """Where this delivery stands; None when it is not known, or no longer."""
    for row in tx.rows(_STANDS, shop, webhook_id):
        return Stands._make(row)
    return None


def empty(tx: Tx, shop: int, webhook_ids: Iterable[str]) -> None:
    """Erases bodies and reasons; the ids stay, so that a duplicate is still known. What waits is left alone."""
    emptied = list(webhook_ids)
    tx.each(_EMPTY, [(shop, one) for one in emptied])
    tx.each(_EMPTY_BODY, [(shop, one, shop, one) for one in emptied])


def body(tx: Tx, shop: int, webhook_id: str) -> bytes:
    """The body as it was received; empty when it is no longer kept."""
    for (found,) in tx.rows(_BODY, shop, webhook_id):
        return bytes(decompress(found))
    return b""


class Kept(NamedTuple):
    """A delivery in whatever state, with its body; None when it is no longer kept."""

    webhook_id: str
    topic: str
    received_at: int
    state: int
    body: bytes | None


def after(tx: Tx, shop: int, last: str, *, at_most: int) -> list[Kept]:
    """The next deliveries by id, for whoever must look into all of them."""
    return [
        Kept(webhook_id, topic, received_at, state, None if packed is None else decompress(packed))
        for webhook_id, topic, received_at, state, packed in tx.rows(_AFTER, shop, last, at_most)
    ]
