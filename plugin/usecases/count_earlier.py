"""Find out, while an import reads customers, how many orders each placed before we can look."""

from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core.earlier import Earlier, Lifetime, Seen, learn, unseen
from plugin.core.moments import day_of
from plugin.db import earlier
from plugin.db.engine import Tx
from plugin.shopify.history import CustomerTags

WINDOW = 60  # days that Shopify shows without `read_all_orders`
ALL_ORDERS = "read_all_orders"


class Counted(NamedTuple):
    """What some customers placed before we can look."""

    changed: list[tuple[str, Earlier | None]]  # whose number is not the one that is kept
    orders: int  # of all of them together


def shows_all(scopes: str) -> bool:
    """Whether a shop that grants these comma-joined scopes shows every order."""
    return ALL_ORDERS in scopes.split(",")


def count_earlier(
    tx: Tx, shop: int, some: Sequence[CustomerTags], *, zone: ZoneInfo, today: int, asked_at: int
) -> Counted:
    """Compares what the shop says with the orders we have, which must all be read by then.

    Of whom no number was asked the shop shows every order. `asked_at` is UTC ms.
    """
    known = earlier.of_customers(tx, shop, [one.customer for one in some])
    held = earlier.held(tx, shop, [one.customer for one in some if one.orders])
    # The window begins in the middle of its first day.
    look = today - WINDOW + 1
    learnt: dict[str, Earlier | None] = {}
    for one in some:
        theirs = held.get(one.customer, [])
        said = Lifetime(one.orders or 0, day_of(one.created_at, zone), _seen(one.last_order_at, zone))
        learnt[one.customer] = learn(said, theirs, look=look, asked_at=asked_at, before=known.get(one.customer))
    return Counted(
        [(key, now) for key, now in learnt.items() if now != known.get(key)],
        sum(unseen(now, (one.day for one in held.get(key, []))) for key, now in learnt.items()),
    )


def _seen(at: int | None, zone: ZoneInfo) -> Seen | None:
    return None if at is None else Seen(day_of(at, zone), at)
