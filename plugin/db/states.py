"""States of installations under way: each is good once."""

from sqlalchemy import text

from plugin.db.engine import Tx

_FORGET = text("DELETE FROM oauth_states WHERE shop = :shop AND expires_at < :now")
_GIVE = text("INSERT INTO oauth_states (shop, state, expires_at) VALUES (:shop, :state, :expires_at)")
_TAKE = text("DELETE FROM oauth_states WHERE shop = :shop AND state = :state AND expires_at >= :now")


def give(tx: Tx, shop: int, *, state: str, expires_at: int, now: int) -> None:
    """Remembers a state, and forgets the shop's old ones."""
    tx.run(_FORGET, {"shop": shop, "now": now})
    tx.run(_GIVE, {"shop": shop, "state": state, "expires_at": expires_at})


def take(tx: Tx, shop: int, *, state: str, now: int) -> bool:
    """Whether the state was given and is fresh; it is gone then."""
    return tx.run(_TAKE, {"shop": shop, "state": state, "now": now}).rowcount == 1
