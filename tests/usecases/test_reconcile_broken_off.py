"""A reconciliation that is stopped, refused or kept waiting goes on, and counts nothing twice."""

import contextlib
import time
import zlib

import pytest
import requests

from plugin.core.reconciling import Mended
from plugin.db import reconciliations, shops
from plugin.errors import GiveUp
from plugin.simulator.state import World
from plugin.usecases.reconcile import PAUSE, TRIES, reconcile, reconcile_now
from tests.usecases.conftest import DOMAIN, Oak
from tests.usecases.history import exported, run
from tests.usecases.reconciling import HOUR, bought, newest, reconciled, under_way
from tests.usecases.reconciling import read as read  # a fixture
from tests.usecases.test_import_stopped import Died, dying


def test_it_waits_until_the_deliveries_that_came_are_worked_off(read: Oak, world: World) -> None:
    """Or what is only waiting would count as missing."""
    read.receive("orders/create", b"{}")
    reconcile_now(read.services, read.shop)
    until = time.monotonic() + 10
    while reconcile(read.services, read.shop) != 1.0:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert newest(read).stage == "asked"
    read.drain()
    assert reconciled(read, ask=False).stage == "done"


def test_it_waits_for_the_history(at_oak: Oak) -> None:
    reconcile_now(at_oak.services, at_oak.shop)
    assert reconcile(at_oak.services, at_oak.shop) is None
    run(at_oak)
    assert reconciled(at_oak, ask=False).mended == Mended(0, 0)


@pytest.mark.parametrize("status", ["FAILED", "CANCELED", "EXPIRED", "forgotten"])
def test_an_export_that_fails_is_asked_for_anew(read: Oak, world: World, status: str) -> None:
    bought(read, world)
    exports = under_way(read, world)
    if status == "forgotten":
        del world.shops[DOMAIN].operations[exports[0].id]
    else:
        exports[0].status = status
    assert reconcile(read.services, read.shop) == PAUSE
    assert (newest(read).stage, newest(read).tries) == ("asked", 1)
    assert reconciled(read, ask=False).mended == Mended(1, 1, missing=1, judged=1)


def test_after_some_times_it_says_so_and_comes_again_in_an_hour(read: Oak, world: World) -> None:
    for again in range(TRIES + 1):
        under_way(read, world)[-2 if not again else -1].status = "FAILED"
        if again < TRIES:
            assert reconcile(read.services, read.shop) == PAUSE * 2**again
            with read.services.database.write() as tx:
                shops.change(tx, read.shop, reconcile_for=None)
    with pytest.raises(GiveUp, match="asked 4 times"):
        reconcile(read.services, read.shop)
    assert newest(read).stage == "failed"
    with read.services.database.read() as tx:
        due = reconciliations.due(tx, read.shop)
    assert 0 < due.next_reconcile_at - read.services.calendar.now() <= HOUR


def test_a_line_that_cannot_be_read_or_kept_stops_nothing_and_is_counted(read: Oak, world: World) -> None:
    bought(read, world)
    orders, _ = under_way(read, world)
    bad = b'{"id": "gid://shopify/Order/x"}\n' + exported(2**70).replace(b"2026-12-02", b"2026-05-02") + b"\n"
    orders.pieces.append(zlib.compress(bad))
    done = reconciled(read, ask=False)
    assert (done.stage, done.missing, done.reason) == ("done", 1, "lines that could not be read: 2")


def test_a_shop_that_has_left_is_not_called(read: Oak) -> None:
    with read.services.database.write() as tx:
        shops.leave(tx, read.shop, now=5)
    with pytest.raises(GiveUp, match="has not installed"):
        reconcile_now(read.services, read.shop)
    assert reconcile(read.services, read.shop) is None


@pytest.mark.parametrize("at", range(1, 9))
@pytest.mark.parametrize("what", ["write", "call", "answer"])
def test_stopped_at_any_step_it_goes_on_and_counts_nothing_twice(
    read: Oak, world: World, monkeypatch: pytest.MonkeyPatch, what: str, at: int
) -> None:
    first, *_ = world.shops[DOMAIN].orders.values()
    bought(read, world)
    bought(read, world, customer=first.customer)
    reconcile_now(read.services, read.shop)
    where, name = (read.services.database, "write") if what == "write" else (requests.Session, "send")
    with monkeypatch.context() as patch:
        patch.setattr(where, name, dying(getattr(where, name), at=at, answered=what == "answer"))
        with contextlib.suppress(Died):
            reconciled(read, ask=False)
    done = reconciled(read, ask=False)
    assert (done.number, done.stage, done.mended) == (1, "done", Mended(2, 2, missing=2, judged=2))
