"""Forgetting what is older than its retention: each function takes the oldest few, and says how many it found."""

from zoneinfo import ZoneInfo

from sqlalchemy import TextClause, text

from plugin.core.moments import day_of
from plugin.db import inbox
from plugin.db.engine import Tx
from plugin.db.inbox import DONE, PARKED

UTC = ZoneInfo("UTC")
# Each looks at the oldest rows only and stops at the first that is young enough.
_OLDEST = (
    "SELECT webhook_id FROM inbox WHERE shop = :shop AND state = :state AND received_at < :before"
    # The body of a request says whom to look for, until it is carried out.
    " AND NOT EXISTS (SELECT 1 FROM privacy_requests AS asked WHERE asked.shop = inbox.shop"
    " AND asked.webhook_id = inbox.webhook_id AND asked.done_at IS NULL)"
    " ORDER BY received_at LIMIT :at_most"
)
_OLDEST_DONE, _OLDEST_PARKED = (text(_OLDEST.replace(":state", str(state))) for state in (DONE, PARKED))
_IDS = text(
    "DELETE FROM inbox WHERE shop = :shop AND webhook_id IN"
    " (SELECT webhook_id FROM inbox WHERE shop = :shop AND state = 3 AND received_at < :before"
    " ORDER BY received_at LIMIT :at_most)"
)
_LEDGER = text(
    "DELETE FROM ledger WHERE shop = :shop AND at < :before AND state <> 'intended' AND id IN"
    " (SELECT id FROM ledger WHERE shop = :shop AND id > 0 ORDER BY id LIMIT :at_most)"
)
_BULKS = text(
    "DELETE FROM bulks WHERE shop = :shop AND started_at < :before AND state IN ('done', 'failed')"
    " AND NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.shop = bulks.shop AND ledger.bulk = bulks.number)"
)
_UNDOS = text(
    "DELETE FROM undos WHERE shop = :shop AND begun_at < :before AND state NOT IN ('running', 'lifting')"
    " AND number < (SELECT max(number) FROM undos AS newest WHERE newest.shop = :shop)"
)
_IMPORTS = text(
    "DELETE FROM imports WHERE shop = :shop AND started_at < :before"
    " AND number < (SELECT max(number) FROM imports AS newest WHERE newest.shop = :shop)"
)
_RECONCILIATIONS = text(
    "DELETE FROM reconciliations WHERE shop = :shop AND started_at < :before"
    " AND number < (SELECT max(number) FROM reconciliations AS newest WHERE newest.shop = :shop)"
)
_DAYS = text("DELETE FROM daily_figures WHERE shop = :shop AND day < :day")
_STATES = text("DELETE FROM oauth_states WHERE shop = :shop AND expires_at < :before")
_ANSWERS = text(
    "UPDATE privacy_requests SET customer = NULL, orders = NULL, answer = NULL"
    " WHERE shop = :shop AND answer IS NOT NULL AND done_at < :before"
)
_ANYTHING = text(
    "SELECT 1 FROM inbox WHERE shop = :shop AND webhook_id > ''"
    " UNION ALL SELECT 1 FROM oauth_states WHERE shop = :state_of LIMIT 1"
)


def bodies(tx: Tx, shop: int, *, before: int, at_most: int) -> int:
    """Empties deliveries that were worked off, but for those of requests that are still open."""
    return _empty(tx, _OLDEST_DONE, shop, before, at_most)


def parked(tx: Tx, shop: int, *, before: int, at_most: int) -> int:
    """Empties deliveries that nobody replayed."""
    return _empty(tx, _OLDEST_PARKED, shop, before, at_most)


def _empty(tx: Tx, oldest: TextClause, shop: int, before: int, at_most: int) -> int:
    found = [row[0] for row in tx.rows(oldest, shop, before, at_most)]
    inbox.empty(tx, shop, found)
    return len(found)


def ids(tx: Tx, shop: int, *, before: int, at_most: int) -> int:
    """Forgets that emptied deliveries ever came."""
    return tx.run(_IDS, {"shop": shop, "before": before, "at_most": at_most}).rowcount


def tag_changes(tx: Tx, shop: int, *, before: int, at_most: int) -> int:
    """Forgets settled tag changes; the ledger is in order of time, so the old ones are its first."""
    return tx.run(_LEDGER, {"shop": shop, "before": before, "at_most": at_most}).rowcount


def bulk_files(tx: Tx, shop: int, *, before: int, at_most: int) -> int:
    """Forgets finished bulk files whose lines are forgotten; there are few."""
    return tx.run(_BULKS, {"shop": shop, "before": before}).rowcount


def old_undos(tx: Tx, shop: int, *, before: int, at_most: int) -> int:
    """Forgets undos whose tag changes are forgotten, but the newest, so that no number comes twice; there are few."""
    return tx.run(_UNDOS, {"shop": shop, "before": before}).rowcount


def old_imports(tx: Tx, shop: int, *, before: int, at_most: int) -> int:
    """Forgets imports but the newest; there are few."""
    return tx.run(_IMPORTS, {"shop": shop, "before": before}).rowcount


def old_reconciliations(tx: Tx, shop: int, *, before: int, at_most: int) -> int:
    """Forgets reconciliations but the newest; there is one a night."""
    return tx.run(_RECONCILIATIONS, {"shop": shop, "before": before}).rowcount


def old_days(tx: Tx, shop: int, *, before: int, at_most: int) -> int:
    """Forgets how many were what on days of long ago; there is one row a day."""
    return tx.run(_DAYS, {"shop": shop, "day": day_of(before, UTC)}).rowcount


def installations(tx: Tx, shop: int, *, before: int, at_most: int) -> int:
    """Forgets states that nobody came back with; there are few."""
    return tx.run(_STATES, {"shop": shop, "before": before}).rowcount


def answers(tx: Tx, shop: int, *, before: int, at_most: int) -> int:
    """Forgets answers to data requests, and whom they were about; there are few."""
    return tx.run(_ANSWERS, {"shop": shop, "before": before}).rowcount


def anything(tx: Tx, shop: int) -> bool:
    """Whether deliveries or installations under way are kept of a shop."""
    return bool(list(tx.rows(_ANYTHING, shop, shop)))
