"""What must be true at a shop where many hands are at work on the same tags: a model of whose tag is whose."""

from collections.abc import Iterator
from contextlib import contextmanager

from plugin.db import ledger, looks, tagging
from plugin.services import Services
from plugin.simulator.state import Shop
from tests.connected import Connected

NAMES = ("buyer", "client")
Names = frozenset[str]


class Whose:
    """The shop, and the model: every tag of our names has an owner."""

    def __init__(self, bakery: Connected) -> None:
        self.bakery = bakery
        self.owner: dict[tuple[int, str], str] = {}  # (customer, name) -> "ours" | "the merchant's", of all there are
        self.left: dict[int, Names] = {}  # what we left of our names, of whom that is certain
        self.edited: set[int] = set()  # whose tags with our names somebody else changed
        self.unheard: set[int] = set()  # the same, and no delivery tells of it any more
        self.foreign: dict[int, set[str]] = {}
        self.seen_writes = 0
        self.seen_line = 0

    @property
    def shop(self) -> Shop:
        return self.bakery.at_shopify

    @property
    def services(self) -> Services:
        return self.bakery.services

    def ours_named(self, person: int) -> Names:
        """Which of our names the customer carries, whoever set them."""
        return frozenset(tag.casefold() for tag in self.shop.customers[person].tags) & {*NAMES}

    def owned(self, person: int, owner: str) -> Names:
        return frozenset(name for name in NAMES if self.owner.get((person, name)) == owner)

    @property
    def people(self) -> list[int]:
        return list(self.foreign)

    @contextmanager
    def app(self) -> Iterator[None]:
        """While our app runs: whatever it wrote at the shop was its to write."""
        before = {person: self.ours_named(person) for person in self.people}
        waiting = self.bakery.known.paused_at is not None and not self.bakery.known.restoring
        yield
        self.take_over()
        written: set[int] = set()
        for write in self.shop.tag_writes[self.seen_writes :]:
            assert not (waiting and write.changed), "written while the merchant was asked"
            for tag in write.changed:
                self._written(write.customer, write.action, tag.casefold())
            if write.changed and write.customer not in written:
                written.add(write.customer)
                left = self.left.get(write.customer)
                assert left in {None, before[write.customer]}, "written over what somebody else made of our tag"
        self.seen_writes = len(self.shop.tag_writes)
        for person in written:
            row, under_way = self.books(person)
            self.left.pop(person, None)
            if row and not under_way and row.kind_at_shop != tagging.UNKNOWN:
                self.left[person] = self.ours_named(person)
        for person, tags in self.foreign.items():
            assert {tag for tag in self.shop.customers[person].tags if tag.casefold() not in NAMES} == tags

    def take_over(self) -> None:
        """A tag that marked a customer is ours once the merchant has lifted it."""
        with self.services.database.read() as tx:
            lines = tx.connection.exec_driver_sql(
                f"SELECT id, customer, tag FROM ledger WHERE action = 'adopt' AND id > {self.seen_line} ORDER BY id"
            )
            for line, customer, tag in lines:
                person = int(customer.rpartition("/")[2])
                if (person, tag.casefold()) in self.owner:
                    self.owner[person, tag.casefold()] = "ours"
                self.seen_line = line

    def _written(self, person: int, action: str, name: str) -> None:
        assert name in NAMES
        if action == "add":
            self.owner[person, name] = "ours"
        else:
            assert self.owner.pop((person, name)) == "ours", "a tag that was not ours was taken off"

    def check_settled(self) -> None:
        """Our tags say the verdicts wherever nobody forbids it, and every veto has a reason."""
        known = self.bakery.known
        for person in self.people:
            row, _ = self.books(person)
            if row is None or person in self.unheard:
                continue
            if row.veto is not None:
                assert person in self.edited, f"a veto that nobody gave: {row}"
            elif person in self.left and self.left[person] != self.ours_named(person):
                raise AssertionError(f"somebody else's change was not taken for one: {row}, left {self.left[person]}")
            elif row.held is None and known.writing:
                wanted = {known.tag_names[row.kind]} if row.kind else set()  # type: ignore[index]  # a Kind is a number
                assert self.ours_named(person) == wanted | self.owned(person, "the merchant's")

    def vetoed(self, person: int) -> bool:
        row, _ = self.books(person)
        return row is not None and row.veto is not None

    def books(self, person: int) -> tuple[looks.Standing | None, list[tuple[str, str, str]]]:
        key = f"Customer/{person}"
        with self.services.database.read() as tx:
            rows = looks.standing(tx, self.bakery.shop, [key])
            return rows.get(key), ledger.under_way(tx, self.bakery.shop, [key])
