"""A prediction of Shopify's cost bucket, so that every point is spent and hardly a call is throttled."""

import threading
from typing import NamedTuple

FIRST_MAXIMUM = 1000.0  # what any plan has at least; the first answer tells the truth
FIRST_RATE = 100.0
DUST = 1e-3  # points; below this a wait is rounding, not a debt


class Status(NamedTuple):
    """`throttleStatus` as an answer carries it; points, and points a second."""

    maximum: float
    available: float
    restore_rate: float


class Bucket:
    """What one app may spend at one shop, as this process sees it; shared by the threads that call this shop.

    Requests on their way reserve what they may cost; each answer gives the reservation back and brings the truth.
    Nothing is held back, and no state is shared with other processes: what they spend shows in the next answer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._maximum = FIRST_MAXIMUM
        self._rate = FIRST_RATE
        self._available = FIRST_MAXIMUM
        self._seen: float | None = None
        self._reserved = 0.0

    @property
    def maximum(self) -> float:
        """The most points that can ever be there at once."""
        return self._maximum

    def wait_for(self, cost: float, now: float) -> float:
        """Seconds until `cost` points should be there; 0 when they are."""
        with self._lock:
            return self._wait(cost, now)

    def take(self, cost: float, now: float) -> float:
        """Reserve `cost` points and answer 0, or reserve nothing and answer the seconds to wait."""
        with self._lock:
            wait = self._wait(cost, now)
            if not wait:
                self._reserved += cost
            return wait

    def settle(self, cost: float, now: float, status: Status | None) -> None:
        """An answer came for a reservation of `cost`; without a status (it was lost) the points count as spent."""
        with self._lock:
            self._reserved -= cost
            if status is None:
                self._available = max(0.0, self._level(now) - cost)
            else:
                self._maximum, self._available, self._rate = status
            self._seen = now

    def give_back(self, cost: float) -> None:
        """The request was never sent: its reservation is free again."""
        with self._lock:
            self._reserved -= cost

    def _wait(self, cost: float, now: float) -> float:
        # More than the bucket holds never fits: it may go when the bucket is full, and the answer says so.
        short = min(cost, self._maximum) - (self._level(now) - self._reserved)
        if short <= DUST:
            return 0.0
        return short / self._rate if self._rate > 0 else 1.0

    def _level(self, now: float) -> float:
        since = 0.0 if self._seen is None else max(0.0, now - self._seen)
        return min(self._maximum, self._available + since * self._rate)
