"""A reconciliation at the simulated shop finds what no delivery told, and mends it once."""

import contextlib
import time
import zlib
from typing import Any

import pytest
import requests

from plugin.core.reconciling import Mended
from plugin.core.verdict import Kind
from plugin.db import reconciliations, shops, tagging
from plugin.db.reconciliations import Reconciliation
from plugin.errors import GiveUp
from plugin.simulator import merchant
from plugin.simulator.state import Line, Order, World
from plugin.usecases.accept_tagging import accept_tagging
from plugin.usecases.reconcile import PAUSE, TRIES, reconcile, reconcile_now
from plugin.usecases.sync_tags import sync_tags
from tests.usecases.conftest import DOMAIN, Oak
from tests.usecases.history import erased, exported, run
from tests.usecases.test_import_broken_off import rows
from tests.usecases.test_import_stopped import Died, dying

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


def test_what_no_delivery_told_is_found_and_mended_once(read: Oak, world: World) -> None:
    """A newcomer, somebody who came back, somebody whose order was cancelled; a second run mends nothing."""
    first, second, third = world.shops[DOMAIN].orders.values()
    bought(read, world)
    bought(read, world, customer=first.customer)
    with world.lock:
        merchant.cancel_order(world, world.shops[DOMAIN], second, at=ago(read))
    done = reconciled(read)
    assert (done.stage, done.why, done.mended) == ("done", "asked", Mended(3, 2, missing=2, wrong=1, judged=3))
    kinds = read.kinds()
    assert kinds[f"Customer/{first.customer}"] == Kind.CLIENT
    assert kinds[f"Customer/{second.customer}"] == Kind.NONE
    assert kinds[f"Customer/{third.customer}"] == Kind.BUYER
    assert sorted(read.column("SELECT id FROM orders")) == sorted(world.shops[DOMAIN].orders)
    assert set(read.column("SELECT cause FROM customers WHERE cause <> 'import 1'")) == {"reconciliation 1"}
    assert ("sync", read.shop) in read.nudged
    before = rows(read)
    again = reconciled(read)
    assert (again.number, again.mended) == (2, Mended(3, 2))
    assert rows(read) == before


def test_an_order_handed_to_another_customer_counts_for_that_one(read: Oak, world: World) -> None:
    first, second, _ = world.shops[DOMAIN].orders.values()
    gone = f"Customer/{first.customer}"
    with world.lock:
        merchant.touch_order(world, world.shops[DOMAIN], first, at=ago(read), customer=second.customer)
    assert reconciled(read).mended == Mended(1, 0, wrong=1, judged=1)
    assert read.kinds()[gone] == Kind.NONE


def test_what_changed_a_moment_ago_is_kept_and_not_counted(read: Oak, world: World) -> None:
    """Its delivery may be on its way, and changes nothing when it comes."""
    placed = bought(read, world, hours=0)
    assert reconciled(read).mended == Mended(1, 1)
    assert read.kinds()[f"Customer/{placed.customer}"] == Kind.BUYER


def test_only_what_changed_since_the_last_one_is_read_with_a_day_to_spare(read: Oak, world: World) -> None:
    bought(read, world, hours=30)
    near = bought(read, world, hours=20)
    done = reconciled(read)
    assert done.orders == 1
    assert near.id in read.column("SELECT id FROM orders")
    with read.services.database.read() as tx:
        assert reconciliations.due(tx, read.shop).reconciled_to == done.as_of


def test_whoever_opted_out_or_in_again_without_our_hearing_of_it_is_known(read: Oak, world: World) -> None:
    out, back, _ = world.shops[DOMAIN].customers.values()

    def says(customer: Any, *, opted_out: bool) -> None:
        with world.lock:
            customer.data_sale_opt_out, customer.updated_at = opted_out, ago(read)

    says(back, opted_out=True)
    assert reconciled(read).mended == Mended(0, 1, judged=1)
    says(back, opted_out=False)
    says(out, opted_out=True)
    assert reconciled(read).mended == Mended(0, 2, judged=2)
    assert read.kinds()[f"Customer/{out.id}"] == Kind.NONE
    assert read.kinds()[f"Customer/{back.id}"] == Kind.BUYER
    assert not reconciled(read).mended.anything


def test_a_tag_of_our_name_that_came_or_went_before_we_wrote_is_known(read: Oak, world: World) -> None:
    first, second, _ = world.shops[DOMAIN].customers.values()
    with world.lock:
        first.tags, first.updated_at = ["Client", "vip"], ago(read)
        second.tags, second.updated_at = ["vip"], ago(read)
    assert reconciled(read).mended == Mended(0, 2, tags=1)
    assert sorted(read.column("SELECT tags_found FROM customers")) == ["", "", "Client"]
    assert not reconciled(read).mended.anything


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


def test_a_tag_of_ours_that_the_merchant_changed_unheard_is_looked_at_and_stands(read: Oak, world: World) -> None:
    """Removed, it stays off; what we wrote ourselves since the last time is no news."""
    tagged(read)
    first, second, _ = world.shops[DOMAIN].customers.values()
    with world.lock:
        first.tags, first.updated_at = ["vip"], ago(read)
        second.updated_at = ago(read)
    assert reconciled(read).mended.tags == 1
    synced(read)
    assert read.column(f"SELECT veto FROM customers WHERE customer = 'Customer/{first.id}'") == ["removed"]
    assert (first.tags, second.tags) == (["vip"], ["buyer"])
    assert not reconciled(read).mended.anything


def test_a_tag_that_is_written_while_an_export_is_made_is_no_news(read: Oak, world: World) -> None:
    """The export was made before it."""
    for one in world.shops[DOMAIN].customers.values():
        one.updated_at = ago(read)
    under_way(read, world)
    tagged(read)
    assert not reconciled(read, ask=False).mended.anything
    assert read.column("SELECT look_at FROM customers") == [None] * 3


def test_whoever_was_erased_stays_erased(read: Oak, world: World) -> None:
    placed = bought(read, world)
    erased(read, f"Customer/{placed.customer}")
    assert reconciled(read).mended == Mended(1, 1)
    assert f"Customer/{placed.customer}" not in read.kinds()
    assert placed.id not in read.column("SELECT id FROM orders")


def test_a_deleted_order_is_not_revived(read: Oak, world: World) -> None:
    first = next(iter(world.shops[DOMAIN].orders.values()))
    read.receive("orders/delete", {"id": first.id})
    read.drain()
    with world.lock:
        merchant.touch_order(world, world.shops[DOMAIN], first, at=ago(read))
    assert reconciled(read).mended == Mended(1, 0)
    assert read.kinds()[f"Customer/{first.customer}"] == Kind.NONE


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
