"""What a merchant sees of comparisons with Shopify, and of the calls that all work there takes."""

from typing import NamedTuple

from plugin.db import reconciliations
from plugin.db.reconciliations import Due, Reconciliation
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.shopify.counters import Counters

LISTED = 10


class Comparisons(NamedTuple):
    """The page; `calls` are those since the app was started."""

    listed: list[Reconciliation]  # the newest first
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
    return Comparisons(listed, due, services.calls(shop.shop))
