"""Before a merchant leaves: take our tags off their customers. Afterwards nobody could; an uninstall does not wait."""

from typing import NamedTuple

from plugin.db import ledger, shops, tagging
from plugin.services import Services

MANY = 10_000  # customers with our tags beyond which nobody counts while a merchant waits


class Leaving(NamedTuple):
    """How many carried our tags when the merchant asked (None: they did not), still do, or do so for good.

    `left` goes up to MANY + 1. `sent`: changes are on their way that may yet bring tags or take them.
    """

    asked: int | None
    left: int
    stuck: int
    sent: bool

    @property
    def total(self) -> int:
        """Of how many `left` are left: additions that were on their way come on top."""
        return max(self.asked or 0, self.left)


def leaving(services: Services, shop: int) -> Leaving:
    """Where taking our tags off stands."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        sent = ledger.open_bulk(tx, shop) is not None or bool(ledger.left_open(tx, shop))
        left = tagging.count_left(tx, shop, at_most=MANY + 1)
        return Leaving(known.removing, left, tagging.count_stuck(tx, shop), sent)


def remove_tags(services: Services, shop: int) -> None:
    """Stops tagging and takes off every tag of ours; tags that were there before us stay."""
    with services.database.write() as tx:
        tagging.release(tx, shop)
        left = tagging.count_left(tx, shop, at_most=MANY + 1)
        over = {"tagging": False, "paused_at": None, "restoring": False, "halted_at": None, **shops.NO_YES}
        shops.change(tx, shop, removing=left, **over)
    services.nudge("sync", shop)


def keep_tags(services: Services, shop: int) -> None:
    """Stops taking them off; tagging begins again only when the merchant says yes to a number."""
    with services.database.write() as tx:
        shops.change(tx, shop, removing=None, skipped_at=None)
