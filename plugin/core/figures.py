"""The figures of a whole shop: who is what, who came back and how soon, and what each kind spent."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

COHORTS = 24  # months of first orders that are followed
SPENT = 12  # months of revenue, this one included
STEP = 30  # days that pass for a month after a first order
STEPS = 12


class Cohort(NamedTuple):
    """Who first ordered in a month (the ordinal of its first day), and how many of them bought a second time within
    1, 2, .. 12 times 30 days."""

    month: int
    customers: int
    again: tuple[int, ...]


class Revenue(NamedTuple):
    """What those who are now buyers and clients spent in a month, and what orders without a customer brought.

    After refunds; minor units.
    """

    month: int
    buyers: int
    clients: int
    nobody: int = 0


class Figures(NamedTuple):
    """What is counted of a shop on one of its days; no customer is named."""

    day: int
    none: int
    buyers: int
    clients: int
    again: int  # of the buyers and clients, who ever came back on another day
    orders: int
    to_tag: int
    refused: int
    cohorts: tuple[Cohort, ...]
    revenue: tuple[Revenue, ...]

    @property
    def customers(self) -> int:
        """Who ordered something that counts."""
        return self.buyers + self.clients

    @property
    def came_back(self) -> float | None:
        """The share of them who ever came back; None when there is nobody."""
        return self.again / self.customers if self.customers else None

    @property
    def spent_by_clients(self) -> float | None:
        """The clients' share of the revenue; None when there is none."""
        clients = sum(one.clients for one in self.revenue)
        spent = clients + sum(one.buyers for one in self.revenue)
        return clients / spent if spent > 0 else None


@lru_cache(maxsize=4096)
def month_of(day: int) -> int:
    """The first day of the day's month; ordinals."""
    return day - date.fromordinal(day).day + 1


def months_before(day: int, months: int) -> int:
    """The first day of the month so many months before the day's own; ordinals."""
    here = date.fromordinal(day)
    year, month = divmod(here.year * 12 + here.month - 1 - months, 12)
    return date(year, month + 1, 1).toordinal()


def shares(cohort: Cohort, today: int) -> list[float | None]:
    """The share who bought a second time within 30, 60, .. days; None where not all of them have had so long."""
    last = months_before(cohort.month, -1) - 1
    return [
        number / cohort.customers if last + STEP * step < today else None for step, number in enumerate(cohort.again, 1)
    ]


class Tally:
    """Adds up what slices of a shop come to, in whatever order they are read."""

    def __init__(self) -> None:
        self._kinds = [0, 0, 0]
        self._again = 0
        self._first: dict[int, list[int]] = {}  # month -> by step: 0 who has not come again, 1.. within so many steps
        self._spent: dict[int, list[int]] = {}  # month -> by kind
        self._nobody: dict[int, int] = {}  # month -> of orders without a customer

    def people(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """Rows of (kind, customers, those of them who came back)."""
        for kind, number, again in rows:
            self._kinds[kind] += number
            self._again += again if kind else 0

    def firsts(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """Rows of (day of the first order, the step in which the second came or 0, customers)."""
        for day, step, number in rows:
            by_step = self._first.setdefault(month_of(day), [0] * (STEPS + 1))
            by_step[step if step <= STEPS else 0] += number

    def amounts(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """Rows of (kind, day, minor units)."""
        for kind, day, amount in rows:
            self._spent.setdefault(month_of(day), [0, 0, 0])[kind] += int(amount)

    def nobodys(self, rows: Iterable[tuple[int, int]]) -> None:
        """Rows of (day, minor units), of orders that name no customer."""
        for day, amount in rows:
            month = month_of(day)
            self._nobody[month] = self._nobody.get(month, 0) + int(amount)

    def figures(self, *, day: int, orders: int, to_tag: int, refused: int) -> Figures:
        """All of it, on that day."""
        none, buyers, clients = self._kinds
        return Figures(
            day, none, buyers, clients, self._again, orders, to_tag, refused,
            tuple(self._cohort(month) for month in sorted(self._first)),
            tuple(self._month(months_before(day, back)) for back in reversed(range(SPENT))),
        )  # fmt: skip

    def _cohort(self, month: int) -> Cohort:
        never, *steps = self._first[month]
        return Cohort(month, never + sum(steps), tuple(sum(steps[: step + 1]) for step in range(STEPS)))

    def _month(self, month: int) -> Revenue:
        _, buyers, clients = self._spent.get(month, (0, 0, 0))
        return Revenue(month, buyers, clients, self._nobody.get(month, 0))
