"""Orders that are known by their number only: Shopify shows the last 60 days until it grants `read_all_orders`."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Earlier(NamedTuple):
    """A customer's orders from before we can look; days are ordinals in the shop's zone."""

    orders: int
    since: int  # the day from which on they may have been placed
    until: int  # they were placed before this day: what is older and comes to light is one of them


class Seen(NamedTuple):
    """When an order that we have was placed."""

    day: int  # ordinal in the shop's zone
    at: int  # UTC ms


class Lifetime(NamedTuple):
    """What the shop says of a customer's orders without showing them."""

    orders: int  # how many there are
    since: int  # the day the customer came, ordinal
    last: Seen | None  # the newest of them; None: there is none, or the shop does not show it


EVERY_DAY = 10_000_000  # an order of this day counts as seen, whatever day we can look from


def learn(said: Lifetime, held: Sequence[Seen], *, look: int, asked_at: int, before: Earlier | None) -> Earlier | None:
    """The orders of a customer that are known by number only, when orders are shown from day `look` on; None: none.

    `held` are all that we have of them; those placed after the newest that the shop counted were not counted. What was
    known `before` stays as long as the number says the same: that nothing came since is worth knowing too.
    """
    if before is not None and _rest(said, held, until=before.until, asked_at=asked_at) == before.orders:
        return before if unseen(before, (one.day for one in held)) else None
    last, since, until = said.last, said.since, look
    if last is not None and last.day < look and not _among(held, last):
        since, until = last.day, last.day + 1
    found = Earlier(_rest(said, held, until=until, asked_at=asked_at), min(since, until - 1), until)
    return found if unseen(found, (one.day for one in held)) else None


def _rest(said: Lifetime, held: Sequence[Seen], *, until: int, asked_at: int) -> int:
    """How many were placed before `until`, whether they came to light since or not."""
    newest = asked_at if said.last is None else said.last.at
    seen = sum(one.day >= until and one.at // 1000 <= newest // 1000 for one in held)
    # Counted, and in sight, but its delivery is still to come.
    coming = said.last is not None and said.last.day >= until and not _among(held, said.last)
    return max(0, said.orders - seen - coming)


def _among(held: Sequence[Seen], last: Seen) -> bool:
    return any(one.at // 1000 == last.at // 1000 for one in held)


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
