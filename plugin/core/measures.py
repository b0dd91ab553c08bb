"""How good predictions were: ranking, hits and misses, and how far each number may be off by chance."""

from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from statistics import fmean
from typing import NamedTuple

GROUPS = 50  # of customers; each number is worked out once without each of them
_SURE = 1.96  # standard errors to each side: 95 in 100


class Told(NamedTuple):
    """What was said of one customer on one day, and what came of it."""

    group: int  # below GROUPS, the same for a customer always
    client: bool
    score: float  # of two customers the one with the higher score should come back
    chance: float | None  # None: the method gives none
    returned: bool
    changed: bool | None  # whether `client` was another a month before; None: there was nothing before


class Measured(NamedTuple):
    """A number with the interval that holds it in 95 of 100 such samples of customers."""

    value: float
    low: float
    high: float


class Counts(NamedTuple):
    """What was said of a group of customers on one day."""

    hits: int  # clients who came back
    false_alarms: int  # clients who did not
    misses: int  # buyers who came back
    rest: int  # buyers who did not
    squared: float | None  # sum of the squared differences between chance and what came of it
    changed: int
    known: int  # of whom something was said a month before


Figure = Callable[[Counts], float | None]


def f1(seen: Counts) -> float | None:
    """The harmonic mean of precision and recall."""
    wrong = seen.false_alarms + seen.misses
    return 2 * seen.hits / (2 * seen.hits + wrong) if seen.hits or wrong else None


def precision(seen: Counts) -> float | None:
    """Of the clients, which share came back."""
    clients = seen.hits + seen.false_alarms
    return seen.hits / clients if clients else None


def recall(seen: Counts) -> float | None:
    """Of those who came back, which share were clients."""
    returned = seen.hits + seen.misses
    return seen.hits / returned if returned else None


def brier(seen: Counts) -> float | None:
    """How far chances lay from what came of them, squared: 0 is perfect."""
    everybody = sum(seen[:4])
    return seen.squared / everybody if everybody and seen.squared is not None else None


def flips(seen: Counts) -> float | None:
    """Of 100 customers who were there a month before, how many changed between buyer and client."""
    return 100 * seen.changed / seen.known if seen.known else None


def came_back(seen: Counts) -> float | None:
    """Which share of all customers came back."""
    everybody = sum(seen[:4])
    return (seen.hits + seen.misses) / everybody if everybody else None


def clients(seen: Counts) -> float | None:
    """Which share of all customers were clients."""
    everybody = sum(seen[:4])
    return (seen.hits + seen.false_alarms) / everybody if everybody else None


def count(told: Sequence[Told]) -> list[Counts]:
    """The counts of each group."""
    groups: list[list[Told]] = [[] for _ in range(GROUPS)]
    for one in told:
        groups[one.group].append(one)
    return [_counted(group) for group in groups]


def _counted(group: Sequence[Told]) -> Counts:
    cells = [0, 0, 0, 0]
    for one in group:
        cells[2 * (not one.client) + (not one.returned)] += 1
    squares = [(one.chance - one.returned) ** 2 for one in group if one.chance is not None]
    known = [one.changed for one in group if one.changed is not None]
    squared = sum(squares) if len(squares) == len(group) else None
    hits, false_alarms, misses, rest = cells
    return Counts(hits, false_alarms, misses, rest, squared, sum(known), len(known))


def over_days(days: Sequence[Sequence[Counts]], figure: Figure) -> Measured | None:
    """The mean of a figure over days, each counted by groups; None where it has no value on any."""

    def without(group: int | None) -> float | None:
        values = [figure(_total(day, group)) for day in days]
        there = [value for value in values if value is not None]
        return fmean(there) if there else None

    return _interval(without)


def _total(day: Sequence[Counts], left_out: int | None) -> Counts:
    there = [counts for group, counts in enumerate(day) if group != left_out]
    hits, false_alarms, misses, rest, squares, changed, known = zip(*there, strict=True)
    given = [square for square in squares if square is not None]
    squared = sum(given) if len(given) == len(squares) else None
    return Counts(sum(hits), sum(false_alarms), sum(misses), sum(rest), squared, sum(changed), sum(known))


def auc(told: Sequence[Told]) -> Measured | None:
    """How often one who came back had the higher score of two; None where all or none came back."""
    ranked = sorted(told, key=itemgetter(2))

    def without(group: int | None) -> float | None:
        lower = returned = won = 0.0  # `lower`: who did not come back and has a lower score
        for _, alike in groupby((one for one in ranked if one[0] != group), key=itemgetter(2)):
            came = [one[4] for one in alike]
            hits = sum(came)
            others = len(came) - hits
            won += hits * (lower + others / 2)
            lower, returned = lower + others, returned + hits
        return won / (lower * returned) if lower and returned else None

    return _interval(without)


def _interval(without: Callable[[int | None], float | None]) -> Measured | None:
    """The jackknife: how much a number moves when a group of customers is left out tells how far chance may move it."""
    value = without(None)
    if value is None:
        return None
    others = [other for group in range(GROUPS) if (other := without(group)) is not None]
    middle = fmean(others) if others else value
    error = ((GROUPS - 1) / GROUPS * sum((other - middle) ** 2 for other in others)) ** 0.5
    return Measured(value, value - _SURE * error, value + _SURE * error)
