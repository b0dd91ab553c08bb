"""Compliance requests: what was asked, by when it must be done, and what is left to show when it is."""

from typing import NamedTuple

from sqlalchemy import select, text

from plugin.core.facts import PrivacyAsked
from plugin.db.engine import Tx
from plugin.db.tables import privacy_requests

DUE_AFTER = 30 * 24 * 3600 * 1000  # ms; Shopify allows 30 days

_ASK = text(
    "INSERT INTO privacy_requests (shop, webhook_id, topic, customer, orders, received_at, due_at)"
    " VALUES (:shop, :webhook_id, :topic, :customer, :orders, :received_at, :due_at) ON CONFLICT DO NOTHING"
)
_OPEN = text(
    "SELECT webhook_id, topic, customer, orders, received_at FROM privacy_requests"
    " WHERE shop = :shop AND done_at IS NULL ORDER BY received_at"
)
_COUNT = text("UPDATE privacy_requests SET rows = rows + :rows WHERE shop = :shop AND webhook_id = :id")
_DONE = text(
    "UPDATE privacy_requests SET done_at = :now, customer = NULL, orders = NULL, note = :note"
    " WHERE shop = :shop AND webhook_id = :id AND done_at IS NULL"
)
_READY = text(
    "UPDATE privacy_requests SET done_at = :now, orders = NULL, rows = :rows, answer = :answer"
    " WHERE shop = :shop AND webhook_id = :id AND done_at IS NULL"
)
_ANSWER = text("SELECT answer FROM privacy_requests WHERE shop = :shop AND webhook_id = :id AND answer IS NOT NULL")
_DOWNLOADED = text(
    "UPDATE privacy_requests SET downloaded_at = :now WHERE shop = :shop AND webhook_id = :id AND downloaded_at IS NULL"
)
_STRIP = text(
    "UPDATE privacy_requests SET customer = NULL, orders = NULL, answer = NULL"
    " WHERE shop = :shop AND customer = :customer AND done_at IS NOT NULL"
)


class Open(NamedTuple):
    """A request that is still to be carried out."""

    webhook_id: str
    topic: str
    customer: str | None
    orders: tuple[int, ...]
    received_at: int


class Request(NamedTuple):
    """A request as the merchant sees it; without personal data once it is done and its answer forgotten."""

    webhook_id: str
    topic: str
    customer: str | None
    received_at: int
    due_at: int
    done_at: int | None
    rows: int
    note: str | None
    downloaded_at: int | None
    has_answer: bool


_NAMES = tuple(name for name in Request._fields if name != "has_answer")


def ask(tx: Tx, shop: int, *, asked: PrivacyAsked, webhook_id: str, received_at: int) -> None:
    """Records a request with its due date."""
    orders = ",".join(map(str, asked.orders))
    tx.each(_ASK, [(shop, webhook_id, asked.topic, asked.customer, orders, received_at, received_at + DUE_AFTER)])


def all_open(tx: Tx, shop: int) -> list[Open]:
    """The requests to carry out, oldest first."""
    return [
        Open(webhook_id, topic, customer, tuple(map(int, orders.split(","))) if orders else (), received_at)
        for webhook_id, topic, customer, orders, received_at in tx.rows(_OPEN, shop)
    ]


def count(tx: Tx, shop: int, webhook_id: str, *, rows: int) -> None:
    """Adds to how many rows a request has erased."""
    tx.each(_COUNT, [(rows, shop, webhook_id)])


def done(tx: Tx, shop: int, webhook_id: str, *, now: int, note: str | None = None) -> None:
    """Closes a request; whom it was about is forgotten."""
    tx.each(_DONE, [(now, note, shop, webhook_id)])


def ready(tx: Tx, shop: int, webhook_id: str, *, now: int, answer: bytes, rows: int) -> None:
    """Keeps the answer to a data request for the merchant."""
    tx.each(_READY, [(now, rows, answer, shop, webhook_id)])


def answer(tx: Tx, shop: int, webhook_id: str) -> bytes | None:
    """The answer to a data request; None when there is none, or no longer."""
    for (found,) in tx.rows(_ANSWER, shop, webhook_id):
        return bytes(found)
    return None


def downloaded(tx: Tx, shop: int, webhook_id: str, *, now: int) -> None:
    """Remembers when the merchant first had the answer."""
    tx.each(_DOWNLOADED, [(now, shop, webhook_id)])


def strip(tx: Tx, shop: int, customer: str) -> int:
    """Forgets the answers about a customer, and that requests were about them; returns how many."""
    return tx.run(_STRIP, {"shop": shop, "customer": customer}).rowcount


def listed(tx: Tx, shop: int, *, at_most: int = 200) -> list[Request]:
    """The newest requests of the shop."""
    has_answer = privacy_requests.c.answer.is_not(None)
    found = tx.run(
        select(*(privacy_requests.c[name] for name in _NAMES), has_answer)
        .where(privacy_requests.c.shop == shop)
        .order_by(privacy_requests.c.received_at.desc())
        .limit(at_most)
    )
    return [Request._make(row) for row in found]
