"""Judge every customer of a shop anew: after an import, when the zone changed, when model or rules did."""

from collections.abc import Callable, Collection
from zoneinfo import ZoneInfo

from plugin.core.moments import day_of
from plugin.core.orders import Judged
from plugin.db import customers, orders, shops, tagging
from plugin.db.engine import Tx
from plugin.errors import GiveUp
from plugin.services import Judging, Services
from plugin.usecases.judge import COMPANY, Bench
from plugin.usecases.pace import Pace

ORDERS_AT_ONCE = 500
DATES_AT_ONCE = 2000


def rejudge(services: Services, shop: int) -> float | None:
    """Judges the whole shop when it was asked for."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
    if not known.rejudge or not known.installed:
        return None
    _redate(services, shop)
    judge_all(services, shop, cause=known.rejudge_for)
    with services.database.write() as tx:
        # Who was judged before one of these changed is to be judged once more.
        if _bench(shops.get(tx, shop)) == _bench(known):
            shops.change(tx, shop, rejudge=False)
    services.nudge("sync", shop)
    return None


def _bench(shop: shops.Shop) -> tuple[str, int, int]:
    return shop.zone, shop.model, shop.rules


def judge_all(services: Services, shop: int, judged: Callable[[int], None] = lambda count: None, *, cause: str) -> int:
    """Judges every customer in short transactions; `judged` hears the count so far, and the total is returned.

    `cause` is kept with every kind that changes (core.causes).
    """
    with services.database.read() as tx:
        known, many = shops.get(tx, shop), orders.count(tx, shop)
    today = services.today(known)
    try:
        services.judging[shop] = Judging(0, many, services.now())
        total = _judge_orders(services, known, judged, today, cause)
        return total + _judge_left_behind(services, shop, today, cause)
    finally:
        services.judging.pop(shop, None)


def _judge_orders(services: Services, known: shops.Shop, judged: Callable[[int], None], today: int, cause: str) -> int:
    """Judges whoever ordered, and says how far it is."""
    shop, after, total, done = known.shop, "", 0, 0
    far = services.judging[shop]
    pace = Pace(services.database)
    while True:
        with pace.write() as (tx, more):
            if not shops.get(tx, shop).installed:
                raise GiveUp("%(shop)s left while its customers were judged.", shop=known.domain)
            bench = Bench(shop, *shops.judging(tx, shop), today, cause=cause)
            while grouped := orders.after(tx, shop, after, at_most=ORDERS_AT_ONCE):
                total += bench.judge_grouped(tx, grouped | _buyers_for(tx, shop, grouped))
                after = next(reversed(grouped))
                done += sum(map(len, grouped.values()))
                if not more():
                    break
        services.judging[shop] = far._replace(done=done)
        if not grouped:
            return total
        judged(total)


def _judge_left_behind(services: Services, shop: int, today: int, cause: str) -> int:
    """Judges who has no orders left: the last of them went to somebody else."""
    after, total = "", 0
    while True:
        with services.database.read() as tx:
            keys = customers.without_orders(tx, shop, after, at_most=ORDERS_AT_ONCE)
        if not keys:
            return total
        with services.database.write() as tx:
            # The list takes long, so it is read outside; who was erased in between must not come back.
            there = list(tagging.sync_of(tx, shop, keys))
            total += Bench(shop, *shops.judging(tx, shop), today, cause=cause).judge(tx, there)
        after = keys[-1]


def _buyers_for(tx: Tx, shop: int, grouped: Collection[str]) -> dict[str, list[Judged]]:
    """Who ordered for the company locations among these: some never ordered for themselves and come up nowhere else."""
    places = [key for key in grouped if key.startswith(COMPANY)]
    people = orders.people_of(tx, shop, places).difference(grouped)
    return orders.of_customers(tx, shop, people) if people else {}


def _redate(services: Services, shop: int) -> None:
    after = -1
    while True:
        with services.database.write() as tx:
            zone = ZoneInfo(shops.get(tx, shop).zone)
            found = orders.dates(tx, shop, after, at_most=DATES_AT_ONCE)
            moved = [(order, new) for order, at, old in found if (new := day_of(at, zone)) != old]
            orders.redate(tx, shop, moved)
        if not found:
            return
        after = found[-1][0]
