"""What the panel's overview shows: it is looked at again every few seconds, so it reads no more than that."""

from typing import NamedTuple

from plugin.db import customers, orders, reconciliations, shops
from plugin.db.customers import Kinds
from plugin.db.reconciliations import Reconciliation
from plugin.services import Services
from plugin.usecases.show_work import Work, read_work


class Home(NamedTuple):
    """One shop for its merchant, once the first run is over or put off."""

    work: Work
    orders: int
    kinds: Kinds
    compared: Reconciliation | None  # when all was last held against the shop, and what was mended


def show_home(services: Services, shop: int) -> Home:
    """Where the shop stands."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        return Home(
            work=read_work(tx, known, services.now()),
            orders=orders.count(tx, shop),
            kinds=customers.kinds(tx, shop),
            compared=reconciliations.last_done(tx, shop),
        )
