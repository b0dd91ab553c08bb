"""Keep every delivery before it is answered: one committer writes whatever arrived during the last commit."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue

from sqlalchemy.exc import IntegrityError

from plugin.db import inbox, reconciliations, shops
from plugin.db.engine import Database, Tx

log = logging.getLogger(__name__)

MOST_WAITING = 4096  # deliveries
MOST_BYTES = 64 * 1024 * 1024
BATCH = 256
# While deliveries come in crowds it pays to wait for the rest of one: a commit costs more than that. One that comes
# alone never waits. (PostgreSQL's commit_delay and commit_siblings are the same idea.)
CROWD = 4  # deliveries
GATHER = 0.001  # seconds
AN_HOUR = 3_600_000  # ms from then on until a shop whose deliveries were turned away is reconciled
PATIENCE = 4.0  # seconds; Shopify waits 5


class Ticket:
    """One delivery on its way to the disk; `durable` says how it went once `settled` is free."""

    __slots__ = ("body", "domain", "durable", "received_at", "settled", "topic", "triggered_at", "webhook_id")

    def __init__(
        self, *, domain: str, webhook_id: str, received_at: int, topic: str, triggered_at: int, body: bytes
    ) -> None:
        self.domain = domain
        self.webhook_id = webhook_id
        self.received_at = received_at
        self.topic = topic
        self.triggered_at = triggered_at
        self.body = body
        self.durable = False
        self.settled = threading.Lock()
        self.settled.acquire()


class Committer:
    """The one thread that writes deliveries; `nudge` is called with each shop that received some."""

    def __init__(self, database: Database, nudge: Callable[[int], None]) -> None:
        self._database = database
        self._nudge = nudge
        self._queue: SimpleQueue[Ticket | None] = SimpleQueue()
        self._bytes = 0
        self._counting = threading.Lock()
        self._numbers: dict[str, int] = {}
        self._missed: set[str] = set()  # domains of the deliveries that were turned away, until that is written down
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)

    def start(self) -> None:
        """Begins to write."""
        self._thread.start()

    def stop(self) -> None:
        """Writes what has arrived, then ends."""
        self._stopping = True
        self._queue.put(None)
        self._thread.join()

    def ping(self) -> None:
        """Raises when the thread is gone."""
        if not self._thread.is_alive():
            raise RuntimeError("the committer has stopped")

    def keep(self, ticket: Ticket) -> bool:
        """Waits until the delivery is on disk; False when there is no room or it takes too long: it must come again."""
        kept = self._kept(ticket)
        if not kept:
            with self._counting:
                self._missed.add(ticket.domain)
        return kept

    def _kept(self, ticket: Ticket) -> bool:
        if self._stopping or self._queue.qsize() >= MOST_WAITING or self._bytes > MOST_BYTES:
            return False
        with self._counting:
            self._bytes += len(ticket.body)
        self._queue.put(ticket)
        return ticket.settled.acquire(timeout=PATIENCE) and ticket.durable

    def _run(self) -> None:
        going, last = True, 0
        while going and (first := self._queue.get()) is not None:
            if last > CROWD and self._queue.qsize() < last // 2:
                time.sleep(GATHER)
            batch = [first]
            try:
                while going and len(batch) < BATCH:
                    ticket = self._queue.get_nowait()
                    if ticket is None:
                        going = False
                    else:
                        batch.append(ticket)
            except Empty:
                pass
            with self._counting:
                self._bytes -= sum(len(one.body) for one in batch)
            self._settle(batch)
            last = len(batch)

    def _settle(self, batch: list[Ticket]) -> None:
        try:
            touched = self._write(batch)
        except Exception:
            log.exception("%d deliveries could not be kept; Shopify will send them again", len(batch))
            touched = set()
        for ticket in batch:
            ticket.settled.release()
        for shop in touched:
            try:
                self._nudge(shop)
            except Exception:
                # The clock finds the deliveries within a minute; this thread must go on.
                log.exception("shop %d could not be nudged", shop)

    def _write(self, batch: list[Ticket]) -> set[int]:
        try:
            return self._commit(batch)
        except IntegrityError:
            # A shop was erased since we learnt its number.
            self._numbers.clear()
            return self._commit(batch)

    def _commit(self, batch: list[Ticket]) -> set[int]:
        learnt: dict[str, int] = {}
        with self._counting:
            missed = frozenset(self._missed)
        with self._database.write() as tx:
            deliveries = list(self._numbered(tx, batch, learnt))
            inbox.accept(tx, deliveries)
            self._own_up(tx, missed, at=batch[-1].received_at + AN_HOUR)
        with self._counting:
            self._missed -= missed
        # Only now: a number that was rolled back may be given to another shop.
        self._numbers.update(learnt)
        for ticket in batch:
            ticket.durable = True
        return {delivery.shop for delivery in deliveries}

    def _own_up(self, tx: Tx, missed: Iterable[str], *, at: int) -> None:
        """Shopify sends what was turned away again, some times; should it give up, a reconciliation finds it."""
        for domain in missed:
            known = shops.find(tx, domain)
            if known is not None:
                reconciliations.missed(tx, known.shop, at=at)

    def _numbered(self, tx: Tx, batch: list[Ticket], learnt: dict[str, int]) -> Iterable[inbox.Delivery]:
        for ticket in batch:
            domain = ticket.domain
            shop = self._numbers.get(domain) or learnt.get(domain)
            if shop is None:
                shop = learnt[domain] = shops.know(tx, domain)
            yield inbox.Delivery(
                shop, ticket.webhook_id, ticket.received_at, ticket.topic, ticket.triggered_at, ticket.body
            )
