"""Orders that are known by their number only: Shopify shows the last 60 days until it grants `read_all_orders`."""

from collections.abc import Iterable
from typing import NamedTuple


class Earlier(NamedTuple):
    """A customer's orders from before we can look; days are ordinals in the shop's zone."""

    orders: int
    since: int  # the day from which on they may have been placed
    until: int  # they were placed before this day: what is older and comes to light is one of them


def unseen(earlier: Earlier | None, days: Iterable[int]) -> int:
    """How many of them are still out of sight when orders of these days are known; counted or not, each was one."""
    if earlier is None:
        return 0
    return max(0, earlier.orders - sum(day < earlier.until for day in days))


def last_of(earlier: Earlier, number: int) -> int:
    """The day that the last of so many is taken to have been placed on: the first came when the customer did, and the
    others fell anywhere in between."""
    last = earlier.until - 1
    first = min(earlier.since, last)
    return first + (last - first) * (number - 1) // number
