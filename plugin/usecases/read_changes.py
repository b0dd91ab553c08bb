"""Read what a shop says has changed and mend what is not so here; what is right is not written."""

import time
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DataError, IntegrityError

from plugin.core import causes
from plugin.core.facts import OrderSeen
from plugin.core.reconciling import Finding, Known, Mended, compare
from plugin.core.slices import slices
from plugin.db import looks, merges, objections, orders, reconciliations, shops, tagging
from plugin.db.engine import Tx
from plugin.db.orders import CUSTOMER, ID, ORDERED_BY, Row
from plugin.db.reconciliations import Reconciliation
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.shopify.history import CustomerTags, LateProducts, read_customers, read_orders
from plugin.usecases.apply_facts import stored
from plugin.usecases.comparing import check
from plugin.usecases.erased import Erased
from plugin.usecases.judge import Bench
from plugin.usecases.living import living
from plugin.usecases.notice_edits import note_differences
from plugin.usecases.plan_sync import ours_among, split

AT_ONCE = 250  # orders or customers in a write, with everybody they touch judged
EVERYONE = 10_000_000
SAID_EVERY = 1.0  # seconds
REFUSED = (OverflowError, UnicodeError, DataError, IntegrityError)  # the row's own fault, unlike a full disk
_known = itemgetter(*(orders.COLUMNS.index(name) for name in Known._fields))


Found: TypeAlias = tuple[Row, Finding]
COUNTED = frozenset({Finding.MISSING, Finding.WRONG})


class News(NamedTuple):
    """What an export says of customers that is not known here."""

    out: set[str]  # opted out of the sale of their data
    back: set[str]  # no longer do
    carry: dict[str, list[str]]  # customer -> those of our tag names they carry, not what we thought
    odd: set[str]  # carry tags that our own writes do not explain: they are to be looked at


class Changes:
    """One reading of both files; says how many lines it saw, and in `reason` how many it could not read."""

    def __init__(self, services: Services, shop: Shop, running: Reconciliation) -> None:
        self._services = services
        self._database = services.database
        self._shop = shop
        self._zone = ZoneInfo(shop.zone)
        self._running = running
        self._erased = Erased(services, shop.shop)
        self._today = services.today(shop)
        self._refused = 0
        self._lines = 0
        self.orders_seen = 0
        self.customers_seen = 0

    @property
    def reason(self) -> str | None:
        """How many lines told us nothing; None when all of them did."""
        return f"lines that could not be read: {self._refused}" if self._refused else None

    def orders(self, lines: Iterable[bytes]) -> None:
        """Keeps orders that are missing or known otherwise, and judges whoever they touch."""
        for some in slices(read_orders(self._counted(lines), self._refuse), AT_ONCE):
            seen = [one for one in some if isinstance(one, OrderSeen)]
            self.orders_seen += len(seen)
            asked = self._running.started_at
            self._mend([stored(self._shop.shop, one, self._zone, triggered_at=asked, read=True) for one in seen])
            late = [one for one in some if isinstance(one, LateProducts)]
            if late:
                self._add(late)

    def _add(self, late: Sequence[LateProducts]) -> None:
        """Adds products, and judges anew whom their orders were judged of without them."""
        shop = self._shop.shop
        with self._database.write() as tx:
            check(tx, self._shop, self._running)
            for one in late:
                orders.add_products(tx, shop, one.order, products=one.products, renewal=one.renewal)
            self._judge(tx, orders.owners(tx, shop, [one.order for one in late]))

    def customers(self, lines: Iterable[bytes]) -> None:
        """Keeps what customers said about being classified, and which of our tag names they carry."""
        for some in slices(read_customers(self._counted(lines), self._refuse), AT_ONCE):
            self.customers_seen += len(some)
            with self._database.read() as tx:
                told = any(self._news(tx, some))
            if told:
                with self._database.write() as tx:
                    check(tx, self._shop, self._running)
                    gone = self._erased.among(tx, (one.customer for one in some))
                    self._hear(tx, self._news(tx, [one for one in some if one.customer not in gone]))

    def _mend(self, rows: Sequence[Row]) -> None:
        """Keeps those of these orders that are not right, but for what the database refuses, found by halves."""
        try:
            # Looks first, without keeping anybody waiting: most nights all is right.
            with self._database.read() as tx:
                suspect = [row for row, found in self._findings(tx, rows) if found]
            if suspect:
                with self._database.write() as tx:
                    check(tx, self._shop, self._running)
                    findings = self._findings(tx, living(tx, self._erased, suspect))
                    self._keep(tx, [one for one in findings if one[1] in COUNTED], counted=True)
                    self._keep(tx, [one for one in findings if one[1] is Finding.FRESH], counted=False)
        except REFUSED:
            if len(rows) == 1:
                self._refuse("")
                return
            middle = len(rows) // 2
            self._mend(rows[:middle])
            self._mend(rows[middle:])

    def _findings(self, tx: Tx, rows: Sequence[Row]) -> list[Found]:
        """Each order with what it turned out to be."""
        shop, as_of = self._shop.shop, self._running.as_of
        known = reconciliations.known(tx, shop, [row[ID] for row in rows])
        moved = merges.followed(tx, shop, (key for row in rows for key in row[CUSTOMER : ORDERED_BY + 1] if key))
        return [
            (row, compare(known.get(row[ID]), _followed(Known._make(_known(row)), moved), as_of=as_of)) for row in rows
        ]

    def _keep(self, tx: Tx, findings: Sequence[Found], *, counted: bool) -> None:
        """Keeps, judges and counts in one write, so that a stop in between counts nothing twice."""
        if not findings:
            return
        shop, ids = self._shop.shop, [row[ID] for row, _ in findings]
        touched = orders.owners(tx, shop, ids)
        orders.keep(tx, shop, [row for row, _ in findings])
        judged = self._judge(tx, touched | orders.owners(tx, shop, ids))
        if counted:
            sorts = [found for _, found in findings]
            found = Mended(missing=sorts.count(Finding.MISSING), wrong=sorts.count(Finding.WRONG), judged=judged)
            reconciliations.count(tx, shop, self._running.number, found)

    def _judge(self, tx: Tx, keys: set[str]) -> int:
        """Judges customers; how many are now of another kind."""
        shop = self._shop.shop
        cause = causes.reconciled(self._running.number)
        return Bench(shop, *shops.judging(tx, shop), self._today, cause=cause).changed(tx, keys)

    def _news(self, tx: Tx, seen: Sequence[CustomerTags]) -> News:
        """What customers say or carry that is not known here."""
        shop = self._shop.shop
        names = {one.customer: ours_among(self._shop.tag_names, one.tags) for one in seen}
        known = reconciliations.opted_out(tx, shop, list(names))
        out = {one.customer for one in seen if one.opted_out}
        rows = tagging.sync_of(tx, shop, list(names))
        differ = {
            key: names[key]
            for key, one in rows.items()
            # Of those never looked at the sync reads the tags when it comes to them.
            if one.tags_found is not None and _fold(names[key]) != _fold(split(one.tags_found) | split(one.tags_ours))
        }
        odd = set(note_differences(tx, self._shop, {one.customer: one.tags for one in seen if one.customer in differ}))
        odd -= reconciliations.to_be_read(tx, shop, list(odd), since=self._running.started_at)
        return News(out - known, known - out, differ, odd)

    def _hear(self, tx: Tx, news: News) -> None:
        """Keeps what customers said about being classified, and which of our names they carry if we wrote nothing."""
        shop, keys = self._shop.shop, list(news.carry)
        objections.opt(tx, shop, out=news.out, back=news.back)
        self._judge(tx, news.back)
        before = tagging.sync_of(tx, shop, keys)
        tagging.found(tx, shop, news.carry.items())
        after = tagging.sync_of(tx, shop, keys)
        looks.ask(tx, shop, news.odd, now=self._services.now())
        tags = len(news.odd) + sum(before[key].tags_found != after[key].tags_found for key in keys)
        found = Mended(judged=len(news.out) + len(news.back), tags=tags)
        reconciliations.count(tx, shop, self._running.number, found)

    def _counted(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Says each second how many lines were read, and asks whether the others are still wanted."""
        said = time.monotonic()
        for line in lines:
            self._lines += 1
            if time.monotonic() - said > SAID_EVERY:
                with self._database.write() as tx:
                    check(tx, self._shop, self._running)
                    reconciliations.progress(tx, self._shop.shop, self._running.number, lines=self._lines)
                said = time.monotonic()
            yield line

    def _refuse(self, words: str) -> None:
        # Not quoted: a line may say whose order it is.
        self._refused += 1


def _followed(one: Known, moved: dict[str, str]) -> Known:
    """The order as it is kept: a merged customer's belongs to the one who was kept."""
    return one._replace(
        customer=moved.get(one.customer or "", one.customer), ordered_by=moved.get(one.ordered_by or "", one.ordered_by)
    )


def _fold(tags: Iterable[str]) -> set[str]:
    return {tag.casefold() for tag in tags}
