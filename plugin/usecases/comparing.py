"""Whether a reconciliation under way is still wanted: asked in every write of it."""

from plugin.db import reconciliations, shops
from plugin.db.engine import Tx
from plugin.db.reconciliations import Reconciliation
from plugin.db.shops import Shop
from plugin.errors import GiveUp


class Cancelled(Exception):
    """The merchant has stopped it."""


def check(tx: Tx, shop: Shop, running: Reconciliation) -> None:
    """Cancelled when the merchant has stopped it in the middle, GiveUp when they left."""
    if not shops.get(tx, shop.shop).installed:
        raise GiveUp("%(shop)s left while it was reconciled.", shop=shop.domain)
    if is_over(tx, shop.shop, running):
        raise Cancelled


def is_over(tx: Tx, shop: int, running: Reconciliation) -> bool:
    """Whether it has ended since it was read."""
    last = reconciliations.last(tx, shop)
    return last is None or (last.number, last.stage) != (running.number, running.stage)
