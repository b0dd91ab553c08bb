"""The only file that knows APScheduler: what ticks, how often, and which use case it nudges."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from apscheduler.schedulers.background import BackgroundScheduler

from plugin.db import all_shops
from plugin.db.engine import TROUBLE, Tx
from plugin.errors import Retry
from plugin.services import Services
from plugin.usecases.beat import beat
from plugin.usecases.renew_token import IDLE

log = logging.getLogger(__name__)


class Tick(NamedTuple):
    """A recurring look at all shops: which of them `job` is nudged for."""

    job: str
    every: float  # seconds
    due: Callable[[Tx, int], list[int]]  # given the moment, UTC milliseconds
    by_calendar: bool = False  # the moment is one of the shops' calendar, not of the wall clock


SOON, MINUTE, HOUR = 5.0, 60.0, 3600.0
LOOK = 1.0  # seconds between looks at whether the machine's clock fell back
SLACK = timedelta(seconds=LOOK)  # by more than that
TICKS = (
    Tick("drain", MINUTE, lambda tx, now: all_shops.with_deliveries(tx, now=now)),
    Tick("import", MINUTE, lambda tx, now: all_shops.to_import(tx)),
    Tick("rejudge", MINUTE, lambda tx, now: all_shops.to_rejudge(tx)),
    Tick("sweep", MINUTE, lambda tx, now: all_shops.to_sweep(tx, now=now), by_calendar=True),
    Tick("reconcile", MINUTE, lambda tx, now: all_shops.to_reconcile(tx, now=now), by_calendar=True),
    Tick("renew", HOUR, lambda tx, now: all_shops.to_renew(tx, before=now + IDLE)),
    Tick("sync", MINUTE, lambda tx, now: all_shops.to_sync(tx)),
    Tick("privacy", MINUTE, lambda tx, now: all_shops.with_requests(tx)),
    # Nobody nudges it: what makes figures old is kept with the shop, and this look is cheap.
    Tick("figure", SOON, lambda tx, now: all_shops.to_figure(tx)),
    Tick("forget", MINUTE, lambda tx, now: all_shops.to_forget(tx, now=now)),
)


class Clock:
    """Ticks; two of them are harmless, for a nudge twice is a nudge."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lost = False
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="clock-watch", daemon=True)
        self._scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
        # The simulated calendar may pass a day a second.
        hurry = 1 / MINUTE if services.settings.shopify_simulator else 1.0
        self._beats = MINUTE * hurry
        self._scheduler.add_job(self._beat, "interval", seconds=self._beats, id="beat")
        for tick in TICKS:
            self._scheduler.add_job(self._tick, "interval", seconds=tick.every * hurry, args=(tick,), id=tick.job)

    def _beat(self) -> None:
        try:
            beat(self._services, every=self._beats)
        except TROUBLE:
            # Without their values, as all that the database refuses; a full disk must not keep the app from starting.
            log.warning("the database takes no beat: the first one that it takes tells of the outage")

    def _tick(self, tick: Tick) -> None:
        services = self._services
        try:
            now = services.calendar.now() if tick.by_calendar else services.now()
        except Retry as retry:
            if not self._lost:
                log.warning("%s waits: %s", tick.job, retry)
            self._lost = True
            return
        self._lost = self._lost and not tick.by_calendar
        with services.database.read() as tx:
            due = tick.due(tx, now)
        for shop in due:
            services.nudge(tick.job, shop)

    def _watch(self) -> None:
        """APScheduler goes by the machine's clock: set back, it would not tick until that is as late again."""
        while not self._over.wait(LOOK):
            now = datetime.now(UTC)
            # Looked at again each time: a job that ran while the clock fell back is put off after we have looked.
            late = [job for job in self._scheduler.get_jobs() if job.next_run_time - now > job.trigger.interval + SLACK]
            if late:
                log.warning("the machine's clock fell back: looked at anew: %s", ", ".join(job.id for job in late))
            for job in late:
                job.modify(next_run_time=now)
            # It may sleep by a clock that was wrong between two looks: then nothing is late, and nothing would tick.
            self._scheduler.wakeup()

    def start(self) -> None:
        """Looks once at everything that was left, then ticks."""
        # Before anything is due, so that an outage makes it so.
        self._beat()
        self._scheduler.start()
        self._watching.start()
        for tick in TICKS:
            self._tick(tick)

    def stop(self) -> None:
        """Stops ticking."""
        self._over.set()
        if self._watching.is_alive():
            self._watching.join()
        self._scheduler.shutdown(wait=True)

    def ping(self) -> None:
        """Raises when it does not tick."""
        if not self._scheduler.running or not self._watching.is_alive():
            raise RuntimeError("the clock has stopped")
