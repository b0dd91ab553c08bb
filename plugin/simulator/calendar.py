"""What day it is for the shops: apart from the wall clock, so that weeks can pass in a minute."""

import threading
import time
from collections.abc import Callable

DAY = 86_400_000


def wall_ms() -> int:
    """The real time in UTC milliseconds: tokens, time-outs and measurements go by it."""
    return time.time_ns() // 1_000_000


class Calendar:
    """Starts at the real now and runs with it until `start` gives it another pace; times are UTC milliseconds."""

    def __init__(self, wall: Callable[[], int] = wall_ms) -> None:
        self._wall = wall
        self._lock = threading.Lock()
        self._since = wall()
        self._shop = self._since
        self._rate = 1.0
        self._until: int | None = None

    def now(self) -> int:
        """The moment on the shops' calendar."""
        with self._lock:
            return self._now(self._wall())

    def start(self, *, rate: float = 1.0, until: int | None = None) -> None:
        """Run `rate` shop-ms per wall-ms from now on, and stand still when `until` is reached."""
        if rate < 0:
            raise ValueError("a calendar cannot run backwards: rate must be 0 or more")
        with self._lock:
            self._anchor()
            self._rate, self._until = rate, until

    def pause(self) -> None:
        """Stand still until `start`."""
        self.start(rate=0.0)

    def advance(self, ms: int) -> None:
        """Jump forward; the pace stays as it is, an `until` that was passed is forgotten."""
        if ms < 0:
            raise ValueError("a calendar cannot go back")
        with self._lock:
            self._anchor()
            self._shop += ms
            if self._until is not None and self._shop > self._until:
                self._until = None

    def reading(self) -> dict[str, float | None]:
        """{"now": shop ms, "rate": shop-ms per wall-ms (0: still), "until": shop ms, "wall": wall ms when read}.

        `until` is where it will stand still (null: nowhere), so that whoever reckons on from here does not run past it.
        """
        with self._lock:
            wall = self._wall()
            now = self._now(wall)
            still = self._until is not None and now >= self._until
            return {"now": now, "rate": 0.0 if still else self._rate, "until": self._until, "wall": wall}

    def _now(self, wall: int) -> int:
        now = self._shop + int((wall - self._since) * self._rate)
        return now if self._until is None else min(now, max(self._until, self._shop))

    def _anchor(self) -> None:
        wall = self._wall()
        self._shop, self._since = self._now(wall), wall
