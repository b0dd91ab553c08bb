"""Figures: counted from the rows slice by slice, kept in one row, and known to be old once a verdict is another."""

import json
from typing import Any, NamedTuple

from sqlalchemy import text

from plugin.core.figures import STEP, Cohort, Figures, Revenue
from plugin.db.engine import Tx

# shops.recount
FRESH, OLD, COUNTING = 0, 1, 2
LAST = "~"  # after every customer's key
_AGE = text(f"UPDATE shops SET recount = {OLD} WHERE shop = :shop AND recount <> {OLD}")
_COUNTING = text(f"UPDATE shops SET recount = {COUNTING} WHERE shop = :shop")
# What changed while it was counted makes it old again.
_COUNTED = text(f"UPDATE shops SET recount = {FRESH} WHERE shop = :shop AND recount = {COUNTING}")
_IS_OLD = text(f"SELECT recount <> {FRESH} FROM shops WHERE shop = :shop")
_UPTO = text(
    "SELECT customer FROM customers WHERE shop = :shop AND customer > :after ORDER BY customer LIMIT 1 OFFSET :many"
)
_SLICE = "shop = :shop AND customer > :after AND customer <= :upto"
_PEOPLE = text(
    "SELECT kind, count(*), sum(CASE WHEN occasions > 1 THEN 1 ELSE 0 END) FROM customers"
    f" WHERE {_SLICE} AND customer >= 'Customer/' GROUP BY kind"
)
# Of who has orders from before we can look nobody knows the first.
_FIRSTS = text(
    "SELECT first_day, coalesce(CASE WHEN occasions > 1 THEN (((SELECT min(day) FROM orders"
    " WHERE orders.shop = customers.shop AND orders.customer = customers.customer"
    f" AND orders.day > customers.first_day AND orders.ignored = 0) - first_day + {STEP - 1}) / {STEP}) END, 0),"
    f" count(*) FROM customers WHERE {_SLICE} AND customer >= 'Customer/' AND first_day >= :since AND earlier = 0"
    " GROUP BY 1, 2"
)
_AMOUNTS = text(
    "SELECT customers.kind, orders.day, sum(orders.current_total) FROM orders"
    " JOIN customers ON customers.shop = orders.shop AND customers.customer = orders.customer"
    " WHERE orders.shop = :shop AND orders.customer > :after AND orders.customer <= :upto"
    " AND orders.day >= :since AND orders.ignored = 0 GROUP BY customers.kind, orders.day"
)
# An order without a customer stands first in the index of customers' orders.
_NOBODYS = text(
    "SELECT day, sum(current_total) FROM orders WHERE shop = :shop AND customer IS NULL"
    " AND day >= :since AND day < :before AND ignored = 0 GROUP BY day"
)
_NAMES = Figures._fields
_KEEP = text(
    f"INSERT INTO figures (shop, as_of, took, {', '.join(_NAMES)})"
    f" VALUES (:shop, :as_of, :took, {', '.join(':' + name for name in _NAMES)})"
    f" ON CONFLICT (shop) DO UPDATE SET as_of = excluded.as_of, took = excluded.took,"
    f" {', '.join(f'{name} = excluded.{name}' for name in _NAMES)}"
)
_KEEP_DAY = text(
    "INSERT INTO daily_figures (shop, day, none, buyers, clients) VALUES (:shop, :day, :none, :buyers, :clients)"
    " ON CONFLICT (shop, day) DO UPDATE SET none = excluded.none, buyers = excluded.buyers, clients = excluded.clients"
)
_READ = text(f"SELECT as_of, took, {', '.join(_NAMES)} FROM figures WHERE shop = :shop")
_DAYS = text("SELECT day, none, buyers, clients FROM daily_figures WHERE shop = :shop AND day >= :since ORDER BY day")

# By their index alone.
_LAPSING = text(
    "SELECT customer, lapse_on FROM customers WHERE shop = :shop AND kind = 2 AND lapse_on < :before"
    " AND customer >= 'Customer/' ORDER BY lapse_on LIMIT :at_most"
)


class Counted(NamedTuple):
    """Figures, when they were counted (wall clock, UTC ms), and how long that took (ms)."""

    as_of: int
    took: int
    figures: Figures


class Day(NamedTuple):
    """How many customers were what on a day of the shop."""

    day: int
    none: int
    buyers: int
    clients: int


def age(tx: Tx, shop: int) -> None:
    """Says that the shop's figures are old; whoever changes what they count says so in the same transaction."""
    tx.each(_AGE, [(shop,)])


def old(tx: Tx, shop: int) -> bool:
    """Whether they are."""
    return any(row[0] for row in tx.rows(_IS_OLD, shop))


def counting(tx: Tx, shop: int) -> None:
    """Says that they are being counted; cut off, they are found as old."""
    tx.each(_COUNTING, [(shop,)])


def upto(tx: Tx, shop: int, after: str, *, many: int) -> str:
    """The key at which the next slice of so many customers ends; LAST for the last slice."""
    return next((str(row[0]) for row in tx.rows(_UPTO, shop, after, many - 1)), LAST)


def people(tx: Tx, shop: int, after: str, upto: str) -> list[tuple[int, int, int]]:
    """Of a slice: (kind, customers, those of them with more than one occasion)."""
    return list(tx.rows(_PEOPLE, shop, after, upto))


def firsts(tx: Tx, shop: int, after: str, upto: str, *, since: int) -> list[tuple[int, int, int]]:
    """Of a slice: (day of the first order, the 30 days within which the second came or 0, customers)."""
    return list(tx.rows(_FIRSTS, shop, after, upto, since))


def amounts(tx: Tx, shop: int, after: str, upto: str, *, since: int) -> list[tuple[int, int, int]]:
    """Of a slice: (kind, day, minor units)."""
    return list(tx.rows(_AMOUNTS, shop, after, upto, since))


def nobodys(tx: Tx, shop: int, *, since: int, before: int) -> list[tuple[int, int]]:
    """Of orders that name no customer, between those days: (day, minor units)."""
    return list(tx.rows(_NOBODYS, shop, since, before))


def keep(tx: Tx, shop: int, counted: Counted) -> None:
    """Keeps figures as those of now, and of their day."""
    found = counted.figures
    lists = {"cohorts": json.dumps(found.cohorts), "revenue": json.dumps(found.revenue)}
    values: dict[str, Any] = {**found._asdict(), **lists}
    tx.run(_KEEP, {"shop": shop, "as_of": counted.as_of, "took": counted.took, **values})
    tx.each(_KEEP_DAY, [(shop, found.day, found.none, found.buyers, found.clients)])
    tx.each(_COUNTED, [(shop,)])


def read(tx: Tx, shop: int) -> Counted | None:
    """The figures as they were last counted; None before the first time."""
    for as_of, took, *values, cohorts, revenue in tx.rows(_READ, shop):
        lists = (
            tuple(Cohort(month, customers, tuple(again)) for month, customers, again in json.loads(cohorts)),
            tuple(Revenue(*one) for one in json.loads(revenue)),
        )
        return Counted(as_of, took, Figures._make((*values, *lists)))
    return None


def days(tx: Tx, shop: int, *, since: int) -> list[Day]:
    """How many were what, day by day; days on which the app was down are left out."""
    return list(map(Day._make, tx.rows(_DAYS, shop, since)))


def lapsing(tx: Tx, shop: int, *, before: int, at_most: int) -> list[tuple[str, int]]:
    """The clients whose lapse day comes before that day, the soonest first: (customer, lapse day)."""
    return [(row[0], row[1]) for row in tx.rows(_LAPSING, shop, before, at_most)]
