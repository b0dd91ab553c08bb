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
