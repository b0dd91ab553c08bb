"""When shops are reconciled by themselves: in the quiet hours of each, and not all at once."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import requests

from plugin.core.moments import day_of
from plugin.db import all_shops, reconciliations, shops
from plugin.db.reconciliations import ASKED, OUTAGE
from plugin.simulator.state import World
from plugin.usecases.reconcile import HOUR, night, reconcile
from tests.journeys.app import until
from tests.usecases.conftest import DAY, Oak
from tests.usecases.reconciling import read as read  # a fixture
from tests.usecases.reconciling import reconciled

ZONES = ("UTC", "Europe/Brussels", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati")
DAYS = (date(2026, 11, 26), date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1))  # DST too


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_night_lies_two_to_four_hours_after_the_shop_s_midnight(day: date, zone: str) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for shop in range(1, 200):
        at = datetime.fromtimestamp(night(day.toordinal(), zone, shop) / 1000, UTC)
        assert timedelta(hours=2) <= at - midnight < timedelta(hours=4)


def test_shops_of_one_zone_are_spread_over_it() -> None:
    """In no ten minutes more than their share, and a half."""
    first = night(DAYS[0].toordinal(), "UTC", 0)
    minutes = [(night(DAYS[0].toordinal(), "UTC", shop) - first) // 600_000 for shop in range(1, 1201)]
    assert set(minutes) == set(range(12))
    assert max(map(minutes.count, minutes)) < 150


def test_after_each_run_the_next_night_is_due(read: Oak) -> None:
    """Before it nothing is asked, however often the clock looks."""
    done = reconciled(read)
    with read.services.database.read() as tx:
        due = reconciliations.due(tx, read.shop)
        today = read.services.today(shops.get(tx, read.shop))
    assert due == (night(today + 1, "UTC", read.shop), done.as_of, None)
    assert reconcile(read.services, read.shop) is None
    assert reconciled(read, ask=False).number == done.number


def test_a_run_that_takes_until_the_next_day_leaves_out_no_night(read: Oak, world: World) -> None:
    """What changed while it ran is looked at in the night that it ran into, and not a day later."""
    with read.services.database.write() as tx:
        shops.change(tx, read.shop, next_reconcile_at=0)
    assert reconcile(read.services, read.shop) == 0.0
    before = read.services.calendar.now()
    requests.post(f"{world.address}/_simulator/calendar", json={"advance": 2 * DAY}, timeout=9).raise_for_status()
    until("the app to see it", lambda: read.services.calendar.now() > before + DAY)
    done = reconciled(read, ask=False)
    with read.services.database.read() as tx:
        due = reconciliations.due(tx, read.shop)
        began = day_of(done.as_of, ZoneInfo(shops.get(tx, read.shop).zone))
    assert due.next_reconcile_at == night(began + 1, "UTC", read.shop) < read.services.calendar.now()


def test_who_asks_during_a_run_gets_another_one(read: Oak) -> None:
    """The one under way may have read what they mean before it changed."""
    with read.services.database.write() as tx:
        shops.change(tx, read.shop, next_reconcile_at=0)
    assert reconcile(read.services, read.shop) == 0.0
    done = reconciled(read)
    assert (done.number, done.why) == (2, ASKED)


def test_deliveries_turned_away_during_a_run_have_the_next_wait_until_shopify_sent_them_again(read: Oak) -> None:
    """A door that is too busy for an hour does not have one run follow the other."""
    with read.services.database.write() as tx:
        shops.change(tx, read.shop, next_reconcile_at=0)
    assert reconcile(read.services, read.shop) == 0.0
    began = read.services.calendar.now()
    with read.services.database.write() as tx:
        reconciliations.missed(tx, read.shop, at=began + HOUR)
    assert reconciled(read, ask=False).number == 1
    with read.services.database.read() as tx:
        due = reconciliations.due(tx, read.shop)
    assert due.reconcile_for == OUTAGE
    assert began < due.next_reconcile_at <= read.services.calendar.now() + HOUR


def test_a_clock_that_was_ahead_puts_off_no_night(read: Oak) -> None:
    """Nor does what it wrote down hide what changed since."""
    now = read.services.calendar.now()
    with read.services.database.write() as tx:
        shops.change(tx, read.shop, next_reconcile_at=now + 400 * DAY, reconciled_to=now + 399 * DAY)
    with read.services.database.read() as tx:
        assert all_shops.to_reconcile(tx, now=now) == [read.shop]
    done = reconciled(read, ask=False)
    assert (done.stage, done.since // DAY) == ("done", (now - DAY) // DAY)


def test_one_that_falls_back_in_the_middle_of_a_run_lets_it_end(read: Oak) -> None:
    """The installation seems to lie ahead of it then."""
    with read.services.database.write() as tx:
        shops.change(tx, read.shop, next_reconcile_at=0, installed_at=read.services.now() + DAY)
    assert reconcile(read.services, read.shop) == 0.0
    assert reconciled(read, ask=False).number == 1
    assert reconciled(read).number == 2
