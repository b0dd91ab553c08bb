"""How it stands with customers' subscriptions at a shop."""

from collections.abc import Sequence

from plugin.core.subscriptions import Subscription
from plugin.shopify.client import Client
from plugin.shopify.failures import TooDear
from plugin.shopify.gids import to_gid

SUBSCRIPTIONS = """
query Subscriptions($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { id productSubscriberStatus } } }
"""
AT_ONCE = 100  # of 250 that a call may carry: a dear one keeps tags waiting
STATES = {state.name: state for state in Subscription} | {"NEVER_SUBSCRIBED": Subscription.NONE}


def subscription(status: str | None) -> Subscription:
    """What Shopify's word for it means; one that we do not know says nothing."""
    return STATES.get(status or "", Subscription.NONE)


def read_subscriptions(client: Client, customers: Sequence[str]) -> dict[str, Subscription]:
    """Of each of these customers, at most 250; who is gone has none."""
    ids = [to_gid(customer) for customer in customers]
    try:
        nodes = client.query(SUBSCRIPTIONS, {"ids": ids}, estimate=float(len(ids)))["nodes"]
    except TooDear:
        if len(customers) == 1:
            raise
        half = len(customers) // 2
        return read_subscriptions(client, customers[:half]) | read_subscriptions(client, customers[half:])
    return {
        key: subscription(node and node.get("productSubscriberStatus"))
        for key, node in zip(customers, nodes, strict=True)
    }
