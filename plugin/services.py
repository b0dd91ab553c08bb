"""What the use cases work with: the database, a shop's API, nudges, and the two clocks."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from zoneinfo import ZoneInfo

import requests

from plugin.config import Settings
from plugin.core.moments import day_of
from plugin.db import shops
from plugin.db.engine import Database
from plugin.db.shops import Shop
from plugin.errors import GiveUp, Retry
from plugin.shopify.client import Client
from plugin.shopify.counters import Counters
from plugin.shopify.signature import Verifier
from plugin.shopify.tokens import TokenBox
from plugin.shopify.transport import session

Ping = Callable[[], None]


class Nudge(Protocol):
    """Says "look at this shop": losing it, or running it twice, changes nothing."""

    def __call__(self, job: str, shop: int, *, after: float = 0.0) -> None:
        """Has `job` look at `shop`, at the earliest in `after` seconds."""


def wall_clock() -> int:
    """Now, in UTC milliseconds: for tokens, leases, throttle and time-outs."""
    return time.time_ns() // 1_000_000


class Calendar:
    """The shops' calendar: the wall clock, or in development the simulator's, which may run faster."""

    def __init__(self, simulator: str | None, web: requests.Session) -> None:
        self._address = simulator and f"{simulator}/_simulator/calendar"
        self._web = web
        self._lock = threading.Lock()
        self._read_at = 0.0
        self._now, self._wall, self._rate = 0, 0, 1.0
        self._until: int | None = None

    def now(self) -> int:
        """The moment on the shops' calendar, UTC milliseconds; Retry when the simulator does not say."""
        if self._address is None:
            return wall_clock()
        with self._lock:
            if time.monotonic() - self._read_at > 0.5:
                try:
                    answer = self._web.get(self._address, timeout=5).json()
                except requests.RequestException as error:
                    raise Retry(f"the simulator's calendar cannot be read at {self._address}") from error
                self._now, self._wall, self._rate = answer["now"], answer["wall"], answer["rate"]
                self._until = answer["until"]
                self._read_at = time.monotonic()
            now = int(self._now + (wall_clock() - self._wall) * self._rate)
            return now if self._until is None else min(now, max(self._until, self._now))


@dataclass
class Services:
    """Built once by the composition; each part brings its ping."""

    settings: Settings
    database: Database
    web: requests.Session
    calendar: Calendar
    box: TokenBox
    verifier: Verifier
    nudge: Nudge
    pings: dict[str, Ping] = field(default_factory=dict)
    _clients: dict[int, tuple[str, Client]] = field(default_factory=dict)

    def now(self) -> int:
        """Now on the wall clock, UTC milliseconds."""
        return wall_clock()

    def today(self, shop: Shop) -> int:
        """The day in the shop's zone, as an ordinal, on the shop's calendar."""
        return day_of(self.calendar.now(), ZoneInfo(shop.zone))

    def shopify(self, shop: Shop) -> Client:
        """The shop's Admin API; GiveUp when there is no token to open it."""
        with self.database.read() as tx:
            sealed = shops.credentials(tx, shop.shop).token
        if not shop.installed or sealed is None:
            raise GiveUp(f"{shop.domain} has not installed the app, or left: open the app there once.")
        known = self._clients.get(shop.shop)
        if known is None or known[0] != sealed:
            client = Client(
                domain=shop.domain,
                token=self.box.decrypt(sealed),
                version=self.settings.app.api_version,
                session=self.web,
            )
            known = self._clients[shop.shop] = (sealed, client)
        return known[1]

    def calls(self, shop: int) -> Counters:
        """What the calls to this shop's API have come to since the start."""
        known = self._clients.get(shop)
        return known[1].counters if known else Counters()

    def close(self) -> None:
        """Closes what was opened."""
        self.web.close()
        self.database.close()


def build(settings: Settings, nudge: Nudge) -> Services:
    """The services of these settings."""
    database = Database(settings.database_url)
    web = session(settings.shopify_simulator)
    return Services(
        settings=settings,
        database=database,
        web=web,
        calendar=Calendar(settings.shopify_simulator, web),
        box=TokenBox(settings.keys),
        verifier=Verifier(settings.secrets),
        nudge=nudge,
        pings={"database": database.ping},
    )
