"""What customers allowed, per channel: the newest word wins."""

from collections.abc import Sequence

from sqlalchemy import text

from plugin.core.facts import ConsentSeen
from plugin.db.engine import Tx

_KEEP = text(
    "INSERT INTO consents (shop, customer, channel, state, at) VALUES (:shop, :customer, :channel, :state, :at)"
    " ON CONFLICT (shop, customer, channel) DO UPDATE SET state = excluded.state, at = excluded.at"
    " WHERE excluded.at >= consents.at"
)


def keep(tx: Tx, shop: int, seen: Sequence[ConsentSeen]) -> None:
    """Keeps the newest state of each."""
    tx.each(_KEEP, [(shop, *one) for one in seen])


_OF_CUSTOMER = text("SELECT customer, channel, state, at FROM consents WHERE shop = :shop AND customer = :customer")


def of_customer(tx: Tx, shop: int, customer: str) -> list[ConsentSeen]:
    """What a customer allowed, per channel."""
    return list(map(ConsentSeen._make, tx.rows(_OF_CUSTOMER, shop, customer)))
