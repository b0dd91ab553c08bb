"""Sends webhooks the way Shopify does: trimmed, debounced, retried, and as unreliably as the knobs say."""

import hashlib
import heapq
import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

from plugin.simulator import approval, privacy
from plugin.simulator.delivery import Delivery, Wire, headers
from plugin.simulator.state import Shop, World
from plugin.simulator.trim import fields_of, resource_of, trimmed

RETRIES = 8
FIRST_RETRY = 4 * 3600 / (2**RETRIES - 1)  # doubling from here, the eighth retry comes four hours after the first try
DEBOUNCE = 2.0  # seconds in which an equal trimmed payload of the same resource is sent once


class Sender:
    """Sets `world.emit`; a few threads with kept-alive connections deliver what was emitted."""

    def __init__(self, world: World, *, threads: int = 8) -> None:
        self._world = world
        self._fields = {topic: fields_of(fields) for topic, fields in world.subscriptions.items()}
        self._lock = threading.Lock()
        self._due = threading.Condition(self._lock)
        self._idle = threading.Condition(self._lock)
        self._line: list[tuple[float, int, Delivery]] = []
        self._in_flight = 0
        self._emitted = 0
        self._queued = 0
        self._closed = False
        self._counts: Counter[str] = Counter()
        self._topics: Counter[str] = Counter()
        self._taken: list[str] = []
        self._last: dict[tuple[str, str, str], tuple[bytes, float]] = {}
        self._sweep_at = 10_000
        self._action = threading.local()
        self._threads = [threading.Thread(target=self._deliver, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()
        world.emit = self.emit

    def emit(self, shop: Shop, topic: str, payload: dict[str, Any]) -> None:
        """Queue what happened at `shop` for the app, if it subscribes to `topic` and is installed there.

        What the law asks for is sent to an app that has left as well, and never reduced to what the app may see.
        """
        if topic not in self._fields or not (shop.installed or topic in privacy.TOPICS):
            return
        if topic not in privacy.TOPICS:
            level = self._world.knobs.approved_level
            if not approval.may_be_told(level, topic):
                return
            payload = approval.without_personal(level, payload)
        fields = self._fields[topic]
        body = json.dumps(trimmed(payload, fields), ensure_ascii=False, separators=(",", ":")).encode()
        now = time.monotonic()
        with self._lock:
            if fields is not None and self._is_echo((shop.domain, topic, resource_of(payload)), body, now):
                self._counts["debounced"] += 1
                return
            self._emitted += 1
            self._enqueue(
                Delivery(
                    topic,
                    self._world.webhooks_uri,
                    headers(self._world, shop.domain, topic, body, self._action_id()),
                    body,
                ),
                now,
            )

    @contextmanager
    def one_action(self) -> Iterator[None]:
        """What this thread emits inside was caused by one act of the merchant: it shares X-Shopify-Event-Id."""
        self._action.id = str(uuid.uuid4())
        try:
            yield
        finally:
            del self._action.id

    @contextmanager
    def late(self, seconds: float) -> Iterator[None]:
        """What this thread emits inside is signed and dated now, and sent so much later."""
        self._action.late = seconds
        try:
            yield
        finally:
            del self._action.late

    def counters(self) -> dict[str, Any]:
        """How many were emitted, sent (2xx) and so on; "failed" counts tries, "topics" what was sent by topic."""
        names = ("sent", "repeated", "debounced", "dropped", "reordered", "failed", "retried", "given_up")
        with self._lock:
            pending = len(self._line) + self._in_flight
            counts = {name: self._counts[name] for name in names}
            return {**counts, "emitted": self._emitted, "pending": pending, "topics": dict(self._topics)}

    def taken(self) -> list[str]:
        """The webhook ids that the app answered with 2xx, as often as it did."""
        with self._lock:
            return list(self._taken)

    def quiet(self) -> bool:
        """Whether nothing is waiting, held back, on its way, or to be tried again."""
        with self._lock:
            return not self._line and not self._in_flight

    def wait_quiet(self, timeout: float) -> bool:
        """Wait until `quiet()`, at most `timeout` seconds; whether it is."""
        with self._lock:
            return self._idle.wait_for(lambda: not self._line and not self._in_flight, timeout)

    def close(self) -> None:
        """Stop sending; what is still waiting is lost."""
        with self._lock:
            self._closed = True
            self._due.notify_all()
        for thread in self._threads:
            thread.join()

    def _is_echo(self, key: tuple[str, str, str], body: bytes, now: float) -> bool:
        last = self._last.get(key)
        mark = hashlib.sha256(body).digest()
        if len(self._last) > self._sweep_at:
            self._last = {key: seen for key, seen in self._last.items() if now - seen[1] < DEBOUNCE}
            self._sweep_at = max(10_000, 2 * len(self._last))
        self._last[key] = (mark, now)
        return last is not None and last[0] == mark and now - last[1] < DEBOUNCE

    def _action_id(self) -> str:
        return getattr(self._action, "id", None) or str(uuid.uuid4())

    def _enqueue(self, delivery: Delivery, now: float) -> None:
        """Apply the knobs; the fate of the n-th delivery depends on the seed and n only."""
        knobs = self._world.knobs
        fate = random.Random(f"{knobs.seed}/{self._emitted}")
        drop, reorder, repeat, hold, again = (fate.random() for _ in range(5))
        if drop < knobs.drop:
            self._counts["dropped"] += 1
            return
        due = now + knobs.delay + getattr(self._action, "late", 0.0)
        if reorder < knobs.reorder:
            self._counts["reordered"] += 1
            due += 0.1 + 0.5 * hold
        self._push(due, delivery)
        if repeat < knobs.repeat:
            self._counts["repeated"] += 1
            self._push(due + 0.5 * again, delivery)

    def _push(self, due: float, delivery: Delivery) -> None:
        self._queued += 1
        heapq.heappush(self._line, (due, self._queued, delivery))
        self._due.notify()

    def _next(self) -> Delivery | None:
        with self._lock:
            while not self._closed:
                now = time.monotonic()
                if self._line and self._line[0][0] <= now:
                    self._in_flight += 1
                    return heapq.heappop(self._line)[2]
                self._due.wait(self._line[0][0] - now if self._line else None)
        return None

    def _deliver(self) -> None:
        with closing(Wire()) as wire:
            while (delivery := self._next()) is not None:
                arrived = False
                try:
                    arrived = wire.post(delivery)
                finally:
                    self._settle(delivery, arrived)

    def _settle(self, delivery: Delivery, arrived: bool) -> None:
        with self._lock:
            self._in_flight -= 1
            if arrived:
                self._counts["sent"] += 1
                self._topics[delivery.topic] += 1
                self._taken.append(delivery.headers["X-Shopify-Webhook-Id"])
            else:
                self._counts["failed"] += 1
                if delivery.tries < RETRIES:
                    self._counts["retried"] += 1
                    wait = FIRST_RETRY * 2**delivery.tries * self._world.knobs.retry_scale
                    self._push(time.monotonic() + wait, replace(delivery, tries=delivery.tries + 1))
                else:
                    self._counts["given_up"] += 1
            if not self._line and not self._in_flight:
                self._idle.notify_all()
