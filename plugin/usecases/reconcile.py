"""Hold what changed at a shop against what is known, each night and when asked; what no delivery told is mended."""

import logging
import time
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from plugin.core import causes
from plugin.core.moments import day_of
from plugin.core.reconciling import sentence
from plugin.db import imports, inbox, reconciliations, shops
from plugin.db.engine import TROUBLE
from plugin.db.reconciliations import ASKED, CANCELLED, FAR, NIGHT, Due, Reconciliation
from plugin.db.shops import Shop
from plugin.errors import GiveUp, Retry
from plugin.services import Services
from plugin.shopify import bulk
from plugin.shopify.client import Client
from plugin.shopify.history import CUSTOMERS, ORDERS, changed
from plugin.shopify.tokens import Undecipherable
from plugin.usecases.ask_subscriptions import ask_subscriptions
from plugin.usecases.comparing import Cancelled, is_over
from plugin.usecases.find_deleted import find_deleted
from plugin.usecases.read_changes import Changes
from plugin.usecases.read_settings import read_settings
from plugin.usecases.sweep import midnight

log = logging.getLogger(__name__)

EXPORTS: Mapping[str, str] = {"orders_operation": ORDERS, "customers_operation": CUSTOMERS}
HOUR = 3600 * 1000  # ms
OVERLAP = 24 * HOUR  # looked at twice, so that nothing falls between two reconciliations
AFTER_MIDNIGHT, SPREAD = 2 * HOUR, 2 * HOUR  # when the night begins, and over how long the shops are spread
LONGEST_START = 3 * 60 * 1000  # ms within which a running app begins
LONGEST_WAIT = 10 * 60 * 1000  # ms that it waits for deliveries to be worked off
TRIES = 3  # how often one reconciliation asks anew for what Shopify broke off
PAUSE = 60.0  # seconds before that, longer each time


def reconcile(services: Services, shop: int) -> float | None:
    """One step of the reconciliation that is due, or its beginning; says in how many seconds to look again."""
    now = services.calendar.now()
    try:
        with services.database.read() as tx:
            known = shops.get(tx, shop)
            due = reconciliations.due(tx, shop)
            last = reconciliations.last(tx, shop)
            history = imports.last(tx, shop)
        # Nothing lies so far ahead unless the machine's clock did.
        if not known.installed or now < due.next_reconcile_at <= now + FAR:
            return None
        if last is not None and last.stage == "asked":
            return _go_on(services, known, last)
        if due.reconciled_to is None and due.reconcile_for is None:
            # The history is being read: from here on the nights follow.
            with services.database.write() as tx:
                shops.change(tx, shop, reconciled_to=now, next_reconcile_at=_next_night(services, known, as_of=now))
            return None
        reading = history is None or history.stage not in {"done", "failed"}
        return None if reading else _begin(services, known, due, now)
    except TROUBLE as trouble:
        raise Retry(f"the database does not take what was found: {trouble}", after=30) from trouble


def reconcile_now(services: Services, shop: int, *, after: int | None = None) -> int:
    """Asks for a reconciliation; the number that it will have, or a later one.

    With `after`, the newest that who asks knows of, nothing is asked for when there is a later one.
    """
    with services.database.write() as tx:
        known = shops.get(tx, shop)
        if not known.installed:
            raise GiveUp("%(shop)s has not installed the app.", shop=known.domain)
        if known.reconnect is not None:
            raise GiveUp("%(shop)s cannot be called: %(why)s", shop=known.domain, why=known.reconnect)
        last = reconciliations.last(tx, shop)
        if after is not None and last is not None and last.number > after:
            return last.number
        shops.change(tx, shop, next_reconcile_at=0, reconcile_for=ASKED)
    services.nudge("reconcile", shop)
    return 1 if last is None else last.number + 1


def stop_comparing(services: Services, shop: int, number: int) -> None:
    """Ends that reconciliation where it is, if it is under way: what it mended stays, the night looks at all of it."""
    with services.database.write() as tx:
        last = reconciliations.last(tx, shop)
        if last is None or (last.number, last.stage) != (number, "asked"):
            return
        reconciliations.progress(tx, shop, number, stage=CANCELLED, finished_at=services.now())
        # What changed since the last one that came to its end stays unread: `reconciled_to` says so.
        night = _next_night(services, shops.get(tx, shop), as_of=last.as_of)
        shops.change(tx, shop, next_reconcile_at=night, reconcile_for=None)


def wait_for(services: Services, shop: int, number: int) -> Reconciliation:
    """The reconciliation of that number or a later one, once it has ended; GiveUp when it fails, or none begins."""
    until = services.now() + LONGEST_START
    while True:
        with services.database.read() as tx:
            last = reconciliations.last(tx, shop)
        under_way = last is not None and last.stage == "asked"
        if last is not None and last.number >= number and not under_way:
            if last.stage == "failed":
                raise GiveUp(last.reason or "It failed.")
            if last.stage == CANCELLED:
                raise GiveUp("It was stopped in the panel.")
            return last
        if not under_way and services.now() > until:
            raise GiveUp(
                "It has not begun. Is the app running (`regulars serve`)? While it reads a shop's history, it waits."
            )
        time.sleep(0.2)


def night(day: int, zone: str, shop: int) -> int:
    """When a shop is reconciled in the night that begins that day: UTC ms, two to four hours after its midnight, by a
    hash of the shop."""
    return midnight(day, zone, 0) + AFTER_MIDNIGHT + shop * 2_654_435_761 % SPREAD


def _next_night(services: Services, shop: Shop, *, as_of: int) -> int:
    # One that took until the next day leaves out no night: what changed meanwhile was read by nobody.
    day = min(day_of(as_of, ZoneInfo(shop.zone)), services.today(shop))
    return night(day + 1, shop.zone, shop.shop)


def _begin(services: Services, shop: Shop, due: Due, now: int) -> float:
    since = (now if due.reconciled_to is None else min(now, due.reconciled_to)) - OVERLAP
    with services.database.write() as tx:
        reconciliations.begin(tx, shop.shop, why=due.reconcile_for or NIGHT, since=since, as_of=now, now=services.now())
        # It stays due until it ends, so that the clock takes it up again should we stop; who asks now asks for another.
        shops.change(tx, shop.shop, next_reconcile_at=now, reconcile_for=None)
    return 0.0


def _go_on(services: Services, shop: Shop, last: Reconciliation) -> float | None:
    try:
        return _step(services, shop, last, services.shopify(shop))
    except Undecipherable as lost:
        raise Retry(f"who was erased from {shop.domain} cannot be told: {lost}", after=60) from lost
    except Cancelled:
        return None
    except GiveUp as never:
        with services.database.write() as tx:
            if is_over(tx, shop.shop, last):
                return None
            ended = {"stage": "failed", "finished_at": services.now(), "reason": str(never)}
            reconciliations.progress(tx, shop.shop, last.number, **ended)
            shops.change(tx, shop.shop, next_reconcile_at=services.calendar.now() + HOUR)
        raise


def _step(services: Services, shop: Shop, last: Reconciliation, client: Client) -> float | None:
    if last.orders_operation is None and not last.tries:
        read_settings(services, shop, client, asked=services.now())
    looks = []
    for name, document in EXPORTS.items():
        operation = getattr(last, name)
        if operation is None:
            started = bulk.start_query(client, changed(document, since=last.since))
            _progress(services, shop, last, **{name: started})
            return 0.5
        try:
            look = bulk.look(client, operation)
        except bulk.Gone as gone:
            return _ask_anew(services, shop, last, name, str(gone))
        if look.over and look.status != "completed":
            why = f"it ended the export early ({look.error_code or look.status})"
            return _ask_anew(services, shop, last, name, why)
        looks.append(look)
    if not all(look.over for look in looks):
        return min(10.0, max(0.5, (services.now() - last.started_at) / 10_000))
    if services.now() - last.started_at < LONGEST_WAIT and _deliveries_wait(services, shop):
        return 1.0
    _progress(services, shop, last, expected=sum(look.objects for look in looks), lines=0)
    return _read(services, shop, last, client, urls=[look.url for look in looks])


def _deliveries_wait(services: Services, shop: Shop) -> bool:
    with services.database.read() as tx:
        return bool(inbox.take(tx, shop.shop, now=services.now(), at_most=1))


def _ask_anew(services: Services, shop: Shop, last: Reconciliation, name: str, why: str) -> float:
    """Has the next step ask for this export again; GiveUp when that was done often enough."""
    if last.tries >= TRIES:
        raise GiveUp(
            "Shopify could not tell what has changed, asked %(times)s times: %(why)s. It is asked again in an hour.",
            times=TRIES + 1,
            why=why,
        )
    _progress(services, shop, last, tries=last.tries + 1, **{name: None})
    return float(PAUSE * 2**last.tries)


def _read(
    services: Services, shop: Shop, last: Reconciliation, client: Client, *, urls: list[str | None]
) -> float | None:
    changes = Changes(services, shop, last)
    for name, url, mend in zip(EXPORTS, urls, (changes.orders, changes.customers), strict=True):
        try:
            if url:
                mend(bulk.lines(client.session, url))
        except bulk.Gone as gone:
            return _ask_anew(services, shop, last, name, str(gone))
    checked_to, odd = find_deleted(services, shop, last, client)
    asked_to = ask_subscriptions(services, shop, last, client)
    reason = "; ".join(words for words in (changes.reason, odd) if words)
    seen = {"orders": changes.orders_seen, "customers": changes.customers_seen}
    return _finish(services, shop, last, checked_to=checked_to, asked_to=asked_to, reason=reason or None, **seen)


def _finish(services: Services, shop: Shop, last: Reconciliation, **seen: object) -> float | None:
    """Closes it; 0.0 when another was asked for meanwhile."""
    next_night = _next_night(services, shop, as_of=last.as_of)
    with services.database.write() as tx:
        if is_over(tx, shop.shop, last):
            return None
        reconciliations.progress(tx, shop.shop, last.number, stage="done", finished_at=services.now(), **seen)
        due = reconciliations.due(tx, shop.shop)
        again = due.next_reconcile_at < last.as_of  # who asks, and an outage, want it now
        if due.reconcile_for is not None and not again:
            # Deliveries were turned away meanwhile: Shopify sends them again before we ask, and may still be too many.
            next_night = min(next_night, services.calendar.now() + HOUR)
        shops.change(tx, shop.shop, reconciled_to=last.as_of)
        moved = shops.get(tx, shop.shop).zone != shop.zone
        if moved:
            # The days of the first orders read were counted before the shop's zone was another.
            shops.change(tx, shop.shop, rejudge=True, rejudge_for=causes.ZONE)
        if not again:
            shops.change(tx, shop.shop, next_reconcile_at=next_night)
        done = reconciliations.last(tx, shop.shop)
    if done is not None and done.reason:
        log.warning("%s was reconciled, but: %s", shop.domain, done.reason)
    if done is not None and done.mended.anything:
        log.warning("%s was reconciled: %s", shop.domain, sentence(done.mended))
        services.nudge("sync", shop.shop)
    if moved:
        services.nudge("rejudge", shop.shop)
    return 0.0 if again else None


def _progress(services: Services, shop: Shop, last: Reconciliation, **values: object) -> None:
    with services.database.write() as tx:
        reconciliations.progress(tx, shop.shop, last.number, **values)
