"""Many hands at work on the same tags: customers, the merchant, another app, time, and our app, which may die."""

import itertools
import json
import random
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import pytest
import requests

from plugin.core.undo import Span
from plugin.db import inbox, tagging
from plugin.db.inbox import Delivery
from plugin.errors import GiveUp
from plugin.simulator.merchant import add_customer, change_tags, place_order, refund_order
from plugin.simulator.state import Line
from plugin.usecases.answer_vanished import respect_removal, restore_tags
from plugin.usecases.drain_inbox import drain_inbox
from plugin.usecases.import_history import import_again, import_history
from plugin.usecases.plan_sync import split
from plugin.usecases.sweep import sweep
from plugin.usecases.sync_tags import sync_tags
from plugin.usecases.undo import begin_undo, preview_undo
from plugin.usecases.vetoes import lift_veto
from tests.connected import Connected
from tests.usecases.test_import_stopped import Died, dying
from tests.usecases.whose import NAMES, Names, Whose

TAGS_TOLD = ("customer.tags_added", "customer.tags_removed")


class Mark(NamedTuple):
    """A moment at which all was settled: when, the last line of the ledger, and what was ours of each customer."""

    at: int
    line: int
    ours: dict[int, Names]


class Hands(Whose):
    """Their deeds, and the wire that deliveries have yet to travel."""

    def __init__(self, bakery: Connected) -> None:
        super().__init__(bakery)
        self.wire: list[tuple[str, dict[str, Any]]] = []
        self.numbers = itertools.count(1)
        self.stale: dict[int, list[str]] = {}  # another app's old copy of everybody's tags
        self.products = itertools.cycle(range(1, 6))
        bakery.world.emit = lambda shop, topic, payload: self.wire.append((topic, payload))
        bakery.change(tagging=True)
        for number in range(5):
            person = add_customer(self.shop, at=bakery.world.now(), joined=False, tags=("vip",) if number % 2 else ())
            self.foreign[person.id] = {*person.tags}
        self.import_again()

    # What other hands do.

    def edit(self, person: int, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Somebody changes tags in the admin, or an app does."""
        books, under_way = self.books(person)
        before = self.ours_named(person)
        with self.bakery.world.lock:
            change_tags(self.bakery.world, self.shop, self.shop.customers[person], add=add, remove=remove)
        after = self.ours_named(person)
        # Of a tag that goes and comes again before anybody looked, nobody can tell that it is another one.
        still_ours = {tag.casefold() for tag in split(books.tags_ours)} if books else set()
        still_ours |= {tag.casefold() for _, action, tag in under_way if action == "add"}
        for name in after - before:
            self.owner[person, name] = "ours" if name in still_ours else "the merchant's"
        for name in before - after:
            del self.owner[person, name]
        if before != after:
            self.edited.add(person)
            if under_way or (books and books.kind_at_shop == tagging.UNKNOWN):
                self.left.pop(person, None)  # nobody can tell the edit from a change of ours that went wrong
        gone = {tag.casefold() for tag in remove}
        self.foreign[person] = {tag for tag in self.foreign[person] if tag.casefold() not in gone}
        self.foreign[person] |= {tag for tag in add if tag.casefold() not in NAMES}

    def copy(self) -> None:
        """Another app reads everybody's tags."""
        self.stale = {key: list(person.tags) for key, person in self.shop.customers.items()}

    def overwrite(self, people: Iterable[int]) -> None:
        """It writes its old copy back, the whole list of each."""
        for person in people:
            if person in self.stale:
                now = self.shop.customers[person].tags
                have, want = ({tag.casefold(): tag for tag in tags} for tags in (now, self.stale[person]))
                add = [tag for name, tag in want.items() if name not in have]
                self.edit(person, add=add, remove=[tag for name, tag in have.items() if name not in want])

    def order(self, person: int) -> None:
        line = Line(next(self.numbers) * 10, product=next(self.products), quantity=1, price=2000)
        with self.bakery.world.lock:
            place_order(self.bakery.world, self.shop, customer=person, lines=[line], at=self.bakery.world.now())

    def refund(self, person: int) -> None:
        with self.bakery.world.lock:
            for order in self.shop.orders.values():
                if order.customer == person and order.status == "paid":
                    refund_order(self.bakery.world, self.shop, order, at=self.bakery.world.now())

    # What our app does.

    def deliver(self, number: int, *, seed: int, twice: bool = False) -> None:
        """Some deliveries arrive, whichever and in any order, and are worked off."""
        self._receive(number, seed=seed, twice=twice)
        with self.app():
            while drain_inbox(self.services, self.bakery.shop) is not None:
                pass

    def _receive(self, number: int, *, seed: int, twice: bool = False) -> None:
        random.Random(seed).shuffle(self.wire)
        some, self.wire = self.wire[:number], self.wire[number:]
        moment = self.services.now()
        told = [
            Delivery(self.bakery.shop, f"w-{next(self.numbers)}", moment, topic, moment, json.dumps(payload).encode())
            for topic, payload in some * (1 + twice)
        ]
        with self.services.database.write() as tx:
            inbox.accept(tx, told)

    def lose(self) -> None:
        """The word of one change of tags never comes."""
        for place, (topic, payload) in enumerate(self.wire):
            if topic in TAGS_TOLD:
                del self.wire[place]
                self.unheard.add(int(payload["customerId"].rpartition("/")[2]))
                return

    def turn(self) -> None:
        with self.app():
            sync_tags(self.services, self.bakery.shop)

    def settle(self) -> None:
        """Everything that travels arrives, and there is nothing left to do."""
        self.deliver(len(self.wire), seed=0)
        with self.app():
            _run(lambda: sync_tags(self.services, self.bakery.shop))
        if self.wire:  # the echo of what was just written
            self.settle()

    def import_again(self) -> None:
        """The whole shop is read anew."""
        import_again(self.services, self.bakery.shop)
        with self.app():
            _run(lambda: import_history(self.services, self.bakery.shop))
        self.unheard.clear()

    def pass_days(self, days: int) -> None:
        """Time goes by at the shop, and its midnight comes."""
        self.bakery.send("calendar", advance=days * 86_400_000)
        self.restart()
        with self.app():
            sweep(self.services, self.bakery.shop)

    def crash(self, what: str, at: int) -> None:
        """What travels arrives; the process dies before its n-th write or call, or an answer, and starts anew."""
        self._receive(len(self.wire), seed=at)
        where, name = (self.services.database, "write") if what == "write" else (requests.Session, "send")
        with self.app(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(where, name, dying(getattr(where, name), at=at, answered=what == "answer"))
            try:
                while drain_inbox(self.services, self.bakery.shop) is not None:
                    pass
                _run(lambda: sync_tags(self.services, self.bakery.shop))
            except Died:
                pass
        self.restart()

    def restart(self) -> None:
        self.services.close()
        self.bakery.services = self.bakery.another()

    def lift(self, person: int) -> None:
        """The merchant lets us write again."""
        lift_veto(self.services, self.bakery.shop, f"Customer/{person}")
        self.take_over()
        if person in self.edited:
            self.left.pop(person, None)

    def answer(self, *, restore: bool) -> None:
        """The merchant says what is to become of many vanished tags."""
        if self.bakery.known.paused_at is not None:
            (restore_tags if restore else respect_removal)(self.services, self.bakery.shop)
            if restore:
                self.left.clear()

    def mark(self) -> Mark:
        """Remembers what is ours, once all is settled."""
        self.settle()
        time.sleep(0.002)  # the ledger counts milliseconds
        with self.services.database.read() as tx:
            line = max(one for (one,) in tx.connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM ledger"))
        return Mark(self.services.now(), line, {person: self.owned(person, "ours") for person in self.people})

    def undo(self, mark: Mark) -> None:
        """Everything since then is undone; whom it concerns carries exactly what they carried of ours."""
        self.settle()
        expected = {person: mark.ours[person] for person in self.people if self._plainly_within(mark, person)}
        before = {person: self.ours_named(person) for person in self.people if self.vetoed(person)}
        try:
            preview = preview_undo(self.services, self.bakery.shop, Span(0, since=mark.at))
            begin_undo(self.services, self.bakery.shop, preview)
        except GiveUp:
            return
        self.settle()
        for person, ours in expected.items():
            assert self.owned(person, "ours") == ours
        for person, carried in before.items():
            assert self.ours_named(person) == carried

    def _plainly_within(self, mark: Mark, person: int) -> bool:
        """Whether something happened to the customer since, all of it ours, and none of it an undo."""
        row, _ = self.books(person)
        with self.services.database.read() as tx:
            causes = [
                cause
                for line, state, cause in tx.connection.exec_driver_sql(
                    f"SELECT id, state, cause FROM ledger WHERE customer = 'Customer/{person}'"  # a number
                )
                if line > mark.line and state in {"done", "unknown"}
            ]
        odd = person in self.edited or row is None or row.held is not None or row.veto is not None
        return bool(causes) and not odd and not any(cause.startswith("undo") for cause in causes)


def _run(job: Callable[[], float | None]) -> None:
    until = time.monotonic() + 30
    while (pause := job()) is not None:
        assert time.monotonic() < until, "it never ends"
        time.sleep(min(pause, 0.01))
