"""Playing a shop's coming days as live orders."""

import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from plugin.simulator.calendar import DAY, wall_ms
from plugin.simulator.history import Item, Purchase
from plugin.simulator.load import Loaded, load
from plugin.simulator.plan import Visit, visits
from tests.simulator.conftest import BAKERY, Running

FAST = DAY / 250  # a shop day in a quarter of a second


def bread(customer: str, day: date) -> Purchase:
    return Purchase(customer, day, (Item("bread", 1, Decimal("4.50"), Decimal(0)),))


@pytest.fixture
def loaded(running: Running) -> Loaded:
    """Ten regulars who ordered on 1 March and will order on each of the five following days."""
    first = date(2026, 3, 1)
    history = [bread(f"regular {n}", first + timedelta(days=d)) for d in range(6) for n in range(10)]
    loaded = load(running.world, running.shop, history, import_until=first)
    running.server.player.follow(BAKERY, loaded)
    return loaded


def play(running: Running, **wishes: float) -> None:
    running.server.player.start(**{"days": 3, "rate": FAST, **wishes})
    assert running.server.player.wait(20)
    assert running.server.player.status()["state"] == "done"
    running.quiet()


def test_the_days_that_were_asked_for_are_played(running: Running, loaded: Loaded) -> None:
    """Each order on its own day of the shop's calendar; what was not played is left for the next play."""
    today = datetime.fromtimestamp(running.world.now() / 1000, ZoneInfo(running.shop.zone)).date()
    play(running, joined=0)
    zone = ZoneInfo(running.shop.zone)
    placed = [running.shop.orders[number] for number in running.shop.placed]
    days = {datetime.fromtimestamp(order.processed_at / 1000, zone).date() for order in placed}
    assert days == {today + timedelta(days=n) for n in (1, 2, 3)}
    assert len(placed) == 30
    assert len(loaded.rest) == 20
    play(running, joined=0, days=2)
    assert len(running.shop.placed) == 50


def test_each_order_is_created_and_soon_updated(running: Running, loaded: Loaded) -> None:
    """The update is a newer version of the same order."""
    play(running, joined=0)
    created = {it.payload["id"]: it.payload for it in running.door.of("orders/create")}
    updated = {it.payload["id"]: it.payload for it in running.door.of("orders/updated")}
    assert set(created) == set(updated) == set(running.shop.placed)
    assert all(created[number]["updated_at"] < updated[number]["updated_at"] for number in created)


def test_the_calendar_stands_still_at_the_end_of_the_last_day(running: Running, loaded: Loaded) -> None:
    today = datetime.fromtimestamp(running.world.now() / 1000, ZoneInfo(running.shop.zone)).date()
    play(running)
    end = datetime.fromtimestamp(running.world.now() / 1000, ZoneInfo(running.shop.zone))
    assert (end.date(), end.hour, end.minute) == (today + timedelta(days=3), 23, 59)
    assert running.server.calendar.reading()["rate"] == 0


def test_the_real_time_of_each_order_is_kept(running: Running, loaded: Loaded) -> None:
    began = wall_ms()
    play(running, joined=0)
    assert all(began <= placed <= wall_ms() for placed in running.shop.placed.values())


def test_made_up_customers_join_and_are_counted_apart(running: Running, loaded: Loaded) -> None:
    play(running, joined=1.0, days=4)
    status = running.server.player.status()
    joined = {customer.id for customer in running.shop.customers.values() if customer.joined}
    theirs = [order for order in running.shop.orders.values() if order.customer in joined]
    assert status["joined_customers"] == len(joined) > 0
    assert status["joined_orders"] == len(theirs) > 0
    assert status["history_orders"] == 40
    assert status["orders"] == len(running.shop.placed) == 40 + len(theirs)


def test_only_made_up_orders_end_badly(running: Running, loaded: Loaded) -> None:
    """The history stays as it was; a cancellation says so in orders/cancelled and orders/updated."""
    play(running, joined=1.0, mishaps=1.0, days=5)
    status = running.server.player.status()
    assert status["cancelled"] > 0
    assert status["refunded"] > 0
    spoilt = [order for order in running.shop.orders.values() if order.refunds or order.cancelled_at]
    assert len(spoilt) == status["cancelled"] + status["refunded"]
    assert all(running.shop.customers[order.customer or 0].joined for order in spoilt)
    cancelled = {it.payload["id"] for it in running.door.of("orders/cancelled")}
    assert cancelled == {order.id for order in spoilt if order.cancelled_at}


def test_the_same_seed_makes_up_the_same_orders(running: Running, loaded: Loaded) -> None:
    until = loaded.rest[-1].at

    def plan(seed: int) -> list[Visit]:
        return visits(loaded, until=until, joined=0.5, mishaps=0.5, seed=seed)

    assert plan(7) == plan(7)
    assert plan(7) != plan(8)


def test_a_play_may_wait_for_the_installation(running: Running, loaded: Loaded) -> None:
    running.shop.installed = False
    running.server.player.start(days=1, rate=FAST, install=True)
    time.sleep(0.1)
    assert running.server.player.status()["state"] == "waiting"
    running.shop.installed = True
    assert running.server.player.wait(10)
    assert running.server.player.status()["orders"] >= 10


def test_a_play_can_be_stopped(running: Running, loaded: Loaded) -> None:
    running.server.player.start(days=5, rate=1.0)
    running.server.player.stop()
    assert running.server.player.status()["state"] == "stopped"


def test_there_is_one_play_at_a_time(running: Running, loaded: Loaded) -> None:
    running.server.player.start(days=5, rate=1.0)
    with pytest.raises(RuntimeError, match="a play is on already"):
        running.server.player.start(days=1, rate=1.0)


@pytest.mark.parametrize("wish", [{"days": 0}, {"rate": 0}, {"joined": -1}, {"mishaps": 2}])
def test_a_play_that_makes_no_sense_is_refused(running: Running, wish: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="days must be 1 or more"):
        running.server.player.start(**{"days": 1, "rate": 1.0, **wish})
