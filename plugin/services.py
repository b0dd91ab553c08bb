"""What the use cases work with: the database, a shop's API, nudges, and the two clocks."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

import requests

from plugin.config import Settings
from plugin.core.moments import day_of
from plugin.db import shops
from plugin.db.engine import TROUBLE, Database
from plugin.db.shops import Shop
from plugin.errors import GiveUp, Retry
from plugin.keyring import Keyring, ShopKeys
from plugin.shopify.client import Client
from plugin.shopify.counters import Counters
from plugin.shopify.failures import Frozen
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


log = logging.getLogger(__name__)


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


class Standing:
    """Keeps on a shop's row whether Shopify answers us there, for who opens the panel; written when it changes only."""

    def __init__(self, database: Database, shop: int) -> None:
        self._database = database
        self._shop = shop
        self._kept: str | None = None  # not known yet

    def __call__(self, trouble: Exception | None) -> None:
        """A call went so."""
        now = "frozen_at" if isinstance(trouble, Frozen) else "down_at" if isinstance(trouble, Retry) else "well"
        if now == self._kept:
            return
        try:
            with self._database.read() as tx:
                known = shops.get(tx, self._shop)
            since = {name: getattr(known, name) for name in shops.NO_TROUBLE}
            told = {name: since[name] or wall_clock() if name == now else None for name in since}
            if told != since:
                with self._database.write() as tx:
                    shops.change(tx, self._shop, **told)
        except (GiveUp, *TROUBLE) as lost:
            # What Shopify answered counts, whether or not this is noted; the next call notes it.
            log.warning("how a call of shop %d went could not be noted: %s", self._shop, type(lost).__name__)
            return
        self._kept = now


class Judging(NamedTuple):
    """How far judging everybody of a shop is, in orders, and when it began (UTC milliseconds)."""

    done: int
    total: int
    began_at: int


@dataclass
class Services:
    """Built once by the composition; each part brings its ping."""

    settings: Settings
    database: Database
    web: requests.Session
    calendar: Calendar
    box: TokenBox
    keyring: Keyring
    verifier: Verifier
    nudge: Nudge
    pings: dict[str, Ping] = field(default_factory=dict)
    visits: dict[int, str] = field(default_factory=dict)  # shop -> the session token of its latest visit; never kept
    judging: dict[int, Judging] = field(default_factory=dict)  # by shop; whoever judges a whole shop keeps it
    _clients: dict[int, Client] = field(default_factory=dict)

    def now(self) -> int:
        """Now on the wall clock, UTC milliseconds."""
        return wall_clock()

    def today(self, shop: Shop) -> int:
        """The day in the shop's zone, as an ordinal, on the shop's calendar."""
        return day_of(self.calendar.now(), ZoneInfo(shop.zone))

    def shopify(self, shop: Shop) -> Client:
        """The shop's Admin API, with a fresh token at every call; GiveUp when there is none to be had."""
        keys = ShopKeys(self.keyring, shop.shop)
        keys.token()
        client = self._clients.get(shop.shop)
        if client is None:
            client = self._clients[shop.shop] = Client(
                domain=shop.domain,
                keys=keys,
                version=self.settings.app.api_version,
                session=self.web,
                told=Standing(self.database, shop.shop),
            )
        return client

    def calls(self, shop: int) -> Counters:
        """What the calls to this shop's API have come to since the start."""
        known = self._clients.get(shop)
        return known.counters if known else Counters()

    def close(self) -> None:
        """Closes what was opened."""
        self.web.close()
        self.database.close()


def build(settings: Settings, nudge: Nudge) -> Services:
    """The services of these settings."""
    database = Database(settings.database_url)
    web = session(settings.shopify_simulator)
    box = TokenBox(settings.keys)
    return Services(
        settings=settings,
        database=database,
        web=web,
        calendar=Calendar(settings.shopify_simulator, web),
        box=box,
        keyring=Keyring(database, box, settings, wall_clock),
        verifier=Verifier(settings.secrets),
        nudge=nudge,
        pings={"database": database.ping},
    )
