"""The first run: what was found, who would be tagged, under which names; until the merchant says yes or "not now"."""

from typing import NamedTuple

from plugin.core.estimates import roughly, seconds_to_write
from plugin.db import names, shops, tagging
from plugin.db.engine import Tx
from plugin.db.found import Example, Found, examples, found
from plugin.db.imports import Import
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.usecases.show_work import Work, read_work

MANY = 1000  # customers with our tags beyond which nobody counts


class FirstRun(NamedTuple):
    """One shop before the yes to tagging."""

    work: Work
    orders: int
    found: Found | None  # None until the history is read
    examples: list[Example]
    takes: float  # seconds that writing the tags takes, roughly
    carried: list[tuple[str, int]]  # our names with how many carried each before us, while they may still be settled
    tagged: int  # how many carry our tag while tagging is off, up to MANY + 1


def is_first_run(shop: Shop) -> bool:
    """Whether the panel opens with it: nothing is decided yet, nor put off."""
    return not shop.tagging and shop.removing is None and shop.skipped_at is None


def show_first_run(services: Services, shop: int) -> FirstRun:
    """How far it is."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        work = read_work(services, tx, known)
        return FirstRun(
            work=work,
            orders=work.running.orders if work.running else 0,
            found=_found(tx, known, work.running) if work.running and work.read else None,
            examples=examples(tx, shop) if work.read else [],
            takes=roughly(seconds_to_write(work.to_tag)),
            carried=carried_names(tx, known) if work.read else [],
            tagged=0 if known.tagging else tagging.count_tagged(tx, shop, at_most=MANY + 1),
        )


def _found(tx: Tx, shop: Shop, done: Import) -> Found:
    if done.buyers is None:
        return found(tx, shop.shop)  # an import of before it was kept
    return Found(done.buyers, done.clients or 0, done.neither or 0, done.first_day, done.last_day)


def skip_first_run(services: Services, shop: int) -> None:
    """The merchant wants to decide later; saying so twice is as good as once."""
    with services.database.write() as tx:
        if shops.get(tx, shop).skipped_at is None:
            shops.change(tx, shop, skipped_at=services.now())


def carried_names(tx: Tx, shop: Shop) -> list[tuple[str, int]]:
    """Our names with how many carried each before us; none once names can no longer be settled."""
    if shop.tagging or shop.removing is not None:
        return []
    found = names.carried(tx, shop.shop)
    return [(name, found.get(name.casefold(), 0)) for name in shop.tag_names.values()]
