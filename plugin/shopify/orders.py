"""Which orders a shop still has."""

from collections.abc import Sequence

from plugin.shopify.client import Client
from plugin.shopify.failures import TooDear
from plugin.shopify.gids import to_gid

ORDERS_THERE = """
query OrdersThere($ids: [ID!]!) { nodes(ids: $ids) { id } }
"""
AT_ONCE = 100  # of 250 that a call may carry: a dear one keeps tags waiting


def not_there(client: Client, ids: Sequence[int]) -> list[int]:
    """Those of these orders, at most 250, that the shop does not have, or does not show us."""
    gids = [to_gid(f"Order/{one}") for one in ids]
    try:
        nodes = client.query(ORDERS_THERE, {"ids": gids}, estimate=float(len(gids)))["nodes"]
    except TooDear:
        if len(ids) == 1:
            raise
        half = len(ids) // 2
        return not_there(client, ids[:half]) + not_there(client, ids[half:])
    return [one for one, node in zip(ids, nodes, strict=True) if node is None]
