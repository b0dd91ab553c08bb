"""Many customers lost our tag at once: tagging waits until the merchant says whether to put the tags back."""

from plugin.db import shops, vetoes
from plugin.db.engine import Tx
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.usecases.look import HOUR
from plugin.usecases.override import lift_vetoes

AT_ONCE = 500  # customers in a write


def restore_tags(services: Services, shop: int) -> None:
    """Puts back the tags of all who lost one since the hour in which it began; nothing when nothing waits."""
    with services.database.write() as tx:
        if shops.get(tx, shop).paused_at is not None:
            shops.change(tx, shop, restoring=True)
    services.nudge("sync", shop)


def respect_removal(services: Services, shop: int) -> None:
    """Goes on with tagging, and leaves them all as they are; the merchant may still lift it for one or all."""
    with services.database.write() as tx:
        known = shops.get(tx, shop)
        if known.paused_at is not None and not known.restoring:
            shops.change(tx, shop, paused_at=None, answered_at=services.now())
    services.nudge("sync", shop)


def count_vanished(tx: Tx, shop: Shop) -> int:
    """How many lost our tag since the hour in which it began; 0 while nothing waits."""
    return 0 if shop.paused_at is None else vetoes.count_lost(tx, shop.shop, since=_since(shop))


def restore_some(services: Services, shop: Shop) -> bool:
    """A write's worth of what `restore_tags` asked for; whether there was any of it to do."""
    if not shop.restoring:
        return False
    with services.database.write() as tx:
        known = shops.get(tx, shop.shop)
        some = vetoes.lost(tx, shop.shop, since=_since(known), at_most=AT_ONCE) if known.paused_at is not None else []
        lift_vetoes(services, tx, shop.shop, some)
        if len(some) < AT_ONCE:
            shops.change(tx, shop.shop, paused_at=None, answered_at=services.now(), restoring=False)
    return True


def _since(shop: Shop) -> int:
    return max((shop.paused_at or 0) - HOUR, (shop.answered_at or 0) + 1)
