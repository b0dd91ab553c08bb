"""What the panel's first page shows: it is looked at again every few seconds, so it reads no more than that."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core.moments import in_words
from plugin.core.reconciling import sentence
from plugin.db import customers, imports, ledger, names, orders, reconciliations, shops, tagging, undos, vetoes
from plugin.db.customers import Kinds
from plugin.db.engine import Tx
from plugin.db.imports import AGAIN, Import
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.usecases.answer_vanished import count_vanished
from plugin.usecases.show_status import seconds_left

MANY = 1000  # customers with our tags beyond which nobody counts


class Home(NamedTuple):
    """One shop for its merchant."""

    shop: Shop
    running: Import | None  # the import of this installation; None while there is none
    left: float | None  # seconds it still takes
    orders: int
    kinds: Kinds
    to_tag: int
    sent: bool  # whether the shop works through a bulk file
    refused: int  # how many the shop refused to tag, once nothing else is to do
    carried: list[tuple[str, int]]  # our names with how many carried each before us, while they may still be settled
    earlier: int  # orders that Shopify counts and does not show, once the history is read
    compared: str  # when all was last held against the shop, and what was mended; "" before the first time
    tagged: int  # how many carry our tag while tagging is off, up to MANY + 1
    vetoes: int  # how many are left alone because their tags were changed by hand
    undone: int  # how many an undo holds
    undoing: bool  # whether one is under way
    vanished: int  # how many lost our tag at once, so that tagging waits for the merchant's word


def show_home(services: Services, shop: int) -> Home:
    """Where the shop stands."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        running = _import(tx, known)
        to_tag = tagging.count_to_sync(tx, shop)
        sent = ledger.open_bulk(tx, shop) is not None
        settled = known.tagging and not to_tag and not sent
        return Home(
            shop=known,
            running=running,
            left=running and seconds_left(running, services.now()),
            orders=orders.count(tx, shop),
            kinds=customers.kinds(tx, shop),
            to_tag=to_tag,
            sent=sent,
            # A whole-shop count: for the page that is not looked at again.
            refused=tagging.count_refused(tx, shop) if settled else 0,
            carried=_carried(tx, known) if running and running.stage == "done" else [],
            earlier=running.earlier if running and running.stage == "done" else 0,
            compared=_compared(tx, known),
            tagged=0 if known.tagging else tagging.count_tagged(tx, shop, at_most=MANY + 1),
            vetoes=vetoes.count(tx, shop),
            undone=undos.count_held(tx, shop),
            undoing=undos.under_way(tx, shop) is not None,
            vanished=count_vanished(tx, known),
        )


def _compared(tx: Tx, shop: Shop) -> str:
    done = reconciliations.last_done(tx, shop.shop)
    if done is None or done.finished_at is None:
        return ""
    return f"Last compared with Shopify on {in_words(done.finished_at, ZoneInfo(shop.zone))}. {sentence(done.mended)}"


def _carried(tx: Tx, shop: Shop) -> list[tuple[str, int]]:
    if shop.tagging or shop.removing is not None:
        return []
    found = names.carried(tx, shop.shop)
    return [(name, found.get(name.casefold(), 0)) for name in shop.tag_names.values()]


def _import(tx: Tx, shop: Shop) -> Import | None:
    last = imports.last(tx, shop.shop)
    outdated = last is None or last.stage == AGAIN or last.started_at < (shop.installed_at or 0)
    return None if outdated else last
