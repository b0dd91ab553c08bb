"""Orders as the shop last told them: the newest version of each, tombstones of the deleted."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import bindparam, select, text

from plugin.core.facts import OrderSeen
from plugin.core.orders import Ignored, Judged, merge_products
from plugin.db import merges
from plugin.db.engine import Tx
from plugin.db.tables import orders

_COLUMNS = (
    "shop, id, customer, ordered_by, name, processed_at, day, updated_at, triggered_at, read, deleted, ignored, test,"
    " cancelled, status, pays_later, total, current_total, refunded, discount, list_total, units, has_code, renewal,"
    " products"
)
COLUMNS = tuple(_COLUMNS.replace(" ", "").split(","))  # of a Row, in their order
_PAYS_LATER, _RENEWAL = (COLUMNS.index(name) for name in ("pays_later", "renewal"))
CUSTOMER = COLUMNS.index("customer")
ID, ORDERED_BY = (COLUMNS.index(name) for name in ("id", "ordered_by"))
# An API read carries the moment it was made, so that on the same second the later look wins.
_VERSION = "updated_at, triggered_at, read, cancelled, refunded"
_NEW, _OLD = (", ".join(f"{side}.{name.strip()}" for name in _VERSION.split(",")) for side in ("excluded", "orders"))
_CHANGED = ", ".join(
    f"{name} = excluded.{name}"
    for name in (column.strip() for column in _COLUMNS.split(","))
    if name not in {"shop", "id", "renewal", "pays_later", "ignored"}
)
_KEEP = text(
    f"INSERT INTO orders ({_COLUMNS}) VALUES ({', '.join(':' + name.strip() for name in _COLUMNS.split(','))})"
    # Only the API names a selling plan, only a webhook payment terms: what either said once stays true.
    f" ON CONFLICT (shop, id) DO UPDATE SET {_CHANGED},"
    " renewal = (orders.renewal OR excluded.renewal), pays_later = (orders.pays_later OR excluded.pays_later),"
    " ignored = CASE WHEN orders.pays_later AND excluded.status = 'pending'"
    f" AND excluded.ignored = {Ignored.UNPAID.value} THEN {Ignored.COUNTED.value} ELSE excluded.ignored END"
    f" WHERE NOT orders.deleted AND ({_NEW}) > ({_OLD})"
)
_SAID_ONCE = text(
    "UPDATE orders SET renewal = (renewal OR :renewal), pays_later = (pays_later OR :pays_later),"
    f" ignored = CASE WHEN :terms AND status = 'pending' AND ignored = {Ignored.UNPAID.value}"
    f" THEN {Ignored.COUNTED.value} ELSE ignored END WHERE shop = :shop AND id = :id AND NOT deleted"
)
_BURY = text(
    f"INSERT INTO orders ({_COLUMNS}) VALUES"
    f" (:shop, :id, NULL, NULL, '', 0, 0, 0, 0, FALSE, TRUE, {Ignored.DELETED.value}, FALSE,"
    " FALSE, '', FALSE, 0, 0, 0, 0, 0, 0, FALSE, FALSE, :nothing)"
    " ON CONFLICT (shop, id) DO UPDATE SET deleted = TRUE, customer = NULL, ordered_by = NULL, name = '',"
    f" ignored = {Ignored.DELETED.value}, products = excluded.products"
)
_OWNERS = select(orders.c.customer, orders.c.ordered_by).where(
    orders.c.shop == bindparam("shop"), orders.c.id.in_(bindparam("ids", expanding=True))
)
_JUDGED = select(orders.c.customer, orders.c.day, orders.c.ignored, orders.c.renewal, orders.c.products).where(
    orders.c.shop == bindparam("shop"), orders.c.customer.in_(bindparam("customers", expanding=True))
)
_AFTER = text(
    "SELECT customer, day, ignored, renewal, products FROM orders"
    " WHERE shop = :shop AND customer > :after ORDER BY customer, day LIMIT :at_most"
)
_PEOPLE = (
    select(orders.c.customer, orders.c.ordered_by)
    .where(
        orders.c.shop == bindparam("shop"),
        orders.c.customer.in_(bindparam("locations", expanding=True)),
        orders.c.ordered_by.is_not(None),
    )
    .distinct()
)
_LOCATIONS = (
    select(orders.c.ordered_by, orders.c.customer)
    .where(orders.c.shop == bindparam("shop"), orders.c.ordered_by.in_(bindparam("people", expanding=True)))
    .distinct()
)

_tuple = tuple.__new__  # what `_make` does, without counting the columns of every order

Row: TypeAlias = tuple[Any, ...]  # an order, by the columns of the table


def row(shop: int, fact: OrderSeen, *, day: int, ignored: int, triggered_at: int, read: bool) -> Row:
    """An order as it is stored, in the order of the columns; its news come from a webhook triggered, or an API read
    (`read`) made, at `triggered_at` (UTC ms)."""
    (
        order, name, customer, ordered_by, processed_at, updated_at, test, cancelled, status, pays_later,
        total, current_total, refunded, discount, list_total, units, has_code, renewal, products,
    ) = fact  # fmt: skip
    return (
        shop, order, customer, ordered_by, name, processed_at, day, updated_at, triggered_at, read, False,
        # A plain number: of a row with nothing but plain values the garbage collector takes no notice.
        int(ignored),
        test, cancelled, status, pays_later, total, current_total, refunded, discount, list_total, units, has_code,
        renewal, products,
    )  # fmt: skip


def keep(tx: Tx, shop: int, rows: Sequence[Row]) -> None:
    """The newest version of each stays: (updated_at, triggered_at), then API read, cancelled, more refunded.

    A version that still names a merged customer belongs to the one who was kept.
    """
    moved = merges.followed(tx, shop, (key for one in rows for key in one[CUSTOMER : ORDERED_BY + 1] if key))
    if moved:
        rows = [
            (*one[:CUSTOMER], *(moved.get(key, key) for key in one[CUSTOMER : ORDERED_BY + 1]), *one[ORDERED_BY + 1 :])
            for one in rows
        ]
    tx.each(_KEEP, rows)
    # An older version may be the only one that says so: its word counts even where a newer one stays.
    said = [(one[_RENEWAL], one[_PAYS_LATER], one[1]) for one in rows if one[_RENEWAL] or one[_PAYS_LATER]]
    tx.each(_SAID_ONCE, [(renewal, terms, terms, shop, order) for renewal, terms, order in said])


def bury(tx: Tx, shop: int, ids: Iterable[int]) -> None:
    """Leaves tombstones: these orders are gone, whatever comes later."""
    tx.each(_BURY, [(shop, one, b"") for one in ids])


def owners(tx: Tx, shop: int, ids: Sequence[int]) -> set[str]:
    """Who the stored versions of these orders belong to, so that a change of customer re-judges both."""
    found = tx.run(_OWNERS, {"shop": shop, "ids": ids})
    return {key for row in found for key in row if key is not None}


def of_customers(tx: Tx, shop: int, customers: Iterable[str]) -> dict[str, list[Judged]]:
    """Each customer's orders as a verdict reads them; a customer without orders has an empty list."""
    grouped: dict[str, list[Judged]] = {customer: [] for customer in customers}
    found = tx.run(_JUDGED, {"shop": shop, "customers": list(grouped)})
    for customer, *order in found.cursor.fetchall() if found.cursor else ():
        grouped[customer].append(_tuple(Judged, order))
    return grouped


def after(tx: Tx, shop: int, customer: str, *, at_most: int) -> dict[str, list[Judged]]:
    """The next customers' orders in order of key, about `at_most` orders, never half a customer; empty at the end."""
    while True:
        found = list(tx.rows(_AFTER, shop, customer, at_most))
        grouped = {key: [_tuple(Judged, row[1:]) for row in rows] for key, rows in groupby(found, itemgetter(0))}
        if len(found) < at_most:
            return grouped
        if len(grouped) > 1:
            grouped.popitem()
            return grouped
        at_most *= 4


def people_of(tx: Tx, shop: int, locations: Sequence[str]) -> set[str]:
    """The customers who ordered for these company locations."""
    return {row[1] for row in tx.run(_PEOPLE, {"shop": shop, "locations": locations})} if locations else set()


def locations_of(tx: Tx, shop: int, people: Sequence[str]) -> dict[str, list[str]]:
    """Customer -> the company locations they ordered for; customers without any are left out."""
    found: dict[str, list[str]] = {}
    for person, location in tx.run(_LOCATIONS, {"shop": shop, "people": people}):
        found.setdefault(person, []).append(location)
    return found


_LATE = text("SELECT products FROM orders WHERE shop = :shop AND id = :id")
_MERGE = text(
    "UPDATE orders SET products = :products, renewal = (renewal OR :renewal)"
    " WHERE shop = :shop AND id = :id AND NOT deleted"
)


def add_products(tx: Tx, shop: int, order: int, *, products: bytes, renewal: bool) -> None:
    """Adds products that an import found after their order had been kept."""
    for (had,) in tx.rows(_LATE, shop, order):
        tx.each(_MERGE, [(merge_products(had, products), renewal, shop, order)])


_REKEY = text("UPDATE orders SET customer = :kept WHERE shop = :shop AND customer = :gone")
_REKEY_BY = text("UPDATE orders SET ordered_by = :kept WHERE shop = :shop AND ordered_by = :gone")


def rekey(tx: Tx, shop: int, *, gone: str, kept: str) -> None:
    """Hands the orders of one customer to another."""
    for statement in (_REKEY, _REKEY_BY):
        tx.run(statement, {"shop": shop, "gone": gone, "kept": kept})


class Listed(NamedTuple):
    """One order of a customer as a page or an explanation shows it."""

    id: int
    name: str
    processed_at: int
    total: int
    refunded: int
    judged: Judged


_LISTED = text(
    "SELECT id, name, processed_at, total, refunded, day, ignored, renewal, products FROM orders"
    " WHERE shop = :shop AND customer = :customer ORDER BY day, id"
)


def listed(tx: Tx, shop: int, customer: str) -> list[Listed]:
    """A customer's orders, oldest first."""
    found = tx.rows(_LISTED, shop, customer)
    return [_tuple(Listed, (*row[:5], _tuple(Judged, row[5:]))) for row in found]


_DATES = text("SELECT id, processed_at, day FROM orders WHERE shop = :shop AND id > :after ORDER BY id LIMIT :at_most")
_REDATE = text("UPDATE orders SET day = :day WHERE shop = :shop AND id = :id")


def dates(tx: Tx, shop: int, after: int, *, at_most: int) -> list[tuple[int, int, int]]:
    """The next orders by number: (id, processed_at, day)."""
    return list(tx.rows(_DATES, shop, after, at_most))


def redate(tx: Tx, shop: int, days: Iterable[tuple[int, int]]) -> None:
    """Sets the days of orders, (id, day), when the shop's zone changed."""
    tx.each(_REDATE, [(day, shop, order) for order, day in days])


_COUNT = text("SELECT count(*) FROM orders WHERE shop = :shop")


def count(tx: Tx, shop: int) -> int:
    """How many orders are kept, tombstones included; a whole-shop count."""
    return int(tx.run(_COUNT, {"shop": shop}).scalar_one())
