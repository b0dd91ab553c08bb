"""What deliveries tell us: one function a topic, in the file of its family. A new file joins by the import below."""

from webhooks.topics import app, customers, orders, privacy
from webhooks.topics.registry import REGISTERED, topic, translate

TOPICS = frozenset(REGISTERED)

__all__ = ["TOPICS", "app", "customers", "orders", "privacy", "topic", "translate"]
