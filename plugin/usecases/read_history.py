"""Read the result files of an import into rows, in writes so short that live deliveries are not kept waiting."""

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DataError, IntegrityError

from plugin.core.earlier import Earlier
from plugin.core.facts import OrderSeen
from plugin.core.slices import slices
from plugin.db import earlier, imports, ledger, looks, objections, orders, shops, subscriptions, tagging
from plugin.db.engine import Tx
from plugin.db.imports import Import
from plugin.db.orders import Row
from plugin.db.shops import Shop
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.shopify.history import CustomerTags, LateProducts, read_customers, read_orders
from plugin.usecases.apply_facts import stored
from plugin.usecases.count_earlier import count_earlier
from plugin.usecases.erased import Erased
from plugin.usecases.living import living
from plugin.usecases.notice_edits import note_differences
from plugin.usecases.pace import AT_ONCE as ROWS
from plugin.usecases.pace import Pace
from plugin.usecases.plan_sync import ours_among

AT_ONCE = 2000  # customers, or late lines, in a write: some 30 ms
EVERYONE = 10_000_000
SORTED_AT_ONCE = 100_000  # orders held to be sorted, some 70 MiB: each time this many go over the whole index once
REFUSED = (OverflowError, UnicodeError, DataError, IntegrityError)  # the row's own fault, unlike a full disk


class Stopped(Exception):
    """The merchant has stopped it."""


def check_wanted(tx: Tx, shop: int) -> None:
    """Stopped, once the merchant has; asked in every write of an import that is not judged yet."""
    last = imports.last(tx, shop)
    if last is not None and last.stopped:
        raise Stopped


class Reading:
    """One reading of both files; `reason` says what could not be read."""

    def __init__(self, services: Services, shop: Shop, running: Import) -> None:
        self._database = services.database
        self._shop = shop
        self._zone = ZoneInfo(shop.zone)
        self._running = running
        self._erased = Erased(services, shop.shop)
        self._today = services.today
        self._earlier = 0
        self._lines = 0
        self._orders = 0
        self._pace = Pace(services.database)
        self._customers = 0
        self._refused = 0
        self._first_refused = ""

    @property
    def reason(self) -> str | None:
        """How many lines told us nothing, and why the first did not; None when all of them did."""
        if not self._refused:
            return None
        lines = "1 line" if self._refused == 1 else f"{self._refused} lines"
        return f"{lines} could not be read; the first: {self._first_refused}"

    def orders(self, lines: Iterable[bytes]) -> None:
        """Keeps orders with their products; older than a live version, they lose against it."""
        for some in slices(map(self._ready, read_orders(self._counted(lines), self._refuse)), SORTED_AT_ONCE):
            rows = [one for one in some if not isinstance(one, LateProducts)]
            late = [one for one in some if isinstance(one, LateProducts)]
            # By customer, as the index lies: in the order of the export every write would touch a page an order.
            rows.sort(key=_customer)
            while rows:
                rows = rows[self._keep_some(rows) :]
            for few_late in slices(late, AT_ONCE):
                with self._database.write() as tx:
                    self._check(tx)
                    for one in few_late:
                        orders.add_products(tx, self._shop.shop, one.order, products=one.products, renewal=one.renewal)

    def customers(self, lines: Iterable[bytes]) -> None:
        """Keeps which of our tag names customers carried before us, and how much they ordered before we can look."""
        with self._database.read() as tx:
            known = frozenset(objections.opted_out(tx, self._shop.shop, at_most=EVERYONE))
            written = self._shop.tagging or ledger.last(tx, self._shop.shop) > 0
        for some in slices(read_customers(self._counted(lines), self._refuse), AT_ONCE):
            self._customers += len(some)
            counted = self._count_earlier(some)
            with self._database.write() as tx:
                self._check(tx)
                gone = self._erased.among(tx, (one.customer for one in some))
                here = [one for one in some if one.customer not in gone] if gone else some
                found = [(one.customer, ours_among(self._shop.tag_names, one.tags)) for one in here]
                tagging.found(tx, self._shop.shop, found)
                if written:
                    # What we wrote since the export began differs too: a look tells the two apart.
                    odd = note_differences(tx, self._shop, {one.customer: one.tags for one in here})
                    looks.ask(tx, self._shop.shop, odd, now=self._running.started_at)
                out = {one.customer for one in here if one.opted_out}
                back = known.intersection(one.customer for one in here) - out
                subscriptions.keep(tx, self._shop.shop, ((one.customer, one.subscription) for one in here))
                objections.opt(tx, self._shop.shop, out=out - known, back=back)
                self._progress(tx, customers=self._customers, earlier=self._earlier)
            if counted:
                with self._database.write() as tx:
                    self._check(tx)
                    earlier.keep(tx, self._shop.shop, counted)

    def _count_earlier(self, some: Sequence[CustomerTags]) -> list[tuple[str, Earlier | None]]:
        """Whose number of earlier orders is another than we know."""
        if not self._running.started_at:
            return []  # of an export that broke off nobody knows what it left out
        with self._database.read() as tx:
            counted = count_earlier(
                tx,
                self._shop.shop,
                some,
                zone=self._zone,
                today=self._today(self._shop),
                asked_at=self._running.started_at,
            )
        self._earlier += counted.orders
        return counted.changed

    def _ready(self, fact: OrderSeen | LateProducts) -> Row | LateProducts:
        """An order at once as the row to be kept: of plain rows the garbage collector takes no notice."""
        if isinstance(fact, LateProducts):
            return fact
        return stored(self._shop.shop, fact, self._zone, triggered_at=self._running.started_at, read=True)

    def _keep_some(self, rows: Sequence[Row]) -> int:
        """Keeps the first of these, as many as there is time for; returns how many."""
        done = 0
        try:
            with self._pace.write() as (tx, more):
                self._check(tx)
                for few in slices(rows, ROWS):
                    done += len(few)
                    orders.keep(tx, self._shop.shop, living(tx, self._erased, few))
                    if not more():
                        break
                self._progress(tx, orders=self._orders + done)
        except REFUSED:
            self._keep(rows[:done])
        else:
            self._orders += done
        return done

    def _keep(self, rows: Sequence[Row]) -> None:
        """Keeps all rows but those that the database refuses, which are found by halves."""
        try:
            with self._database.write() as tx:
                self._check(tx)
                orders.keep(tx, self._shop.shop, living(tx, self._erased, rows))
                self._progress(tx, orders=self._orders + len(rows))
        except REFUSED as error:
            if len(rows) == 1:
                self._refuse(f"order {rows[0][1]}: {error}")
                return
            middle = len(rows) // 2
            self._keep(rows[:middle])
            self._keep(rows[middle:])
        else:
            self._orders += len(rows)

    def _check(self, tx: Tx) -> None:
        """The merchant may leave in the middle of it."""
        if not shops.get(tx, self._shop.shop).installed:
            raise GiveUp("%(shop)s left while its history was read.", shop=self._shop.domain)
        check_wanted(tx, self._shop.shop)

    def _progress(self, tx: Tx, **counts: int) -> None:
        imports.progress(tx, self._shop.shop, self._running.number, lines=self._lines, **counts)

    def _refuse(self, words: str) -> None:
        self._refused += 1
        self._first_refused = self._first_refused or words

    def _counted(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            self._lines += 1
            yield line


def _customer(row: Row) -> str:
    return row[orders.CUSTOMER] or ""
