"""What a shop is busy with: the import, and how far tagging is. It is looked at again every few seconds."""

from typing import NamedTuple

from plugin.db import imports, ledger, shops, tagging, undos, vetoes
from plugin.db.engine import Tx
from plugin.db.imports import AGAIN, Import
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.usecases.answer_vanished import count_vanished
from plugin.usecases.show_status import seconds_left


class Work(NamedTuple):
    """One shop's long work, for its merchant."""

    shop: Shop
    running: Import | None  # the import of this installation; None while there is none
    left: float | None  # seconds it still takes
    to_tag: int
    sent: bool  # whether the shop works through a bulk file
    refused: int  # how many the shop refused to tag, once nothing else is to do
    vetoes: int  # how many are left alone because their tags were changed by hand
    undone: int  # how many an undo holds
    undoing: bool  # whether one is under way
    vanished: int  # how many lost our tag at once, so that tagging waits for the merchant's word


def show_work(services: Services, shop: int) -> Work:
    """What is under way."""
    with services.database.read() as tx:
        return read_work(tx, shops.get(tx, shop), services.now())


def read_work(tx: Tx, shop: Shop, now: int) -> Work:
    """The same within a transaction; `now` on the wall clock."""
    running = import_of(tx, shop)
    to_tag = tagging.count_to_sync(tx, shop.shop)
    sent = ledger.open_bulk(tx, shop.shop) is not None
    settled = shop.tagging and not to_tag and not sent
    return Work(
        shop=shop,
        running=running,
        left=running and seconds_left(running, now),
        to_tag=to_tag,
        sent=sent,
        # A whole-shop count: for the page that is not looked at again.
        refused=tagging.count_refused(tx, shop.shop) if settled else 0,
        vetoes=vetoes.count(tx, shop.shop),
        undone=undos.count_held(tx, shop.shop),
        undoing=undos.under_way(tx, shop.shop) is not None,
        vanished=count_vanished(tx, shop),
    )


def import_of(tx: Tx, shop: Shop) -> Import | None:
    """The import of this installation."""
    last = imports.last(tx, shop.shop)
    outdated = last is None or last.stage == AGAIN or last.started_at < (shop.installed_at or 0)
    return None if outdated else last
