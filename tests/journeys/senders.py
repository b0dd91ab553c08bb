"""Shopify under load: several senders at once, each of which sends a delivery again until it is answered for good."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import requests

from plugin.shopify.signature import body_digest
from tests.journeys.shopify import SHOP

SENDERS = 6
PAUSE = 0.02  # seconds until a sender sends again: a load, and not a flood that takes long to work off


class Senders:
    """Deletions of orders nobody has seen, one delivery each, signed with one of `secrets` after the other."""

    def __init__(self, address: str, secrets: list[str]) -> None:
        self.secrets = secrets
        self.answers: Counter[int] = Counter()
        self.accepted: list[str] = []  # ids of those that were answered with 200
        self.unanswered = 0  # tries that met nobody, or lost their answer
        self._url = f"{address}/webhooks"
        self._numbers = count(10**9)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._broken_off = False

    @property
    def kept(self) -> int:
        """How many deliveries were answered with 200."""
        return self.answers[200]

    def work(self) -> None:
        """One sender: a delivery it has begun with is brought to its end."""
        with requests.Session() as web:
            while not self._over.is_set():
                delivery = self._next()
                while self._must_be_sent_again(web, delivery) and not self._broken_off:
                    time.sleep(PAUSE)
                time.sleep(PAUSE)

    def end(self, *, broken_off: bool = False) -> None:
        """Begins with no further deliveries; `broken_off` leaves those under way too: nobody may be there."""
        self._broken_off = broken_off
        self._over.set()

    def _next(self) -> dict[str, Any]:
        number = next(self._numbers)
        body = b'{"id": %d}' % number
        headers = {
            "X-Shopify-Topic": "orders/delete",
            "X-Shopify-Shop-Domain": SHOP,
            "X-Shopify-Webhook-Id": str(uuid.uuid4()),
            "X-Shopify-Hmac-Sha256": body_digest(body, self.secrets[number % len(self.secrets)]),
        }
        return {"data": body, "headers": headers, "timeout": 10}

    def _must_be_sent_again(self, web: requests.Session, delivery: dict[str, Any]) -> bool:
        try:
            status = web.post(self._url, **delivery).status_code
        except requests.RequestException:
            with self._lock:
                self.unanswered += 1
            return True
        with self._lock:
            self.answers[status] += 1
            if status == 200:
                self.accepted.append(delivery["headers"]["X-Shopify-Webhook-Id"])
        return status >= 500


@contextmanager
def senders(address: str, secrets: list[str]) -> Iterator[Senders]:
    """They send while the block runs; afterwards each delivery has been answered for good."""
    made = Senders(address, secrets)
    threads = [threading.Thread(target=made.work) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    try:
        yield made
        made.end()
    except BaseException:
        made.end(broken_off=True)
        raise
    finally:
        for thread in threads:
            thread.join()
