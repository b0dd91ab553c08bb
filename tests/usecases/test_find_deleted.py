"""An order that was deleted at the shop without our hearing of it is found, some orders a night."""

import pytest

from plugin.core.reconciling import FEW, Mended
from plugin.core.verdict import Kind
from plugin.db import erase, shops
from plugin.shopify.client import Client
from plugin.simulator import merchant
from plugin.simulator.state import Line, World
from plugin.usecases import find_deleted
from tests.usecases.conftest import DAY, DOMAIN, Oak
from tests.usecases.reconciling import ago, reconciled
from tests.usecases.reconciling import read as read  # a fixture


def deleted(world: World, *, number: int = 1) -> list[int]:
    """The merchant deletes the first orders."""
    shop = world.shops[DOMAIN]
    with world.lock:
        gone = list(shop.orders.values())[:number]
        for one in gone:
            merchant.delete_order(world, shop, one)
    return [one.id for one in gone]


def all_orders(oak: Oak) -> None:
    with oak.services.database.write() as tx:
        shops.change(tx, oak.shop, scopes="read_orders,read_all_orders")


def tombstones(oak: Oak) -> list[int]:
    return sorted(oak.column("SELECT id FROM orders WHERE deleted"))


def test_an_order_deleted_unheard_counts_no_longer(read: Oak, world: World) -> None:
    """Once: the second run finds nothing."""
    all_orders(read)
    first = next(iter(world.shops[DOMAIN].orders.values()))
    gone = deleted(world)
    assert reconciled(read).mended == Mended(gone=1, judged=1)
    assert tombstones(read) == gone
    assert read.kinds()[f"Customer/{first.customer}"] == Kind.NONE
    assert not reconciled(read).mended.anything


def test_it_goes_on_where_it_ended_and_begins_again(read: Oak, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three orders, two a night."""
    monkeypatch.setattr(find_deleted, "A_NIGHT", 2)
    all_orders(read)
    numbers = sorted(world.shops[DOMAIN].orders)
    assert reconciled(read).checked_to == numbers[1]
    deleted(world, number=3)
    assert (reconciled(read).checked_to, tombstones(read)) == (0, numbers[2:])
    assert (reconciled(read).checked_to, tombstones(read)) == (numbers[1], numbers)


def test_what_shopify_no_longer_shows_is_not_taken_for_deleted(read: Oak, world: World) -> None:
    """Without the scope for all orders it shows those of 60 days; of a recent one we know."""
    shop, at = world.shops[DOMAIN], ago(read)
    old, *_ = deleted(world)
    with world.lock:
        who = merchant.add_customer(shop, at=at, joined=True)
        recent = merchant.add_order(shop, customer=who.id, lines=[Line(92, product=32, quantity=1, price=5)], at=at)
    reconciled(read)
    with world.lock:
        merchant.delete_order(world, shop, recent)
    assert reconciled(read).mended.gone == 1
    assert tombstones(read) == [recent.id]
    assert old in read.column("SELECT id FROM orders WHERE NOT deleted")


def test_many_that_are_gone_at_once_are_left_alone_and_said_so(read: Oak, world: World) -> None:
    all_orders(read)
    shop, at = world.shops[DOMAIN], ago(read)
    with world.lock:
        for number in range(FEW):
            merchant.add_order(shop, customer=None, lines=[Line(93 + number, None, 1, 5)], at=at - DAY // 10)
    reconciled(read)
    deleted(world, number=FEW + 1)
    done = reconciled(read)
    assert (done.stage, done.gone, tombstones(read)) == ("done", 0, [])
    assert done.reason == "Shopify did not show 21 of 23 orders, too many to take them for deleted"


def test_an_order_erased_while_the_shop_is_asked_leaves_no_tombstone(
    read: Oak, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its number would name it again; and nothing was mended."""
    all_orders(read)
    gone = deleted(world)
    asked = find_deleted.not_there

    def meanwhile(client: Client, ids: list[int]) -> list[int]:
        with read.services.database.write() as tx:
            erase.orders_named(tx, read.shop, gone)
        return asked(client, ids)

    monkeypatch.setattr(find_deleted, "not_there", meanwhile)
    assert not reconciled(read).mended.anything
    assert tombstones(read) == []
