"""A shop to reconcile: what happens there unheard, and the steps of a reconciliation."""

import time
from typing import Any

import pytest

from plugin.db import reconciliations, tagging
from plugin.db.reconciliations import Reconciliation
from plugin.simulator import merchant
from plugin.simulator.state import Line, Order, World
from plugin.usecases.accept_tagging import accept_tagging
from plugin.usecases.reconcile import reconcile, reconcile_now
from plugin.usecases.sync_tags import sync_tags
from tests.usecases.conftest import DOMAIN, Oak
from tests.usecases.history import run

HOUR = 3_600_000


def newest(oak: Oak) -> Reconciliation:
    with oak.services.database.read() as tx:
        found = reconciliations.last(tx, oak.shop)
    assert found is not None
    return found


def reconciled(oak: Oak, *, ask: bool = True) -> Reconciliation:
    """Steps until no further one is asked for."""
    if ask:
        reconcile_now(oak.services, oak.shop)
    until = time.monotonic() + 20
    while (pause := reconcile(oak.services, oak.shop)) is not None:
        assert time.monotonic() < until, newest(oak)
        time.sleep(min(pause, 0.02))
    return newest(oak)


def ago(oak: Oak, hours: float = 1) -> int:
    return oak.services.calendar.now() - int(hours * HOUR)


def bought(oak: Oak, world: World, *, customer: int | None = None, product: int = 32, hours: float = 1) -> Order:
    """An order that no delivery tells of."""
    shop, at = world.shops[DOMAIN], ago(oak, hours)
    with world.lock:
        who = merchant.add_customer(shop, at=at, joined=True).id if customer is None else customer
        return merchant.add_order(shop, customer=who, lines=[Line(92, product=product, quantity=1, price=1500)], at=at)


@pytest.fixture
def read(at_oak: Oak) -> Oak:
    """Oak Ltd with its history read, and looked at since."""
    run(at_oak)
    assert reconcile(at_oak.services, at_oak.shop) is None
    return at_oak


def tagged(oak: Oak) -> None:
    """Tagging is on, and every tag is written and read."""
    with oak.services.database.read() as tx:
        to_tag = tagging.count_to_sync(tx, oak.shop)
    accept_tagging(oak.services, oak.shop, shown=to_tag)
    synced(oak)


def synced(oak: Oak) -> None:
    until = time.monotonic() + 20
    while (pause := sync_tags(oak.services, oak.shop)) is not None:
        assert time.monotonic() < until
        time.sleep(min(pause, 0.02))


def under_way(oak: Oak, world: World) -> list[Any]:
    """Both exports have been asked for, and ended."""
    reconcile_now(oak.services, oak.shop)
    while not oak.column(
        "SELECT 1 FROM reconciliations WHERE stage = 'asked' AND orders_operation IS NOT NULL"
        " AND customers_operation IS NOT NULL"
    ):
        reconcile(oak.services, oak.shop)
    found = list(world.shops[DOMAIN].operations.values())[-2:]
    for one in found:
        assert one.done.wait(5)
    return found
