"""What a shop could do instead: the usual rules and models, which our verdicts are held against."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from plugin.core import bgnbd
from plugin.core.pasts import Seen


class Said(NamedTuple):
    """What a method says of a customer."""

    client: bool
    score: float
    chance: float | None = None


Method = Callable[[int, Sequence[Seen]], Iterable[Said]]


def at_least_two_orders(_: int, seen: Sequence[Seen]) -> Iterator[Said]:
    """Who ordered twice is a client for ever."""
    for one in seen:
        orders = one.past.orders[one.many - 1]
        yield Said(orders >= 2, float(orders >= 2))


def rfm(day: int, seen: Sequence[Seen]) -> Iterator[Said]:
    """The fifths by recency, frequency and money, added up: a client from 10 of 15 on."""
    recency = _fifths([one.past.days[one.many - 1] - day for one in seen])
    frequency = _fifths([one.past.orders[one.many - 1] for one in seen])
    money = _fifths([one.past.spent[one.many - 1] for one in seen])
    for points in map(sum, zip(recency, frequency, money, strict=True)):
        yield Said(points >= 10, points)


def _fifths(values: Sequence[int]) -> list[int]:
    """1 to 5 by the share of values that are smaller."""
    smaller: dict[int, int] = {}
    for at, value in enumerate(sorted(values)):
        smaller.setdefault(value, at)
    return [1 + 5 * smaller[value] // len(values) for value in values]


class Bgnbd:
    """Who bought again and will so within the horizon with a good chance is a client; fitted anew each time."""

    CLIENT = 0.3

    def __init__(self, horizon: int) -> None:
        self._weeks = horizon / 7
        self._fitted: bgnbd.Fitted | None = None

    def say(self, day: int, seen: Sequence[Seen]) -> Iterator[Said]:
        """Scores are the purchases expected, which rank better than the chance of any."""
        watched = [_watched(one, day) for one in seen]
        fitted = self._fitted = bgnbd.fit(watched, start=self._fitted)
        said: dict[bgnbd.Watched, Said] = {}
        for one in set(watched):
            chance = bgnbd.chance(one, fitted, self._weeks)
            client = one.again > 0 and chance >= self.CLIENT
            said[one] = Said(client, bgnbd.purchases(one, fitted, self._weeks), chance)
        return map(said.__getitem__, watched)


def _watched(one: Seen, day: int) -> bgnbd.Watched:
    first, last = one.past.days[0], one.past.days[one.many - 1]
    return bgnbd.Watched(one.many - 1, (last - first + 3) // 7, (day - first + 3) // 7)
