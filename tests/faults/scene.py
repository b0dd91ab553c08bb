"""A shop with a history, other people's tags and a busy day, the app beside it, and the check when a fault is over."""

import csv
import threading
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.simulator.history import CDNOW, read
from tests.faults import check
from tests.faults.check import Findings
from tests.faults.disk_and_clock import DiskAndClock
from tests.journeys.app import SECRET
from tests.journeys.journey import Journey
from tests.journeys.senders import Senders, senders

ZONE = "Europe/Brussels"
PATIENCE = 150.0  # seconds until all must be right; a call that failed for long is tried again after 30
SMALL = 250  # customers
CROISSANT, CAKE, TART = 11, 12, 13
FAIR = {"bucket": 2000.0, "restore_rate": 100.0, "api_status": 0, "api_failures": 0, "throttle_answers": 0}
HONEST = {"lose_answers": 0, "cut_answers": 0, "stall_answers": 0, "answer_version": "", "bulk_delay": 0.0}
QUIET = {"repeat": 0.0, "reorder": 0.0, "delay": 0.0, "drop": 0.0}


class Outcome(NamedTuple):
    """What a fault has left behind, and the seconds from its end until all was right (or patience ended)."""

    findings: Findings
    seconds: float


class Scene(Journey):
    """An app and a shop to which things happen."""

    def __init__(self, folder: Path, *, customers: int = SMALL) -> None:
        super().__init__(folder, history=_cut(folder, customers), zone=ZONE)
        self.disk_and_clock = DiskAndClock(folder)
        self.app.environment |= self.disk_and_clock.environment()
        self.folder = folder
        self.database = folder / "regulars.db"
        self.accepted: set[str] = set()
        self.parked = 0
        self.foreign = {row["id"]: set(row["tags"]) for row in self.shopify.rows("customers")}
        self.vetoed: dict[int, set[str]] = {}
        self.people = sorted(self.foreign)
        self._latest: list[int] = []
        self._over = 0.0

    def close(self) -> None:
        """Ends all of it."""
        super().close()
        self.disk_and_clock.close()

    def over(self) -> None:
        """The fault ends now; without this, when its function does."""
        self._over = time.monotonic()

    def fair(self) -> None:
        """Shopify is itself again, and so are disk and clock."""
        self.shopify.knobs(**FAIR, **HONEST, **QUIET)
        self.disk_and_clock.are()

    def outcome(self) -> Outcome:
        """Waits until all is right, as long as patience lasts; what is wrong then."""
        ended = self._over or time.monotonic()
        self._over = 0.0
        while True:
            findings = self._findings()
            seconds = time.monotonic() - ended
            if findings.clean or seconds > PATIENCE:
                return Outcome(findings, seconds)
            time.sleep(0.2)

    def _findings(self) -> Findings:
        # The app looks at the calendar twice a second.
        if not self.is_settled() or self.app.status()["today"] != self._today():
            return Findings(wrong=1, words=(f"not settled: {self.app.status()}",))
        shopify = check.Shopify(
            self.shopify.rows("customers"),
            self.shopify.rows("orders"),
            self.shopify.writes(),
            self.accepted | self.shopify.taken(),
        )
        today = self.app.status()["today"]
        deeds = check.Deeds(self.foreign, self.vetoed)
        return check.find(self.app.environment["DATABASE_URL"], shopify, deeds, today=today, parked=self.parked)

    def _today(self) -> int:
        return datetime.fromtimestamp(self.shopify.now() / 1000, ZoneInfo(ZONE)).date().toordinal()

    def deeds(self, number: int, chance: Random) -> None:
        """So many things that happen at a shop on any day, one after the other."""
        for _ in range(number):
            self._deed(chance)

    def _deed(self, chance: Random) -> None:
        what = chance.random()
        customer = chance.choice(self.people)
        if what < 0.5:
            self.shopify.bought(chance.choice((CROISSANT, CAKE, TART)), customer=customer)
        elif what < 0.7:
            self.people.append(self.shopify.bought(CROISSANT)["customer"])
        elif what < 0.8:
            tag = f"friend {chance.randrange(5)}"
            self.shopify.edit_tags(customer, add=[tag])
            self.foreign.setdefault(customer, set()).add(tag)
        elif self._latest:
            self.shopify.order(chance.choice(("cancel", "refund", "update", "delete")), order=self._latest.pop())
        else:
            self._latest.append(self.shopify.bought(TART, customer=customer)["id"])

    @contextmanager
    def busy(self, chance: Random) -> Iterator[Senders]:
        """While the block runs deeds and deliveries come; afterwards every delivery begun was answered for good.

        So the app must be up when the block ends.
        """
        ended = threading.Event()
        own = Random(chance.random())

        def work() -> None:
            while not ended.wait(0.02):
                self._deed(own)

        thread = threading.Thread(target=work)
        try:
            with senders(self.app.address, [SECRET]) as sent:
                thread.start()
                try:
                    yield sent
                finally:
                    ended.set()
                    thread.join()
        finally:
            self.accepted |= set(sent.accepted)

    def tell(self, topic: str, body: bytes) -> None:
        """A delivery of ours, signed and with an id of its own, that must be answered with 200."""
        name = str(uuid.uuid4())
        self.deliver(topic, body, name)
        self.accepted.add(name)


def _cut(folder: Path, customers: int) -> Path:
    """The first customers of the CDNOW history, with all their orders; every other order names a product."""
    path = folder / "history.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("customer", "date", "amount", "product"))
        for one in read(CDNOW):
            if int(one.customer) <= customers:
                product = zlib.crc32(f"{one.customer}/{one.day}".encode()) % 7
                writer.writerow((one.customer, one.day, one.items[0].amount, product and f"disc {product}"))
    return path


@contextmanager
def scene(folder: Path, *, customers: int = 0) -> Iterator[Scene]:
    """A scene with its app up: with tagging on, or, when `customers` says how many, not installed yet."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Scene(folder, customers=customers or SMALL)
    try:
        made.app.start()
        if not customers:
            made.tagging()
        yield made
    finally:
        made.close()
