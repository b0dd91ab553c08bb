"""Where a shop stands, in numbers: for the status page and the command line."""

from typing import NamedTuple

from plugin.core import estimates
from plugin.db import customers, imports, inbox, ledger, orders, reconciliations, shops, tagging
from plugin.db.customers import Kinds
from plugin.db.imports import Import
from plugin.db.inbox import Counts
from plugin.db.ledger import Bulk
from plugin.db.reconciliations import Reconciliation
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.shopify.counters import Counters


class Status(NamedTuple):
    """Counts of one shop; `today` is an ordinal day."""

    shop: Shop
    today: int
    orders: int
    deliveries: Counts
    kinds: Kinds
    to_tag: int
    ledger: dict[str, int]
    bulk: Bulk | None
    running: Import | None
    reconciled: Reconciliation | None  # the newest that came to its end
    calls: Counters


def show_status(services: Services, shop: int) -> Status:
    """Counts the shop's rows: whole-shop queries, for a person who looks now and then."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        counted = Status(
            shop=known,
            today=0,
            orders=orders.count(tx, shop),
            deliveries=inbox.counts(tx, shop),
            kinds=customers.kinds(tx, shop),
            to_tag=tagging.count_to_sync(tx, shop),
            ledger=ledger.states(tx, shop),
            bulk=ledger.open_bulk(tx, shop),
            running=imports.last(tx, shop),
            reconciled=reconciliations.last_done(tx, shop),
            calls=services.calls(shop),
        )
    return counted._replace(today=services.today(known))


def seconds_left(running: Import, now: int) -> float | None:
    """How long reading will still take at the pace so far; None while nobody can tell."""
    if running.stage != "reading":
        return None
    return estimates.seconds_left(running.lines, running.expected, (now - running.started_at) / 1000)
