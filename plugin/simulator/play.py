"""Plays a shop's coming days as live orders while the shops' calendar runs fast."""

import heapq
import itertools
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from plugin.simulator import merchant
from plugin.simulator.calendar import Calendar, wall_ms
from plugin.simulator.load import Loaded, customer_id, day_bounds, order_fields
from plugin.simulator.plan import Visit, visits
from plugin.simulator.state import Order, Shop, World

_AFTER = 2000  # ms on the shops' calendar from orders/create to the first orders/updated
_NAP = 0.05  # seconds; how soon a changed calendar or a stop is noticed


class Player:
    """One play at a time; `follow` tells it what is to come at a shop."""

    def __init__(self, world: World, calendar: Calendar) -> None:
        self._world = world
        self._calendar = calendar
        self._followed: dict[str, Loaded] = {}
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._steps: list[tuple[int, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._end = 0
        self._counts: Counter[str] = Counter()
        self._state: dict[str, Any] = {"state": "idle"}

    def follow(self, domain: str, loaded: Loaded) -> None:
        """From now on `domain`'s play is the rest of this history."""
        self._followed[domain] = loaded

    def start(
        self, *, days: int, rate: float, joined: float = 0.2, mishaps: float = 0.1, seed: int = 1, install: bool = False
    ) -> None:
        """Play the `days` days that follow today, `rate` shop-ms per wall-ms; then the calendar stands still.

        `joined` and `mishaps` as in plan.visits; `install`: begin only when the app is installed somewhere.
        Raises RuntimeError while a play is on, ValueError when a number makes no sense.
        """
        if self._thread is not None and self._thread.is_alive():
            raise RuntimeError("a play is on already")
        if days < 1 or rate <= 0 or joined < 0 or not 0 <= mishaps <= 1:
            raise ValueError("days must be 1 or more, rate above 0, joined 0 or more, mishaps between 0 and 1")
        self._stop.clear()
        self._counts.clear()
        self._state = {"state": "waiting" if install else "playing", "days": days, "rate": rate, "started": wall_ms()}
        wishes = {"days": days, "rate": rate, "joined": joined, "mishaps": mishaps, "seed": seed, "install": install}
        self._thread = threading.Thread(target=self._run, kwargs=wishes, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the play where it is."""
        self._stop.set()
        self.wait(None)

    def wait(self, timeout: float | None) -> bool:
        """Wait until the play is over, at most `timeout` seconds; whether it is."""
        if self._thread is not None:
            self._thread.join(timeout)
            return not self._thread.is_alive()
        return True

    def status(self) -> dict[str, Any]:
        """state (idle, waiting, playing, done, stopped, failed), wall-clock started and finished, and the counts."""
        names = ("orders", "history_orders", "joined_orders", "joined_customers", "cancelled", "refunded")
        return {**self._state, **{name: self._counts[name] for name in names}, "to_come": len(self._steps)}

    def _run(self, *, days: int, rate: float, joined: float, mishaps: float, seed: int, install: bool) -> None:
        try:
            while install and not any(shop.installed for shop in self._world.shops.values()):
                if self._stop.wait(_NAP):
                    break
            self._state["state"] = "playing"
            self._end = self._plan(days, joined, mishaps, seed)
            self._calendar.start(rate=rate, until=self._end)
            self._play()
            ended = "stopped" if self._stop.is_set() else "done"
        except Exception as error:
            self._state["error"] = f"{type(error).__name__}: {error}"
            ended = "failed"
            raise
        finally:
            self._calendar.pause()
            self._state |= {"finished": wall_ms(), "state": ended}

    def _plan(self, days: int, joined: float, mishaps: float, seed: int) -> int:
        """Fill the steps; the last millisecond of the last day."""
        now, end = self._calendar.now(), 0
        self._steps = []
        for domain, loaded in self._followed.items():
            shop = self._world.shops[domain]
            zone = ZoneInfo(shop.zone)
            last = datetime.fromtimestamp(now / 1000, zone).date() + timedelta(days=days)
            until = day_bounds(last, zone)[1] - 1
            for visit in visits(loaded, until=until, joined=joined, mishaps=mishaps, seed=seed):
                self._add(visit.due.at, partial(self._visit, shop, loaded, visit))
            loaded.rest = [due for due in loaded.rest if due.at > until]
            end = max(end, until)
        return end or now + days * 86_400_000

    def _add(self, at: int, step: Callable[[], None]) -> None:
        heapq.heappush(self._steps, (at, next(self._number), step))

    def _play(self) -> None:
        while self._steps:
            wait = self._steps[0][0] - self._calendar.now()
            if wait > 0:
                pace = self._calendar.reading()["rate"]
                if self._stop.wait(min(_NAP, wait / pace / 1000) if pace else _NAP):
                    return
            elif self._stop.is_set():
                return
            else:
                heapq.heappop(self._steps)[2]()
        while self._calendar.now() < self._end and not self._stop.wait(0.01):
            pass

    def _visit(self, shop: Shop, loaded: Loaded, visit: Visit) -> None:
        due = visit.due
        with self._world.lock:
            new = due.purchase.customer not in loaded.customers
            who = customer_id(shop, loaded, due, joined=visit.joined)
            fields = order_fields(shop, loaded, due)
            codes = [visit.code] if visit.code else []
            order = merchant.place_order(self._world, shop, customer=who, at=due.at, discount_codes=codes, **fields)
            self._counts["orders"] += 1
            self._counts["joined_orders" if visit.joined else "history_orders"] += 1
            self._counts["joined_customers"] += new and visit.joined
        soon = min(due.at + _AFTER, self._end)
        self._add(soon, partial(self._change, shop, order, soon, ""))
        if visit.fate:
            self._add(visit.fate_at, partial(self._change, shop, order, visit.fate_at, visit.fate))

    def _change(self, shop: Shop, order: Order, at: int, fate: str) -> None:
        with self._world.lock:
            if order.id not in shop.orders:
                return
            if fate == "cancel":
                merchant.cancel_order(self._world, shop, order, at=at)
                self._counts["cancelled"] += 1
            elif fate:
                amount = order.total // 2 if fate == "part" else None
                merchant.refund_order(self._world, shop, order, at=at, amount=amount)
                self._counts["refunded"] += 1
            else:
                merchant.touch_order(self._world, shop, order, at=at)
