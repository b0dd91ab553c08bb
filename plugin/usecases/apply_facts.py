"""Turn facts into rows, inside the caller's transaction: what they say is kept, whoever they touch is judged."""

from collections.abc import Iterable
from typing import Any, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plugin.core import causes
from plugin.core.facts import (
    BulkFinished,
    ConsentSeen,
    CustomerDeleted,
    CustomersMerged,
    CustomerTouched,
    Fact,
    OrderDeleted,
    OrderSeen,
    PrivacyAsked,
    ScopesChanged,
    ShopLeft,
    ShopSeen,
)
from plugin.core.moments import day_of
from plugin.core.orders import why_ignored
from plugin.db import consents, figures, imports, merges, orders, privacy, shops, tagging
from plugin.db.engine import Tx
from plugin.db.orders import Row
from plugin.db.shops import Shop
from plugin.usecases.judge import Bench
from plugin.usecases.merge_customers import merge_customers
from plugin.usecases.notice_edits import notice_edits

F = TypeVar("F")


class Told(NamedTuple, Generic[F]):
    """A fact with the delivery that told it; moments are UTC milliseconds."""

    fact: F
    triggered_at: int
    received_at: int
    webhook_id: str


class Heard:
    """Facts by their sort."""

    def __init__(self, told: Iterable[Told[Fact]]) -> None:
        self._by_sort: dict[type, list[Told[Any]]] = {}
        for one in told:
            self._by_sort.setdefault(type(one.fact), []).append(one)

    def of(self, sort: type[F]) -> list[Told[F]]:
        """The facts of one sort, as they came."""
        return self._by_sort.get(sort, [])


def stored(shop: int, fact: OrderSeen, zone: ZoneInfo, *, triggered_at: int, read: bool) -> Row:
    """An order ready to be kept: with its day in the shop's zone, and whether it counts."""
    day = day_of(fact.processed_at, zone)
    return orders.row(shop, fact, day=day, ignored=why_ignored(fact), triggered_at=triggered_at, read=read)


def apply_facts(tx: Tx, shop: Shop, told: Iterable[Told[Fact]], *, today: int) -> set[str]:
    """Keeps the facts and judges whoever they touch; returns the jobs to nudge for this shop after the commit."""
    heard = Heard(told)
    jobs = _requests(tx, shop, heard)
    if not shop.installed:
        return jobs
    jobs |= _settings(tx, shop, heard)
    touched = _orders(tx, shop, heard)
    gone = [one.fact.customer for one in heard.of(CustomerDeleted)]
    for merged in heard.of(CustomersMerged):
        touched |= merge_customers(tx, shop.shop, merged.fact)
        gone.append(merged.fact.gone)
    jobs |= notice_edits(tx, shop, [(one.fact, one.received_at) for one in heard.of(CustomerTouched)])
    consents.keep(tx, shop.shop, [one.fact for one in heard.of(ConsentSeen)])
    if touched:
        Bench(shop.shop, *shops.judging(tx, shop.shop), today, cause=causes.ORDERS).judge(tx, touched)
        jobs.add("sync")
    elif heard.of(OrderSeen):  # without a customer they count in the shop's figures
        figures.age(tx, shop.shop)
    tagging.hold(tx, shop.shop, gone, reason=tagging.GONE)
    return jobs


def _requests(tx: Tx, shop: Shop, heard: Heard) -> set[str]:
    """Writes compliance requests down; a job carries them out, also for a shop that left."""
    for asked in heard.of(PrivacyAsked):
        check_domain(shop, asked.fact.domain)
        privacy.ask(tx, shop.shop, asked=asked.fact, webhook_id=asked.webhook_id, received_at=asked.received_at)
    return {"privacy"} if heard.of(PrivacyAsked) else set()


def check_domain(shop: Shop, said: str) -> None:
    """Only the body is signed, not the headers: what ends or erases something must name the shop itself."""
    if said and said.lower() != shop.domain:
        raise ValueError(f"the body is about {said}, the headers name {shop.domain}")


def _orders(tx: Tx, shop: Shop, heard: Heard) -> set[str]:
    """Keeps orders and tombstones; returns whose orders they are now, and whose they were."""
    zone = ZoneInfo(shop.zone)
    seen = heard.of(OrderSeen)
    deleted = [one.fact.order for one in heard.of(OrderDeleted)]
    if not seen and not deleted:
        return set()
    touched = orders.owners(tx, shop.shop, [one.fact.order for one in seen] + deleted)
    rows = [stored(shop.shop, one.fact, zone, triggered_at=one.triggered_at, read=False) for one in seen]
    orders.keep(tx, shop.shop, rows)
    orders.bury(tx, shop.shop, deleted)
    for one in seen:
        touched.update(key for key in (one.fact.customer, one.fact.ordered_by) if key is not None)
    return touched.union(merges.followed(tx, shop.shop, touched).values())


def _settings(tx: Tx, shop: Shop, heard: Heard) -> set[str]:
    jobs: set[str] = set()
    for seen in heard.of(ShopSeen):
        jobs |= see_shop(tx, shop, seen.fact, at=seen.triggered_at)
    for changed in heard.of(ScopesChanged):
        shops.grant(tx, shop.shop, scopes=",".join(changed.fact.scopes), at=changed.triggered_at or changed.received_at)
    for left in heard.of(ShopLeft):
        # A late uninstall must not undo a newer installation.
        if left.triggered_at == 0 or left.triggered_at >= (shop.installed_at or 0):
            check_domain(shop, left.fact.domain)
            shops.leave(tx, shop.shop, now=left.received_at)
            imports.end(tx, shop.shop, reason="the app was uninstalled", now=left.received_at)
    if heard.of(BulkFinished):
        jobs |= {"sync", "import", "reconcile"}
    return jobs


def see_shop(tx: Tx, shop: Shop, seen: ShopSeen, *, at: int) -> set[str]:
    """Keeps the shop's settings as of `at` (UTC ms), unless newer ones are known; returns the jobs to nudge."""
    if not shops.see(tx, shop.shop, seen=seen, at=at) or seen.zone in {"", shop.zone}:
        return set()
    _check_zone(seen.zone)
    # Days are counted in the shop's zone: all of them move.
    shops.change(tx, shop.shop, rejudge=True, rejudge_for=causes.ZONE, next_sweep_at=0)
    return {"rejudge"}


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"the time zone {name!r} is not known here; update the package tzdata") from error
