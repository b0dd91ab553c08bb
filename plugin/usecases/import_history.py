"""Bring in a shop's order history: ask for it, read it line by line, judge everyone; live orders may come meanwhile."""

from plugin.core import causes
from plugin.db import imports, shops, tagging
from plugin.db.engine import TROUBLE
from plugin.db.found import found as count_found
from plugin.db.imports import AGAIN, STOPPED, Import
from plugin.db.shops import Shop
from plugin.errors import GiveUp, Retry
from plugin.services import Services
from plugin.shopify import bulk
from plugin.shopify.client import Client
from plugin.shopify.history import CUSTOMERS, CUSTOMERS_AND_NUMBERS, ORDERS
from plugin.shopify.tokens import Undecipherable
from plugin.usecases.count_earlier import shows_all
from plugin.usecases.read_history import Reading, Stopped, check_wanted
from plugin.usecases.read_settings import read_settings
from plugin.usecases.rejudge import judge_all

EXPORTS = ("orders_operation", "customers_operation")
TRIES = 3  # how often one import asks anew for what Shopify broke off
PAUSE = 60.0  # seconds before that, longer each time


def import_history(services: Services, shop: int) -> float | None:
    """One step of the newest import, or its beginning; says in how many seconds to look again."""
    try:
        with services.database.read() as tx:
            known = shops.get(tx, shop)
            last = imports.last(tx, shop)
        if not known.installed:
            return None  # what was under way ended when it left
        if last is None or last.stage == AGAIN or last.started_at < (known.installed_at or 0):
            return _ask(services, known)
        if last.stage == "done" and last.earlier and shows_all(known.scopes):
            return _ask(services, known)  # what was known by number only can be read now
        return None if last.stage in {"done", "failed"} else _go_on(services, known, last)
    except TROUBLE as trouble:
        raise Retry(f"the database does not take the history: {trouble}", after=30) from trouble


def import_again(services: Services, shop: int) -> None:
    """Asks for a new import, whatever became of the last; what is already known stays and loses nothing."""
    with services.database.write() as tx:
        last = imports.last(tx, shop)
        if last is not None:
            imports.progress(tx, shop, last.number, stage=AGAIN)
    services.nudge("import", shop)


def stop_import(services: Services, shop: int, number: int) -> None:
    """Ends that import where it is, if it is still being read: what was read is kept, and judged like all orders."""
    with services.database.write() as tx:
        last = imports.last(tx, shop)
        if last is None or last.number != number or last.stage not in {"asked", "reading"}:
            return
        imports.progress(tx, shop, number, stage="failed", finished_at=services.now(), reason=STOPPED)
        shops.change(tx, shop, rejudge=True, rejudge_for=causes.imported(number))
    services.nudge("rejudge", shop)


def _ask(services: Services, shop: Shop) -> float:
    """Begins an import with what failed last time: the shop's settings, then the first of the two exports."""
    asked = services.now()
    try:
        client = services.shopify(shop)
        read_settings(services, shop, client, asked=asked)
        operation = bulk.start_query(client, ORDERS)
    except GiveUp as never:
        with services.database.write() as tx:
            number = imports.begin(tx, shop.shop, now=asked)
            imports.progress(tx, shop.shop, number, stage="failed", finished_at=services.now(), reason=str(never))
        raise
    with services.database.write() as tx:
        imports.begin(tx, shop.shop, now=asked, orders_operation=operation)
    return 0.0


def _go_on(services: Services, shop: Shop, last: Import) -> float | None:
    try:
        return _try(services, shop, last)
    except Stopped:
        return None


def _try(services: Services, shop: Shop, last: Import) -> float | None:
    try:
        return _step(services, shop, last, services.shopify(shop))
    except Undecipherable as lost:
        raise Retry(f"who was erased from {shop.domain} cannot be told: {lost}", after=60) from lost
    except GiveUp as never:
        _progress(services, last, shop.shop, stage="failed", finished_at=services.now(), reason=str(never))
        raise


def _step(services: Services, shop: Shop, last: Import, client: Client) -> float | None:
    looks = []
    for name in EXPORTS:
        operation = getattr(last, name)
        if operation is None:
            # Each export is written down as it starts: a refused second one must not start the first again.
            _progress(services, last, shop.shop, **{name: bulk.start_query(client, _document(name, shop, last))})
            return 0.5
        try:
            looks.append(bulk.look(client, operation))
        except bulk.Gone as gone:
            return _ask_anew(services, shop, last, name, str(gone))
    expected = sum(look.objects for look in looks)
    for name, look in zip(EXPORTS, looks, strict=True):
        if look.over and look.status != "completed":
            return _broken_off(services, shop, last, client, name, look)
    if not all(look.over for look in looks):
        _progress(services, last, shop.shop, expected=expected)
        return min(10.0, max(0.5, (services.now() - last.started_at) / 10_000))
    _progress(
        services, last, shop.shop, stage="reading", expected=expected, lines=0, orders=0, customers=0, reason=None
    )
    return _read(services, shop, last, client, urls=[look.url for look in looks])


def _document(name: str, shop: Shop, last: Import) -> str:
    if name == "orders_operation":
        return ORDERS
    # What was granted since may not have held for the orders yet: the numbers tell what they leave out.
    showed_all = shows_all(shop.scopes) and shop.scopes_at <= last.started_at
    return CUSTOMERS if showed_all else CUSTOMERS_AND_NUMBERS


def _broken_off(services: Services, shop: Shop, last: Import, client: Client, name: str, look: bulk.Operation) -> float:
    """Shopify ended an export before its end: it is asked for anew, and the last time what there is of it is kept.

    An order may be cut off from its lines there: it never counts as newer than a whole one of the same version.
    """
    if look.error_code == "ACCESS_DENIED":
        # Asked again it would be refused again, until somebody has Shopify allow it.
        raise GiveUp("the app is not approved for the history's data: Shopify ended the export (ACCESS_DENIED).")
    if last.tries >= TRIES and look.partial_url:
        reading = Reading(services, shop, last._replace(started_at=0))
        keep = reading.orders if name == "orders_operation" else reading.customers
        keep(bulk.lines(client.session, look.partial_url))
        judge_all(services, shop.shop, cause=causes.imported(last.number))
    return _ask_anew(services, shop, last, name, f"it ended the export early ({look.error_code or look.status})")


def _ask_anew(services: Services, shop: Shop, last: Import, name: str, why: str) -> float:
    """Has the next step ask for this export again; GiveUp when that was done often enough."""
    if last.tries >= TRIES:
        raise GiveUp(
            "Shopify could not prepare the history, asked %(times)s times: %(why)s. What was read is kept."
            " Have it read again later, in the panel or with `regulars import`.",
            times=TRIES + 1,
            why=why,
        )
    _progress(services, last, shop.shop, stage="asked", tries=last.tries + 1, reason=None, **{name: None})
    return float(PAUSE * 2**last.tries)


def _read(services: Services, shop: Shop, last: Import, client: Client, *, urls: list[str | None]) -> float | None:
    reading = Reading(services, shop, last)
    for name, url, keep in zip(EXPORTS, urls, (reading.orders, reading.customers), strict=True):
        try:
            if url:
                keep(bulk.lines(client.session, url))
        except bulk.Gone as gone:
            return _ask_anew(services, shop, last, name, str(gone))
    _progress(services, last, shop.shop, stage="judging", reason=reading.reason)
    services.database.optimize()
    judge_all(services, shop.shop, cause=causes.imported(last.number))
    return _finish(services, shop, last)


def _finish(services: Services, shop: Shop, last: Import) -> float | None:
    """Closes an import that was read with the settings `shop`; 0.0 when another was asked for meanwhile."""
    with services.database.read() as tx:
        found = count_found(tx, shop.shop)._asdict()
        to_tag = tagging.count_to_sync(tx, shop.shop)
    with services.database.write() as tx:
        imports.progress(tx, shop.shop, last.number, stage="done", finished_at=services.now(), to_tag=to_tag, **found)
        newest = imports.last(tx, shop.shop)
        moved = shops.get(tx, shop.shop).zone != shop.zone
        if moved:
            # The days of the first orders read were counted before the shop's zone was another.
            shops.change(tx, shop.shop, rejudge=True, rejudge_for=causes.ZONE)
    services.nudge("rejudge" if moved else "sync", shop.shop)
    return 0.0 if newest is not None and newest.stage == AGAIN else None


def _progress(services: Services, last: Import, shop: int, **values: object) -> None:
    with services.database.write() as tx:
        check_wanted(tx, shop)
        imports.progress(tx, shop, last.number, **values)
