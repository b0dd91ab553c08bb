"""Customers as a merchant looks through them: filtered, in an order, a page at a time in either direction.

Each order has its index, and a page begins where the last one ended in it. Filters on other columns are tried row by
row on the way, WALK rows at most: who looks for something rare gets a page that is not full, and where it stopped.
"""

from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import TextClause, text

from plugin.db.engine import Tx

WALK = 2500  # rows tried for a page


class Sort(StrEnum):
    """What customers stand in order of."""

    LAST = "last"  # the day of the last counted order
    CERTAINTY = "certainty"
    LAPSE = "lapse"  # of clients
    SINCE = "since"  # the day their kind began
    BY_HAND = "by hand"  # the key, of those whose tag the merchant changed, or whom they marked
    NEITHER = "neither"  # the key, of those without a counted order; the first four do not have these


class Place(NamedTuple):
    """Where a page begins, and which way it goes from there."""

    value: int  # of the sort; 0 where that is the key
    customer: str
    onward: bool  # in the order that was asked for, or against it
    itself: bool  # whether this row belongs to it

    def turned(self) -> "Place":
        """The page that ends where this one begins."""
        return self._replace(onward=not self.onward, itself=not self.itself)


class Wanted(NamedTuple):
    """Filters, None each for no matter; days in the shop's zone, ends included.

    Kind 0 has only `Sort.NEITHER`, `by_hand` only `Sort.BY_HAND`, also for kind 0.
    """

    kind: int | None = None
    tens_from: int | None = None
    tens_to: int | None = None
    since_from: int | None = None
    since_to: int | None = None
    lapse_from: int | None = None  # of clients
    lapse_to: int | None = None
    by_hand: bool | None = None  # whether the merchant changed their tag or marked them


class Listed(NamedTuple):
    """A customer in the list; days are ordinals."""

    value: int  # of the sort
    customer: str
    kind: int
    provisional: bool
    tens: int
    orders: int  # counted
    earlier: int  # orders known by number only
    last_day: int | None
    since: int | None
    lapse_on: int | None
    lapsed: bool
    held: str | None
    veto: str | None
    override: int | None
    objects: bool
    sale_opt_out: bool


class Page(NamedTuple):
    """What was found, in the order asked for; the places of the pages around it, None where there is none."""

    customers: list[Listed]
    back: Place | None
    onward: Place | None
    searched: int | None  # so many customers were looked at and the page is not full; there are more


_KEY = "0"  # the value where the key alone is compared
# Order -> what is compared, whom its index has, and the filters that are ends of it.
_VALUE = {
    Sort.LAST: "last_day",
    Sort.CERTAINTY: "tens",
    Sort.LAPSE: "lapse_on",
    Sort.SINCE: "since",
    Sort.BY_HAND: _KEY,
    Sort.NEITHER: _KEY,
}
_AMONG = {
    Sort.LAST: "merged_into IS NULL",
    Sort.CERTAINTY: "last_day IS NOT NULL",
    Sort.LAPSE: "kind = 2",
    Sort.SINCE: "last_day IS NOT NULL",
    Sort.BY_HAND: "(veto IS NOT NULL OR override IS NOT NULL)",
    Sort.NEITHER: "merged_into IS NULL AND last_day IS NULL",
}
# Who has no such day stands in its index too.
_LEAST = {Sort.LAST: "last_day >= 0", Sort.LAPSE: "lapse_on >= 0"}
_ENDS = {Sort.CERTAINTY: "tens", Sort.LAPSE: "lapse", Sort.SINCE: "since"}
_TRIED = {
    "kind": "kind = :kind",
    "by_hand": "veto IS NULL AND override IS NULL",
    "tens_from": "tens >= :tens_from",
    "tens_to": "tens <= :tens_to",
    "since_from": "since >= :since_from",
    "since_to": "since <= :since_to",
    "lapse_from": "kind = 2 AND lapse_on >= :lapse_from",
    "lapse_to": "kind = 2 AND lapse_on <= :lapse_to",
}
_COLUMNS = (
    "customer, kind, provisional, tens, counted, earlier, last_day, since, lapse_on, lapsed, held, veto,"
    " override, objects, sale_opt_out"
)
_ONE = text(
    f"SELECT 0, {_COLUMNS} FROM customers WHERE shop = :shop"
    " AND customer IN (:person, :company) AND merged_into IS NULL ORDER BY customer"
)
_MERGED = text("SELECT merged_into FROM customers WHERE shop = :shop AND customer = :customer")


def numbered(tx: Tx, shop: int, number: int) -> list[Listed]:
    """The customer with this number, or whom they were merged into, and the company with it."""
    person, company = f"Customer/{number}", f"CompanyLocation/{number}"
    for (kept,) in tx.rows(_MERGED, shop, person):
        person = kept or person
    return list(map(Listed._make, tx.rows(_ONE, shop, person, company)))


def listed(
    tx: Tx, shop: int, *, wanted: Wanted, sort: Sort, falling: bool, place: Place | None, at_most: int, walk: int = WALK
) -> Page:
    """The page at this place, the first one without; `falling`: the highest first."""
    onward = place is None or place.onward
    filters = _values(wanted)
    shape = _Shape(sort, falling == onward, place is not None, place is not None and place.itself, tuple(filters))
    given: dict[str, Any] = {"shop": shop, **filters}
    if place is not None:
        given |= {"value": place.value, "customer": place.customer}
    found = list(map(Listed._make, tx.run(_page(shape), {**given, "at_most": at_most + 1, "walk": walk})))
    more = len(found) > at_most
    last = tx.run(_last_of_walk(shape), {**given, "walk": walk - 1}).first() if shape.tried() and not more else None
    end = found[at_most - 1] if more else last
    customers = found[:at_most] if onward else found[:at_most][::-1]
    after = None if end is None else Place(end[0], end[1], onward, False)
    before = None if place is None else Place(*found[0][:2], not onward, False) if found else place.turned()
    back, ahead = (before, after) if onward else (after, before)
    return Page(customers, back, ahead, walk if last is not None else None)


class _Shape(NamedTuple):
    """What makes one statement of another: everything but values."""

    sort: Sort
    falling: bool
    placed: bool
    itself: bool
    given: tuple[str, ...]

    def ends(self) -> list[str]:
        """Filters that the order's own index answers."""
        return [name for name in self.given if name.partition("_")[0] == _ENDS.get(self.sort)]

    def tried(self) -> list[str]:
        """Filters that are tried row by row."""
        answered = "by_hand" if self.sort is Sort.BY_HAND else None
        return [name for name in self.given if name not in self.ends() and name != answered]


def _values(wanted: Wanted) -> dict[str, int]:
    return {name: value for name, value in wanted._asdict().items() if value is not None}


def _way(shape: _Shape) -> tuple[str, str]:
    """The conditions that the index answers, and the order."""
    value, ends = _VALUE[shape.sort], {name.rpartition("_")[2]: name for name in shape.ends()}
    # One condition an end: of several SQLite takes any one, and tries the others row by row.
    low = f"{value} >= :{ends['from']}" if "from" in ends else _LEAST.get(shape.sort)
    high = f"{value} <= :{ends['to']}" if "to" in ends else None
    if shape.placed:
        compared = ("<" if shape.falling else ">") + "=" * shape.itself
        begin = (
            f"({value}, customer) {compared} (:value, :customer)" if value != _KEY else f"customer {compared} :customer"
        )
        low, high = (low, begin) if shape.falling else (begin, high)
    where = [one for one in ("shop = :shop", _AMONG[shape.sort], low, high) if one]
    down = " DESC" * shape.falling
    return " AND ".join(where), f"ORDER BY {f'{value}{down}, ' * (value != _KEY)}customer{down}"


@lru_cache(maxsize=256)
def _last_of_walk(shape: _Shape) -> TextClause:
    where, order = _way(shape)
    # Counted off in the index alone, and never more than a walk.
    return text(f"SELECT {_VALUE[shape.sort]}, customer FROM customers WHERE {where} {order} LIMIT 1 OFFSET :walk")


@lru_cache(maxsize=256)
def _page(shape: _Shape) -> TextClause:
    where, order = _way(shape)
    columns = f"{_VALUE[shape.sort]} AS value, {_COLUMNS}"
    # Also the ends, for an address may have been written by hand.
    tried = [_TRIED[name] for name in (*shape.tried(), *shape.ends())]
    if not tried:
        return text(f"SELECT {columns} FROM customers WHERE {where} {order} LIMIT :at_most")
    # The walk is a query of its own, so that no filter makes the database take another way.
    walk = f"SELECT {columns} FROM customers WHERE {where} {order} LIMIT :walk"
    return text(f"SELECT * FROM ({walk}) AS walked WHERE {' AND '.join(tried)} {order} LIMIT :at_most")
