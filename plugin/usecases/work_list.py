"""Whose tag is to be changed: who differs while tagging is on; who carries one of ours while they are taken off."""

from plugin.db import customers, objections
from plugin.db.customers import ToSync
from plugin.db.engine import Tx
from plugin.db.shops import Shop

MANY = 10_000


def count(tx: Tx, shop: Shop) -> int:
    """How many."""
    if shop.removing is not None:
        return customers.count_to_clear(tx, shop.shop)
    return customers.count_to_sync(tx, shop.shop) if shop.tagging else len(_objecting(tx, shop, at_most=MANY))


def of(tx: Tx, shop: Shop, *, at_most: int) -> list[ToSync]:
    """The first of them."""
    if shop.removing is not None:
        return customers.to_clear(tx, shop.shop, at_most=at_most)
    return customers.to_sync(tx, shop.shop, at_most=at_most) if shop.tagging else _objecting(tx, shop, at_most=at_most)


def _objecting(tx: Tx, shop: Shop, *, at_most: int) -> list[ToSync]:
    """Without the merchant's yes nothing is written, but who objects loses the tag that an earlier yes brought them."""
    return objections.tagged(tx, shop.shop, at_most=at_most)
