"""What customers did, day by day, and how much of it had been by a day of looking back."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby
from operator import itemgetter
from typing import NamedTuple

from plugin.core.learning import History
from plugin.core.occasions import occasions
from plugin.core.orders import Judged


class Bought(NamedTuple):
    """One order that counts."""

    customer: str
    day: int
    amount: int  # minor units
    products: bytes  # core.orders.pack_products


class Past(NamedTuple):
    """A customer's history, and what each of its days brought."""

    history: History
    days: Sequence[int]
    orders: Sequence[int]  # up to and with that day
    spent: Sequence[int]  # as above, minor units


class Seen(NamedTuple):
    """A customer as of a day: only the first `many` days of theirs had been."""

    who: int
    past: Past
    many: int


class Look(NamedTuple):
    """A day on which something is said of every customer who is there, and whether they came back."""

    day: int
    seen: Sequence[Seen]
    returned: Sequence[bool]


def pasts(bought: Iterable[Bought]) -> list[Past]:
    """Each customer's past, of their orders in any order."""
    found = []
    for customer, theirs in groupby(sorted(bought), key=itemgetter(0)):
        orders = list(theirs)
        days = occasions(Judged(order.day, 0, False, order.products) for order in orders)
        upto = [bisect_right(orders, day, key=itemgetter(1)) for day, *_ in days]
        spent = list(accumulate(order.amount for order in orders))
        found.append(Past(History(customer, days), [day for day, *_ in days], upto, [spent[many - 1] for many in upto]))
    return found


def as_of(everybody: Sequence[Past], day: int, horizon: int) -> Look:
    """Whom that day knows, and who of them came back within the horizon."""
    had = ((who, past, bisect_right(past.days, day)) for who, past in enumerate(everybody))
    seen = [Seen(*one) for one in had if one[2]]
    until = day + horizon
    return Look(day, seen, [many < len(past.days) and past.days[many] <= until for _, past, many in seen])
