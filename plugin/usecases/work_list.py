"""Whose tag is to be changed: who differs while tagging is on; who carries one of ours while they are taken off."""

from plugin.db import customers
from plugin.db.customers import ToSync
from plugin.db.engine import Tx
from plugin.db.shops import Shop


def count(tx: Tx, shop: Shop) -> int:
    """How many; none while nothing may be written."""
    if shop.removing is not None:
        return customers.count_to_clear(tx, shop.shop)
    return customers.count_to_sync(tx, shop.shop) if shop.tagging else 0


def of(tx: Tx, shop: Shop, *, at_most: int) -> list[ToSync]:
    """The first of them."""
    if shop.removing is not None:
        return customers.to_clear(tx, shop.shop, at_most=at_most)
    return customers.to_sync(tx, shop.shop, at_most=at_most) if shop.tagging else []
