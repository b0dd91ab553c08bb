"""Jobs as threads of this process: one runner per job and shop, and a nudge during a run causes one more run."""

import heapq
import logging
import threading
import time
from collections.abc import Callable, Mapping
from itertools import count

from plugin.errors import GiveUp, Retry

log = logging.getLogger(__name__)

Key = tuple[str, int]
Run = Callable[[Key], float | None]
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0  # seconds after a bug
PATIENCE = 5.0  # seconds to wait for the runs under way when stopping


class Lane:
    """A line of nudges and the threads that work it off, oldest due first."""

    def __init__(self, name: str, threads: int, run: Run) -> None:
        self._run = run
        self._changed = threading.Condition()
        self._line: list[tuple[float, int, Key]] = []
        self._waiting: dict[Key, float] = {}
        self._running: set[Key] = set()
        self._again: dict[Key, float] = {}
        self._bugs: dict[Key, int] = {}
        self._not_before: dict[Key, float] = {}
        self._places = count()
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(threads)
        ]

    def start(self) -> None:
        """Begins to work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends after the runs under way; what still waits is found again by the clock."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        until = time.monotonic() + PATIENCE
        for thread in self._threads:
            # One in the middle of an import is left: its rows are safe, and the next start goes on.
            thread.join(max(0.0, until - time.monotonic()))

    def ping(self) -> None:
        """Raises when a thread is gone."""
        if not all(thread.is_alive() for thread in self._threads):
            raise RuntimeError("a job thread has stopped")

    def nudge(self, key: Key, after: float) -> None:
        """Puts a key in line; a key that already waits at least as early is not put twice."""
        due = time.monotonic() + after
        with self._changed:
            if key in self._running:
                self._again[key] = min(due, self._again.get(key, due))
            else:
                self._wait(key, due)

    def _wait(self, key: Key, due: float) -> None:
        # A pause that was asked for holds against every nudge.
        due = max(due, self._not_before.get(key, due))
        if self._waiting.get(key, float("inf")) > due:
            self._waiting[key] = due
            heapq.heappush(self._line, (due, next(self._places), key))
            self._changed.notify()

    def _work(self) -> None:
        while (key := self._next()) is not None:
            after = self._carry_out(key)
            with self._changed:
                self._running.discard(key)
                due = self._again.pop(key, None)
                if after is not None:
                    wanted = time.monotonic() + after
                    due = wanted if due is None else min(due, wanted)
                if due is not None:
                    self._wait(key, due)

    def _next(self) -> Key | None:
        with self._changed:
            while not self._stopping:
                pause = None
                while self._line:
                    due, _, key = self._line[0]
                    if self._waiting.get(key) != due or key in self._running:
                        heapq.heappop(self._line)
                    elif (pause := due - time.monotonic()) <= 0:
                        heapq.heappop(self._line)
                        del self._waiting[key]
                        self._running.add(key)
                        return key
                    else:
                        break
                self._changed.wait(pause)
            return None

    def _carry_out(self, key: Key) -> float | None:
        try:
            after = self._run(key)
        except Retry as retry:
            log.info("%s of shop %d comes again in %.0f s: %s", *key, retry.after, retry)
            return self._pause(key, retry.after)
        except GiveUp as never:
            log.warning("%s of shop %d gives up: %s", *key, never)
            return None
        except Exception:
            self._bugs[key] = bugs = self._bugs.get(key, 0) + 1
            log.exception("%s of shop %d failed, try %d", *key, bugs)
            return self._pause(key, min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**bugs))
        self._bugs.pop(key, None)
        self._not_before.pop(key, None)
        return after

    def _pause(self, key: Key, seconds: float) -> float:
        self._not_before[key] = time.monotonic() + seconds
        return seconds


class LocalJobs:
    """The nudge of a single process; `lanes` says which lane a job belongs to and how many threads each has."""

    def __init__(self, run: Run, *, lanes: Mapping[str, int], lane_of: Callable[[str], str]) -> None:
        self._lanes = {name: Lane(name, threads, run) for name, threads in lanes.items()}
        self._lane_of = lane_of

    def __call__(self, job: str, shop: int, *, after: float = 0.0) -> None:
        """Has `job` look at `shop`, at the earliest in `after` seconds."""
        self._lanes[self._lane_of(job)].nudge((job, shop), after)

    def start(self) -> None:
        """Begins to work."""
        for lane in self._lanes.values():
            lane.start()

    def stop(self) -> None:
        """Ends after the runs under way."""
        for lane in self._lanes.values():
            lane.stop()

    def ping(self) -> None:
        """Raises when a thread is gone."""
        for lane in self._lanes.values():
            lane.ping()
