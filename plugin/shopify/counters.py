"""What a client has done, counted safely by several threads."""

import threading
from typing import NamedTuple


class Counters(NamedTuple):
    """What a client has done since it was made."""

    calls: int = 0
    throttled: int = 0
    points: float = 0.0
    waited_seconds: float = 0.0
    repeated: int = 0
    drifted: int = 0  # answers of another API version than the one asked for


class Tally:
    """Counters that several threads may add to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counters = Counters()

    def read(self) -> Counters:
        """The counters as they stand."""
        with self._lock:
            return self._counters

    def add(self, more: Counters) -> Counters:
        """Add field by field; answers what stood there before."""
        with self._lock:
            before = self._counters
            self._counters = Counters(
                calls=before.calls + more.calls,
                throttled=before.throttled + more.throttled,
                points=before.points + more.points,
                waited_seconds=before.waited_seconds + more.waited_seconds,
                repeated=before.repeated + more.repeated,
                drifted=before.drifted + more.drifted,
            )
            return before
