"""The shop's calendar jumps, its days have 23 and 25 hours, and the machine's clock is wrong."""

from datetime import date, datetime, time, timedelta
from random import Random
from time import sleep
from zoneinfo import ZoneInfo

from tests.faults.scene import ZONE, Scene
from tests.faults.table import fault
from tests.journeys.app import until
from tests.journeys.shopify import DAY

HOUR = 3_600_000  # ms


def _days_of_odd_length(after: date, number: int) -> list[date]:
    """The next days in the shop's zone that have not 24 hours."""
    zone = ZoneInfo(ZONE)
    offsets = {}
    for day in (after + timedelta(days=one) for one in range(400)):
        offsets[day] = datetime.combine(day, time(), zone).utcoffset()
    days = [
        day for day in offsets if (next_day := day + timedelta(days=1)) in offsets and offsets[day] != offsets[next_day]
    ]
    return days[:number]


def _today(scene: Scene) -> date:
    return datetime.fromtimestamp(scene.shopify.now() / 1000, ZoneInfo(ZONE)).date()


@fault("orders around the hours that come twice or never", runs=2, tested=1)
def odd_days(scene: Scene, chance: Random) -> None:
    """A minute before and after each midnight and each change of the clocks, in the year that has been."""
    zone = ZoneInfo(ZONE)
    for day in _days_of_odd_length(_today(scene) - timedelta(days=390), 2):
        for hours, minutes, fold in ((0, 1, 0), (1, 59, 0), (2, 30, 0), (2, 30, 1), (3, 1, 0), (23, 59, 0)):
            at = datetime.combine(day, time(hours, minutes, fold=fold), zone)
            customer = chance.choice(scene.people)
            scene.shopify.bought(11, customer=customer, processed_at=int(at.timestamp() * 1000))
        after = datetime.combine(day + timedelta(days=1), time(0, 1), zone)
        scene.shopify.bought(12, customer=customer, processed_at=int(after.timestamp() * 1000))


@fault("the night in which the clocks change", runs=2)
def odd_night(scene: Scene, chance: Random) -> None:
    """The calendar passes it hour by hour, with orders and sweeps."""
    (day,) = _days_of_odd_length(_today(scene) + timedelta(days=1), 1)
    before = datetime.combine(day - timedelta(days=1), time(22), ZoneInfo(ZONE))
    scene.shopify.advance(int(before.timestamp() * 1000) - scene.shopify.now())
    for _ in range(30):
        scene.deeds(2, chance)
        scene.shopify.advance(HOUR)


@fault("the calendar jumps by weeks", runs=3, tested=1)
def jumps(scene: Scene, chance: Random) -> None:
    scene.deeds(10, chance)
    scene.shopify.advance(chance.randrange(20, 60) * DAY)
    scene.deeds(10, chance)


def _next_day(scene: Scene) -> None:
    """Days end as ever, for what waits for a moment of the machine's clock does not wait for one that was never."""
    before = scene.settled()["today"]
    scene.shopify.advance(5 * DAY)
    until("the app to see another day", lambda: scene.app.status()["today"] > before + 2)
    scene.settled()


@fault("the machine's clock jumps two days ahead and back", runs=2, needs_compiler=True)
def ahead(scene: Scene, chance: Random) -> None:
    """Every token has ended by then, and what was received then comes from the future afterwards."""
    scene.disk_and_clock.are(clock_ms=2 * DAY)
    sleep(2)
    scene.deeds(20, chance)
    scene.disk_and_clock.are()
    scene.deeds(20, chance)
    _next_day(scene)


@fault("the machine's clock falls back by two hours", runs=2, tested=1, needs_compiler=True)
def behind(scene: Scene, chance: Random) -> None:
    scene.deeds(10, chance)
    scene.disk_and_clock.are(clock_ms=-2 * HOUR)
    scene.deeds(20, chance)
    scene.settled()
    scene.disk_and_clock.are()
    _next_day(scene)
    scene.disk_and_clock.are(clock_ms=-2 * HOUR)
    _next_day(scene)
    scene.disk_and_clock.are()
