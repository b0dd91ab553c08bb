"""Compliance requests: what was asked, and by when it must be done."""

from sqlalchemy import text

from plugin.core.facts import PrivacyAsked
from plugin.db.engine import Tx

DUE_AFTER = 30 * 24 * 3600 * 1000  # ms; Shopify allows 30 days

_ASK = text(
    "INSERT INTO privacy_requests (shop, webhook_id, topic, customer, received_at, due_at)"
    " VALUES (:shop, :webhook_id, :topic, :customer, :received_at, :due_at) ON CONFLICT DO NOTHING"
)


def ask(tx: Tx, shop: int, *, asked: PrivacyAsked, webhook_id: str, received_at: int) -> None:
    """Records a request with its due date."""
    tx.each(_ASK, [(shop, webhook_id, asked.topic, asked.customer, received_at, received_at + DUE_AFTER)])
