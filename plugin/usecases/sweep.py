"""At the shop's midnight, clients whose lapse day has come become buyers, and every certainty falls that is due to."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from plugin.core.certainty import certainty
from plugin.db import customers, shops
from plugin.services import Services
from plugin.usecases.pace import AT_ONCE, Pace

SPREAD = 300  # seconds over which the shops of one zone are spread after midnight


def sweep(services: Services, shop: int) -> float | None:
    """One indexed statement a day for the kinds, short writes for the certainties; finds the next midnight."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
    if not known.installed:
        return None
    today = services.today(known)
    with services.database.write() as tx:
        lapsed = customers.sweep(tx, shop, today=today)
    if lapsed:
        services.nudge("sync", shop)
    _let_fall(services, shop, today)
    with services.database.write() as tx:
        shops.change(tx, shop, swept_on=today, next_sweep_at=midnight(today + 1, known.zone, shop))
    return None


def midnight(day: int, zone: str, shop: int) -> int:
    """When that day's sweep is due: UTC milliseconds, a little after the shop's midnight, by a hash of the shop."""
    start = datetime.combine(date.fromordinal(day), time(), tzinfo=ZoneInfo(zone))
    return int(start.timestamp() * 1000) + shop * 2_654_435_761 % SPREAD * 1000


def _let_fall(services: Services, shop: int, today: int) -> None:
    pace = Pace(services.database)
    while _some_fall(pace, shop, today):
        pass


def _some_fall(pace: Pace, shop: int, today: int) -> bool:
    """Those whose turn it is, while there is time; whether there may be others."""
    with pace.write() as (tx, more):
        model, _ = shops.judging(tx, shop)
        while some := customers.falling(tx, shop, today=today, at_most=AT_ONCE):
            customers.fell(tx, shop, [(one.customer, certainty(one, model, today)) for one in some])
            if not more():
                break
    return bool(some)
