"""Puts a purchase history into a shop: silently up to a day, which becomes today; the rest is left for the player."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from plugin.simulator import money
from plugin.simulator.history import Item, Purchase
from plugin.simulator.ids import fresh
from plugin.simulator.merchant import add_customer, add_order
from plugin.simulator.state import Line, Shop, World

# (one customer in so many, tag): tags of other people's making, which must survive whatever an app does.
FOREIGN_TAGS = ((4, "newsletter"), (25, "VIP list"), (3, "imported 1997"))


class Due(NamedTuple):
    """A purchase that is still to come, at a moment of the shops' calendar (ms)."""

    at: int
    purchase: Purchase


@dataclass
class Loaded:
    """Which id each customer and product of the file has at the shop, and what the file still holds for later days."""

    customers: dict[str, int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)
    rest: list[Due] = field(default_factory=list)
    imported: int = 0  # orders
    shift: int = 0  # days that were added to every date of the file


def load(world: World, shop: Shop, history: Iterable[Purchase], *, import_until: date | None = None) -> Loaded:
    """Shift `history` by whole days so that `import_until` (None: its last day) is the shop's today; add it up to then.

    Times are spread over the shop's day, always the same for the same purchase; those of today lie before now.
    """
    purchases = list(history)
    last = import_until or max((purchase.day for purchase in purchases), default=date.min)
    now = world.now()
    today = datetime.fromtimestamp(now / 1000, ZoneInfo(shop.zone)).date()
    shift = today - last
    due = sorted(_dated(purchases, shift, shop, now), key=lambda it: it.at)
    loaded = Loaded(shift=shift.days)
    with world.lock:
        for it in due:
            if it.purchase.day <= last:
                add_order(shop, customer=customer_id(shop, loaded, it), at=it.at, **order_fields(shop, loaded, it))
                loaded.imported += 1
    loaded.rest = [it for it in due if it.purchase.day > last]
    return loaded


def customer_id(shop: Shop, loaded: Loaded, due: Due, *, joined: bool = False) -> int:
    """The shop's id for the purchase's customer, who is added if this is the first time."""
    name = due.purchase.customer
    if name not in loaded.customers:
        mark = zlib.crc32(name.encode())
        tags = () if joined else [tag for one_in, tag in FOREIGN_TAGS if mark % one_in == 0]
        loaded.customers[name] = add_customer(shop, at=due.at, joined=joined, tags=tags).id
    return loaded.customers[name]


def order_fields(shop: Shop, loaded: Loaded, due: Due) -> dict[str, Any]:
    """Lines, total and discount of the order that a purchase becomes.

    A purchase without product gets lines without product id. The few cents of an amount that do not divide by the
    quantity are in the total but in no line's price, as shipping is.
    """
    items = due.purchase.items
    amounts = [money.minor(item.amount, shop.currency) for item in items]
    discounts = [money.minor(item.discount, shop.currency) for item in items]
    lines = [_line(shop, loaded, *parts) for parts in zip(items, amounts, discounts, strict=True)]
    return {"lines": lines, "total": sum(amounts), "discount": sum(discounts)}


def _line(shop: Shop, loaded: Loaded, item: Item, amount: int, discount: int) -> Line:
    if item.product is not None and item.product not in loaded.products:
        loaded.products[item.product] = fresh(shop, "product")
    product = None if item.product is None else loaded.products[item.product]
    return Line(fresh(shop, "line"), product, item.quantity, (amount + discount) // item.quantity, discount)


def _dated(purchases: list[Purchase], shift: timedelta, shop: Shop, now: int) -> Iterable[Due]:
    zone = ZoneInfo(shop.zone)
    bounds: dict[date, tuple[int, int]] = {}
    for number, purchase in enumerate(purchases):
        day = purchase.day + shift
        if day not in bounds:
            bounds[day] = day_bounds(day, zone)
        start, end = bounds[day]
        if start <= now < end:
            end = now
        share = zlib.crc32(f"{purchase.customer}/{purchase.day}/{number}".encode()) / 2**32
        yield Due(start + int(share * (end - start)), purchase)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """The first moment (UTC ms) of a day in a zone, and of the day after it."""
    first = datetime.combine(day, time(), zone)
    after = datetime.combine(day + timedelta(days=1), time(), zone)
    return int(first.timestamp()) * 1000, int(after.timestamp()) * 1000
