"""Tags at a simulated shop: customers to be tagged, the sync's turns, and what the shop says then."""

import time

from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.verdict import Kind, judge
from plugin.db import customers, ledger
from plugin.simulator.merchant import add_customer
from plugin.usecases.sync_tags import sync_tags
from tests.connected import Connected

VERDICT = judge((), PRIOR, DEFAULT_RULES, 1)._replace(kind=Kind.CLIENT)


def clients(bakery: Connected, number: int, *, opted_out: bool = False, tags: tuple[str, ...] = ("vip",)) -> list[str]:
    """So many customers at the shop whom we took for clients, and never looked at."""
    with bakery.world.lock:
        made = [add_customer(bakery.at_shopify, at=1, joined=False, tags=tags) for _ in range(number)]
        for one in made:
            one.data_sale_opt_out = opted_out
    keys = [f"Customer/{one.id}" for one in made]
    with bakery.services.database.write() as tx:
        customers.judged(tx, bakery.shop, [(key, VERDICT) for key in keys], model=1, rules=1, cause="orders")
    return keys


def synced(bakery: Connected) -> None:
    """Works until there is nothing to do."""
    until = time.monotonic() + 60
    while (pause := sync_tags(bakery.services, bakery.shop)) is not None:
        assert time.monotonic() < until
        time.sleep(min(pause, 0.05))


def tags(bakery: Connected, keys: list[str]) -> list[list[str]]:
    return [bakery.at_shopify.customers[int(key.rpartition("/")[2])].tags for key in keys]


def begun(bakery: Connected) -> None:
    """Works until a bulk file is on its way."""
    for _ in range(5):
        sync_tags(bakery.services, bakery.shop)
        with bakery.services.database.read() as tx:
            if ledger.open_bulk(tx, bakery.shop):
                return
    raise AssertionError("no bulk file was sent")
