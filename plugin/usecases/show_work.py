"""What a shop is busy with: the import, and how far tagging is. It is looked at again every few seconds."""

from typing import NamedTuple

from plugin.core import estimates
from plugin.core.estimates import Progress
from plugin.db import figures, imports, ledger, shops, tagging, undos, vetoes
from plugin.db.engine import Tx
from plugin.db.imports import AGAIN, Import
from plugin.db.ledger import Bulk
from plugin.db.shops import Shop
from plugin.services import Judging, Services
from plugin.usecases.answer_vanished import count_vanished
from plugin.usecases.show_status import seconds_left

MANY = 10_000  # differing tags, or customers, beyond which nobody counts while somebody waits for the page


class Work(NamedTuple):
    """One shop's long work, for its merchant."""

    shop: Shop
    running: Import | None  # the import of this installation; None while there is none
    left: float | None  # seconds it still takes
    to_tag: int  # of more than MANY, as last counted
    written: Progress | None  # of the merchant's yes, until all of it is written
    sent: bool  # whether the shop works through a bulk file
    refused: int  # how many the shop refused to tag, once nothing else is to do
    vetoes: int  # how many are left alone because their tags were changed by hand
    undone: int  # how many an undo holds
    undoing: bool  # whether one is under way
    judging: Progress | None  # in orders, while everybody is judged
    vanished: int  # how many lost our tag at once, so that tagging waits for the merchant's word

    @property
    def read(self) -> bool:
        """Whether the order history is."""
        return self.running is not None and self.running.stage == "done"

    @property
    def earlier(self) -> int:
        """Orders that Shopify counts and does not show, once the history is read; 0 when the merchant put that away."""
        if self.running is None or not self.read or self.running.put_away_at is not None:
            return 0
        return self.running.earlier


def show_work(services: Services, shop: int) -> Work:
    """What is under way."""
    with services.database.read() as tx:
        return read_work(services, tx, shops.get(tx, shop))


def read_work(services: Services, tx: Tx, shop: Shop) -> Work:
    """The same within a transaction."""
    now = services.now()
    running = import_of(tx, shop)
    to_tag = _to_tag(tx, shop, running)
    bulk = ledger.open_bulk(tx, shop.shop)
    settled = shop.tagging and not to_tag and bulk is None
    return Work(
        shop=shop,
        running=running,
        left=running and seconds_left(running, now),
        to_tag=to_tag,
        written=_written(tx, shop, bulk, to_tag, now),
        sent=bulk is not None,
        refused=_refused(tx, shop) if settled else 0,
        vetoes=vetoes.count(tx, shop.shop),
        undone=undos.count_held(tx, shop.shop),
        judging=_judging(services.judging.get(shop.shop), now),
        undoing=undos.under_way(tx, shop.shop) is not None,
        vanished=count_vanished(tx, shop),
    )


def _judging(known: Judging | None, now: int) -> Progress | None:
    return known and estimates.progress(known.done, known.total, (now - known.began_at) / 1000)


def _to_tag(tx: Tx, shop: Shop, running: Import | None) -> int:
    few = tagging.count_up_to(tx, shop.shop, at_most=MANY + 1)
    if few <= MANY:
        return few
    if shop.yes_to is not None and shop.yes_from is not None:
        # A customer's first tag is one line of the ledger.
        return max(few, shop.yes_to - (ledger.last(tx, shop.shop) - shop.yes_from))
    counted = running.to_tag if running else None
    return tagging.count_to_sync(tx, shop.shop) if counted is None else max(few, counted)


def _written(tx: Tx, shop: Shop, bulk: Bulk | None, to_tag: int, now: int) -> Progress | None:
    if shop.yes_to is None or shop.yes_at is None:
        return None
    in_file = max(0, bulk.lines - bulk.done) if bulk else 0
    return estimates.progress(shop.yes_to - to_tag - in_file, shop.yes_to, (now - shop.yes_at) / 1000)


def _refused(tx: Tx, shop: Shop) -> int:
    """Counted where that is quick, so that it is of now; in a large shop as it was counted last."""
    last = figures.read(tx, shop.shop)
    if last is not None and last.figures.none + last.figures.customers > MANY:
        return last.figures.refused
    return tagging.count_refused(tx, shop.shop)


def import_of(tx: Tx, shop: Shop) -> Import | None:
    """The import of this installation."""
    last = imports.last(tx, shop.shop)
    outdated = last is None or last.stage == AGAIN or last.started_at < (shop.installed_at or 0)
    return None if outdated else last
