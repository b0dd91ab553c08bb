"""Bring in a shop's order history: ask for it, read it line by line, judge everyone; live orders may come meanwhile."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from plugin.core.facts import OrderSeen
from plugin.db import customers, imports, orders, shops
from plugin.db.imports import Import
from plugin.db.shops import Shop
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.shopify import bulk
from plugin.shopify.history import CUSTOMERS, ORDERS, LateProducts, read_customers, read_orders
from plugin.usecases.apply_facts import version
from plugin.usecases.plan_sync import ours_among
from plugin.usecases.rejudge import judge_all

T = TypeVar("T")
AGAIN = "again"  # the stage of an import that a new one shall follow
AT_ONCE = 1000  # orders in a write: some 15 ms, so that live deliveries are not kept waiting
SORTED_AT_ONCE = 50_000  # orders held to be sorted: halves the time of an import of a million


def import_history(services: Services, shop: int) -> float | None:
    """One step of the newest import, or its beginning; says in how many seconds to look again."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        last = imports.last(tx, shop)
    if not known.installed:
        return None
    if last is None or last.stage == AGAIN or last.started_at < (known.installed_at or 0):
        return _ask(services, known)
    if last.stage in {"done", "failed"}:
        return None
    try:
        return _go_on(services, known, last)
    except GiveUp as never:
        _progress(services, shop, last.number, stage="failed", finished_at=services.now(), reason=str(never))
        raise


def import_again(services: Services, shop: int) -> None:
    """Asks for a new import, whatever became of the last; what is already known stays and loses nothing."""
    with services.database.write() as tx:
        last = imports.last(tx, shop)
        if last is not None:
            imports.progress(tx, shop, last.number, stage=AGAIN)
    services.nudge("import", shop)


def _ask(services: Services, shop: Shop) -> float:
    client = services.shopify(shop)
    asked = services.now()
    operations = {
        "orders_operation": bulk.start_query(client, ORDERS),
        "customers_operation": bulk.start_query(client, CUSTOMERS),
    }
    with services.database.write() as tx:
        imports.begin(tx, shop.shop, now=asked, **operations)
    return 0.5


def _go_on(services: Services, shop: Shop, last: Import) -> float | None:
    client = services.shopify(shop)
    looks = [bulk.look(client, operation or "") for operation in (last.orders_operation, last.customers_operation)]
    expected = sum(look.objects for look in looks)
    for look in looks:
        if look.over and look.status != "completed":
            told = look.error_code or look.status
            raise GiveUp(f"Shopify could not prepare the history ({told}): ask again with `regulars import`.")
    if not all(look.over for look in looks):
        _progress(services, shop.shop, last.number, expected=expected)
        return min(10.0, max(0.5, (services.now() - last.started_at) / 10_000))
    _progress(services, shop.shop, last.number, stage="reading", expected=expected, lines=0, orders=0, customers=0)
    urls = [look.url for look in looks]
    reading = Reading(services, shop, last)
    if urls[0]:
        reading.orders(bulk.lines(client.session, urls[0]))
    if urls[1]:
        reading.customers(bulk.lines(client.session, urls[1]))
    _progress(services, shop.shop, last.number, stage="judging")
    services.database.optimize()
    judge_all(services, shop.shop)
    _progress(services, shop.shop, last.number, stage="done", finished_at=services.now())
    services.nudge("sync", shop.shop)
    return None


class Reading:
    """Reads result files into rows, in writes so short that live deliveries are not kept waiting."""

    def __init__(self, services: Services, shop: Shop, running: Import) -> None:
        self._database = services.database
        self._shop = shop
        self._zone = ZoneInfo(shop.zone)
        self._running = running
        self._lines = 0
        self._orders = 0
        self._customers = 0

    def orders(self, lines: Iterable[bytes]) -> None:
        """Keeps orders with their products; older than a live version, they lose against it."""
        for some in _chunks(read_orders(self._counted(lines)), SORTED_AT_ONCE):
            # By customer, as the index lies: in the order of the export every write would touch a page an order.
            seen = sorted((one for one in some if isinstance(one, OrderSeen)), key=_owner)
            self._orders += len(seen)
            for few in _chunks(seen, AT_ONCE):
                versions = [version(one, self._zone, triggered_at=self._running.started_at, read=True) for one in few]
                with self._database.write() as tx:
                    orders.keep(tx, self._shop.shop, versions)
            for late in _chunks((one for one in some if isinstance(one, LateProducts)), AT_ONCE):
                with self._database.write() as tx:
                    for one in late:
                        orders.add_products(tx, self._shop.shop, one.order, products=one.products, renewal=one.renewal)
            self._progress(orders=self._orders)

    def customers(self, lines: Iterable[bytes]) -> None:
        """Keeps which of our tag names customers carried before us."""
        for some in _chunks(read_customers(self._counted(lines)), AT_ONCE):
            found = [(one.customer, ours_among(self._shop.tag_names, one.tags)) for one in some]
            self._customers += len(some)
            with self._database.write() as tx:
                customers.found(tx, self._shop.shop, found)
            self._progress(customers=self._customers)

    def _progress(self, **counts: int) -> None:
        with self._database.write() as tx:
            imports.progress(tx, self._shop.shop, self._running.number, lines=self._lines, **counts)

    def _counted(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            self._lines += 1
            yield line


def _owner(seen: OrderSeen) -> str:
    return seen.customer or ""


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _progress(services: Services, shop: int, number: int, **values: object) -> None:
    with services.database.write() as tx:
        imports.progress(tx, shop, number, **values)
