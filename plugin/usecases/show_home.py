"""What the panel's overview shows: it is looked at again every few seconds, so it reads no more than that."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core.moments import in_words
from plugin.core.reconciling import sentence
from plugin.db import customers, orders, reconciliations, shops
from plugin.db.customers import Kinds
from plugin.db.engine import Tx
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.usecases.show_work import Work, read_work


class Home(NamedTuple):
    """One shop for its merchant, once the first run is over or put off."""

    work: Work
    orders: int
    kinds: Kinds
    compared: str  # when all was last held against the shop, and what was mended; "" before the first time


def show_home(services: Services, shop: int) -> Home:
    """Where the shop stands."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        return Home(
            work=read_work(tx, known, services.now()),
            orders=orders.count(tx, shop),
            kinds=customers.kinds(tx, shop),
            compared=_compared(tx, known),
        )


def _compared(tx: Tx, shop: Shop) -> str:
    done = reconciliations.last_done(tx, shop.shop)
    if done is None or done.finished_at is None:
        return ""
    return f"Last compared with Shopify on {in_words(done.finished_at, ZoneInfo(shop.zone))}. {sentence(done.mended)}"
