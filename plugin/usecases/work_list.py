"""Whose tag is to be changed: who differs while tagging is on; who carries one of ours while they are taken off."""

from collections.abc import Sequence

from plugin.db import objections, shops, tagging
from plugin.db.engine import Tx
from plugin.db.shops import Shop
from plugin.db.tagging import ToSync

MANY = 10_000
FEW = 100  # who objects though their tags were changed by hand: they go one by one, never by file


def count(tx: Tx, shop: Shop) -> int:
    """How many."""
    if shop.removing is not None:
        return tagging.count_to_clear(tx, shop.shop)
    if not shop.writing:
        return len(_objecting(tx, shop, at_most=MANY))
    return tagging.count_to_sync(tx, shop.shop) or len(_objecting(tx, shop, at_most=FEW))


def of(tx: Tx, shop: Shop, *, at_most: int) -> list[ToSync]:
    """The first of them."""
    if shop.removing is not None:
        return tagging.to_clear(tx, shop.shop, at_most=at_most)
    differing = tagging.to_sync(tx, shop.shop, at_most=at_most) if shop.writing else []
    return differing or _objecting(tx, shop, at_most=at_most)


def _objecting(tx: Tx, shop: Shop, *, at_most: int) -> list[ToSync]:
    """Without the merchant's yes nothing is written, but who objects loses the tag that an earlier yes brought them.

    While tagging is on they differ like anybody, but for those whose tags were changed by hand: ours go all the same.
    """
    return objections.tagged(tx, shop.shop, at_most=at_most)


def holds(tx: Tx, shop: Shop) -> bool:
    """Whether the merchant still wants what they wanted when `shop` was read; ask where a change is written down."""
    return _wish(shops.get(tx, shop.shop)) == _wish(shop)


def still(tx: Tx, shop: Shop, keys: Sequence[str]) -> list[ToSync]:
    """Those of these customers who are on it as they are now, in that order: who was erased or objected may not be."""
    on_it = shop.removing is None and shop.writing
    rows = tagging.differing(tx, shop.shop, keys) if on_it else tagging.sync_of(tx, shop.shop, keys, free=True)
    now = [rows[key] for key in keys if key in rows and rows[key].look_at is None]
    if shop.removing is not None:
        return [one._replace(kind=0, tags_found=one.tags_found or "") for one in now if one.tags_ours]
    if on_it:
        return now
    return [one._replace(tags_found=one.tags_found or "") for one in now if one.tags_ours and not one.kind]


def _wish(shop: Shop) -> tuple[object, ...]:
    return shop.state, shop.installed_at, shop.writing, shop.removing, shop.buyer_tag, shop.client_tag
