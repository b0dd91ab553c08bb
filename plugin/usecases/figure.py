"""Count a shop's figures anew when they are old: slice by slice, and seldom where that takes long."""

import time

from plugin.core.figures import COHORTS, SPENT, Figures, Tally, months_before
from plugin.db import figures, imports, orders, shops, tagging
from plugin.db.figures import LAST, Counted
from plugin.db.shops import Shop
from plugin.services import Services

REST = 20  # times as long as the last count took
AT_ONCE = 5_000  # customers in a slice, each of which is a read of its own


def figure(services: Services, shop: int) -> float | None:
    """Counts, or says in how many seconds the shop has rested enough; an import in between would be counted in vain."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        if not known.installed or not figures.old(tx, shop) or imports.under_way(tx, shop):
            return None
        last = figures.read(tx, shop)
    if last is not None and (left := _rests(last, services.now())) > 0:
        return left
    began = time.monotonic()
    with services.database.write() as tx:
        figures.counting(tx, shop)
    found = _count(services, known, services.today(known))
    counted = Counted(services.now(), round((time.monotonic() - began) * 1000), found)
    with services.database.write() as tx:
        if shops.get(tx, shop).installed:
            figures.keep(tx, shop, counted)
    return None


def _rests(last: Counted, now: int) -> float:
    """Seconds; a clock that was ahead makes nobody wait longer than that."""
    rest = last.took * REST
    return min(rest, last.as_of + rest - now) / 1000


def _count(services: Services, shop: Shop, today: int) -> Figures:
    tally, after = Tally(), ""
    new, spent = months_before(today, COHORTS), months_before(today, SPENT - 1)
    while after != LAST:
        with services.database.read() as tx:
            upto = figures.upto(tx, shop.shop, after, many=AT_ONCE)
            tally.people(figures.people(tx, shop.shop, after, upto))
            tally.firsts(figures.firsts(tx, shop.shop, after, upto, since=new))
            tally.amounts(figures.amounts(tx, shop.shop, after, upto, since=spent))
        after = upto
    for back in range(SPENT):
        month, following = months_before(today, back), months_before(today, back - 1)
        with services.database.read() as tx:
            tally.nobodys(figures.nobodys(tx, shop.shop, since=month, before=following))
    with services.database.read() as tx:
        return tally.figures(
            day=today,
            orders=orders.count(tx, shop.shop),
            to_tag=tagging.count_to_sync(tx, shop.shop),
            refused=tagging.count_refused(tx, shop.shop),
        )
