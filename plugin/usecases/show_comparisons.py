"""What a merchant sees of comparisons with Shopify, and of the calls that all work there takes."""

from typing import NamedTuple

from plugin.core import estimates
from plugin.core.estimates import Progress
from plugin.db import reconciliations
from plugin.db.reconciliations import Due, Reconciliation
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.shopify.counters import Counters

LISTED = 10


class Comparisons(NamedTuple):
    """The page; `calls` are those since the app was started."""

    listed: list[Reconciliation]  # the newest first
    progress: Progress | None  # of the one under way, in lines, once they are being read
    due: Due
    calls: Counters

    @property
    def last(self) -> int:
        """The number of the newest; 0: there was none."""
        return self.listed[0].number if self.listed else 0

    @property
    def under_way(self) -> bool:
        """Whether one is being carried out."""
        return bool(self.listed) and self.listed[0].stage == "asked"


def show_comparisons(services: Services, shop: Shop) -> Comparisons:
    """Reads what the page shows."""
    with services.database.read() as tx:
        listed = reconciliations.listed(tx, shop.shop, at_most=LISTED)
        due = reconciliations.due(tx, shop.shop)
    return Comparisons(listed, _progress(listed, services.now()), due, services.calls(shop.shop))


def _progress(listed: list[Reconciliation], now: int) -> Progress | None:
    if not listed or listed[0].stage != "asked" or not listed[0].expected:
        return None
    running = listed[0]
    return estimates.progress(running.lines, running.expected, (now - running.started_at) / 1000)
