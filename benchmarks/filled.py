"""Databases of ours with many stored orders and deliveries that wait, built once and kept in the cache.

As in a shop that lives with us: its history is judged and every tag at the shop says so.
"""

import hashlib
import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.schema import CreateIndex, CreateTable

from benchmarks import bodies, shop
from benchmarks.servers import CACHE
from plugin.core.causes import imported
from plugin.core.facts import OrderSeen
from plugin.core.orders import Ignored, pack_products
from plugin.db import inbox, orders
from plugin.db.orders import Row
from plugin.db.tables import metadata
from plugin.usecases.rejudge import judge_all

DAYS = 730
WAITING = 4_000
AT_ONCE = 50_000
PRODUCTS = [pack_products([8_000_000_000_000 + number]) for number in range(500)]


class Filling(NamedTuple):
    """How much is stored; WAITING new orders of the same customers lie in the inbox."""

    orders: int
    customers: int


def filled(filling: Filling) -> Path:
    """A database so filled; do not change it, work on a copy."""
    schema = "".join(str(CreateTable(table)) for table in metadata.sorted_tables)
    schema += "".join(sorted(str(CreateIndex(index)) for table in metadata.sorted_tables for index in table.indexes))
    mark = hashlib.sha256(f"{filling}{WAITING}tagged, packed{schema}".encode()).hexdigest()[:12]
    path = CACHE / "filled" / f"{filling.orders}-{mark}.sqlite"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f"{filling.orders}-*"):
            old.unlink()
        half_done = path.with_suffix(".new")
        _fill(half_done, filling)
        half_done.rename(path)
    return path


def _fill(path: Path, filling: Filling) -> None:
    services = shop.services(path)
    number = shop.installed(services.database)
    rows = stored(number, filling)
    while some := list(islice(rows, AT_ONCE)):
        with services.database.write() as tx:
            orders.keep(tx, number, some)
    services.database.optimize()
    judge_all(services, number, cause=imported(1))
    with services.database.write() as tx:
        # As after a sync: else every customer would wait in its work list, and be moved about in it by every order.
        tx.connection.exec_driver_sql("UPDATE customers SET kind_at_shop = kind")
    with services.database.write() as tx:
        inbox.accept(tx, list(_deliveries(number, filling)))
    services.database.optimize()
    services.close()


def stored(shop: int, filling: Filling) -> Iterator[Row]:
    """Rows of so many orders by so many customers, placed at random in the last DAYS."""
    chance = random.Random(1)
    last = int(bodies.LAST_DAY.timestamp() * 1000)
    last_day = bodies.LAST_DAY.toordinal()
    for number in range(1, filling.orders + 1):
        ago = chance.randrange(DAYS)
        at = last - ago * 86_400_000
        total = chance.randrange(500, 20_000)
        fact = OrderSeen(
            order=bodies.FIRST_ORDER + number,
            name=f"#{number}",
            customer=f"Customer/{bodies.FIRST_CUSTOMER + chance.randrange(1, filling.customers + 1)}",
            ordered_by=None,
            processed_at=at,
            updated_at=at,
            test=False,
            cancelled=False,
            status="paid",
            pays_later=False,
            total=total,
            current_total=total,
            refunded=0,
            discount=0,
            list_total=total,
            units=2,
            has_code=False,
            renewal=False,
            products=chance.choice(PRODUCTS),
        )
        yield orders.row(shop, fact, day=last_day - ago, ignored=Ignored.COUNTED, triggered_at=at, read=False)


def _deliveries(number: int, filling: Filling) -> Iterator[inbox.Delivery]:
    first = bodies.LAST_DAY - timedelta(hours=1)
    at = int(first.timestamp() * 1000)
    raw = bodies.bodies(WAITING, first=filling.orders + 1, customers=filling.customers)
    for place, body in enumerate(raw):
        yield inbox.Delivery(number, f"waiting-{place:08d}", at + place, bodies.TOPIC, at + place, body)
