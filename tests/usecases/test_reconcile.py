"""A reconciliation at the simulated shop finds what no delivery told, and mends it once."""

import json
from typing import Any

import pytest

from plugin.core.reconciling import Mended
from plugin.core.verdict import Kind
from plugin.db import reconciliations, shops
from plugin.db.shops import Shop
from plugin.shopify import history
from plugin.simulator import merchant
from plugin.simulator.state import World
from plugin.usecases.read_changes import Changes
from tests.usecases.conftest import DOMAIN, Oak
from tests.usecases.history import erased, exported
from tests.usecases.reconciling import ago, bought, newest, reconciled, synced, tagged, under_way
from tests.usecases.reconciling import read as read  # a fixture
from tests.usecases.test_import_broken_off import rows


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


def test_who_was_judged_before_the_products_came_is_judged_with_them(
    read: Oak, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shopify may write an order's lines far behind it: the same product again makes no client."""
    monkeypatch.setattr(history, "AT_ONCE", 1)
    first = next(iter(world.shops[DOMAIN].orders.values()))
    now = read.services.calendar.now()
    with read.services.database.write() as tx:
        reconciliations.begin(tx, read.shop, why="asked", since=0, as_of=now, now=now)
        known = shops.get(tx, read.shop)
    line = {
        "id": "gid://shopify/LineItem/1",
        "quantity": 1,
        "product": {"id": "gid://shopify/Product/31"},
        "__parentId": "gid://shopify/Order/9001",
    }
    again = exported(9001, first.customer or 0, processedAt="2026-08-01T14:00:00Z")
    Changes(read.services, known, newest(read)).orders([again, exported(9002), json.dumps(line).encode()])
    assert read.kinds()[f"Customer/{first.customer}"] == Kind.BUYER


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


def test_a_change_of_zone_that_no_delivery_told_is_known_too(read: Oak, world: World) -> None:
    """All days move, by the job that everybody waits for."""
    world.shops[DOMAIN].zone = "America/New_York"
    assert not reconciled(read).mended.anything
    assert ("rejudge", read.shop) in read.nudged
    with read.services.database.read() as tx:
        known = shops.get(tx, read.shop)
    assert (known.zone, known.rejudge) == ("America/New_York", True)


def test_a_zone_that_changes_while_orders_are_read_has_them_judged_anew(read: Oak, world: World) -> None:
    """Their days were counted in the old one."""
    bought(read, world)
    under_way(read, world)
    real = read.services.today

    def meanwhile(shop: Shop) -> int:
        with read.services.database.write() as tx:
            shops.change(tx, read.shop, zone="Asia/Tokyo")
        return real(shop)

    read.services.today = meanwhile  # type: ignore[method-assign]  # asked for once the file is opened
    assert reconciled(read, ask=False).missing == 1
    with read.services.database.read() as tx:
        assert shops.get(tx, read.shop).rejudge
